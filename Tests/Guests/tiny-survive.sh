# almdongle goes on being a dongle through what a host does to devices: it resets them, takes their power away, puts them to
# sleep and wakes them. It is one and the same run of almdongle all the time, and each time the key is listed afterwards.

plugs=${plugs:-3}
start_daemon
start_gadget one
await '"mounted"'
at_dongle || quietly almctl move "$licence" --to usb:ONE
at_dongle || fail "the key is not listed"

# The folder and the node of the dongle, which may be others after each arrival.
sight() {
  local serial found= bus number
  for serial in /sys/bus/usb/devices/*/serial; do
    read -r found <"$serial"
    [ "$found" = ONE ] || continue
    device=${serial%/*}
    read -r bus <"$device/busnum"
    read -r number <"$device/devnum"
    printf -v node '/dev/bus/usb/%03d/%03d' "$bus" "$number"
    return 0
  done
  fail "no device has the serial number ONE"
  return 1
}
power_is() { grep -qx "$1" "$device/power/runtime_status"; }
still() {
  eventually at_dongle || fail "$1: the key is not listed; the daemon's log: $(tail -n 3 daemon.log)"
  kill -0 "$gadget" 2>/dev/null || fail "$1: almdongle has ended: $(cat gadget.log)"
}

for ((count = 0; count < plugs; count++)); do
  sight && quietly "$work/bench" reset "$node"
  still "reset $count"
done
say "survive: $plugs resets by the host"

# The port's power is taken away and given back, which is what a dongle sees of being pulled out and plugged in. Not the
# controller's soft_connect: dummy_hcd answers nothing after it (Linux 6.1).
for ((count = 0; count < plugs; count++)); do
  sight && port=$(readlink -f "$device/port")
  echo 1 >"$port/disable"
  await '"unmounted"'
  ! at_dongle || fail "without power $count: the key is still listed"
  echo 0 >"$port/disable"
  await '"mounted"'
  still "with power again $count"
done
say "survive: $plugs times without power from the host, and with it again"

# A dongle that nobody has open is put to sleep by itself; whoever opens it wakes it.
for ((count = 0; count < plugs; count++)); do
  stop_daemon
  sight || break
  echo 0 >"$device/power/autosuspend_delay_ms"
  echo auto >"$device/power/control"
  eventually power_is suspended || fail "the dongle is not put to sleep"
  start_daemon
  still "woken $count"
  power_is active || fail "the dongle is not awake"
done
say "survive: $plugs times put to sleep, and woken"

stop_gadget
eventually absent ONE
stop_daemon
