#!/usr/bin/env bash
# Simulates clusters under faults: hack/simulate.sh [--seed N] [--minutes N] [--seconds N] [--log LEVEL]
# One seed, or with a log, runs on one thread; else seeds are run on two.
set -euo pipefail
cd "$(dirname "$0")/.."
. hack/dotnet.env
threads=2
case " $* " in
    *" --seed "* | *" --log "*) threads=1 ;;
esac
dotnet build tests/Orchestrator.Simulation -c Release -v quiet -nologo
exec tests/Orchestrator.Simulation/bin/Release/net10.0/Orchestrator.Simulation --threads "$threads" "$@"
