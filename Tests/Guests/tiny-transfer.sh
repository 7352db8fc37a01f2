# The four steps from the dongle to the local store and back, by their codes. In each step that concerns the dongle the
# cable is pulled before the dongle did it, within its answer and after it; then it is plugged in again, and the same
# command finishes.

start_daemon
start_virtual one
step() { almctl offline-transfer "$@" --json; }
code() { sed -n '/"code"/,/]/s/^ *"\([1-9][^"]*\)",\{0,1\}$/\1/p' "$1"; }

# cut NAME ARGUMENTS...: the step, with every cut; its code is in NAME.aut in the end. With IN: its input.
cut_step() {
  local name=$1 fault
  shift
  for fault in pull-before pull-within pull-after; do
    virtual plug ONE "$fault"
    await '"mounted"'
    step "$@" <"${input:-/dev/null}" >cut.json 2>&1 && fail "$name with $fault is not refused"
    grep -q '"name" *: *"donglePulled"' cut.json || fail "$name with $fault: $(cat cut.json)"
    virtual unplug ONE
    await '"unmounted"'
    virtual plug ONE
    await '"mounted"'
    step "$@" <"${input:-/dev/null}" >step.json 2>&1 || fail "$name after $fault: $(cat step.json)"
    code step.json >"$name.new"
    [ "$fault" = pull-before ] || cmp -s "$name.new" "$name.aut" || fail "$name after $fault gives another code"
    mv "$name.new" "$name.aut"
    virtual unplug ONE
    await '"unmounted"'
  done
}
# The same without a dongle: what concerns only the local store.
plain_step() {
  local name=$1
  shift
  step "$@" <"${input:-/dev/null}" >step.json 2>&1 || fail "$name: $(cat step.json)"
  code step.json >"$name.aut"
}

cut_step start start "$licence"
input=start.aut plain_step request request --input - --to local
input=request.aut cut_step activation activation --input -
input=activation.aut plain_step activate activate --input -
almctl list | grep -q "^ *$licence .*local .*HELD" || fail "the key is not in the local store"
say "transfer: from the dongle, with 6 cuts"

plain_step start start "$licence"
input=start.aut cut_step request request --input - --to usb:ONE
input=request.aut plain_step activation activation --input -
input=activation.aut cut_step activate activate --input -
virtual plug ONE
await '"mounted"'
at_dongle || fail "the key is not on the dongle"
virtual unplug ONE
await '"unmounted"'
stop_virtual
say "transfer: onto the dongle, with 6 cuts"
