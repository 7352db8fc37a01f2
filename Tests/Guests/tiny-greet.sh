# A bare program finds, claims and greets a dongle over each of the two ways there are to have one here.

greeted() { [ "$(grep -c greeted greet.log)" -ge "$1" ]; }

start_virtual one
"$work/bench" greet 3 >greet.log &
client=$!
eventually grep -q waiting greet.log
for count in 1 2 3; do
  virtual plug ONE
  eventually greeted "$count"
  virtual unplug ONE
  eventually absent ONE
done
wait "$client" || fail "bench greet over vhci_hcd"
stop_virtual

"$work/bench" greet 3 >greet.log &
client=$!
eventually grep -q waiting greet.log
for count in 1 2 3; do
  start_gadget one
  eventually greeted "$count"
  stop_gadget
  eventually absent ONE
done
wait "$client" || fail "bench greet over FunctionFS"
