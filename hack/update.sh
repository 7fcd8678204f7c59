#!/usr/bin/env bash
# Repairs what hack/verify.sh finds.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet sln Orchestrator.sln add src/*/*.csproj tests/*/*.csproj
dotnet format whitespace Orchestrator.sln --no-restore
