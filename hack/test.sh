#!/usr/bin/env bash
# Runs the tests: all tiers, or the one named (unit, root, e2e). Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
tier=${1:-all}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
failed_runs=0

run() { # name, filter, msbuild nodes
    echo "== $1 tests"
    dotnet test Orchestrator.sln -c Release --no-build --nologo -maxcpucount:"$3" --filter "$2" 2>&1 | tee "$results/$1.log" | grep -vE '^(No test matches|Test run for|A total of|Starting test|VSTest|Additionally|\s*$)'
    [ "${PIPESTATUS[0]}" = 0 ] || failed_runs=$((failed_runs + 1))
}

dotnet build Orchestrator.sln -c Release -v quiet -nologo || { echo "0 passed, 1 failed"; exit 1; }
case $tier in
    all | unit) run unit 'TestCategory!=Root&TestCategory!=E2E' 2 ;;&
    all | root) run root 'TestCategory=Root' 1 ;;&
    all | e2e) run e2e 'TestCategory=E2E' 1 ;;&
esac

# Each project prints one line: "Passed!  - Failed: 0, Passed: 12, Skipped: 0, …".
sum() { cat "$results"/*.log | grep -E '(Passed|Failed|Skipped)!' | grep -oE "$1: +[0-9]+" | awk '{n += $2} END {print n + 0}'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
[ "$skipped" = 0 ] || echo "$skipped skipped: see the messages above"
# A run that broke off before it could count is a failure too.
[ "$failed_runs" = 0 ] || [ "$failed" != 0 ] || failed=$failed_runs
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
