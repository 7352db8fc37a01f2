# A bare program finds, claims and greets a dongle over each of the two ways there are to have one here. It is also what
# the daemon's time is compared with.

plugs=${plugs:-20}
"$work/bench" uevents >uevents.log &
watcher=$!
mkfifo greetings
"$work/bench" greet $((plugs + 3)) >greetings &
exec {greetings}<greetings
greeted() {
  local word time
  read -r -t 60 word time <&"$greetings" && [ "$word" = "$1" ] || { fail "bench greet: ${word:-silent} for $1"; return 1; }
  echo "$time" >>greeted.log
}
greeted waiting && : >greeted.log

start_virtual one
for ((count = 0; count < plugs; count++)); do
  virtual plug ONE
  greeted greeted
  virtual unplug ONE
  eventually absent ONE
done
stop_virtual
[ "$(grep -c uevent uevents.log)" = "$plugs" ] || fail "not $plugs uevents"
bare_median=$(grep uevent uevents.log | paste - greeted.log | awk '{print ($3 - $2) / 1e6}' | median)

for count in 1 2 3; do
  start_gadget one
  greeted greeted
  stop_gadget
  eventually absent ONE
done
exec {greetings}<&-
kill "$watcher"
say "bare: $plugs plugs over vhci_hcd, uevent to greeted: median $bare_median ms; 3 over FunctionFS"
