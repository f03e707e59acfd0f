// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
)

const (
	version = "v0.1.0-rc.1"
	digest  = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// released writes a release of config/, with images as ko names them, and returns its files.
func released(t *testing.T) (files map[string]string) {
	t.Helper()
	manifests, err := filepath.Glob("../../config/*.yaml")
	if err != nil || len(manifests) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	texts := []string{}
	for _, manifest := range manifests {
		texts = append(texts, read(t, manifest))
	}
	resolved := regexp.MustCompile(`ko://\S*/([^/\s]+)`).ReplaceAllString(strings.Join(texts, "---\n"), "registry.example.com/${1}:"+version+digest)
	folder, from := t.TempDir(), filepath.Join(t.TempDir(), "resolved.yaml")
	if err := os.WriteFile(from, []byte(resolved), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "a.spdx.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(version, "../../CHANGELOG.md", from, release{out: folder, commit: "0123456", monitoring: "../../config/monitoring"}); err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		files[entry.Name()] = read(t, filepath.Join(folder, entry.Name()))
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// objects decodes what kubectl would apply.
func objects(t *testing.T, text string) (found []map[string]any) {
	t.Helper()
	for part := range strings.SplitSeq(text, "\n---\n") {
		object := map[string]any{}
		if err := yaml.Unmarshal([]byte(part), &object); err != nil {
			t.Fatalf("%v in\n%s", err, part)
		}
		found = append(found, object)
	}
	return found
}

// values are what stands at a key, anywhere in an object.
func values(value any, key string) (found []any) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if name == key {
				found = append(found, inner)
			}
			found = append(found, values(inner, key)...)
		}
	case []any:
		for _, inner := range value {
			found = append(found, values(inner, key)...)
		}
	}
	return found
}

// TestFiles: all objects of config/ are in the file, config-gateway is the last, each object and each pod says the version, and
// the checksums are of all files.
func TestFiles(t *testing.T) {
	files := released(t)
	all := objects(t, files["net-gateways.yaml"])
	for _, object := range all {
		versions, want := values(object, "app.kubernetes.io/version"), 1
		if object["kind"] == "Deployment" {
			want = 2
		}
		if len(versions) != want || slices.ContainsFunc(versions, func(v any) bool { return v != version }) {
			t.Errorf("%v %v has the versions %v", object["kind"], object["metadata"], versions)
		}
	}
	if last := all[len(all)-1]; last["kind"] != "ConfigMap" || last["metadata"].(map[string]any)["name"] != "config-gateway" {
		t.Errorf("The last object is %v %v", last["kind"], last["metadata"])
	}
	kinds, _ := filepath.Glob("../../config/*.yaml")
	count := 0
	for _, manifest := range kinds {
		count += len(regexp.MustCompile(`(?m)^kind:`).FindAllString(read(t, manifest), -1))
	}
	if len(all) != count {
		t.Errorf("%d objects, and config/ has %d", len(all), count)
	}
	if want := "registry.example.com/net-gateways-controller:" + version + digest + "\nregistry.example.com/net-gateways-webhook:" + version + digest + "\n"; files["images.txt"] != want {
		t.Errorf("images.txt is\n%s\nwant\n%s", files["images.txt"], want)
	}
	for name := range files {
		if name != "checksums.txt" && !regexp.MustCompile(`(?m)^[0-9a-f]{64}  `+regexp.QuoteMeta(name)+`$`).MatchString(files["checksums.txt"]) {
			t.Errorf("checksums.txt does not have %s", name)
		}
	}
	if len(files) != 7 {
		t.Errorf("%d files", len(files))
	}
}

// TestOperator: B-INS-11, the Knative Operator accepts net-gateways-operator.yaml as the recipe of docs/install.md names it: no
// version labels, container names that its overrides for Serving do not meet, and images by digest. The recipe switches its own plugins
// off, and its keys of config-gateway are valid.
func TestOperator(t *testing.T) {
	files := released(t)
	containers, images := []string{}, []string{}
	for _, object := range objects(t, files["net-gateways-operator.yaml"]) {
		if found := values(object, "app.kubernetes.io/version"); len(found) > 0 {
			t.Errorf("%v %v has the version %v", object["kind"], object["metadata"], found)
		}
		for _, list := range values(object, "containers") {
			for _, container := range list.([]any) {
				containers = append(containers, container.(map[string]any)["name"].(string))
				images = append(images, container.(map[string]any)["image"].(string))
			}
		}
	}
	slices.Sort(containers)
	if want := []string{"net-gateways-controller", "net-gateways-webhook"}; !slices.Equal(containers, want) {
		t.Errorf("The containers are %q, want %q", containers, want)
	}
	for _, image := range images {
		if !strings.HasSuffix(image, digest) {
			t.Errorf("%s is not by digest", image)
		}
	}
	if operator := objects(t, files["net-gateways-operator.yaml"]); len(operator) != len(objects(t, files["net-gateways.yaml"])) {
		t.Errorf("%d objects, not those of net-gateways.yaml", len(operator))
	}

	var serving struct {
		Spec struct {
			Ingress             *map[string]any
			AdditionalManifests []struct{ URL string }
			Config              map[string]map[string]string
		}
	}
	if err := yaml.Unmarshal([]byte(recipe(t)), &serving); err != nil {
		t.Fatal(err)
	}
	spec := serving.Spec
	if spec.Ingress == nil || len(*spec.Ingress) > 0 {
		t.Errorf("ingress is %v: without {} the Operator installs a plugin of its own", spec.Ingress)
	}
	if len(spec.AdditionalManifests) != 1 || !regexp.MustCompile(`^`+repository+`/releases/download/v[^/]+/net-gateways-operator\.yaml$`).MatchString(spec.AdditionalManifests[0].URL) {
		t.Errorf("additionalManifests is %v", spec.AdditionalManifests)
	}
	if class := spec.Config["network"]["ingress-class"]; class != config.IngressClass {
		t.Errorf("ingress-class is %q", class)
	}
	if _, err := config.NewFromConfigMap(&corev1.ConfigMap{Data: spec.Config["gateway"]}); err != nil || len(spec.Config["gateway"]) != 2 {
		t.Errorf("config-gateway is %v: %v", spec.Config["gateway"], err)
	}
}

// recipe is the KnativeServing of docs/install.md: the block that is indented by four.
func recipe(t *testing.T) string {
	t.Helper()
	for block := range strings.SplitSeq(read(t, "../../docs/install.md"), "\n\n") {
		if strings.Contains(block, "\n    kind: KnativeServing\n") {
			return regexp.MustCompile(`(?m)^    `).ReplaceAllString(block, "")
		}
	}
	t.Fatal("docs/install.md has no KnativeServing")
	return ""
}

// TestNotes: a candidate has the section of its release, and links lead somewhere from anywhere.
func TestNotes(t *testing.T) {
	const changelog = "# Changelog\n\n## v0.2.0 (soon)\n\nSee [a](docs/a.md#b), [b](https://example.com).\n\n### More\n\n## v0.1.0\n\n## v0.0.1\nold\n"
	changes, err := section(changelog, "v0.2.0-rc.3")
	if want := "See [a](docs/a.md#b), [b](https://example.com).\n\n### More"; err != nil || changes != want {
		t.Errorf("%q, %v", changes, err)
	}
	text := notes("v0.2.0-rc.3", release{commit: "abc", base: "three"}, changes, []string{"one", "two"})
	for _, want := range []string{"[a](" + repository + "/blob/v0.2.0-rc.3/docs/a.md#b), [b](https://example.com)", "\n    one\n    two\n", "\n    three\n", "Commit abc."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for version, want := range map[string]string{"v0.3.0": "no section", "v0.1.0": "is empty", "v0.2": "no section"} {
		if _, err := section(changelog, version); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", version, err, want)
		}
	}
}

// TestUnresolved: what ko did not resolve, and what it resolved to a tag, is no release.
func TestUnresolved(t *testing.T) {
	const object = "kind: ConfigMap\nmetadata:\n  name: config-gateway\n  labels:\n    app.kubernetes.io/version: devel\n"
	for image, want := range map[string]string{"ko://example.com/a": "not named by digest", "example.com/a:v1": "not named by digest", "example.com/a" + digest: ""} {
		found, err := parse(object + "image: " + image + "\n")
		if err == nil {
			_, err = found.images()
		}
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", image, err, want)
		}
	}
	for text, want := range map[string]string{"kind: A\n": "no label", strings.ReplaceAll(object, "config-gateway", "other"): "0 ConfigMaps", object: ""} {
		if _, err := parse(text); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
