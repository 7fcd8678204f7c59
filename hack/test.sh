#!/usr/bin/env bash
# Runs the tests: all tiers, or the one named (unit, root, e2e). Ends with "N passed, N failed".
# A project that fails is run once more, alone, and says so: a machine that is busy with something else can starve a test of its
# time. What fails twice has failed. Simulations and crash tests have one try: a simulation is to end the same way each time, and a
# crash test would draw another run, so what it has found would be gone.
set -uo pipefail
cd "$(dirname "$0")/.."
tier=${1:-all}
. hack/dotnet.env
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

run_project() { # assembly, filter, log
    timeout 600 dotnet test "$1" --nologo --filter "$2" >"$3" 2>&1
}

test_project() { # assembly, filter, tier
    local name log
    name=$(basename "$1" .dll) log=$results/$3-$(basename "$1" .dll).log
    if ! run_project "$1" "$2" "$log"; then
        if [[ $3 = crash || $name = *.Simulation.Tests ]]; then
            cat "$log"
            echo "$name failed, and has one try"
            echo broken >"$log.broken"
        else
            grep -E '^ +(Failed|Error Message|Expected|But was)' -A3 "$log"
            echo "$name failed; once more"
            echo again >"$log.again"
            run_project "$1" "$2" "$log" || { cat "$log"; echo broken >"$log.broken"; }
        fi
    fi
    grep -hE '^(Passed|Failed|Skipped)! ' "$log"
}

run() { # tier, filter, projects at once, which (all)
    echo "== $1 tests"
    export -f run_project test_project
    export results
    printf '%s\n' tests/${4:-*}.Tests/bin/Release/net10.0/Orchestrator.*.Tests.dll | awk -F/ '$NF == $2 ".dll"' \
        | xargs -P "$3" -I{} bash -c 'test_project "$1" "$2" "$3"' _ {} "$2" "$1"
}

dotnet build Orchestrator.sln -c Release -v quiet -nologo || { echo "0 passed, 1 failed"; exit 1; }
case $tier in
    all | unit) run unit 'TestCategory!=Root&TestCategory!=E2E&TestCategory!=Benchmark' 2 ;;&
    all | root) run root 'TestCategory=Root&TestCategory!=Benchmark' 1 ;;&
    all | e2e)
        run e2e 'TestCategory=E2E&TestCategory!=Crash' 1 Orchestrator.E2E
        run crash 'TestCategory=Crash' 1 Orchestrator.E2E
        ;;
esac

# Each project prints one line: "Passed!  - Failed: 0, Passed: 12, Skipped: 0, …".
sum() { cat "$results"/*.log | grep -E '^(Passed|Failed|Skipped)! ' | grep -oE "$1: +[0-9]+" | awk '{n += $2} END {print n + 0}'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
broken=$(find "$results" -name '*.broken' | wc -l) again=$(find "$results" -name '*.again' | wc -l)
[ "$skipped" = 0 ] || echo "$skipped skipped: each says why with --logger 'console;verbosity=normal'"
[ "$again" = 0 ] || echo "$again projects needed a second run"
# A run that broke off before it could count is a failure too.
[ "$failed" != 0 ] || failed=$broken
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
