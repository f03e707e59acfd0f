# SPDX-License-Identifier: Apache-2.0
# Thin on purpose: each target calls a script in hack/, which says at its top what it does and which variables it knows.
# Variables are given as `make demo CLUSTER=mine`.

.DEFAULT_GOAL := help
.PHONY: help demo down test test-unit conformance e2e fault bench soak fuzz lint generate verify vulncheck release release-test docs-run nightly matrix

help: ## What you are reading
	@echo "net-gateways: Knative Serving on any Gateway API implementation."
	@echo
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  GATEWAYS=NAME     for make demo, conformance, e2e and bench: a folder of third_party (envoy-gateway)"
	@echo "  CLUSTER=NAME      the name of the cluster in question (net-gateways; for make test: test); several run side by side"
	@echo "  CLUSTER=current   not a cluster of ours, but the one that kubectl points at; after make demo, make down leaves it as it was"
	@echo "  STAGES=NAMES      for make nightly: some stages, such as \"fuzz bench\", or -resume; -h lists them"
	@echo "  BENCH=FLAGS       for make bench, such as '-only rollouts,moves'; '-h' lists them"
	@echo
	@echo "Root on Linux (x86_64) and Go 1.26 suffice; make test also wants gcc. Everything else is fetched, built and cached by hack/cluster."

demo: ## Three Knative Services on three Gateways, shown with real requests; it says what it has changed
	@hack/demo/run

down: ## Put back what the demo has changed: end our cluster, or restore the current one
	@hack/demo/down

test: ## Everything below except bench, releases and nightly, on a cluster of its own
	@hack/test

test-unit: ## Unit, table and golden tests, with the race detector
	@hack/unit

conformance: ## Knative's networking conformance suite on the cluster
	@hack/ensure-cluster && hack/install && hack/conformance

e2e: ## Our own end-to-end tests on the cluster
	@hack/ensure-cluster && hack/install && hack/e2e

fault: ## Break the cluster under a hundred services: they must not notice
	@hack/ensure-cluster && hack/install && hack/fault

bench: ## Measure on the cluster, beside a bare client that only writes routes
	@hack/ensure-cluster && hack/install && hack/on-cluster go run ./test/bench $(BENCH)

soak: ## Half an hour of services, rollouts, moves, rotations and killed leaders: what grows, and what is left
	@hack/ensure-cluster && hack/install && hack/on-cluster go run ./test/bench -only soak -limit 45m $(SOAK)

fuzz: ## Every fuzz test, for FUZZTIME (20s) each
	@hack/fuzz

lint: ## golangci-lint, what no linter checks (hack/lint_test.go), shellcheck, actionlint
	@hack/lint

generate: ## Write everything that is generated
	@hack/generate

verify: ## Fail if anything generated, formatted or required is not up to date
	@hack/verify

vulncheck: ## Known vulnerabilities in both programs, as a release builds them (govulncheck)
	@hack/vulncheck

release: ## Push the images and write the files of a release to dist/ (VERSION, KO_DOCKER_REPO)
	@hack/release

docs-run: ## The commands of README and docs/, run as they stand there, on a cluster of its own
	@hack/docs-run

release-test: ## Install, use and uninstall a release on a cluster of its own
	@hack/release-test

matrix: ## Conformance and end to end on Istio, Contour and Traefik, on clusters of their own
	@hack/matrix

nightly: ## What takes too long for each merge: four hours, on clusters of its own (STAGES)
	@hack/nightly $(STAGES)
