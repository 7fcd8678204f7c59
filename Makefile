# Orchestrator: make help
SHELL := /bin/bash
.DEFAULT_GOAL := help
CONFIGURATION ?= Release
LAB ?= lab
NODES ?= 3
ROUNDS ?= 200
SEED ?=
MINUTES ?=
SECONDS ?=
LOG ?=
WHAT ?=
BIN := $(CURDIR)/bin

help: ## Show this help
	@grep -hE '^[a-z0-9-]+:.*?## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*?## "}; {printf "  make %-12s %s\n", $$1, $$2}'

setup: ## Install what is missing on this machine (Debian packages)
	@hack/setup.sh

build: ## Build bin/orc, bin/orc-shim and the demo image
	@hack/build.sh $(CONFIGURATION)

up: setup build ## Build, start a 3-node lab, apply the demo, say where to look
	@$(BIN)/orc image load bin/demo-image.tar >/dev/null
	@$(BIN)/orc up --name $(LAB) --nodes $(NODES)
	@$(BIN)/orc apply -f manifests/
	@hack/next-steps.sh $(LAB)

down: ## Stop the lab and remove every trace of it
	@$(BIN)/orc down --name $(LAB) --purge

test: setup-test build ## Run all tests: unit, cluster, root and end to end
	@hack/test.sh

setup-test:
	@hack/setup.sh --test

test-unit: ## Run the tests that need neither root nor a network
	@hack/test.sh unit

test-root: build ## Run the tests with real namespaces, cgroups and rules
	@hack/test.sh root

e2e: setup-test build ## Run the end-to-end tests: the built orc, driven by real kubectl
	@hack/test.sh e2e

crash-test: setup-test build ## Kill processes, fail disks and cut the power under load, and compare: ROUNDS=200 [SEED=N]
	@hack/crash-test.sh $(ROUNDS) $(SEED)

bench: build ## Print the figures: lab start, pod start, container run, API load, memory
	@hack/bench.sh $(WHAT)

simulate: ## Simulate clusters under faults: SEED= to repeat one, MINUTES= to go on, SECONDS= simulated, LOG=debug
	@hack/simulate.sh $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(LOG),--log $(LOG))

verify: ## Check formatting and that what is generated is up to date
	@hack/verify.sh

clean: ## Remove what was built
	@rm -rf bin && find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

.PHONY: crash-test help setup setup-test build up down test test-unit test-root e2e bench simulate verify clean
