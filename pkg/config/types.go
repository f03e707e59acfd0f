// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Name is the name of the ConfigMap, in the system namespace.
const Name = "config-gateway"

// The keys of the ConfigMap's data.
const (
	ExternalGateways = "external-gateways"
	LocalGateways    = "local-gateways"
	DrainTime        = "drain-time"
	PathRouting      = "path-routing"
)

// DefaultDrain is how long a route stays on a Gateway that it moves away from, unless the
// file has a drain-time: most resolvers follow a changed address within a minute.
const (
	DefaultDrain = 60 * time.Second
	maxDrain     = time.Hour
)

// IngressClass is the class of the KIngresses that the Gateways serve; the single-gateway plugin
// has the same (SPEC B-INS-8).
const IngressClass = "gateway-api.ingress.networking.knative.dev"

// Entry is one Gateway that may serve KIngresses.
type Entry struct {
	// Visibility tells in which list the entry is, Index at which place (from 0).
	Visibility v1alpha1.IngressVisibility
	Index      int

	Class string
	// Gateway is never empty: an entry that names none gets ManagedGatewayName.
	Gateway types.NamespacedName
	// Managed means that the controller creates and owns the Gateway.
	Managed bool
	// HTTPListener is the listener of the Gateway for plain HTTP;
	// empty means all that admit the route.
	HTTPListener string
	// Service is the data plane's Service; the zero value means that the controller finds it.
	Service types.NamespacedName
	// Features are the entry's supported-features, and only these.
	Features sets.Set[gwfeatures.FeatureName]
	// ProxyProtocol makes probes speak the PROXY protocol.
	ProxyProtocol bool
	// Probe says how KIngresses are proven to be served.
	Probe probe.Mode

	// LabelSelector is over the KIngress's labels; nil selects none.
	LabelSelector labels.Selector
	// NamespaceSelector is over the labels of the KIngress's namespace; nil
	// admits all namespaces.
	NamespaceSelector labels.Selector
}

// IsDefault tells whether the entry serves KIngresses that no other entry selects.
func (e Entry) IsDefault() bool {
	return e.LabelSelector == nil && e.NamespaceSelector == nil
}

// String names the entry in messages as the operator finds it in the file.
func (e Entry) String() string {
	return fmt.Sprintf("%s[%d] (%s)", ListKey(e.Visibility), e.Index, e.Gateway)
}

// Config is the content of config-gateway. The zero value configures nothing.
type Config struct {
	External, Local []Entry
	// Unserved are the visibilities whose list is [].
	Unserved sets.Set[v1alpha1.IngressVisibility]
	// Drain is how long a route stays on a Gateway that it moves away from, after the
	// new one's address was published.
	Drain time.Duration
	// NoPaths leaves HTTPRoutes alone whose parent is a Knative object.
	NoPaths bool
}

// Entries returns the entries for a visibility, in the order of the file.
func (c *Config) Entries(visibility v1alpha1.IngressVisibility) []Entry {
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		return c.Local
	}
	return c.External
}

// Entry returns the only entry of a Gateway in the list of a visibility. The other list may have
// one, too.
func (c *Config) Entry(visibility v1alpha1.IngressVisibility, gateway types.NamespacedName) (Entry, bool) {
	for _, entry := range c.Entries(visibility) {
		if entry.Gateway == gateway {
			return entry, true
		}
	}
	return Entry{}, false
}

// Shared are the entries under local-gateways whose Gateway external-gateways names, too.
func (c *Config) Shared() []Entry {
	shared := []Entry{}
	for _, entry := range c.Local {
		if _, found := c.Entry(v1alpha1.IngressVisibilityExternalIP, entry.Gateway); found {
			shared = append(shared, entry)
		}
	}
	return shared
}

// Configured tells whether any Gateway is configured at all.
func (c *Config) Configured() bool {
	return len(c.External)+len(c.Local) > 0
}

// Warning is something that the controller ignores and the webhook refuses.
type Warning struct {
	// Field is the path, for example data[external-gateways][0].colour.
	Field  string
	Detail string
}

func (w Warning) String() string { return w.Field + ": " + w.Detail }

// ManagedGatewayName is the name of the Gateway that the controller creates for
// an entry that names none. It must not change between releases. It is a DNS label
// because implementations build the names and labels of their Services from it.
func ManagedGatewayName(visibility v1alpha1.IngressVisibility, class string) string {
	prefix := "knative-external-"
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		prefix = "knative-local-"
	}
	label := strings.ReplaceAll(class, ".", "-")
	if label != class {
		// The classes a.b and a-b must not get the same Gateway.
		return kmeta.ChildName(prefix+label, fmt.Sprintf("-%08x", crc32.ChecksumIEEE([]byte(class))))
	}
	return kmeta.ChildName(prefix, class)
}

// ListKey is the key of the list of a visibility.
func ListKey(visibility v1alpha1.IngressVisibility) string {
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		return LocalGateways
	}
	return ExternalGateways
}
