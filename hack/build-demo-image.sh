#!/usr/bin/env bash
# Builds the demo image into bin/demo-image.tar: compiles the demo, lays out a root file system from this machine's
# busybox-static and C library, and lets bin/orc build the Dockerfile. Nothing is fetched.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-1}
context=bin/demo-image
rootfs=$context/rootfs

publish() {
    dotnet publish src/Orchestrator.Demo -c Release -o bin/lib/demo -v quiet -nologo
    install -D -m 0755 bin/lib/demo/demo "$context/demo"
}

# A shell and its tools: one static program under many names.
add_busybox() {
    local busybox applet
    busybox=$(command -v busybox) || { echo "busybox is missing: apt-get install busybox-static" >&2; exit 1; }
    if ldd "$busybox" >/dev/null 2>&1; then
        echo "$busybox is not static: apt-get install busybox-static" >&2
        exit 1
    fi
    install -D -m 0755 "$busybox" "$rootfs/bin/busybox"
    for applet in $("$busybox" --list); do
        [ "$applet" = busybox ] || ln -s busybox "$rootfs/bin/$applet"
    done
    ln -s ../../bin/busybox "$rootfs/usr/bin/env"
}

# The libraries the demo names, at the very paths at which its loader looks for them.
add_libraries() {
    local library
    ldd bin/lib/demo/demo | grep -oE '/[^ ]+' | sort -u | while read -r library; do
        install -D -m 0755 "$(readlink -f "$library")" "$rootfs$library"
    done
}

add_files() {
    printf 'root:x:0:0:root:/root:/bin/sh\ndemo:x:1000:1000:demo:/home/demo:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$rootfs/etc/passwd"
    printf 'root:x:0:\ndemo:x:1000:\nnogroup:x:65534:\n' >"$rootfs/etc/group"
    printf 'hosts: files dns\n' >"$rootfs/etc/nsswitch.conf"
    printf 'NAME="Orchestrator demo"\nID=orchestrator-demo\n' >"$rootfs/etc/os-release"
}

rm -rf "$context"
mkdir -p "$rootfs"/{bin,etc/demo,home/demo,proc,root,run,sys,tmp,usr/bin,usr/local/bin,var}
chmod 1777 "$rootfs/tmp"
chmod 0700 "$rootfs/root"
publish
add_busybox
add_libraries
add_files
cp src/Orchestrator.Demo/Dockerfile "$context/Dockerfile"
bin/orc image build --data-dir bin/demo-image.store --tag "orc.dev/demo:$version" --build-arg "VERSION=$version" "$context"
bin/orc image save --data-dir bin/demo-image.store --output bin/demo-image.tar "orc.dev/demo:$version"
