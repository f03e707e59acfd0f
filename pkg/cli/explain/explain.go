// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/paths"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
)

// Of explains a KIngress that net-gateways serves. service is its Knative Service, or nil.
func Of(found *examine.Examination, service *unstructured.Unstructured, now time.Time) Report {
	ing, ready := found.Seen.Ingress, found.Ready()
	report := Report{
		Type: output.TypeOf("Explanation"), Namespace: ing.Namespace, Service: ing.Name,
		Ready: string(ready.Status), Reason: ready.Reason, Message: ready.Message,
		Above: above(service), Paths: pathsOf(found), Attached: paths.Of(found), Unseen: found.Unseen,
	}
	if owner, is := found.Frontend(); is {
		report.Owner = paths.Owner(owner)
	}
	if found.Reported != nil && found.Reported.Status == ready.Status {
		when := found.Reported.LastTransitionTime.Inner
		report.Since, report.Age = &when.Time, short(now.Sub(when.Time))
	}
	for _, visibility := range config.Visibilities {
		if found.Seen.Needs(visibility) {
			report.Sides = append(report.Sides, sideOf(found, visibility))
		}
	}
	for _, advisory := range found.Computed.Advisories {
		report.Notes = append(report.Notes, advisory.Reason+": "+advisory.Message)
	}
	report.Notes = append(report.Notes, holders(found)...)
	for _, route := range found.SwitchedOff() {
		report.Notes = append(report.Notes, fmt.Sprintf("HTTPRoute %s/%s adds no paths: config-gateway says path-routing: disabled", route.Namespace, route.Name))
	}
	switch {
	case found.Reported == nil:
		report.Notes = append(report.Notes, "the controller has not reported on this generation yet: does it run? kubectl -n knative-serving get pods -l app=net-gateways-controller")
	case found.Reported.IsTrue() && !ready.IsTrue():
		report.Notes = append(report.Notes, "the controller still reports Ready: it waits 15 s before it reports trouble, and longer while the data plane answers")
	}
	report.advise(found)
	return report
}

// holders name the KIngresses of other namespaces that have hosts of this one. The condition does not, because the owner of a
// service is not told what others have; whoever may list their KIngresses is.
func holders(found *examine.Examination) (notes []string) {
	for _, failure := range found.Seen.Failures(found.Desired) {
		if conflict, is := failure.(observe.HostConflict); is && conflict.Holder.Namespace != found.Seen.Ingress.Namespace {
			notes = append(notes, fmt.Sprintf("host %s is served by the older KIngress %s", conflict.Host, conflict.Holder))
		}
	}
	return notes
}

// Foreign explains a KIngress of another class, which net-gateways does not serve.
func Foreign(ing *v1alpha1.Ingress) Report {
	class := ing.Annotations[networking.IngressClassAnnotationKey]
	report := Report{Type: output.TypeOf("Explanation"), Namespace: ing.Namespace, Service: ing.Name, Ready: "Unknown", OtherClass: cmp.Or(class, "none")}
	report.Why = fmt.Sprintf("its class is %q, and net-gateways serves %q", class, config.IngressClass)
	report.Look = "kubectl -n knative-serving get configmap config-network -o yaml   # ingress-class"
	report.More = page("nothing-happens")
	if ready := ing.Status.GetCondition(v1alpha1.IngressConditionReady); ready != nil {
		report.Ready, report.Reason, report.Message = string(ready.Status), ready.Reason, ready.Message
	}
	return report
}

// Unrouted explains a Knative Service that has no KIngress yet.
func Unrouted(service *unstructured.Unstructured) Report {
	report := Report{Type: output.TypeOf("Explanation"), Namespace: service.GetNamespace(), Service: service.GetName(), Ready: "Unknown", Above: above(service)}
	report.Why = "Serving has not asked for a route yet: it does so once a Revision is ready"
	report.Look = fmt.Sprintf("kubectl -n %s get ksvc,revisions", service.GetNamespace())
	for _, condition := range report.Above {
		if condition.Type == "ConfigurationsReady" {
			report.Ready, report.Reason, report.Message = condition.Status, condition.Reason, condition.Message
		}
	}
	return report
}

// above are the conditions of a Knative Service that are not True, without those that repeat the KIngress's.
func above(service *unstructured.Unstructured) []paths.Condition {
	if service == nil {
		return nil
	}
	all, _, _ := unstructured.NestedSlice(service.Object, "status", "conditions")
	found := []paths.Condition{}
	for _, one := range all {
		condition, _ := one.(map[string]any)
		text := func(key string) string { value, _ := condition[key].(string); return value }
		if text("type") == "ConfigurationsReady" && text("status") != "True" {
			found = append(found, paths.Condition{Type: text("type"), Status: text("status"), Reason: text("reason"), Message: text("message")})
		}
	}
	return found
}

// short is a duration as one says it.
func short(age time.Duration) string {
	age = max(age, 0)
	switch {
	case age < time.Minute:
		return age.Truncate(time.Second).String()
	case age < time.Hour:
		return age.Truncate(time.Second).String()
	case age < 48*time.Hour:
		return strings.TrimSuffix(age.Truncate(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%dd", int(age.Hours()/24))
}

// docs is where the pages are.
const docs = "https://github.com/net-gateways/net-gateways/blob/main/docs/"

func page(anchor string) string { return docs + "troubleshooting.md#" + strings.ToLower(anchor) }
