// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReleaseRefuses: hack/release says what to do about bad input, before anything is built, and leaves dist/ as it was and no
// other file.
func TestReleaseRefuses(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer refuses.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	at := func(server *httptest.Server) string {
		return "KO_DOCKER_REPO=" + strings.TrimPrefix(server.URL, "http://") + "/net-gateways"
	}
	const version = "VERSION=v0.1.0-rc.1"
	clean, dirty := checkout(t), checkout(t)
	write(t, dirty, "new.go")
	for _, test := range []struct {
		name, folder string
		environment  []string
		want         []string
	}{
		{"no version", clean, []string{at(gone)}, []string{`VERSION is ""`, "make release VERSION=v0.1.0-rc.1"}},
		{"no such version", clean, []string{at(gone), "VERSION=v0.1"}, []string{`VERSION is "v0.1"`, "vX.Y.Z-rc.N"}},
		{"no candidate", clean, []string{at(gone), "VERSION=v0.1.0-rc.0"}, []string{`VERSION is "v0.1.0-rc.0"`}},
		{"no registry", clean, []string{version}, []string{"KO_DOCKER_REPO is not set", "make release VERSION=v0.1.0-rc.1 KO_DOCKER_REPO="}},
		{"a dirty tree", dirty, []string{version, at(gone)}, []string{"not committed", "new.go"}},
		{"no modules", clean, []string{version, at(gone), "GOPROXY=off", "GOMODCACHE=" + t.TempDir()}, []string{"GOPROXY"}},
		{"a registry that is not there", clean, []string{version, at(gone)}, []string{"cannot be reached", "dist/ is as it was"}},
		{"a registry that refuses", clean, []string{version, at(refuses)}, []string{"the registry refuses", "docker login", "dist/ is as it was"}},
	} {
		before := listed(t, test.folder)
		command := exec.Command("hack/release")
		command.Dir = test.folder
		command.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool {
			return strings.HasPrefix(entry, "VERSION=") || strings.HasPrefix(entry, "KO_DOCKER_REPO=")
		})
		command.Env = append(command.Env, test.environment...)
		out, err := command.CombinedOutput()
		if err == nil {
			t.Errorf("%s: no error\n%s", test.name, out)
		}
		for _, want := range test.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: no %q in\n%s", test.name, want, out)
			}
		}
		if after := listed(t, test.folder); !slices.Equal(before, after) {
			t.Errorf("%s: the files were %q, and are %q", test.name, before, after)
		}
	}
}

// checkout is a repository with what hack/release reads before it pushes, and an earlier dist/.
func checkout(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	files, err := filepath.Glob("release.d/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tool: %v", err)
	}
	for _, file := range append(files, "release", "../.gitignore") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(folder, "hack", file)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "dist"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, folder, "dist/net-gateways.yaml")
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "test"},
	} {
		command := exec.Command("git", args...)
		command.Dir = folder
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return folder
}

func write(t *testing.T, folder, file string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, file), []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listed are the files of a checkout, but for git's.
func listed(t *testing.T, folder string) (found []string) {
	t.Helper()
	for _, pattern := range []string{"*", ".release*", "*/*"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, files...)
	}
	return slices.DeleteFunc(found, func(file string) bool { return strings.Contains(file, "/.git/") })
}
