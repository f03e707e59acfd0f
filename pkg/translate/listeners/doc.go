// SPDX-License-Identifier: Apache-2.0

// Package listeners plans the listeners that end TLS for the hosts of a KIngress. spec.tls names
// their certificates (certificates.go); a listener is on the Gateway itself (ongateway.go), in a
// ListenerSet of the KIngress's own (insets.go) or in one that KIngresses share (sharing.go).
//
// The states of a host's listener:
//
//	                      spec.tls names the host
//	                                |
//	     a foreign listener         |              none has it
//	     has the hostname           v
//	   +----------------------------+-----------------------------+
//	   |                                                          | it is there already,
//	   v                                                          | or no ListenerSets
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
//	               redirected to, even if it fails later
//	                                           |  spec.tls does not name the host any more
//	                                           v
//	               draining: for the drain time, while the KIngress has the host, and
//	               for as long as the listener that takes its hosts does not work
//	                                           |
//	                                           v
//	               removed; on a Gateway that routes are leaving, once they have left it
//
// A host moves from its own listener to a shared one in two steps (handover.go). The hosts of a shared
// listener leave it once each has a listener of its own that works (sharing.go). A stored listener stays
// where it is. Since when a listener has been draining is an annotation on the ListenerSet, or on the
// ReferenceGrant (draining.go).
//
// The [Plan] is made before there are routes, and is immutable. It tells routes where TLS to a host ends,
// and what to attach to. [Plan.Finish] then adds what routes still need of the Gateways that they leave,
// and makes the objects.
//
// The package is pure. What comes next: pkg/translate/routes attaches routes to the listeners.
package listeners
