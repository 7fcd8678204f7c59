#!/usr/bin/env bash
# Says where to look after `make up`.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=${1:-lab}
orc=bin/orc
$orc get deployment demo -o json --context "orc-$lab" >/dev/null
cluster_ip=$($orc get service demo -o json --context "orc-$lab" | grep -oE '"clusterIP": "[^"]+' | head -1 | cut -d'"' -f4)
node_ip=$($orc get nodes -o json --context "orc-$lab" | grep -oE '"address": "[0-9.]+' | head -1 | cut -d'"' -f4)
# A machine without kubectl has orc do its work.
client=$(command -v kubectl >/dev/null && echo kubectl || echo bin/orc)
cat <<EOF

The demo is applied. Its pods are up in a moment:

  $client get pods -o wide
  curl http://$cluster_ip            the Service, from this machine
  curl http://$node_ip:30080         the NodePort; works in a browser too

Then try:

  $client logs -f deployment/demo
  $client exec -it deployment/demo -- sh
  bin/orc node kill node2            a power cut; look again and again: $client get pods,nodes -o wide
  bin/orc why pod/NAME               why a pod exists
  make down                          removes every trace
EOF
