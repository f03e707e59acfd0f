# shellcheck shell=bash
# The environment in which the programs of a release are built, and looked at for vulnerabilities: from one commit come the same bytes on
# every machine. To be sourced; nothing of it counts for tests and for builds from a checkout, which any Go 1.26 does.

# The release of Go decides every byte. The go command fetches it like a module.
GO_RELEASE=go1.27.3

# What may be this machine's own: where modules come from, and where they are kept.
for name in GOPROXY GONOPROXY GOSUMDB GONOSUMDB GOPRIVATE GOINSECURE GOMODCACHE GOCACHE; do
  export "$name=$(GOTOOLCHAIN=local go env "$name")"
done
# Nothing else of its settings: a flag makes another program. Without buildvcs, because what it writes depends on the clone's tags.
unset GOOS GOARCH GOEXPERIMENT GOAMD64 GOARM64 GODEBUG GOFIPS140 GOROOT KO_CONFIG_PATH KO_DEFAULTPLATFORMS KO_GO_PATH KOCACHE
export GOENV=off GOFLAGS=-buildvcs=false GOTOOLCHAIN=$GO_RELEASE GOWORK=off CGO_ENABLED=0
