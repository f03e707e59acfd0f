// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	ktesting "k8s.io/client-go/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// apiServer is a fake one that does server-side apply and remembers what it was asked.
// What it holds was created by ourselves.
func apiServer(t *testing.T, stored ...*gatewayv1.HTTPRoute) *fake.Clientset {
	t.Helper()
	return apiServerOf(t, "net-gateways", stored...)
}

func apiServerOf(t *testing.T, manager string, stored ...*gatewayv1.HTTPRoute) *fake.Clientset {
	t.Helper()
	client := fake.NewClientset()
	for _, r := range stored {
		if _, err := client.GatewayV1().HTTPRoutes(r.Namespace).Create(t.Context(), r, metav1.CreateOptions{FieldManager: manager}); err != nil {
			t.Fatal(err)
		}
	}
	client.ClearActions()
	return client
}

func requests(client *fake.Clientset) []string {
	found := []string{}
	for _, action := range client.Actions() {
		text := action.GetVerb()
		if patch, ok := action.(ktesting.PatchAction); ok {
			text += " " + string(patch.GetPatchType())
		}
		found = append(found, text)
	}
	return found
}

func get(t *testing.T, client *fake.Clientset, name string) *gatewayv1.HTTPRoute {
	t.Helper()
	r, err := client.GatewayV1().HTTPRoutes("default").Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verbs(result apply.Result[*gatewayv1.HTTPRoute]) []string {
	found := []string{}
	for _, write := range result.Writes {
		found = append(found, string(write.Verb)+" "+write.Object.Name)
	}
	return found
}

// TestCreate: B-OPS-1, a new object is one request.
func TestCreate(t *testing.T) {
	client := apiServer(t)
	result, err := apply.HTTPRoutes(client).Apply(t.Context(), owner, apply.Changes[*gatewayv1.HTTPRoute]{Create: list(route("a"), route("b"))})
	if err != nil || len(result.Refusals) > 0 {
		t.Fatal(err, result.Refusals)
	}
	if diff := gocmp.Diff([]string{"Created a", "Created b"}, verbs(result)); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff([]string{"create", "create"}, requests(client)); diff != "" {
		t.Error(diff)
	}
	if got := client.Actions()[0].(ktesting.CreateActionImpl).GetCreateOptions().FieldManager; got != "net-gateways" {
		t.Errorf("Created as %q", got)
	}
}

// TestCreateMeetsAnother: B-TRN-5, our filtered cache does not show what others have:
// a live look decides, and only what we control is adopted.
func TestCreateMeetsAnother(t *testing.T) {
	drifted := func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames[0] = "drifted.example.com" }
	tests := []struct {
		name     string
		manager  string
		existing *gatewayv1.HTTPRoute
		requests []string
		verbs    []string
		refusal  string
		err      string
	}{{
		name: "ours, as the single-gateway plugin left it (B-INS-8)", manager: "controller", existing: route("a", drifted),
		requests: []string{"create", "get"}, verbs: []string{"Adopted a"},
	}, {
		name: "another KIngress's", existing: route("a", func(r *gatewayv1.HTTPRoute) { r.OwnerReferences[0].UID, r.OwnerReferences[0].Name = "other", "beta" }),
		requests: []string{"create", "get"}, verbs: []string{},
		refusal: "HTTPRoute default/a exists, belongs to Ingress beta and is left as it is: delete it, or recreate it under another name",
	}, {
		name: "ours, on its way out", existing: route("a", func(r *gatewayv1.HTTPRoute) { r.DeletionTimestamp, r.Finalizers = &metav1.Time{}, []string{"x"} }),
		requests: []string{"create", "get"}, verbs: []string{}, err: "HTTPRoute default/a: is being deleted",
	}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := apiServerOf(t, cmp.Or(test.manager, "net-gateways"), test.existing)
			result, err := apply.HTTPRoutes(client).Apply(t.Context(), owner, apply.Changes[*gatewayv1.HTTPRoute]{Create: list(route("a"))})
			if diff := gocmp.Diff(test.requests, requests(client)) + gocmp.Diff(test.verbs, verbs(result)); diff != "" {
				t.Error(diff)
			}
			if text := errorText(err); text != test.err {
				t.Errorf("Apply() failed with %q, want %q", text, test.err)
			}
			expectRefusal(t, result.Refusals, "NotOwned", test.refusal)
			if test.refusal != "" && len(get(t, client, "a").Spec.Hostnames) != 1 {
				t.Error("It was changed")
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func expectRefusal(t *testing.T, refusals []*apply.Refusal, reason, text string) {
	t.Helper()
	if text == "" {
		if len(refusals) > 0 {
			t.Errorf("Refused: %v", refusals[0])
		}
		return
	}
	terminal := !strings.Contains(text, "belongs to Ingress") // which another KIngress is about to lose
	if len(refusals) != 1 || refusals[0].Reason() != reason || refusals[0].Terminal() != terminal || refusals[0].Error() != text {
		t.Errorf("Refusals %v, want %s: %s", refusals, reason, text)
	}
}

// TestUpdate: B-TRN-6, what is ours is repaired by one request, and what others added stays. Before it, what was written by plain
// updates is made ours: a label of our own Create that is not wanted any more, and what the single-gateway plugin wrote (B-INS-8).
// Applying alone would leave both in place.
func TestUpdate(t *testing.T) {
	takeOver := []string{"get", "patch " + string(types.JSONPatchType)}
	for name, test := range map[string]struct {
		manager string
		stale   bool
		before  []string
	}{
		"ours":                                {"net-gateways", false, nil},
		"ours, and a stale label":             {"net-gateways", true, takeOver},
		"the plugin's":                        {"controller", false, takeOver},
		"the plugin's and a label of its own": {"controller", true, takeOver},
	} {
		t.Run(name, func(t *testing.T) {
			client := apiServerOf(t, test.manager, route("a", func(r *gatewayv1.HTTPRoute) {
				r.Spec.Hostnames[0] = "drifted.example.com"
				if test.stale {
					r.Labels["stale"] = "label"
				}
			}))
			theirs := get(t, client, "a")
			theirs.Labels["theirs"], theirs.Annotations["theirs"] = "label", "annotation"
			current, err := client.GatewayV1().HTTPRoutes("default").Update(t.Context(), theirs, metav1.UpdateOptions{FieldManager: "external-dns"})
			if err != nil {
				t.Fatal(err)
			}
			client.ClearActions()
			want := route("a")
			result, err := apply.HTTPRoutes(client).Apply(t.Context(), owner, apply.Plan(owner, list(current), list(want)))
			if err != nil || len(result.Refusals) > 0 {
				t.Fatal(err, result.Refusals)
			}
			requested := append(test.before, "patch "+string(types.ApplyPatchType))
			if diff := gocmp.Diff(requested, requests(client)) + gocmp.Diff([]string{"Updated a"}, verbs(result)); diff != "" {
				t.Error(diff)
			}
			stored := get(t, client, "a")
			labels, annotations := map[string]string{"ours": "label", "theirs": "label"}, map[string]string{"ours": "annotation", "theirs": "annotation"}
			if diff := gocmp.Diff(labels, stored.Labels) + gocmp.Diff(annotations, stored.Annotations) + gocmp.Diff(want.Spec, stored.Spec); diff != "" {
				t.Error(diff)
			}
			if again := apply.Plan(owner, list(stored), list(want)); !again.Empty() {
				t.Errorf("A second look writes again: %v", names(again))
			}
		})
	}
}

// TestDelete: B-TRN-5, only the object that was looked at, and gone is gone.
func TestDelete(t *testing.T) {
	client := apiServer(t, route("a"))
	gone := route("b")
	result, err := apply.HTTPRoutes(client).Apply(t.Context(), owner, apply.Changes[*gatewayv1.HTTPRoute]{Delete: list(get(t, client, "a"), gone)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]string{"Deleted a", "Deleted b"}, verbs(result)); diff != "" {
		t.Error(diff)
	}
	for _, action := range client.Actions() {
		if deletion, ok := action.(ktesting.DeleteActionImpl); ok && deletion.GetDeleteOptions().Preconditions.UID == nil {
			t.Errorf("%s is deleted whoever it is now", deletion.GetName())
		}
	}
}

// TestServerSaysNo: B-RDY-6, the API server's final no is a refusal and no retry; other
// errors are returned, and one object's trouble does not keep the others back.
func TestServerSaysNo(t *testing.T) {
	kind := schema.GroupKind{Group: gatewayv1.GroupName, Kind: "HTTPRoute"}
	client := apiServer(t)
	client.PrependReactor("create", "httproutes", func(action ktesting.Action) (bool, runtime.Object, error) {
		switch name := action.(ktesting.CreateAction).GetObject().(*gatewayv1.HTTPRoute).Name; name {
		case "invalid":
			return true, nil, apierrors.NewInvalid(kind, name, field.ErrorList{field.TooMany(field.NewPath("spec", "rules"), 17, 16)})
		case "down":
			return true, nil, errors.New("connection refused")
		}
		return false, nil, nil
	})
	result, err := apply.HTTPRoutes(client).Apply(context.Background(), owner, apply.Changes[*gatewayv1.HTTPRoute]{Create: list(route("down"), route("invalid"), route("fine"))})
	if text := errorText(err); text != "HTTPRoute default/down: connection refused" {
		t.Errorf("Apply() failed with %q", text)
	}
	if diff := gocmp.Diff([]string{"Created fine"}, verbs(result)); diff != "" {
		t.Error(diff)
	}
	if len(result.Refusals) != 1 || result.Refusals[0].Reason() != "Unsupported" || result.Refusals[0].Object.Name != "invalid" ||
		!strings.HasPrefix(result.Refusals[0].Error(), "HTTPRoute default/invalid is refused by the API server: ") {
		t.Errorf("Refusals %v", result.Refusals)
	}
}
