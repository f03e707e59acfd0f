// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"sync"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	structuralcel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	schemavalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metavalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"
)

// crd does to an object what an API server does on a Create: it defaults, prunes
// and validates by the shipped CustomResourceDefinition, CEL rules included.
type crd struct {
	schema    *structural.Structural
	validator schemavalidation.SchemaValidator
	rules     *structuralcel.Validator
}

var listenerSetCRD = sync.OnceValues(func() (*crd, error) {
	return newCRD("sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_listenersets.yaml")
})

var backendTLSPolicyCRD = sync.OnceValues(func() (*crd, error) {
	return newCRD("sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_backendtlspolicies.yaml")
})

var gatewayCRD = sync.OnceValues(func() (*crd, error) {
	return newCRD("sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_gateways.yaml")
})

var referenceGrantCRD = sync.OnceValues(func() (*crd, error) {
	return newCRD("sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_referencegrants.yaml")
})

var httpRouteCRD = sync.OnceValues(func() (*crd, error) {
	return newCRD("sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml")
})

// moduleFile reads a file of a module that this one depends on.
func moduleFile(module, file string) ([]byte, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return nil, fmt.Errorf("where is module %s: %w", module, err)
	}
	return os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), file))
}

func newCRD(module, file string) (*crd, error) {
	content, err := moduleFile(module, file)
	if err != nil {
		return nil, err
	}
	definition := apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(content, &definition); err != nil {
		return nil, err
	}
	for _, version := range definition.Spec.Versions {
		if version.Name != gatewayv1.GroupVersion.Version {
			continue
		}
		internal := apiextensions.JSONSchemaProps{}
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &internal, nil); err != nil {
			return nil, err
		}
		schema, err := structural.NewStructural(&internal)
		if err != nil {
			return nil, err
		}
		validator, _, err := schemavalidation.NewSchemaValidator(&internal)
		if err != nil {
			return nil, err
		}
		return &crd{schema: schema, validator: validator, rules: structuralcel.NewValidator(schema, true, celconfig.PerCallLimit)}, nil
	}
	return nil, fmt.Errorf("%s has no version %s", file, gatewayv1.GroupVersion.Version)
}

// admit returns the object as it would be stored, or why it is refused.
func admit[T any](c *crd, sent *T) (*T, error) {
	object, err := asSent(sent)
	if err != nil {
		return nil, err
	}
	if dropped := pruning.PruneWithOptions(object, c.schema, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}); len(dropped) > 0 {
		return nil, fmt.Errorf("unknown fields %v", dropped)
	}
	defaulting.Default(object, c.schema)
	accessor, err := meta.Accessor(sent)
	if err != nil {
		return nil, err
	}
	errs := metavalidation.ValidateObjectMetaAccessor(accessor, true, metavalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	errs = append(errs, schemavalidation.ValidateCustomResource(nil, object, c.validator)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, c.schema, object)...)
	violated, _ := c.rules.Validate(context.Background(), nil, c.schema, object, nil, celconfig.RuntimeCELCostBudget)
	if err := append(errs, violated...).ToAggregate(); err != nil {
		return nil, err
	}
	stored := new(T)
	return stored, runtime.DefaultUnstructuredConverter.FromUnstructured(object, stored)
}

// asSent is the JSON that a client sends, as a server decodes it.
func asSent(sent any) (map[string]any, error) {
	content, err := json.Marshal(sent)
	if err != nil {
		return nil, err
	}
	object := map[string]any{}
	if err := yaml.Unmarshal(content, &object, func(d *json.Decoder) *json.Decoder { d.UseNumber(); return d }); err != nil {
		return nil, err
	}
	delete(object, "status")
	sentType := reflect.TypeOf(sent).Elem()
	object["apiVersion"], object["kind"] = gatewayv1.GroupName+"/"+path.Base(sentType.PkgPath()), sentType.Name()
	return integers(object).(map[string]any), nil
}

// integers turns JSON numbers into the int64 that the API machinery works with.
func integers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key := range value {
			value[key] = integers(value[key])
		}
	case []any:
		for i := range value {
			value[i] = integers(value[i])
		}
	case json.Number:
		number, _ := value.Int64()
		return number
	}
	return value
}

// admitUnchanged also demands that the API server's defaults do not change the part of an object that is the
// controller's: it would take an added field for drift, and write the object again without end (SPEC B-TRN-4).
func admitUnchanged[T any](definition func() (*crd, error), sent *T, part func(*T) any) error {
	c, err := definition()
	if err != nil {
		return err
	}
	stored, err := admit(c, sent)
	if err != nil {
		return err
	}
	if !equality.Semantic.DeepEqual(part(stored), part(sent)) {
		return fmt.Errorf("the API server's defaults change it to %+v", part(stored))
	}
	return nil
}

func admitRoute(route *gatewayv1.HTTPRoute) error {
	return admitUnchanged(httpRouteCRD, route, func(route *gatewayv1.HTTPRoute) any { return route.Spec })
}

func admitListenerSet(set *gatewayv1.ListenerSet) error {
	return admitUnchanged(listenerSetCRD, set, func(set *gatewayv1.ListenerSet) any { return set.Spec })
}

func admitPolicy(policy *gatewayv1.BackendTLSPolicy) error {
	return admitUnchanged(backendTLSPolicyCRD, policy, func(policy *gatewayv1.BackendTLSPolicy) any { return policy.Spec })
}
