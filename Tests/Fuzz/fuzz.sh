#!/usr/bin/env bash
# fuzz.sh SECONDS FUZZER…   runs fuzzers, two at a time and each for that long
#
# Every fuzzer begins with its corpus in Fixtures/fuzz and with what earlier runs found worth keeping. Inputs that break
# a rule are kept in .build-fuzz/findings. SEED=N in the environment repeats a run's random choices.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$1
shift
findings=.build-fuzz/findings
logs=.build-fuzz/logs
mkdir -p "$findings" "$logs"
# Swift's own backtraces take a minute each, and libFuzzer keeps the input.
export SWIFT_BACKTRACE=enable=no

run() {
  local name=$1 corpus=.build-fuzz/corpus/$1 longest=512
  # A text has to have room for all lines of the longest code.
  case $name in FuzzText | FuzzInput | FuzzMessages | FuzzConfiguration) longest=2048 ;; esac
  mkdir -p "$corpus"
  .build-fuzz/release/"$name" -seed="${SEED:-0}" -max_total_time="$seconds" -max_len="$longest" -len_control=0 -timeout=10 \
    -rss_limit_mb=200 -print_final_stats=1 -artifact_prefix="$findings/$name-" \
    "$corpus" "Fixtures/fuzz/$name" >"$logs/$name" 2>&1
}

report() {
  local name=$1 log=$logs/$1
  local seed covered runs memory
  seed=$(sed -n 's/^INFO: Seed: //p' "$log")
  covered=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -1 || true)
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  memory=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
  echo "$name: ${runs:-?} inputs, ${covered:-nothing covered}, at most ${memory:-?} MB, seed ${seed:-?}"
}

failed=()
while (($#)); do
  names=("${@:1:2}")
  shift ${#names[@]}
  processes=()
  for name in "${names[@]}"; do
    run "$name" &
    processes+=($!)
  done
  for index in "${!names[@]}"; do
    wait "${processes[index]}" || failed+=("${names[index]}")
    report "${names[index]}"
  done
done

for name in "${failed[@]}"; do
  echo "error: $name found an input that breaks a rule:" >&2
  grep -E 'Fatal error|^==[0-9]+== ?ERROR|SUMMARY' "$logs/$name" | head -4 | sed 's/^/  /' >&2 || true
  input=$(sed -n 's/^.*Test unit written to //p' "$logs/$name" | tail -1)
  echo "hint: to run it again: SWIFT_BACKTRACE=enable=no .build-fuzz/release/$name ${input:-INPUT}" >&2
  echo "hint: the whole log: $logs/$name" >&2
done
((${#failed[@]} == 0))
