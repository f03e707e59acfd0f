# shellcheck shell=bash disable=SC2034
# What hack/demo/run and hack/demo/down share; both have sourced hack/stages.sh.

WORK=$PWD/dist/demo-${CLUSTER:-net-gateways}
STAGE_LOGS=$WORK/log
mkdir -p "$WORK"

# With the flags of hack/compile, so that packages which both need are compiled once.
build_demo() { stage build-demo env CGO_ENABLED=0 go build -v -trimpath -tags=grpcnotrace -o "$WORK/" ./hack/demo ./cmd/kn-gateways; }
