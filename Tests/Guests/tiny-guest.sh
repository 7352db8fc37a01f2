#!/usr/bin/env bash
# What is tried in the emulated machine. Runs as its first process; see tiny.sh.
#
#   tiny-guest.sh BIN WORK KERNEL [PART...]
bin=$1 work=$2 kernel=$3
shift 3
parts=${*:-greet vhci functionfs transfer latency}
export PATH=$bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/run LC_ALL=C.UTF-8
cd /run || exit 1

failures=0
uptime() { cut -d' ' -f1 /proc/uptime; }
say() { echo "[$(uptime)] $*"; }
fail() { say "FAILED: $*"; failures=$((failures + 1)); }
finish() {
  echo "RC=$((failures > 0))"
  poweroff -f 2>/dev/null
  echo o >/proc/sysrq-trigger
  sleep 60
}
trap finish EXIT

# --- The machine: USB's host side and device side, and udevd, from which alone libusb hears of arrivals.

for module in vhci_hcd dummy_hcd libcomposite usb_f_fs; do
  modprobe -d "$kernel" "$module" || fail "no module $module"
done
mount -t configfs config /sys/kernel/config
mkdir -p rules none
# No rules of the machine outside, and only one of its own: nothing has to be found out about the devices here.
mount --bind rules /usr/lib/udev/rules.d
mount --bind none /etc/udev
/lib/systemd/systemd-udevd --daemon
udevadm settle
say "up"

# Waits until a command succeeds, for at most ten seconds of the machine's own time.
eventually() {
  local end=$((SECONDS + 10))
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $end ]; then fail "in vain: $*"; return 1; fi
    sleep 0.02
  done
}

# --- Dongles.

almvendor init vendor --name "Example" </dev/null >/dev/null 2>&1 || fail "almvendor init"
mkdir vendors && cp vendor/vendor.pub vendors/example.pub
almdongle create one --serial ONE >/dev/null || fail "almdongle create"

# What USBIPDongle is told, and what it answers.
start_virtual() {
  coproc virtual { USBIPDongle "$@"; }
  # Its own copies: the shell gives the others up as soon as the program ends.
  exec {tell}>&"${virtual[1]}" {hear}<&"${virtual[0]}" {virtual[1]}>&- {virtual[0]}<&-
  virtual_process=$virtual_PID
}
virtual() {
  local answer
  echo "$*" >&"$tell"
  IFS= read -r -t 20 answer <&"$hear" || { fail "USBIPDongle does not answer: $*"; return 1; }
  case $answer in error*) fail "USBIPDongle $*: $answer"; return 1 ;; esac
}
stop_virtual() {
  exec {tell}>&- {hear}<&-
  wait "$virtual_process" 2>/dev/null
}

start_gadget() {
  almdongle gadget "$@" 2>gadget.log &
  gadget=$!
}
stop_gadget() {
  kill -"${1:-TERM}" "$gadget"
  wait "$gadget" 2>/dev/null
}

present() { grep -qsx "$1" /sys/bus/usb/devices/*/serial; }
absent() { ! present "$1"; }
median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

for part in $parts; do
  if [ -r "${0%/*}/tiny-$part.sh" ]; then
    begin=$(uptime)
    . "${0%/*}/tiny-$part.sh"
    say "$part: $(awk "BEGIN {print $(uptime) - $begin}") s"
  else
    fail "there is no part $part"
  fi
done
