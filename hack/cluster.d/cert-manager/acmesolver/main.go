// SPDX-License-Identifier: Apache-2.0

// Acmesolver answers one HTTP-01 challenge; cert-manager's controller runs it as a Pod for each.
package main

import (
	"log"

	"github.com/spf13/pflag"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	logs "github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	server := &solver.HTTP01Solver{}
	pflag.IntVar(&server.ListenPort, "listen-port", 8089, "the port to listen on")
	pflag.StringVar(&server.Domain, "domain", "", "the host that is asked for")
	pflag.StringVar(&server.Token, "token", "", "the last segment of the path")
	pflag.StringVar(&server.Key, "key", "", "the answer")
	pflag.Parse()
	log.Fatal(server.Listen(logs.Log))
}
