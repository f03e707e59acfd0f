// SPDX-License-Identifier: Apache-2.0

// Loadbalancer gives each Service of type LoadBalancer an address of its own. kube-proxy does the rest: it serves whatever
// stands in status.loadBalancer.ingress. An address is never handed out twice while this process lives.
package main

import (
	"context"
	"flag"
	"log"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the cluster's kubeconfig")
	pool := flag.String("pool", "", "addresses to hand out, as a prefix")
	flag.Parse()

	prefix, err := netip.ParsePrefix(*pool)
	if err != nil {
		log.Fatalf("-pool: %v", err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatalf("-kubeconfig: %v", err)
	}
	config.QPS, config.Burst = 200, 400
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run(ctx, kubernetes.NewForConfigOrDie(config), prefix)
}

// run handles Services one at a time, so the assigner needs no lock.
func run(ctx context.Context, client kubernetes.Interface, prefix netip.Prefix) {
	factory := informers.NewSharedInformerFactory(client, 0)
	services := factory.Core().V1().Services()
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](50*time.Millisecond, 5*time.Second))
	add := func(object any) {
		if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
			queue.Add(key)
		}
	}
	_, err := services.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    add,
		UpdateFunc: func(_, object any) { add(object) },
	})
	if err != nil {
		log.Fatal(err)
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	context.AfterFunc(ctx, queue.ShutDown)

	addresses := &assigner{prefix: prefix, used: map[netip.Addr]bool{}}
	for _, object := range services.Informer().GetStore().List() {
		addresses.learn(object.(*corev1.Service))
	}
	log.Printf("watching Services, handing out %s", prefix)
	for {
		key, down := queue.Get()
		if down {
			return
		}
		object, exists, err := services.Informer().GetStore().GetByKey(key)
		if err == nil && exists {
			err = assign(ctx, client, addresses, object.(*corev1.Service))
		}
		if err != nil {
			log.Printf("%s: %v", key, err)
			queue.AddRateLimited(key)
		} else {
			queue.Forget(key)
		}
		queue.Done(key)
	}
}

// assign writes an address into the Service's status, or takes it out again when the Service is no LoadBalancer any more.
func assign(ctx context.Context, client kubernetes.Interface, addresses *assigner, service *corev1.Service) error {
	wants := service.Spec.Type == corev1.ServiceTypeLoadBalancer && service.Spec.LoadBalancerClass == nil
	has := len(service.Status.LoadBalancer.Ingress) > 0
	if wants == has || (has && service.Spec.Type == corev1.ServiceTypeLoadBalancer) {
		return nil
	}
	service = service.DeepCopy()
	service.Status.LoadBalancer.Ingress = nil
	if wants {
		address, err := addresses.next()
		if err != nil {
			return err
		}
		service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: address.String()}}
		log.Printf("%s/%s: %s", service.Namespace, service.Name, address)
	}
	_, err := client.CoreV1().Services(service.Namespace).UpdateStatus(ctx, service, metav1.UpdateOptions{})
	return err
}
