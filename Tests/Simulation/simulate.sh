#!/usr/bin/env bash
# simulate.sh STEPS DISK_STEPS SEED   runs the simulation in memory, on disks that crash, and with backups written back
#
# One after the other; each run prints its seed, its speed and what it did. The last takes two fifths of the disk's steps.
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=$1 disk_steps=$2 seed=$3
simulate=${ALMD_SIMULATION_BUILD:-.build-fuzz}/release/Simulate
directory=${ALMD_SIMULATION_IN:-$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)}

"$simulate" --on memory --steps "$steps" --seed "$seed"
"$simulate" --on disk --steps "$disk_steps" --seed "$seed" --in "$directory"
"$simulate" --on disk --course backups --steps $((disk_steps * 2 / 5)) --seed "$seed" --in "$directory"
