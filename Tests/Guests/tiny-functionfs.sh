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
