// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// cluster is a Store on which kubectl and the controllers of a cluster work.
type cluster struct {
	*testing.T
	*objects.Store
	kubernetes string
	// envoyServices are the types of Services that EnvoyProxies demand.
	envoyServices map[string]string
}

// flags are those of kubectl that check uses.
type flags struct {
	namespace, form, patch, subresource, file string
	replicas                                  int
	literals                                  []string
}

// run does what a command that check prints does. A form of it that is not known here fails the test.
func (c *cluster) run(command string) {
	c.Helper()
	for _, call := range shell(c.T, command) {
		set, args := pflag.NewFlagSet(call.Args[0], pflag.ContinueOnError), flags{}
		set.StringVarP(&args.namespace, "namespace", "n", "", "")
		set.StringVar(&args.form, "type", "strategic", "")
		set.StringVarP(&args.patch, "patch", "p", "", "")
		set.StringVar(&args.subresource, "subresource", "", "")
		set.StringVarP(&args.file, "filename", "f", "", "")
		set.IntVar(&args.replicas, "replicas", -1, "")
		set.StringArrayVar(&args.literals, "from-literal", nil, "")
		set.Bool("server-side", false, "")
		set.Bool("force-conflicts", false, "")
		set.Bool("all", false, "")
		set.String("for", "", "")
		if err := set.Parse(call.Args[1:]); err != nil {
			c.Fatalf("%s: %v", command, err)
		}
		if !c.called(call, args, set.Args()) {
			c.Fatalf("This form of a command is not known here: %q", call.Args)
		}
	}
}

func (c *cluster) called(call call, args flags, words []string) bool {
	c.Helper()
	named := func(n int) bool { return len(words) == n }
	switch {
	case call.Args[0] == "kubeadm":
		return named(3) && words[0] == "upgrade" && words[1] == "apply" && c.upgrade(words[2])
	case words[0] == "patch" && named(3):
		return c.patch(words[1], types.NamespacedName{Namespace: args.namespace, Name: words[2]}, args)
	case words[0] == "scale" && named(3) && words[1] == "deployment" && args.replicas >= 0:
		c.roll(types.NamespacedName{Namespace: args.namespace, Name: words[2]}, args.replicas)
	case words[0] == "rollout" && named(3) && words[1] == "restart":
		c.roll(types.NamespacedName{Namespace: args.namespace, Name: strings.TrimPrefix(words[2], "deployment/")}, -1)
	case words[0] == "delete" && named(3) && words[1] == "deployment":
		c.remove(objects.Deployments, types.NamespacedName{Namespace: args.namespace, Name: words[2]})
	case words[0] == "create" && named(3) && words[1] == "configmap" && len(args.literals) > 0:
		data := map[string]any{}
		for _, literal := range args.literals {
			key, value, _ := strings.Cut(literal, "=")
			data[key] = value
		}
		c.apply(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": args.namespace, "name": words[2]}, "data": data})
	case words[0] == "apply" && named(1) && args.file == "-":
		c.applyText(call.Stdin)
	case words[0] == "apply" && named(1):
		return c.applyFile(args.file)
	case words[0] == "wait" && named(2) && words[1] == "crd":
	default:
		return false
	}
	return true
}

// upgrade is that of kubeadm, which goes one minor version further at most.
func (c *cluster) upgrade(to string) bool {
	before, after := version.MustParseGeneric(c.kubernetes), version.MustParseGeneric(to)
	c.kubernetes = to
	return after.Minor() <= before.Minor()+1
}

var kinds = map[string]objects.Kind{"gateway": objects.Gateways, "gatewayclass": objects.GatewayClasses, "configmap": objects.ConfigMaps, "service": objects.Services}

func (c *cluster) patch(resource string, name types.NamespacedName, args flags) bool {
	c.Helper()
	kind, known := kinds[resource]
	if resource == "envoyproxy" {
		c.applyProxy(name, args.patch)
		return true
	}
	object, err := c.Get(kind, name)
	if !known || err != nil || object == nil {
		c.Errorf("patch %s %s: %v", resource, name, err)
		return false
	}
	before, err := object.MarshalJSON()
	c.must(err)
	var after []byte
	switch args.form {
	case "merge":
		after, err = jsonpatch.MergePatch(before, []byte(args.patch))
	case "json":
		patch, bad := jsonpatch.DecodePatch([]byte(args.patch))
		c.must(bad)
		after, err = patch.Apply(before)
	default:
		return false
	}
	c.must(err)
	patched := &unstructured.Unstructured{}
	c.must(patched.UnmarshalJSON(after))
	if subresource := args.subresource; subresource == "" {
		patched.Object["status"] = object.Object["status"]
	} else if subresource != "status" || kind != objects.Services {
		return false
	}
	c.write(kind, patched)
	return true
}

// write stores an object as the API server does, and lets the controllers do their work.
func (c *cluster) write(kind objects.Kind, object *unstructured.Unstructured) {
	c.Helper()
	if kind == objects.ConfigMaps && object.GetName() == config.Name {
		cm, err := objects.Typed[corev1.ConfigMap](object)
		c.must(err)
		if _, err := config.NewFromConfigMap(cm); err != nil {
			c.Fatalf("The webhook refuses %v: %v", cm.Data, err)
		}
	}
	c.must(c.Add(object))
	c.reconcile(kind, object)
}

func (c *cluster) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// roll starts the pods of a Deployment again, each with the image of its template; from -1 on there are as many as before.
func (c *cluster) roll(name types.NamespacedName, replicas int) {
	c.Helper()
	deployment, err := c.Get(objects.Deployments, name)
	if err != nil || deployment == nil {
		c.Fatalf("There is no Deployment %s: %v", name, err)
	}
	deployment = deployment.DeepCopy()
	if replicas < 0 {
		before, demanded, _ := unstructured.NestedInt64(deployment.Object, "spec", "replicas")
		if replicas = int(before); !demanded {
			replicas = 1
		}
	}
	c.must(unstructured.SetNestedField(deployment.Object, int64(replicas), "spec", "replicas"))
	c.must(unstructured.SetNestedMap(deployment.Object, map[string]any{"replicas": int64(replicas), "readyReplicas": int64(replicas)}, "status"))
	c.must(c.Add(deployment))
	for _, old := range c.all(objects.Pods) {
		if old.GetLabels()["app"] == name.Name {
			c.remove(objects.Pods, types.NamespacedName{Namespace: old.GetNamespace(), Name: old.GetName()})
		}
	}
	containers, _, _ := unstructured.NestedSlice(deployment.Object, "spec", "template", "spec", "containers")
	for i := range replicas {
		made := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"containers": slices.Clone(containers)}}}
		made.SetGroupVersionKind(objects.Pods.GroupVersionKind)
		made.SetNamespace(name.Namespace)
		made.SetName(name.Name + "-" + strconv.Itoa(i))
		made.SetLabels(map[string]string{"app": name.Name})
		c.must(c.Add(made))
	}
	c.started(name)
}
