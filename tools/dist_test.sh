#!/usr/bin/env bash
# Test on several GPUs or processes of one or more machines.
# Usage: tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [arguments of tools/test.py]
# NNODES, NODE_RANK, MASTER_ADDR and PORT set up several machines.
set -euo pipefail

if [ $# -lt 3 ]; then
    sed -n '2,4p' "$0" >&2
    exit 2
fi
positional=("$1" "$2"); processes=$3; shift 3

exec "${PYTHON:-python}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${PORT:-29500}" \
    --nproc_per_node="$processes" \
    "$(dirname "$0")/test.py" "${positional[@]}" --launcher pytorch "$@"
