#!/usr/bin/env bash
# Kills processes, breaks disks, fills them up and cuts their power under load, and compares: hack/crash-test.sh [ROUNDS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
. hack/dotnet.env
export ORC_CRASH_ROUNDS=${1:-200} ORC_CRASH_SEED=${2:-}
dotnet build tests/Orchestrator.E2E.Tests -c Release -v quiet -nologo
exec dotnet test tests/Orchestrator.E2E.Tests/bin/Release/net10.0/Orchestrator.E2E.Tests.dll \
    --nologo --logger 'console;verbosity=normal' --filter 'TestCategory=Crash'
