#!/usr/bin/env bash
# The main job, end to end: one licence moves from a dongle to a machine that no network reaches, while another one
# keeps an application at work. Real processes and real files; only the USB plug is simulated.
#
#   Tests/Demo/demo.sh BIN_DIR
#
# It runs as an ordinary user, leaves nothing behind, and ends with 0 only if every step did what it should: what a
# command printed for people is shown, what it did is checked in the JSON that the same programs give.
set -euo pipefail

if [ $# != 1 ] || [ ! -x "$1/almd" ]; then
  echo "usage: $0 BIN_DIR    (the folder with almd, almctl, almdongle and almvendor)" >&2
  exit 2
fi
PATH="$(cd "$1" && pwd):$PATH"
export PATH LC_ALL=C.UTF-8
unset ALMD_SOCKET

# ---------------------------------------------------------------------------------------------------- somewhere to work

# A store refuses file systems that give it no place of its own, such as a container's overlayfs.
fits() {
  [ -d "$1" ] && [ -w "$1" ] || return 1
  case "$(stat -f -c %T "$1")" in ext2/ext3 | xfs | btrfs | tmpfs) ;; *) return 1 ;; esac
}

base=
for candidate in "${TMPDIR:-/var/tmp}" /var/tmp /dev/shm "${XDG_RUNTIME_DIR:-/dev/shm}"; do
  if fits "$candidate"; then base=$candidate; break; fi
done
[ -n "$base" ] || { echo "error: no folder on ext4, xfs, btrfs or tmpfs; set TMPDIR to one" >&2; exit 1; }
root=$(mktemp -d "$base/almd-demo.XXXXXX")

declare -A running=()  # what runs in the background: its process id by its name

cleanup() {
  local status=$?
  trap - EXIT
  exec 2>/dev/null
  if [ -f "$root/source/plant-monitor.pid" ]; then kill "$(cat "$root/source/plant-monitor.pid")" || true; fi
  for pid in "${running[@]}"; do kill -TERM "$pid" || true; done
  # Whoever does not end within five seconds is ended.
  for _ in {1..50}; do
    local alive=
    for pid in "${running[@]}"; do if kill -0 "$pid"; then alive=yes; fi; done
    [ -n "$alive" ] || break
    sleep 0.1
  done
  for pid in "${running[@]}"; do kill -KILL "$pid" || true; done
  wait || true
  rm -rf "$root"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ------------------------------------------------------------------------------------------------------ saying and doing

heading() { printf '\n\n%s\n%s\n' "$1" "${1//?/-}"; }
note() { printf '\n'; printf '%s\n' "$@" | fold -s -w 88 | sed 's/ *$//'; }

fail() {
  printf '\nFAILED: %s\n' "$1" >&2
  for log in "$root"/*/*.log; do
    [ -s "$log" ] && { printf -- '--- %s\n' "${log#"$root"/}"; tail -n 20 "$log"; } >&2
  done
  exit 1
}

# A command as a person types it after a prompt, with long lines broken before an option.
typed() {
  local text=$1 column=$((${#1} + 8)) word
  for word in "${@:2}"; do
    case $word in *[!A-Za-z0-9_./:=@%+,-]* | '') word="\"$word\"" ;; esac
    if [[ $word == --?* ]] && ((column + ${#word} + 20 > 92)); then
      text+=$' \\\n    '
      column=4
    else
      text+=' '
    fi
    text+=$word
    column=$((column + ${#word} + 1))
  done
  printf '%s' "$text"
}

# at MACHINE COMMAND...: runs it on that machine: in its folder, with its daemon.
at() {
  local machine=$1
  shift
  (cd "$root/$machine" && ALMD_SOCKET=almd.sock exec "$@")
}

# show MACHINE COMMAND...: the same, with the command and its output shown; its status is the command's.
show() {
  local machine=$1
  shift
  printf '\n%s$ %s\n' "$machine" "$(typed "$@")"
  at "$machine" "$@" </dev/null 2>&1 | sed 's/^./  &/'
}

# does MACHINE COMMAND...: shown, and has to succeed.
does() { show "$@" || fail "this should have worked: $(typed "${@:2}")"; }

# refused ERROR MACHINE COMMAND SUBCOMMAND...: shown, and has to be refused with exit status 1 and by that name.
refused() {
  local name=$1 status=0
  shift
  show "$@" || status=$?
  [ "$status" = 1 ] || fail "this should have been refused, but ended with $status: $(typed "${@:2}")"
  at "${@:1:3}" --json "${@:4}" </dev/null >"$root/answer.json" 2>/dev/null || true
  judge "$root/answer.json" "it['error']['name'].lower() == '$name'.lower()" || fail "the error should be $name"
  checked "refused as $name"
}

# starts NAME MACHINE COMMAND...: shown, and left running in the background.
starts() {
  local name=$1 machine=$2
  shift 2
  printf '\n%s$ %s &\n' "$machine" "$(typed "$@")"
  (cd "$root/$machine" && ALMD_SOCKET=almd.sock exec "$@") </dev/null >>"$root/$machine/$name.log" 2>&1 &
  running[$name]=$!
}

# stops NAME: ends it and waits for its end, which has to be orderly.
stops() {
  local status=0
  kill -TERM "${running[$1]}" || fail "$1 had ended already"
  wait "${running[$1]}" || status=$?
  unset "running[$1]"
  [ "$status" = 0 ] || fail "$1 ended with $status"
}

pull_out() {
  note "(The dongle is pulled out of $1.)"
  kill -TERM "${running[$2]}" || fail "the dongle had been unplugged already"
  wait "${running[$2]}" 2>/dev/null || true
  unset "running[$2]"
}

carry() {
  cp "$root/$2/$1" "$root/$3/$1"
  note "($1 is carried from $2 to $3.)"
}

# ----------------------------------------------------------------------------------------------------------------- checks

# judge FILE EXPRESSION: whether a Python expression over the JSON in a file (`it`) is true.
judge() {
  python3 - "$@" <<'PYTHON'
import json, os, sys

with open(sys.argv[1]) as file:
    it = json.load(file)

def key(licence):
    found = [entry for entry in it if entry["licence"] == licence]
    assert len(found) == 1, f"{licence} is there {len(found)} times"
    return found[0]

def place(licence): return key(licence)["location"]
def gone(licence): return all(entry["licence"] != licence for entry in it)

STAYS, MOVES = os.environ.get("STAYS"), os.environ.get("MOVES")
if not eval(f"({sys.argv[2]})"):
    print(json.dumps(it, indent=2), file=sys.stderr)
    sys.exit(1)
PYTHON
}

checked() { printf '  [checked: %s]\n' "$1"; }

# check WHAT MACHINE EXPRESSION COMMAND...: runs a question with --json and judges the answer.
check() {
  local what=$1 machine=$2 expression=$3
  shift 3
  at "$machine" "$@" --json </dev/null >"$root/answer.json" || fail "$(typed "$@") --json"
  judge "$root/answer.json" "$expression" || fail "not so: $what"
  checked "$what"
}

# eventually WHAT MACHINE EXPRESSION COMMAND...: the same for what comes about within 20 seconds.
eventually() {
  local what=$1 machine=$2 expression=$3
  shift 3
  for _ in {1..200}; do
    if at "$machine" "$@" --json </dev/null >"$root/answer.json" 2>/dev/null &&
      judge "$root/answer.json" "$expression" 2>/dev/null; then
      return
    fi
    sleep 0.1
  done
  fail "did not come about: $what"
}

# appears TEXT FILE: waits until a line is in a file, for at most 20 seconds.
appears() {
  for _ in {1..200}; do
    if grep -qs -- "$1" "$2"; then return; fi
    sleep 0.1
  done
  fail "\"$1\" did not appear in ${2#"$root"/}"
}

# follows MACHINE: keeps the events of its daemon in the file `events`, a line of JSON for each.
follows() {
  (cd "$root/$1" && ALMD_SOCKET=almd.sock exec almctl monitor --json) </dev/null >"$root/$1/events" 2>&1 &
  running[watcher]=$!
  appears '"ready"' "$root/$1/events"
}

never_interrupted() {
  check "the application still holds its licence" source "key(STAYS)['inUse']" almctl list
  kill -0 "${running[application]}" || fail "almctl use has ended"
  kill -0 "$(cat "$root/source/plant-monitor.pid")" || fail "the application has ended"
  if grep -q '"released"' "$root/source/events"; then fail "a lease was interrupted"; fi
}

# ------------------------------------------------------------------------------------------------------------- the story

mkdir "$root/vendor" "$root/source" "$root/target"

cat <<'TEXT'
Three machines, each with its own daemon, store and socket: vendor, source and target.
No network connects them. The prompt says at which one a command is typed.
TEXT

heading "1. The vendor makes two licence keys"

(umask 077 && echo "correct horse battery staple" >"$root/vendor/passphrase")
does vendor almvendor init store --name "Example Automation" --passphrase-file passphrase
for _ in 1 2; do
  does vendor almvendor mint store --product "Plant Monitor" --product-version 4.2 --type single \
    --passphrase-file passphrase
done

note "Every machine trusts the vendors whose public keys are in its vendors folder."
for machine in vendor source target; do
  mkdir "$root/$machine/vendors"
  cp "$root/vendor/store/vendor.pub" "$root/$machine/vendors/example.pub"
done
note "(vendor.pub is carried from the vendor to all three.)"

heading "2. One key goes onto a dongle for good, the other only on its way to the source"

starts almd-vendor vendor almd --state store --socket almd.sock --vendors vendors --bus bus.sock
eventually "the vendor's daemon answers" vendor "len(it) == 2" almctl list
STAYS=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[0]["licence"])' "$root/answer.json")
MOVES=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[1]["licence"])' "$root/answer.json")
export STAYS MOVES

does vendor almdongle create ../4711.dongle --serial 4711
starts plug-vendor vendor almdongle plug ../4711.dongle --bus bus.sock
appears "mounted" "$root/vendor/almd-vendor.log"
does vendor almctl move "${STAYS%%-*}" --to usb:4711
does vendor almctl move "${MOVES%%-*}" --to usb:4711
check "both keys are on the dongle, none is left at the vendor's" vendor \
  "place(STAYS) == place(MOVES) == 'usb:4711'" almctl list
pull_out vendor plug-vendor
eventually "the dongle's keys went with it" vendor "it == []" almctl list
checked "with the dongle, its keys are gone from the vendor's list"

heading "3. The dongle is plugged into the source; one key is installed there"

starts almd-source source almd --state state --socket almd.sock --vendors vendors --bus bus.sock
eventually "the source's daemon answers" source "it == []" almctl list
starts plug-source source almdongle plug ../4711.dongle --bus bus.sock
eventually "the dongle is mounted" source "len(it) == 2" almctl list
does source almctl move "${STAYS%%-*}" --to local
does source almctl list
check "two keys, each with its location" source \
  "len(it) == 2 and place(STAYS) == 'local' and place(MOVES) == 'usb:4711'" almctl list

heading "4. An application works under the installed licence"

cat >"$root/source/plant-monitor" <<'TEXT'
#!/bin/sh
# Stands for any application: it works until it is told to stop.
echo $$ >plant-monitor.pid
echo working
while read -r line && [ "$line" != stop ]; do echo "$line"; done
echo stopped
TEXT
chmod +x "$root/source/plant-monitor"
mkfifo "$root/orders"
exec {orders}<>"$root/orders"

follows source
use=(almctl use "Plant Monitor" --vendor vendors/example.pub -- ./plant-monitor)
printf '\nsource$ %s &\n' "$(typed "${use[@]}")"
(cd "$root/source" && ALMD_SOCKET=almd.sock exec "${use[@]}") \
  <"$root/orders" >"$root/source/plant-monitor.log" 2>&1 {orders}>&- &
running[application]=$!
appears working "$root/source/plant-monitor.log"
does source almctl list
check "the installed key is in use, the one on the dongle is not" source \
  "key(STAYS)['inUse'] and not key(MOVES)['inUse']" almctl list

heading "5. Offline Transfer: the key on the dongle goes to the target, in four steps"

starts almd-target target almd --state state --socket almd.sock --vendors vendors --bus bus.sock
eventually "the target's daemon answers" target "it == []" almctl list
cp -a "$root/4711.dongle" "$root/4711.copy"

note "Step 1, at the source: generate the start code."
does source almctl offline-transfer start "${MOVES%%-*}" --output start.aut
does source cat start.aut
check "the key is still at the source and usable" source \
  "key(MOVES)['state'] == 'OFFERED' and key(MOVES)['usable']" almctl list
carry start.aut source target

note "Step 2, at the target: generate the request code."
does target almctl offline-transfer request --input start.aut --to local --output request.aut
does target cat request.aut
check "the target waits for the activation code" target \
  "len(it) == 1 and it[0]['licence'] == MOVES and it[0]['state'] == 'OPEN'" almctl transfers
fingerprint=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[0]["fingerprint"])' "$root/answer.json")
carry request.aut target source

note "Step 3, at the source: generate the activation code. The key leaves the dongle." \
  "The fingerprint, read over the phone, shows that nobody swapped the request on its way."
does source almctl offline-transfer activation --input request.aut --fingerprint "$fingerprint" \
  --output activation.aut
does source cat activation.aut
check "the key is gone from the dongle" source "gone(MOVES) and place(STAYS) == 'local'" almctl list
never_interrupted
carry activation.aut source target

note "Step 4, at the target: activate the licence key."
does target almctl offline-transfer activate --input activation.aut
does target almctl list
check "the key is active at the target" target \
  "len(it) == 1 and place(MOVES) == 'local' and key(MOVES)['usable']" almctl list

heading "6. Codes loaded twice"

note "The activation code again, at the target: there is no second key."
does target almctl offline-transfer activate --input activation.aut
check "still one key" target "len(it) == 1 and place(MOVES) == 'local'" almctl list

note "The request code again, at the source: this is what to do when the activation code is lost."
does source almctl offline-transfer activation --input request.aut --output again.aut
does source cmp activation.aut again.aut
checked "the two files are the same, byte for byte"

note "The receipt says that the key arrived; the source closes its books."
transfer=$(sed -n 's/^Transfer: *//p' "$root/source/activation.aut")
does target almctl offline-transfer receipt "$transfer" --output receipt.aut
carry receipt.aut target source
does source almctl offline-transfer settle --input receipt.aut
check "nothing is left to do at the source" source "it == []" almctl transfers

heading "7. Copies"

note "The dongle as it was before the key left, from a copy, plugged in at the target:"
starts plug-copy target almdongle plug ../4711.copy --bus bus.sock
eventually "the copy is listed" target "len(it) == 2" almctl list
does target almctl list
check "the copied key is listed, LOCKED and not usable; the real one works" target \
  "sorted((k['location'], k['state'], k['usable']) for k in it)
     == [('local', 'HELD', True), ('usb:4711', 'LOCKED', False)]" almctl list
pull_out target plug-copy

note "The store of the source, copied:"
does source cp -a state copy
starts almd-copy source almd --state copy --socket copy.sock --vendors vendors
eventually "the daemon on the copy answers" source "len(it) == 1" almctl list --socket copy.sock
does source almctl list --socket copy.sock
check "the copy lists the key as LOCKED" source \
  "key(STAYS)['state'] == 'LOCKED' and not key(STAYS)['usable']" almctl list --socket copy.sock
refused productNotLicensed source almctl use "Plant Monitor" --socket copy.sock -- ./plant-monitor
check "the original is not affected" source "key(STAYS)['state'] == 'HELD' and key(STAYS)['usable']" almctl list
stops almd-copy

heading "8. The end"

never_interrupted
checked "the installed licence was never interrupted"
echo stop >&"$orders"
wait "${running[application]}" || fail "the application ended with $?"
unset 'running[application]'
appears '"released"' "$root/source/events"
eventually "the licence is given back" source "not key(STAYS)['inUse']" almctl list
checked "the application ended by itself, and its licence is free again"

pull_out source plug-source
does source almctl list
does target almctl list
check "one key at the source" source "len(it) == 1 and place(STAYS) == 'local'" almctl list
check "one key at the target" target "len(it) == 1 and place(MOVES) == 'local'" almctl list
check "none at the vendor's" vendor "it == []" almctl list
for machine in vendor source target; do stops "almd-$machine"; done
checked "all daemons ended in order"

printf '\nEvery step did what it should.\n'
