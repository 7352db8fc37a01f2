#!/usr/bin/env bash
# What is tried in the emulated machine. Runs as its first process; see tiny.sh.
#
#   tiny-guest.sh BIN WORK KERNEL [PART[:PLUGS]...]
bin=$1 work=$2 kernel=$3
shift 3
parts=${*:-bare vhci functionfs survive transfer}
export PATH=$bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/run LC_ALL=C.UTF-8
cd /run || exit 1

failures=0
uptime() { cut -d' ' -f1 /proc/uptime; }
say() { echo "[$(uptime)] $*"; }
# What follows on a third failure would only repeat them.
fail() {
  say "FAILED: $*"
  failures=$((failures + 1))
  [ $failures -lt 3 ] || exit 1
}
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

# Waits until a command succeeds, for at most a minute of the machine's own time.
eventually() {
  local end=$((SECONDS + 60))
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $end ]; then fail "in vain: $*"; return 1; fi
    sleep 0.1
  done
}

# --- Dongles, and the daemon that they are plugged into: the vendor's own, which has a key to put on one.

quietly() { "$@" >quiet.log 2>&1 || fail "$*: $(cat quiet.log)"; }
quietly almvendor init vendor --name Example </dev/null
mkdir vendors && cp vendor/vendor.pub vendors/example.pub
quietly almvendor mint vendor --product Probe --product-version 1.0 --type single
quietly almdongle create one --serial ONE

export ALMD_SOCKET=/run/almd.sock
start_daemon() {
  [ -z "${daemon:-}" ] || return 0
  almd --state vendor --vendors vendors --socket "$ALMD_SOCKET" 2>daemon.log &
  daemon=$!
  eventually grep -q ready daemon.log || cat daemon.log
  mkfifo events
  almctl monitor --json 2>monitor.log | "$work/bench" stamp '"mounted"' >events &
  exec {events}<events
  await '"ready"'
  [ -n "${licence:-}" ] || licence=$(almctl list --json | sed -n 's/.*"licence" *: *"\([^"]*\)".*/\1/p' | head -1)
  [ -n "$licence" ] || fail "the daemon lists no key"
}
stop_daemon() {
  kill "$daemon"
  wait "$daemon" || fail "the daemon ended with $?: $(tail -n 3 daemon.log)"
  exec {events}<&-
  rm events
  daemon=
}
# Reads the daemon's events up to one with this word in it.
await() {
  local line
  while IFS= read -r -t 60 line <&"$events"; do
    case $line in
      '"mounted" '*) echo "${line#* }" >>mounted.log ;;
      *"$1"*) return 0 ;;
    esac
  done
  fail "no event $1; the daemon's log: $(tail -n 3 daemon.log monitor.log)"
  return 1
}
at_dongle() { almctl list | grep -q "^ *$licence .*usb:ONE .*HELD"; }

# What USBIPDongle is told, and what it answers.
start_virtual() {
  mkfifo tell hear
  USBIPDongle "$@" <tell >hear &
  virtual_process=$!
  exec {tell}>tell {hear}<hear
  rm tell hear
}
virtual() {
  local answer
  echo "$*" >&"$tell"
  IFS= read -r -t 60 answer <&"$hear" || { fail "USBIPDongle does not answer: $*"; return 1; }
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
  # How often something is plugged in, where it is not as often as usual.
  plugs=${part#*:} part=${part%:*}
  [ "$plugs" != "$part" ] || plugs=
  if [ -r "${0%/*}/tiny-$part.sh" ]; then
    begin=$(uptime)
    . "${0%/*}/tiny-$part.sh"
    say "$part: $(awk "BEGIN {print $(uptime) - $begin}") s"
  else
    fail "there is no part $part"
  fi
done
