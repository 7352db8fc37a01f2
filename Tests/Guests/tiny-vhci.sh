# 40 times: plugged in, mounted, listed, pulled out, gone. And how long the daemon takes from the kernel's word to the
# mounted dongle, beside what the bare program took in the same machine.

plugs=${plugs:-40}
start_daemon
say "the daemon is ready"
start_virtual one
virtual plug ONE
await '"mounted"'
quietly almctl move "$licence" --to usb:ONE
at_dongle || fail "the key is not on the dongle"
virtual unplug ONE
await '"unmounted"'

"$work/bench" uevents >uevents.log &
watcher=$!
eventually grep -q watching uevents.log
: >mounted.log
for ((count = 0; count < plugs; count++)); do
  virtual plug ONE
  await '"mounted"'
  at_dongle || fail "plug $count: the key is not listed"
  virtual unplug ONE
  await '"unmounted"'
  if [ $((count % 10)) = 0 ]; then
    ! at_dongle || fail "plug $count: the key is still listed"
    say "plugged in and pulled out: $((count + 1))"
  fi
done
kill "$watcher"
stop_virtual
[ "$(grep -c uevent uevents.log)" = "$plugs" ] && [ "$(wc -l <mounted.log)" = "$plugs" ] || fail "not $plugs uevents and mounts"
daemon_median=$(grep uevent uevents.log | paste - mounted.log | awk '{print ($3 - $2) / 1e6}' | median)
say "vhci: $plugs plugs, uevent to mounted: median $daemon_median ms"
if [ -n "${bare_median:-}" ]; then
  beyond=$(awk "BEGIN {print $daemon_median - $bare_median}")
  # A figure, and no check: with programs that were built for tests it says nothing. Of those for use it is to be 50 ms at
  # most.
  say "PLUG TO LISTED: daemon $daemon_median ms, bare libusb $bare_median ms, beyond it $beyond ms"
fi
