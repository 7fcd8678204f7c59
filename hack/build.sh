#!/usr/bin/env bash
# Builds bin/orc (managed code compiled ahead of time where it helps the start), bin/orc-shim (native) and the demo image.
set -euo pipefail
cd "$(dirname "$0")/.."
configuration=${1:-Release}
. hack/dotnet.env

dotnet publish src/Orchestrator.Cli -c "$configuration" -o bin/lib/orc -v quiet -nologo
dotnet publish src/Orchestrator.Shim -c "$configuration" -o bin/lib/shim -v quiet -nologo
ln -sfn lib/orc/orc bin/orc
cp -f bin/lib/shim/orc-shim bin/lib/orc/orc-shim
ln -sfn lib/orc/orc-shim bin/orc-shim
hack/build-demo-image.sh
