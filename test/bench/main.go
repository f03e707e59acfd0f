// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	networkingclientset "knative.dev/networking/pkg/client/clientset/versioned"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
)

// clients of the cluster, without a rate limit of their own: the API server is what
// is measured against.
type clients struct {
	kube       kubernetes.Interface
	networking networkingclientset.Interface
	gateway    gatewayclientset.Interface
	dynamic    dynamic.Interface
}

// figure is one line of the report.
type figure struct {
	Name string  `json:"name"`
	Ours float64 `json:"ours"`
	// Bare is the minimum of the same run; 0 where there is none.
	Bare float64 `json:"bare,omitempty"`
	Unit string  `json:"unit"`
}

func main() {
	bursts := flag.String("bursts", "100", "comma-separated numbers of KIngresses to create at once")
	asJSON := flag.Bool("json", false, "print JSON instead of a table")
	times := flag.Int("services", 5, "how many Knative Services to create, one after the other; 0 for none")
	limit := flag.Duration("limit", 5*time.Minute, "how long one measurement may take")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	figures := []figure{}
	if *times > 0 {
		ctx, cancel := context.WithTimeout(ctx, *limit)
		measured, err := service(ctx, c, *times)
		cancel()
		if err != nil {
			log.Fatalf("Knative Services: %v", err)
		}
		figures = append(figures, measured...)
	}
	for _, size := range sizes(*bursts) {
		ctx, cancel := context.WithTimeout(ctx, *limit)
		measured, err := burst(ctx, c, size)
		cancel()
		if err != nil {
			log.Fatalf("burst of %d: %v", size, err)
		}
		figures = append(figures, measured...)
	}
	report(figures, *asJSON)
}

func connect() (clients, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		return clients{}, err
	}
	config.QPS, config.Burst = -1, -1
	config.WarningHandler = rest.NoWarnings{} // Serving warns of the defaults of every service
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return clients{}, err
	}
	networking, err := networkingclientset.NewForConfig(config)
	if err != nil {
		return clients{}, err
	}
	gateway, err := gatewayclientset.NewForConfig(config)
	if err != nil {
		return clients{}, err
	}
	objects, err := dynamic.NewForConfig(config)
	return clients{kube: kube, networking: networking, gateway: gateway, dynamic: objects}, err
}

func report(figures []figure, asJSON bool) {
	if asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(figures); err != nil {
			log.Fatal(err)
		}
		return
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tnet-gateways\tbare minimum\tratio")
	for _, f := range figures {
		bare, ratio := "", ""
		if f.Bare > 0 {
			bare, ratio = fmt.Sprintf("%.1f %s", f.Bare, f.Unit), fmt.Sprintf("%.2f", f.Ours/f.Bare)
		}
		fmt.Fprintf(table, "%s\t%.1f %s\t%s\t%s\n", f.Name, f.Ours, f.Unit, bare, ratio)
	}
	if err := table.Flush(); err != nil {
		log.Fatal(err)
	}
}
