// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"fmt"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/util/retry"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// Five times two streams of requests, slow enough for a small machine. What is asked
// after Ready takes two seconds: by then the garbage collector has removed the old routes.
const (
	afterwards = 100 * time.Millisecond
	afterReady = 20
)

// B-RDY-4: a KIngress that is deleted and created again at once becomes Ready by its own
// routes only: at that moment, and in the seconds after it, while those of the old one
// are removed, every request is answered.
func TestRecreate_BRDY4(t *testing.T) {
	const services, times = 5, 4
	space := world.Space(t, nil)
	for i := range services {
		t.Run(fmt.Sprintf("service %d", i), func(t *testing.T) {
			t.Parallel()
			name := fmt.Sprintf("hello-%d", i)
			old := space.Serve(t, name, nil)
			for range times {
				old = recreate(t, space, name, old.UID)
			}
		})
	}
}

// recreate waits until the new KIngress is Ready, and asks for it.
func recreate(t *testing.T, space *fixture.Space, name string, old types.UID) *v1alpha1.Ingress {
	t.Helper()
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, name)
	var created *v1alpha1.Ingress
	err := retry.OnError(wait.Backoff{Steps: 100, Duration: 10 * time.Millisecond}, apierrors.IsAlreadyExists, func() (err error) {
		created, err = cluster.KIngresses.TryCreate(t.Context(), world.Cluster, space.KIngress(name, nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The watch may begin with the old one, which is Ready as well.
	cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Seconds, func(ing *v1alpha1.Ingress) error {
		if ing == nil || ing.UID != created.UID {
			return fmt.Errorf("want the KIngress with UID %s", created.UID)
		}
		return nil
	})
	ready := space.AwaitReady(t, name, cluster.Minutes)
	loads := []*cluster.Load{
		cluster.StartLoad(t, world.Blue, space.ExternalHost(name), afterwards),
		cluster.StartLoad(t, world.Internal, space.LocalHost(name), afterwards),
	}
	for _, load := range loads {
		load.StopAllAnswered(t, 200, afterReady)
	}
	if ready.UID != created.UID || ready.UID == old {
		t.Errorf("UID %s is Ready, want that of the new KIngress, %s; the old one was %s", ready.UID, created.UID, old)
	}
	return ready
}
