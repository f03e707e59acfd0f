// SPDX-License-Identifier: Apache-2.0

// Package listeners plans the listeners that end TLS for the hosts of a KIngress. spec.tls names
// their certificates (certificates.go); a listener is on the Gateway itself (ongateway.go), in a
// ListenerSet of the KIngress's own (insets.go) or in one that KIngresses share (sharing.go).
//
// A host's listener goes this way:
//
//	                      spec.tls names the host
//	                                |
//	     a foreign listener         |              none has it
//	     has the hostname           v
//	   +----------------------------+-----------------------------+
//	   |                                                          | there it stands, or
//	   v                                                          | no ListenerSets
//	foreign: served with its     +--------------------------------+------------+
//	certificate; the KIngress    | ListenerSets are possible                   |
//	has no listener of its own   v                                             v
//	                        in a ListenerSet <--- alone --- shared       on the Gateway,
//	                        of its own      --- several --> one          with a grant
//	                             |     hosts of a domain     |             |
//	                             +-------------+-------------+-------------+
//	                                           v
//	               awaited: planned, not Programmed yet; HTTP answers
//	                                           |  Programmed (and HTTPOption: Redirected)
//	                                           v
//	               redirected to, also when it fails later
//	                                           |  spec.tls names the host no more
//	                                           v
//	               draining: for the drain time, while the KIngress has the host, and
//	               for as long as the listener that takes its hosts does not work
//	                                           |
//	                                           v
//	               gone; on a Gateway that routes still leave it stands till they have left
//
// From a listener of its own to a shared one a host goes in two steps (handover.go), back once each
// host has one of its own that works (sharing.go). A listener that stands stays where it is. What is
// draining since when is an annotation on the ListenerSet, or on the grant (draining.go).
//
// The [Plan] is made before there are routes, and nothing changes it afterwards. Routes ask it where
// TLS to a host ends, and what to attach to; [Plan.Finish] then adds what they still need of Gateways
// that they leave, and makes the objects.
//
// The package is pure. What comes next: pkg/translate/routes attaches routes to the listeners.
package listeners
