// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/test/cluster"
)

// asks is how often each command is run; the median counts.
const asks = 9

// routed is a Knative Service to which an HTTPRoute is attached.
const routed = "routed"

// commandLine measures kn-gateways, as a release builds it, on a cluster with many Ready KIngresses.
func commandLine(ctx context.Context, c clients) ([]figure, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program := filepath.Join(folder, "kn-gateways")
	size, err := buildCommandLine(ctx, program)
	if err != nil {
		return nil, err
	}
	start, _, err := asked(ctx, program, "version")
	if err != nil {
		return nil, err
	}
	figures := []figure{
		{Name: "kn-gateways: size", Ours: size, Unit: "MiB", Target: "60"},
		{Name: "kn-gateways: start, median", Ours: start.Seconds() * 1000, Unit: "ms", Target: "50"},
	}
	p, err := newBackedPlace(ctx, c, "commandline")
	if err != nil {
		return figures, err
	}
	defer p.remove()
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	observed := p.observe(watching)
	if err := create(ctx, *crowd, p.ingress); err != nil {
		return figures, err
	}
	if _, err := observed.awaitReady(ctx, *crowd); err != nil {
		return figures, err
	}
	if err := p.deployReady(ctx, routed, programs[0]); err != nil {
		return figures, err
	}
	if err := p.attachPath(ctx, routed); err != nil {
		return figures, err
	}
	asked, err := p.askCommandLine(ctx, program)
	return append(figures, asked...), err
}

// buildCommandLine tells the size in MiB.
func buildCommandLine(ctx context.Context, program string) (float64, error) {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "./cmd/kn-gateways")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w: %s", err, output)
	}
	built, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return float64(built.Size()) / (1 << 20), nil
}

// askCommandLine measures each command.
func (p *place) askCommandLine(ctx context.Context, program string) ([]figure, error) {
	one, figures := serviceName(*crowd/2), []figure{}
	for _, command := range []struct {
		name, target string
		args         []string
	}{
		{"explain of a KIngress", "1 s", []string{"explain", one, "-n", p.namespace}},
		{"explain of a host", "1 s", []string{"explain", p.externalHost(one), "-n", p.namespace}},
		{"explain of a Knative Service with a path of an HTTPRoute", "1 s", []string{"explain", routed, "-n", p.namespace}},
		{"list", "2 s", []string{"list"}},
		{"graph", "", []string{"graph"}},
		{"check", "", []string{"check"}},
	} {
		took, requests, err := asked(ctx, program, append(command.args, "-o", "json")...)
		if err != nil {
			return figures, err
		}
		name := fmt.Sprintf("kn gateways %s, %d KIngresses in the namespace: ", command.name, *crowd)
		figures = append(figures, seconds(name+"median", took.Seconds(), command.target), count(name+"requests to the API server", requests, "requests", ""))
	}
	return figures, nil
}

// attachPath attaches an HTTPRoute to a Knative Service that leads a path to the same Service, and waits until it is served.
func (p *place) attachPath(ctx context.Context, service string) error {
	owner := gatewayv1.ParentReference{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: gatewayv1.ObjectName(service)}
	backend := gatewayv1.BackendObjectReference{Group: owner.Group, Kind: owner.Kind, Name: owner.Name}
	_, err := p.gateway.GatewayV1().HTTPRoutes(p.namespace).Create(ctx, &gatewayv1.HTTPRoute{
		ObjectMeta: metav1.ObjectMeta{Name: "paths"},
		Spec: gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{owner}},
			Rules: []gatewayv1.HTTPRouteRule{{
				Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new("/api")}}},
				BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{BackendObjectReference: backend}}},
			}},
		},
	}, metav1.CreateOptions{FieldManager: manager})
	if err != nil {
		return err
	}
	_, err = cluster.HTTPRoutes.TryAwait(ctx, p.Cluster, p.namespace, "paths", within, func(route *gatewayv1.HTTPRoute) error {
		if route != nil && slices.ContainsFunc(route.Status.Parents, func(parent gatewayv1.RouteParentStatus) bool {
			return meta.IsStatusConditionTrue(parent.Conditions, status.ConditionServed)
		}) {
			return nil
		}
		return errors.New("the HTTPRoute of paths is not served")
	})
	return err
}

// asked runs a command several times. It tells how long that took, and how many requests it says that it has sent.
func asked(ctx context.Context, program string, args ...string) (time.Duration, int, error) {
	took, requests := []float64{}, 0
	for range asks {
		began := time.Now()
		output, err := exec.CommandContext(ctx, program, args...).Output()
		took = append(took, time.Since(began).Seconds())
		exit := (*exec.ExitError)(nil)
		if found := errors.As(err, &exit) && exit.ExitCode() == 1; err != nil && !found {
			return 0, 0, fmt.Errorf("%s %v: %w", program, args, err)
		}
		report := struct{ Requests int }{}
		if len(output) > 0 && output[0] == '{' {
			if err := json.Unmarshal(output, &report); err != nil {
				return 0, 0, fmt.Errorf("%s %v: %w", program, args, err)
			}
		}
		requests = report.Requests
	}
	return time.Duration(median(took) * float64(time.Second)), requests, nil
}
