#!/usr/bin/env bash
# Prints the figures. One or several of lab, container, pods, memory, api, store can be named: hack/bench.sh pods,memory
set -euo pipefail
cd "$(dirname "$0")/.."
. hack/dotnet.env
exec dotnet run --project tests/Orchestrator.Benchmarks -c Release -v quiet -- "${1:-lab,container,pods,memory,api,store}" bin/orc
