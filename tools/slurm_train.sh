#!/usr/bin/env bash
# Train under Slurm.
# Usage: tools/slurm_train.sh PARTITION JOB_NAME CONFIG WORK_DIR [arguments of tools/train.py]
# GPUS, GPUS_PER_NODE, CPUS_PER_TASK and SRUN_ARGS set up the job.
set -euo pipefail

if [ $# -lt 4 ]; then
    sed -n '2,4p' "$0" >&2
    exit 2
fi
partition=$1; job_name=$2; config=$3; work_dir=$4; shift 4
gpus=${GPUS:-8}
gpus_per_node=${GPUS_PER_NODE:-8}

# shellcheck disable=SC2086
exec srun -p "$partition" --job-name="$job_name" \
    --gres="gpu:$gpus_per_node" --ntasks="$gpus" \
    --ntasks-per-node="$gpus_per_node" \
    --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1 \
    ${SRUN_ARGS:-} \
    "${PYTHON:-python}" -u "$(dirname "$0")/train.py" "$config" \
    --work-dir="$work_dir" --launcher=slurm "$@"
