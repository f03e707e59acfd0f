// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// The KIngresses that stay during a soak.
const (
	rolling  = "rolling"
	wanderer = "wanderer"
	rotating = "rotating"
)

// soaking is a place with what is soaked in it.
type soaking struct {
	*httpsHosts
	observed *observer
	done     soaked
}

// soaked counts what has been done.
type soaked struct{ services, rollouts, moves, rotations, kills atomic.Int64 }

func (d *soaked) figures(name string) []figure {
	part := soakFor.Minutes() / soakMinutes
	done := func(what string, counted *atomic.Int64, wanted float64) figure {
		return count(name+what, int(counted.Load()), "times", fmt.Sprintf("%.0f", wanted*part))
	}
	return []figure{
		done("services created, Ready and deleted", &d.services, 500), done("rollouts", &d.rollouts, 500), done("moves", &d.moves, 100),
		done("rotations of a certificate", &d.rotations, 20), done("leaders killed", &d.kills, 20),
	}
}

func (p *place) prepareSoak(ctx context.Context) (*soaking, error) {
	authority, err := cluster.NewAuthority()
	if err != nil {
		return nil, err
	}
	s := &soaking{httpsHosts: &httpsHosts{place: p, by: authority}, observed: p.observe(ctx)}
	for _, name := range []string{rolling, wanderer} {
		if err := s.ingress(ctx, name); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(s.place.service(ctx, otherBackend), s.add(ctx, rotating)); err != nil {
		return nil, err
	}
	if _, err := s.observed.awaitReady(ctx, 3); err != nil {
		return nil, err
	}
	_, err = s.externally(rolling).until(ctx)
	return s, err
}

// otherBackend is the second Service of the KIngress that is rolled out.
const otherBackend = rolling + "-other"

// service creates a KIngress, waits until it is Ready, and deletes it.
func (s *soaking) service(ctx context.Context, _ int) error {
	name := fmt.Sprintf("soak-%d", s.done.services.Load())
	if err := s.ingress(ctx, name); err != nil {
		return err
	}
	if err := s.await(ctx, cluster.KIngresses, name, readyAtItsGeneration); err != nil {
		return err
	}
	s.observed.forget(name)
	if err := errors.Join(cluster.KIngresses.TryDelete(ctx, s.Cluster, s.namespace, name), s.Kube.CoreV1().Services(s.namespace).Delete(ctx, name, metav1.DeleteOptions{})); err != nil {
		return err
	}
	s.done.services.Add(1)
	return nil
}

// rollout sends the requests to the other of two Services, each with a Revision's headers.
func (s *soaking) rollout(ctx context.Context, number int) error {
	backend := [2]string{otherBackend, rolling}[number%2]
	err := s.edit(ctx, rolling, func(ing *v1alpha1.Ingress) {
		for _, rule := range ing.Spec.Rules {
			rule.HTTP.Paths[0].Splits[0].ServiceName = backend
			rule.HTTP.Paths[0].Splits[0].AppendHeaders["Knative-Serving-Revision"] = fmt.Sprintf("%s-%d", backend, number)
		}
	})
	if err == nil {
		err = s.await(ctx, cluster.KIngresses, rolling, readyAtItsGeneration)
	}
	s.done.rollouts.Add(1)
	return err
}

// move takes a KIngress to the other Gateway by its label.
func (s *soaking) move(ctx context.Context, _ int) error {
	m := &moving{place: s.place, next: s.other}
	stored, err := s.networking.NetworkingV1alpha1().Ingresses(s.namespace).Get(ctx, wanderer, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if stored.Labels["gateway"] == s.other.name.Name {
		m.next = s.external
	}
	before := publicAddress(stored)
	err = s.edit(ctx, wanderer, func(ing *v1alpha1.Ingress) {
		delete(ing.Labels, "gateway")
		if m.next.name == s.other.name {
			metav1.SetMetaDataLabel(&ing.ObjectMeta, "gateway", s.other.name.Name)
		}
	})
	if err == nil {
		err = s.await(ctx, cluster.KIngresses, wanderer, otherAddress(before))
	}
	s.done.moves.Add(1)
	return err
}

// rotate issues the certificate of a host anew, and waits until it is served.
func (s *soaking) rotate(ctx context.Context, _ int) error {
	host := s.externalHost(rotating)
	leaf := func() []byte {
		if leaf := cluster.AskFor(ctx, s.host(), cluster.Request{Host: host, Roots: s.by.Roots}).Leaf(); leaf != nil {
			return leaf.Raw
		}
		return nil
	}
	before := leaf()
	data, err := s.by.Issue(host)
	if err != nil {
		return err
	}
	name := types.NamespacedName{Namespace: s.namespace, Name: rotating}
	if _, err := cluster.Secrets.UpdateAs(ctx, s.Cluster, manager, name, func(secret *corev1.Secret) { secret.Data = data }); err != nil {
		return err
	}
	for deadline := time.Now().Add(within); ; {
		if now := leaf(); now != nil && string(now) != string(before) {
			s.done.rotations.Add(1)
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("https://%s: the new certificate is not served", host)
		}
		if err := pause(ctx, askAgain); err != nil {
			return err
		}
	}
}

func (s *soaking) edit(ctx context.Context, name string, change func(*v1alpha1.Ingress)) error {
	_, err := cluster.KIngresses.UpdateAs(ctx, s.Cluster, manager, types.NamespacedName{Namespace: s.namespace, Name: name}, change)
	return err
}

func (s *soaking) await(ctx context.Context, kind cluster.Kind[v1alpha1.Ingress], name string, met cluster.Met[v1alpha1.Ingress]) error {
	return (<-when(ctx, s.place, kind, name, met)).err
}

func readyAtItsGeneration(ing *v1alpha1.Ingress) error {
	if ing == nil || ing.Status.ObservedGeneration != ing.Generation || !ing.IsReady() {
		return errors.New("is not Ready at its generation")
	}
	return nil
}

// clean deletes the KIngresses that stay, and counts the objects of ours that are left after a while.
func (s *soaking) clean(ctx context.Context) (left int, err error) {
	for _, name := range []string{rolling, wanderer, rotating} {
		s.observed.forget(name)
		if err := cluster.KIngresses.TryDelete(ctx, s.Cluster, s.namespace, name); err != nil {
			return 0, err
		}
	}
	for deadline := time.Now().Add(within); ; {
		if left, err = s.ours(ctx); err != nil || left == 0 || time.Now().After(deadline) {
			return left, err
		}
		if err := pause(ctx, time.Second); err != nil {
			return left, err
		}
	}
}

// ours counts the objects that the controller has made in the place.
func (s *soaking) ours(ctx context.Context) (found int, err error) {
	routes, err := s.gateway.GatewayV1().HTTPRoutes(s.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	sets, err := s.gateway.GatewayV1().ListenerSets(s.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	grants, err := s.gateway.GatewayV1beta1().ReferenceGrants(s.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	policies, err := s.gateway.GatewayV1().BackendTLSPolicies(s.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	return len(routes.Items) + len(sets.Items) + len(grants.Items) + len(policies.Items), nil
}
