// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// verbs are what the program does; show is for every cluster, the others are for one that others use, too.
var verbs = map[string]func(context.Context, options) error{
	"show":    show,
	"install": install,
	"changes": printChanges,
	"undo":    undo,
}

// options are the flags; each verb needs some of them.
type options struct {
	image, roots                  string
	gatewayNamespace              string
	current                       bool
	reachedAt                     map[string]string
	release, gateways, configFile string
}

func main() {
	verb := ""
	if len(os.Args) > 1 {
		verb = os.Args[1]
	}
	flags := flag.NewFlagSet("demo "+verb, flag.ExitOnError)
	image := flags.String("image", "", "show: the image of hack/demo/greeter (required)")
	blue := flags.String("blue", "", "show: where the Gateway blue is reached from here, if not at the address that it reports")
	green := flags.String("green", "", "show: the same for the Gateway green")
	roots := flags.String("roots", "", "show: a file with the root certificate of the ACME server; without one HTTPS is not shown")
	current := flags.Bool("current", false, "show: the cluster is not the demo's own, but one where `demo install` has run")
	gatewayNamespace := flags.String("gateway-namespace", "gateways", "show: the namespace of the Gateways")
	release := flags.String("release", "", "install: a file with the objects of net-gateways; without one, what is installed is used")
	gateways := flags.String("gateways", "", "install: a file with the demo's Gateways (required)")
	configFile := flags.String("config", "", "install: a file with the config-gateway for them (required)")
	timeout := flags.Duration("timeout", 15*time.Minute, "how long all of it may take")
	do, known := verbs[verb]
	if !known {
		fmt.Fprintln(os.Stderr, "demo show|install|changes|undo; hack/demo/run and hack/demo/down call it")
		flags.PrintDefaults()
		os.Exit(2)
	}
	_ = flags.Parse(os.Args[2:]) // it ends the program

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	if err := do(ctx, options{
		image: *image, roots: *roots, gatewayNamespace: *gatewayNamespace, current: *current, reachedAt: map[string]string{"blue": *blue, "green": *green},
		release: *release, gateways: *gateways, configFile: *configFile,
	}); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}
