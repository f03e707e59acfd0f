// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

type (
	// Input is everything that a translation depends on.
	Input = input.Input
	// Gateway is what translation needs to know of a selected Gateway.
	Gateway = input.Gateway
	// HTTPS says how a Gateway takes listeners for hosts that have a certificate.
	HTTPS = input.HTTPS
	// HostAt is a host at one visibility.
	HostAt = input.HostAt
	// Move says how long routes stay attached to a Gateway that they leave for another one.
	Move = input.Move
	// Published is a version that is known to be served.
	Published = input.Published
	// Route is an HTTPRoute together with the questions that prove it.
	Route = routes.Route
	// Proof is the question whose answer proves that an HTTPRoute is served.
	Proof = routes.Proof
	// Trust says who signs the certificates of activator and queue-proxies.
	Trust = input.Trust
)
