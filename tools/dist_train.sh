#!/usr/bin/env bash
# Train on several GPUs or processes of one or more machines.
# Usage: tools/dist_train.sh CONFIG PROCESSES [arguments of tools/train.py]
# NNODES, NODE_RANK, MASTER_ADDR and PORT set up several machines.
set -euo pipefail

if [ $# -lt 2 ]; then
    sed -n '2,4p' "$0" >&2
    exit 2
fi
positional=("$1"); processes=$2; shift 2

exec "${PYTHON:-python}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${PORT:-29500}" \
    --nproc_per_node="$processes" \
    "$(dirname "$0")/train.py" "${positional[@]}" --launcher pytorch "$@"
