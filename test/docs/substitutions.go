// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"fmt"
	"regexp"
	"strings"
)

// Substitution is what a reader fills in, or what this cluster has at another place than the world.
type Substitution struct {
	From *regexp.Regexp
	To   string // $$ begins a variable of the shell
	Why  string
}

func (s Substitution) String() string {
	return fmt.Sprintf("%s  ->  %s  (%s)", s.From, strings.ReplaceAll(s.To, "$$", "$"), s.Why)
}

// The folder $FILES has what files.go makes.
var substitutions = []Substitution{
	{regexp.MustCompile(`https://github\.com/net-gateways/net-gateways/releases/download/v0\.1\.0/`), "$$FILES/", "no version is released"},
	{regexp.MustCompile(`https://github\.com/knative/serving/releases/download/knative-v1\.23\.0/`), "$$FILES/", "the same file of Serving's module, with an image in the cluster's registry"},
	{regexp.MustCompile(`([ <>])(net-gateways\.yaml|images\.txt|config-gateway-before\.yaml)`), "${1}$$FILES/${2}", "the folder that the reader works in"},
	{regexp.MustCompile(`docs/examples/hello\.yaml`), "$$FILES/hello.yaml", "the same with an image in the cluster's registry"},
	{regexp.MustCompile(`third_party/contour/`), "third_party/envoy-gateway/", "the implementation that the cluster has"},
	{regexp.MustCompile(`REGISTRY/REPOSITORY`), "127.0.0.1:5000/docs", "the cluster's registry"},
	{regexp.MustCompile(`ko apply -B`), "ko apply -B --insecure-registry --sbom=none", "the cluster's registry speaks plain HTTP"},
	{regexp.MustCompile(`\bNAME\.NAMESPACE\b`), "hello.default", "the service of the README"},
	{regexp.MustCompile(`\bNAME\b`), "hello", "the service of the README"},
	{regexp.MustCompile(`\bNAMESPACE\b`), "default", "its namespace"},
	{regexp.MustCompile(`ADDRESS-OF-THE-NEW-GATEWAY`), `"` + literal(addressOf("gateways", "blue")) + `"`, "that Gateway"},
	{regexp.MustCompile(`http://203\.0\.113\.7`), `"http://` + literal(addressOf("knative-serving", "knative-external-eg")) + `"`, "the address that the Gateway has here"},
}

func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// Fill fills in a command of a page, and counts which substitutions it has used.
func Fill(command string, table []Substitution, used map[string]int) string {
	for _, one := range table {
		if one.From.MatchString(command) {
			used[one.From.String()]++
			command = one.From.ReplaceAllString(command, one.To)
		}
	}
	return command
}
