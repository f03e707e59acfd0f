// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// all are the pieces of all pages of the checkout.
func all(t *testing.T) (pieces []Piece) {
	t.Helper()
	for _, page := range pages {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, Read(page, string(text))...)
	}
	return pieces
}

// Each command and block of the pages is run or on the closed list, no entry is without its place, and each substitution is used.
func TestPagesAreAccountedFor(t *testing.T) {
	jobs, wrong := Account(all(t), steps, notRun)
	for _, finding := range wrong {
		t.Error(finding)
	}
	if len(jobs) < 40 {
		t.Errorf("only %d commands and blocks are run", len(jobs))
	}
	used := map[string]int{}
	for _, job := range jobs {
		Fill(job.Text, substitutions, used)
	}
	for _, one := range substitutions {
		if used[one.From.String()] == 0 {
			t.Errorf("no command needs the substitution %s", one)
		}
	}
}

const sample = "# A page\n" +
	"\n" +
	"Say `kubectl get a -n b`, or `kubectl apply`.\n" +
	"\n" +
	"    kubectl get things\n" +
	"    kubectl get others   # twice\n" +
	"\n" +
	"    NAME   AGE\n" +
	"    one    5s\n" +
	"\n" +
	"## Lists `and` tables\n" +
	"\n" +
	"1. First, with a long\n" +
	"   second line:\n" +
	"\n" +
	"       kubectl in a list\n" +
	"         deeper\n" +
	"\n" +
	"2. Second\n" +
	"    is lazy.\n" +
	"\n" +
	"After it.\n" +
	"\n" +
	"    key: value\n" +
	"\n" +
	"| a | `kubectl get x \\| wc -l` |\n" +
	"| b | c |\n" +
	"```mermaid\n" +
	"    a --> b\n" +
	"\n" +
	"c --> d\n" +
	"```\n" +
	"The `kubectl get\nc d` end.\n"

func TestRead(t *testing.T) {
	const heading = "Lists `and` tables"
	want := []Piece{
		{"p", 3, "A page", "kubectl get a -n b", true, false},
		{"p", 3, "A page", "kubectl apply", true, false},
		{"p", 5, "A page", "kubectl get things\nkubectl get others   # twice", false, false},
		{"p", 8, "A page", "NAME   AGE\none    5s", false, true},
		{"p", 16, heading, "kubectl in a list\n  deeper", false, false},
		{"p", 24, heading, "key: value", false, false},
		{"p", 26, heading, "kubectl get x | wc -l", true, false},
		{"p", 29, heading, "    a --> b", false, false},
		{"p", 31, heading, "c --> d", false, true},
		{"p", 33, heading, "kubectl get c d", true, false},
	}
	found := Read("p", sample)
	for i := range max(len(want), len(found)) {
		if i >= len(want) || i >= len(found) || want[i] != found[i] {
			t.Fatalf("piece %d of %d:\n%#v\nwant\n%#v", i, len(found), found[min(i, len(found)-1)], want[min(i, len(want)-1)])
		}
	}
}

// What is not accounted for is found: each case breaks the sample once.
func TestAccount(t *testing.T) {
	step := []Step{{Place: Place{"p", "Lists `and` tables", "key:"}, As: "kubectl apply -f $BLOCK"}}
	list := []NotRun{
		{Place{"p", "Lists `and` tables", "a -->"}, "a picture"}, {Place{"p", "Lists `and` tables", "c -->"}, "the same"},
		{Place{"p", "Lists `and` tables", "get c"}, "a mention"},
	}
	jobs, wrong := Account(Read("p", sample), step, list)
	texts := []string{}
	for _, job := range jobs {
		texts = append(texts, job.Commands()[0])
	}
	if want := []string{"kubectl get a -n b", "kubectl get things", "kubectl in a list", "key: value", "kubectl get x | wc -l"}; len(wrong) > 0 || !slices.Equal(texts, want) {
		t.Fatalf("jobs %q, wrong %q; want %q", texts, wrong, want)
	}
	if jobs[1].Shown != "NAME   AGE\none    5s\n" || jobs[2].Shown != "" || jobs[3].As == "" {
		t.Errorf("%+v", jobs)
	}
	for name, c := range map[string]struct {
		sample string
		steps  []Step
		list   []NotRun
		want   string
	}{
		"a block that is no command":    {sample, nil, list, "p:24 is neither run nor on the list of what is not: key: value"},
		"an entry too few":              {sample, step, list[1:], "p:29 is neither run nor on the list of what is not:     a --> b"},
		"an entry without its piece":    {sample, step, append(list[:3:3], NotRun{Place{"p", "A page", "gone"}, ""}), "0 pieces are at p, A page: gone"},
		"a step without its piece":      {sample, append(step[:1:1], Step{Place: Place{"p", "A page", "gone"}}), list, "0 pieces are at p, A page: gone"},
		"an entry with two pieces":      {sample, step, append(list[:3:3], NotRun{Place{"p", "A page", "kubectl get"}, ""}), "2 pieces are at p, A page: kubectl get"},
		"a piece that is both":          {sample, step, append(list[:3:3], NotRun{step[0].Place, ""}), "p:24 has a step, and is on the list of what is not run"},
		"output after a sentence":       {strings.Replace(sample, "twice\n", "twice\n\nThen:\n", 1), step, list, "p:10 is neither run nor on the list of what is not: NAME   AGE"},
		"an unknown program":            {strings.Replace(sample, "    kubectl get things", "    helm get things", 1), step, list, "p:5 is neither run nor on the list of what is not: helm get things"},
		"a heading that is now another": {strings.Replace(sample, "## Lists", "## List", 1), step, list, "0 pieces are at p, Lists `and` tables: key:"},
	} {
		if _, wrong := Account(Read("p", c.sample), c.steps, c.list); !slices.Contains(wrong, c.want) {
			t.Errorf("%s: %q, want %q", name, wrong, c.want)
		}
	}
	_, wrong = Account(Read("p", "    make it\n\n    its output\n"), nil, []NotRun{{Place{"p", "", "make it"}, "it takes long"}})
	if len(wrong) > 0 {
		t.Errorf("the output of what is not run: %q", wrong)
	}
}

func TestFill(t *testing.T) {
	used := map[string]int{}
	for command, want := range map[string]string{
		"kubectl apply -f net-gateways.yaml":                        "kubectl apply -f $FILES/net-gateways.yaml",
		"while read -r i; do x; done <images.txt":                   "while read -r i; do x; done <$FILES/images.txt",
		"kubectl -n NAMESPACE get ksvc NAME":                        "kubectl -n default get ksvc hello",
		"curl -H 'Host: NAME.NAMESPACE.example.com' u":              "curl -H 'Host: hello.default.example.com' u",
		"KO_DOCKER_REPO=REGISTRY/REPOSITORY ko apply -B -f config/": "KO_DOCKER_REPO=127.0.0.1:5000/docs ko apply -B --insecure-registry --sbom=none -f config/",
		"curl http://203.0.113.7":                                   `curl "http://$(kubectl -n knative-serving get gateway knative-external-eg -o jsonpath='{.status.addresses[0].value}')"`,
		"kubectl get ksvc hello":                                    "kubectl get ksvc hello",
		`sed "s#image: .*/\([^/@]*\)@#image: a/\1@#" f`:             `sed "s#image: .*/\([^/@]*\)@#image: a/\1@#" f`,
	} {
		if filled := Fill(command, substitutions, used); filled != want {
			t.Errorf("%s\nwant %s", filled, want)
		}
	}
	if used[`\bNAME\b`] != 1 || used[`third_party/contour/`] != 0 {
		t.Errorf("uses are miscounted: %v", used)
	}
}
