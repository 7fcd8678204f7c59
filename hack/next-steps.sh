#!/usr/bin/env bash
# Says where to look after `make up`.
set -euo pipefail
cd "$(dirname "$0")/.."
lab=${1:-lab}
orc=bin/orc
$orc get deployment demo -o json --context "orc-$lab" >/dev/null
cluster_ip=$($orc get service demo -o json --context "orc-$lab" | grep -oE '"clusterIP": "[^"]+' | head -1 | cut -d'"' -f4)
node_ip=$($orc get nodes -o json --context "orc-$lab" | grep -oE '"address": "[0-9.]+' | head -1 | cut -d'"' -f4)
cat <<EOF

The demo is applied. Its pods are up in a moment:

  kubectl get pods -o wide
  curl http://$cluster_ip            the Service, from this machine
  curl http://$node_ip:30080         the NodePort; works in a browser too

Then try:

  kubectl scale deployment demo --replicas 5
  kubectl logs -f deployment/demo
  kubectl exec -it deployment/demo -- sh
  bin/orc node kill node2            a power cut; watch: kubectl get pods,nodes -w
  bin/orc why pod/NAME               why a pod exists
  make down                          removes every trace
EOF
