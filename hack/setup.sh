#!/usr/bin/env bash
# Installs what a fresh Debian machine lacks to build and run Orchestrator. Safe to run again; does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. hack/dotnet.env

need=()
want() { # program, package
    command -v "$1" >/dev/null 2>&1 || need+=("$2")
}

want gcc gcc                      # links orc-shim
want nft nftables                 # looks at the service rules; makes them where the kernel interface is not used
want ip iproute2
want busybox busybox-static       # base layer of the demo image
[ -e /usr/lib/x86_64-linux-gnu/libz.so ] || need+=(zlib1g-dev)
[ -e /usr/include/stdio.h ] || need+=(libc6-dev)
if [ "${1:-}" = "--test" ]; then
    want etcd etcd-server
    want docker-registry docker-registry
    want mkfs.ext4 e2fsprogs
    want wrk wrk
    want curl curl
    want jq jq
fi

if [ ${#need[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] || { echo "setup: run as root to install: ${need[*]}" >&2; exit 1; }
    echo "setup: installing ${need[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

command -v dotnet >/dev/null 2>&1 || { echo "setup: the .NET SDK 10 is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }
version=$(dotnet --version) || { echo "setup: 'dotnet --version' fails; see above" >&2; exit 1; }
case "$version" in
    10.*) ;;
    *) echo "setup: .NET SDK 10 is needed, found $version" >&2; exit 1 ;;
esac
