#!/usr/bin/env bash
# Generates the injection client of the Gateway API into pkg/client. Only the client
# is kept: our informers are started on demand by pkg/watch, because Gateway API kinds
# may be missing when the controller starts, and an injected informer would then keep
# it from starting.
set -euo pipefail
cd "$(dirname "$0")/.."

api=sigs.k8s.io/gateway-api
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

go run knative.dev/pkg/codegen/cmd/injection-gen \
  --input-dirs "$api/apis/v1" \
  --versioned-clientset-package "$api/pkg/client/clientset/versioned" \
  --external-versions-informers-package "$api/pkg/client/informers/externalversions" \
  --listers-package "$api/pkg/client/listers" \
  --output-package github.com/net-gateways/net-gateways/pkg/client/injection \
  --output-dir "$out" \
  --go-header-file hack/boilerplate/boilerplate.go.txt

rm -rf pkg/client/injection
mkdir -p pkg/client/injection
cp -r "$out/client" pkg/client/injection/
