// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// envoyGateway is the controller of Envoy Gateway's classes.
const envoyGateway gatewayv1.GatewayController = "gateway.envoyproxy.io/gatewayclass-controller"

// programs are the Deployments of implementations, where each usually is: what makes the proxies of Gateways and reports their
// addresses. For another implementation there is no command, for nothing in the cluster says which program it is.
var programs = map[gatewayv1.GatewayController]types.NamespacedName{
	envoyGateway:                                 {Namespace: "envoy-gateway-system", Name: "envoy-gateway"},
	"istio.io/gateway-controller":                {Namespace: "istio-system", Name: "istiod"},
	"projectcontour.io/gateway-controller":       {Namespace: "projectcontour", Name: "contour"},
	"traefik.io/gateway-controller":              {Namespace: "traefik", Name: "traefik"},
	"io.cilium/gateway-controller":               {Namespace: "kube-system", Name: "cilium-operator"},
	"kgateway.dev/kgateway":                      {Namespace: "kgateway-system", Name: "kgateway"},
	"gateway.nginx.org/nginx-gateway-controller": {Namespace: "nginx-gateway", Name: "nginx-gateway"},
}

// restartOf starts an implementation again; empty for one that is not known. It does not touch the proxies.
func (c *checker) restartOf(controller gatewayv1.GatewayController) string {
	usual, known := programs[controller]
	if !known {
		return ""
	}
	namespace := usual.Namespace
	for _, deployment := range typed[appsv1.Deployment](c, objects.Deployments, "") {
		if deployment.Name == usual.Name {
			namespace = deployment.Namespace
		}
	}
	return restarted(namespace, usual.Name)
}

// proxies starts the proxies of a Gateway again, or some where there are none; empty if their Deployment is not found.
func (c *checker) proxies(gateway *gatewayv1.Gateway, service *corev1.Service) string {
	if service == nil {
		return ""
	}
	for _, deployment := range typed[appsv1.Deployment](c, objects.Deployments, service.Namespace) {
		claims := dataplane.Claims(&corev1.Service{ObjectMeta: deployment.ObjectMeta}, gateway)
		selects := len(service.Spec.Selector) > 0 && labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(deployment.Spec.Template.Labels))
		switch {
		case !claims && !selects:
		case deployment.Spec.Replicas != nil && *deployment.Spec.Replicas == 0:
			return scaled(deployment.Namespace, deployment.Name, 1)
		default:
			return restarted(deployment.Namespace, deployment.Name)
		}
	}
	return ""
}

// classCreated creates a GatewayClass that an entry names, of the implementation that all others are of.
func (c *checker) classCreated(name string) string {
	found := []gatewayv1.GatewayController{}
	for _, class := range typed[gatewayv1.GatewayClass](c, objects.GatewayClasses, "") {
		if !slices.Contains(found, class.Spec.ControllerName) {
			found = append(found, class.Spec.ControllerName)
		}
	}
	if len(found) == 0 {
		found = []gatewayv1.GatewayController{envoyGateway}
	}
	return applied(object{"apiVersion": gatewayv1.GroupVersion.String(), "kind": "GatewayClass", "metadata": object{"name": name}, "spec": object{"controllerName": found[0]}})
}

// classAccepted makes an implementation accept a class.
func (c *checker) classAccepted(class *gatewayv1.GatewayClass, reason string) string {
	switch gatewayv1.GatewayClassConditionReason(reason) {
	case gatewayv1.GatewayClassReasonInvalidParameters:
		if class.Spec.ParametersRef != nil {
			return patchOf(target{"", "gatewayclass", class.Name}, "json", []operation{{Op: "remove", Path: "/spec/parametersRef"}})
		}
	case gatewayv1.GatewayClassReasonUnsupportedVersion:
		return c.gatewayAPI()
	}
	return c.restartOf(class.Spec.ControllerName)
}

// node is the address of a node with a proxy of a Gateway, which are given by their addresses.
func (c *checker) node(service *corev1.Service, proxies map[string]types.UID) string {
	found := ""
	for _, pod := range typed[corev1.Pod](c, objects.Pods, service.Namespace) {
		if _, is := proxies[pod.Status.PodIP]; is {
			found = cmp.Or(found, pod.Status.HostIP)
		}
	}
	return found
}
