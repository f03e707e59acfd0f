// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// killEvery is the pace at which leaders die, and shortTerms are of elections that keep up with it: another replica leads
// after 15 s.
const killEvery = 28 * time.Second

var shortTerms = map[string]string{"lease-duration": "15s", "renew-deadline": "10s", "retry-period": "2s"}

// electSoon lets replicas elect with short terms, which they read when they start.
func (c clients) electSoon(ctx context.Context) (restore func(), err error) {
	restores := []func(){}
	restore = func() {
		for _, one := range restores {
			one()
		}
	}
	for key, value := range shortTerms {
		one, err := c.configure(ctx, "config-leader-election", key, value)
		if err != nil {
			return restore, err
		}
		restores = append(restores, one)
	}
	return restore, c.replaceReplicas(ctx)
}

// killLeaders lets leaders die as with their nodes: the process, and its Pod, so that no container waits to be started again.
func (s *soaking) killLeaders(ctx context.Context) error {
	for s.done.kills.Load() < soakKills {
		if pause(ctx, killEvery) != nil {
			return nil // the time is over
		}
		pod, _, err := s.leader(ctx)
		if err != nil {
			return err
		}
		process, err := processOf(pod)
		if err != nil {
			continue // it has died, and the next has not been elected
		}
		pid, err := strconv.Atoi(filepath.Base(process))
		if err != nil {
			return err
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return fmt.Errorf("kill the leader: %w", err)
		}
		if err := s.Kube.CoreV1().Pods(cluster.SystemNamespace).Delete(ctx, pod, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}); err != nil && ctx.Err() == nil {
			return err
		}
		s.done.kills.Add(1)
	}
	return nil
}
