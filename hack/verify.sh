#!/usr/bin/env bash
# Checks what a machine can check: format, and that the solution lists every project. Repair: hack/update.sh
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet format whitespace Orchestrator.sln --verify-no-changes --no-restore
for project in src/*/*.csproj tests/*/*.csproj; do
    grep -qF "${project//\//\\}" Orchestrator.sln || { echo "verify: $project is not in Orchestrator.sln; run hack/update.sh" >&2; exit 1; }
done
echo "verified"
