// SPDX-License-Identifier: Apache-2.0

package view

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// Reader reads what concerns the KIngresses of a namespace.
type Reader struct {
	source objects.Source
	// system is Serving's namespace.
	system string
	// within is the namespace whose KIngresses are listed; empty for all.
	within string
	state  config.State
	unseen []Unseen

	ingresses []*v1alpha1.Ingress
	byHost    map[string][]*v1alpha1.Ingress
	listed    bool
	replaced  *v1alpha1.Ingress
	// many tells that it reads for many KIngresses.
	many bool
	// lists are those of other kinds that were read.
	lists map[string]any
	// attached are the HTTPRoutes of users by their parents, by the namespace in which they were listed.
	attached map[string]map[attached.Frontend][]*gatewayv1.HTTPRoute
}

var _ observe.Reader = &Reader{}

// NewReader returns one that knows config-gateway. It asks the source for each thing once.
func NewReader(source objects.Source, system, within string) (*Reader, error) {
	reader := &Reader{source: objects.Remember(source), system: system, within: within, lists: map[string]any{}}
	reader.attached = map[string]map[attached.Frontend][]*gatewayv1.HTTPRoute{}
	return reader, reader.readState()
}

// ForMany makes the Reader read the objects of all KIngresses of a namespace at once.
func (r *Reader) ForMany() *Reader {
	r.many = true
	return r
}

// State is the state of config-gateway, as a controller that starts now would have it.
func (r *Reader) State() config.State { return r.state }

// SetState replaces the state of config-gateway, to see what another one would do.
func (r *Reader) SetState(state config.State) { r.state = state }

// Unconfigured says why config-gateway could not be read; it is empty if it could.
func (r *Reader) Unconfigured() string {
	for _, unseen := range r.unseen {
		if unseen.What == "ConfigMap "+r.system+"/"+config.Name {
			return unseen.String()
		}
	}
	return ""
}

// Everywhere tells that it lists the KIngresses of all namespaces.
func (r *Reader) Everywhere() bool { return r.within == "" }

// Source is where it reads from.
func (r *Reader) Source() objects.Source { return r.source }

func (r *Reader) readState() error {
	cm, err := r.ConfigMap()
	if err != nil {
		return err
	}
	r.state = StateOf(r.system, cm)
	return nil
}

// StateOf is the state of a controller that starts with the first of some ConfigMaps and sees the others after it; nil is none.
// A list that a later one lacks is that of the one before.
func StateOf(system string, seen ...*corev1.ConfigMap) config.State {
	store := config.NewStore(system, nil)
	for _, cm := range seen {
		store.OnConfigMap(cm)
	}
	return store.Load()
}

// ConfigMap is the present config-gateway; nil if there is none, or if it may not be read.
func (r *Reader) ConfigMap() (*corev1.ConfigMap, error) {
	found, err := objects.Get[corev1.ConfigMap](r.source, objects.ConfigMaps, types.NamespacedName{Namespace: r.system, Name: config.Name})
	return found, r.note(err, true)
}

// Replace makes the Reader show a KIngress in place of that of its name, before it has listed any.
func (r *Reader) Replace(ing *v1alpha1.Ingress) { r.replaced = ing }

// Ours tells whether a KIngress is of the class that net-gateways serves.
func Ours(ing *v1alpha1.Ingress) bool {
	return ing.Annotations[networking.IngressClassAnnotationKey] == config.IngressClass
}

// Ingresses are the KIngresses of the namespace, whatever their class.
func (r *Reader) Ingresses() ([]*v1alpha1.Ingress, error) {
	if r.listed {
		return r.ingresses, nil
	}
	all, err := objects.List[v1alpha1.Ingress](r.source, objects.KIngresses, r.within, labels.Everything())
	if err := r.note(err, false); err != nil {
		return nil, err
	}
	if r.replaced != nil {
		for i, ing := range all {
			if ing.Namespace == r.replaced.Namespace && ing.Name == r.replaced.Name {
				all[i] = r.replaced
			}
		}
	}
	r.ingresses, r.byHost, r.listed = all, map[string][]*v1alpha1.Ingress{}, true
	for _, ing := range all {
		for host := range observe.HostsOf(ing) {
			r.byHost[host] = append(r.byHost[host], ing)
		}
	}
	return all, nil
}

// Namespace implements observe.Reader. Of a namespace that may not be read, the labels are not known.
func (r *Reader) Namespace(name string) (*corev1.Namespace, error) {
	found, err := objects.Get[corev1.Namespace](r.source, objects.Namespaces, types.NamespacedName{Name: name})
	if err := r.note(err, r.selectsNamespaces()); err != nil {
		return nil, err
	}
	if found == nil {
		found = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelMetadataName: name}}}
	}
	return found, nil
}

func (r *Reader) selectsNamespaces() bool {
	return slices.ContainsFunc(slices.Concat(r.state.Config.External, r.state.Config.Local), func(entry config.Entry) bool { return entry.NamespaceSelector != nil })
}

// IngressesAt implements observe.Reader.
func (r *Reader) IngressesAt(host string) ([]*v1alpha1.Ingress, error) {
	_, err := r.Ingresses()
	return slices.DeleteFunc(slices.Clone(r.byHost[host]), func(ing *v1alpha1.Ingress) bool { return !Ours(ing) }), err
}

// IngressesWith implements observe.Reader.
func (r *Reader) IngressesWith(secret types.NamespacedName) ([]*v1alpha1.Ingress, error) {
	all, err := r.Ingresses()
	return slices.DeleteFunc(slices.Clone(all), func(ing *v1alpha1.Ingress) bool { return !Ours(ing) || !observe.SecretsOf(ing).Has(secret) }), err
}

// Backend implements observe.Reader.
func (r *Reader) Backend(name types.NamespacedName) (*corev1.Service, error) {
	found, err := objects.Get[corev1.Service](r.source, objects.Services, name)
	return found, r.note(err, true)
}

// Gateway implements observe.Reader.
func (r *Reader) Gateway(name types.NamespacedName) (*gatewayv1.Gateway, error) {
	found, err := objects.Get[gatewayv1.Gateway](r.source, objects.Gateways, name)
	return found, r.note(err, true)
}

// GatewayClass implements observe.Reader.
func (r *Reader) GatewayClass(name string) (*gatewayv1.GatewayClass, error) {
	found, err := objects.Get[gatewayv1.GatewayClass](r.source, objects.GatewayClasses, types.NamespacedName{Name: name})
	return found, r.note(err, true)
}

// AbsentFor implements observe.Reader, without memory.
func (r *Reader) AbsentFor(types.NamespacedName, bool) time.Duration { return 0 }
