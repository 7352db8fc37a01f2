#!/usr/bin/env bash
# sanitize.sh address|thread PROGRAM   runs all tests, and the programs they start, under a sanitizer
#
# PROGRAM is the tests' program, built with that sanitizer. What is left out stands in left-out.txt, with reasons.
# What a sanitizer finds is in a file of its own for each process, also where a test ends that process or reads what it
# prints: any such file fails the run, whatever became of the tests. TESTS is a pattern of tests to run instead of all.
set -euo pipefail

sanitizer=$1
program=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
skip=()
while read -r which test; do
  case $which in
    both | "$sanitizer") skip+=(--skip "$test") ;;
  esac
done < <(grep -E '^(both|address|thread) ' "$here/left-out.txt")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A report has its own trace, and for Swift's there is no address space left.
export SWIFT_BACKTRACE=enable=no

# First the sanitizer itself, on a program of some lines: it has to find what is there, and nothing else.
with=()
if [ "$sanitizer" = thread ]; then
  clang -c -O1 "$here/SeenLocks.c" -o "$work/SeenLocks.o"
  with=(-Xlinker "$work/SeenLocks.o")
fi
swiftc -swift-version 6 -sanitize="$sanitizer" "$here/Probe.swift" "${with[@]}" -o "$work/probe" >"$work/said" 2>&1 ||
  { cat "$work/said"; exit 1; }
probe() {
  local status=0
  ASAN_OPTIONS=exitcode=66 TSAN_OPTIONS=exitcode=66 "$work/probe" "$2" >"$work/said" 2>&1 || status=$?
  [ "$status" = "$1" ] && return
  cat "$work/said"
  echo "error: under the $sanitizer sanitizer \`Probe.swift $2\` has to end with $1, and ended with $status"
  exit 1
}
case $sanitizer in
  address) probe 66 freed && probe 0 locked ;;
  thread) probe 66 race && probe 0 locked ;;
esac

# A process that a report was made in ends with 66, unless it is ended before.
# Tests start programs as another user, too; one that can't have its report there would not begin.
mkdir --mode=1777 "$work/found"
chmod 755 "$work"
# That also where memory is touched that is none: programs that hold secrets end at that signal with nothing written down,
# unless the sanitizer keeps it to itself.
common="exitcode=66:log_path=$work/found/report:handle_segv=2:handle_sigbus=2"
# What a program has not given back when it ends is no error: its threads may be in the midst of something. What it loses
# while it runs is measured by those tests that plug and ask a thousand times.
export ASAN_OPTIONS="$common:detect_leaks=0:detect_stack_use_after_return=1:check_initialization_order=1"
export TSAN_OPTIONS="$common"
export ALMD_SANITIZER=$sanitizer

# Tests send signals, which nohup or a service manager may have ignored.
status=0
env --default-signal=HUP,INT,QUIT,PIPE "$program" --testing-library swift-testing --no-parallel \
  ${TESTS:+--filter "$TESTS"} "${skip[@]}" || status=$?

for report in "$work"/found/*; do
  [ -e "$report" ] || continue
  echo "----- $(basename "$report")"
  cat "$report"
  status=66
done
[ "$status" = 0 ] || exit "$status"
echo "the $sanitizer sanitizer found nothing"
