# 20 times: almdongle is the dongle itself, on dummy_hcd; plugged in, mounted, listed, pulled out, gone. Every other time
# it is killed, so that the next run finds its remains.

plugs=${plugs:-20}
start_daemon
for ((count = 0; count < plugs; count++)); do
  start_gadget one
  await '"mounted"'
  at_dongle || fail "gadget $count: the key is not listed"
  stop_gadget "$([ $((count % 2)) = 0 ] && echo TERM || echo KILL)"
  await '"unmounted"'
  if [ $((count % 10)) = 0 ]; then
    ! at_dongle || fail "gadget $count: the key is still listed"
    say "plugged in and pulled out: $((count + 1))"
  fi
done
start_gadget one
await '"mounted"'
stop_gadget
await '"unmounted"'
# The device side pulls its own cable, in the middle of an answer. Which exchange is the step's, after those in which the
# daemon greets the dongle and looks at it, is found by trying: one after the other is cut, until the one in which the step
# was done.
mounted_or_pulled() {
  local line
  while kill -0 "$gadget" 2>/dev/null; do
    IFS= read -r -t 1 line <&"$events" || continue
    case $line in *'"mounted"'*) return 0 ;; esac
  done
  return 1
}
step() { almctl offline-transfer start "$licence" --json >step.json 2>&1; }
cuts=0 was_done=
for ((exchange = 1; exchange <= 30; exchange++)); do
  start_gadget one --fault "pull-within:$exchange"
  mounted_or_pulled || { wait "$gadget"; continue; }
  ! step || break
  grep -q '"name" *: *"donglePulled"' step.json || fail "cut in exchange $exchange: $(cat step.json)"
  wait "$gadget" || fail "cut in exchange $exchange: almdongle ended with $?: $(cat gadget.log)"
  await '"unmounted"'
  cuts=$((cuts + 1))
  start_gadget one
  await '"mounted"'
  step || fail "after the cut in exchange $exchange: $(cat step.json)"
  ! grep -q '"repeated" *: *true' step.json || was_done=yes
  quietly almctl offline-transfer cancel "$(sed -n 's/.*"transfer" *: *"\([^"]*\)".*/\1/p' step.json | head -1)"
  stop_gadget
  await '"unmounted"'
  [ -z "$was_done" ] || break
done
[ -n "$was_done" ] || fail "with $cuts cuts the step was not cut within its answer: $(cat step.json)"
say "functionfs: cut $cuts times within an answer"

[ -z "$(ls /sys/kernel/config/usb_gadget)" ] || fail "a gadget is left"
! grep -q /run/almdongle/ /proc/mounts || fail "a FunctionFS is left"

# What a person is told where it can't be.
refused() {
  local expected=$1
  shift
  almdongle gadget one "$@" >refused.log 2>&1 && fail "almdongle gadget $* is not refused"
  grep -q "$expected" refused.log || fail "almdongle gadget $*: $(cat refused.log)"
}
refused "there is no USB device controller nowhere" --udc nowhere
mkdir -p /sys/kernel/config/usb_gadget/almdongle-taken/functions/ffs.another
refused "was not made by almdongle" --name taken
rmdir /sys/kernel/config/usb_gadget/almdongle-taken/functions/* /sys/kernel/config/usb_gadget/almdongle-taken
say "functionfs: $plugs plugs, every other one killed"
