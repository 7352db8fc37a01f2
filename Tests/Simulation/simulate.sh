#!/usr/bin/env bash
# simulate.sh STEPS DISK_STEPS SEED   runs the simulation in memory, on disks that crash, and with backups written back
#
# One after the other; each run prints its seed, its speed and what it did. The last takes two fifths of the disk's steps.
# Before each, a short run of it is made in two processes, which have to do the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
steps=$1 disk_steps=$2 seed=$3
simulate=${ALMD_SIMULATION_BUILD:-.build-fuzz}/release/Simulate
directory=${ALMD_SIMULATION_IN:-$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)}

# Everything that a run says but its speed, which is no part of it; its trace is in the last line.
said() {
  local all
  all=$("$simulate" "$@") || { echo "$all" >&2; return 1; }
  grep -v 'steps/s' <<<"$all"
}

run() {
  local steps=$1 short=$2 one other
  shift 2
  one=$(said "$@" --steps "$short" --seed "$seed")
  other=$(said "$@" --steps "$short" --seed "$seed")
  [ "$one" = "$other" ] || {
    printf 'error: the same seed is not the same run in another process: Simulate %s --steps %s --seed %s\n%s\n%s\n' \
      "$*" "$short" "$seed" "$one" "$other" >&2
    return 1
  }
  echo "the same in two processes: Simulate $* --steps $short --seed $seed:${one##*trace}"
  "$simulate" "$@" --steps "$steps" --seed "$seed"
}

run "$steps" 5000 --on memory
run "$disk_steps" 1200 --on disk --in "$directory"
run $((disk_steps * 2 / 5)) 1200 --on disk --course backups --in "$directory"
