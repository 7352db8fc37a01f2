#!/bin/bash
# The life of the installed product on a Debian with systemd: installed, used, upgraded, removed. Runs as root in a guest
# that is thrown away; /test has almd-1.deb and almd-2.deb, the second one of a higher version. One line for each thing
# that is so, and at the end RC=0 where all were.
#
# The dongle is the product's own device side, on the kernel's emulated device port (dummy_hcd).
exec 2>&1
export LC_ALL=C.UTF-8 HOME=/root
failures=0
# In an emulated machine starting a program takes longer than most of them run: what bash can do, it does itself.
up() { read -r now _ </proc/uptime; }
bad() {
  up
  failures=$((failures + 1))
  echo "FAILED [$now] $*"
}
good() {
  up
  echo "ok [$now] $*"
}
up
echo "the system is up after $now s"
# so WHAT COMMAND…: whether a command succeeds.
so() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then good "$what"; else bad "$what: $* gave $?: $output"; fi
}
# is WHAT EXPECTED COMMAND…: whether a command prints just that.
is() {
  local what=$1 expected=$2 output
  shift 2
  output=$("$@" 2>&1)
  if [ "$output" = "$expected" ]; then good "$what"; else bad "$what: \"$output\" instead of \"$expected\""; fi
}
# has WHAT TEXT COMMAND…: whether it is in what a command prints.
has() {
  local what=$1 expected=$2 output
  shift 2
  output=$("$@" 2>&1)
  if [[ $output == *"$expected"* ]]; then good "$what"; else bad "$what: no \"$expected\" in \"$output\""; fi
}
# hasnt WHAT TEXT COMMAND…: the opposite, of a command that succeeds.
hasnt() {
  local what=$1 unexpected=$2 output
  shift 2
  if ! output=$("$@" 2>&1); then bad "$what: $* failed: $output"; return; fi
  if [[ $output != *"$unexpected"* ]]; then good "$what"; else bad "$what: \"$unexpected\" is in \"$output\""; fi
}
# eventually WHAT COMMAND…: whether a command succeeds at last. The clock of the guest counts its instructions, so that a
# machine that does much else makes no time run out.
eventually() {
  local what=$1 end=$((SECONDS + 90))
  shift
  until "$@" >/tmp/eventually 2>&1; do
    if [ $SECONDS -ge $end ]; then bad "$what: $* did not come about: $(cat /tmp/eventually)"; return 1; fi
    pause
  done
  good "$what"
}
# A moment, without a program for it.
exec {silence}<> <(:)
pause() { read -r -t 0.2 -u "$silence" || true; }
# hears WHAT TEXT: whether the daemon says so in its log, after the last call of `listen`.
listen() {
  read_log /root/almd.log
  heard=${#log}
}
hears() {
  eventually "$1" heard_since "$2" || { printf 'what it says instead:\n%s\n' "${log:heard}"; state_of ActiveState; }
}
heard_since() {
  read_log /root/almd.log
  [[ ${log:heard} =~ $1 ]]
}
read_log() {
  log=
  [ ! -e "$1" ] || IFS= read -r -d '' log <"$1" || true
}
says() {
  read_log "$1"
  [[ $log == *"$2"* ]]
}
as_anna() { runuser -u anna -- "$@"; }
as_berta() { runuser -u berta -- "$@"; }
state_of() { systemctl show --property="$1" --value "${2:-almd.service}"; }

# The dongle is served as on a board, by the unit for that.
stick=/var/lib/almdongle/stick
plug() { systemctl start almdongle-gadget@stick.service; }
unplug() { systemctl stop almdongle-gadget@stick.service; }
# The device node of the dongle.
node() {
  local vendor device bus number
  for vendor in /sys/bus/usb/devices/*/idVendor; do
    device=${vendor%/*}
    read -r vendor <"$vendor"
    read -r bus <"$device/busnum"
    read -r number <"$device/devnum"
    if [ "$vendor" = 1209 ]; then printf '/dev/bus/usb/%03d/%03d\n' "$bus" "$number"; fi
  done
}
# The number of the key of that product, in the list that `keys` has.
key_of() {
  read_log keys
  [[ $log =~ ([0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{3})[^$'\n']*"$1" ]] && echo "${BASH_REMATCH[1]}"
}

# An emulated machine on a busy one takes its time: systemd's patience is not what is tested.
mkdir -p /etc/systemd/system.control/almd.service.d
printf '[Service]\nTimeoutStartSec=infinity\nTimeoutStopSec=infinity\nWatchdogSec=30min\n' \
  >/etc/systemd/system.control/almd.service.d/patience.conf

# The Swift runtime, where the programs were not built with it; in a folder from which the sandbox lets programs run.
if [ -d /test/lib ]; then
  mkdir /usr/lib/swift-runtime
  mount --bind /test/lib /usr/lib/swift-runtime
  echo /usr/lib/swift-runtime >/etc/ld.so.conf.d/swift-runtime.conf
  ldconfig
fi

# ------------------------------------------------------------------------------------------------------------- installing
so "the package unpacks" dpkg --unpack /test/almd-1.deb
so "the package is configured" dpkg --configure almd
is "the daemon runs" active systemctl is-active almd.service
is "the socket is there" active systemctl is-active almd.socket
is "the daemon starts at boot" enabled systemctl is-enabled almd.service
is "the socket is there after boot" enabled systemctl is-enabled almd.socket
pid=$(state_of MainPID)
is "it runs as its own user" "$(id -u almd)" awk '/^Uid:/ {print $3}' "/proc/$pid/status"
is "it has no capability" 0000000000000000 sed -n 's/^CapEff:\t//p' "/proc/$pid/status"
is "it can gain none" 1 sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status"
is "its system calls are filtered" 2 sed -n 's/^Seccomp:\t//p' "/proc/$pid/status"
is "the store is for the daemon alone" "almd:almd 700" stat -c '%U:%G %a' /var/lib/almd
is "whoever is on the machine can connect" 666 stat -c %a /run/almd/almd.sock
hasnt "its sandbox gets into nobody's way" "Failed to" journalctl --unit almd.service --output cat --no-pager
so "its exposure is at most 2.0" systemd-analyze security --no-pager --threshold=20 almd.service

journalctl --unit almd.service --output cat --follow --lines all >/root/almd.log &
useradd anna
useradd --groups alm berta
has "an ordinary user can ask" "no licence key is here" as_anna almctl list

# ------------------------------------------------------------------------------- a dongle with two keys, made by a vendor
mkdir /root/vendor && cd /root/vendor
so "a vendor is made" almvendor init store --name "Example Automation"
for product in "Plant Monitor" "Grid Analyser"; do
  so "a key for $product is minted" almvendor mint store --product "$product" --product-version 4.2 --type single
done
install -m 644 store/vendor.pub /etc/almd/vendors/example.pub
install -d -m 700 "${stick%/*}"
so "a dongle is made" almdongle create "$stick" --serial 4711
almd --state store --socket vendor.sock --vendors /etc/almd/vendors --bus bus.sock --no-usb >vendor.log 2>&1 &
vendor=$!
eventually "the vendor's daemon is there" says vendor.log ready
almdongle plug "$stick" --bus bus.sock >plug.log 2>&1 &
plugged=$!
eventually "the dongle is at the vendor's" says vendor.log mounted
almctl list --socket vendor.sock >keys
monitor=$(key_of "Plant Monitor")
analyser=$(key_of "Grid Analyser")
for key in "$monitor" "$analyser"; do
  so "$key is moved to the dongle" almctl move "$key" --to usb:4711 --socket vendor.sock
done
kill $plugged && wait $plugged
kill $vendor && wait $vendor
cd /root

# ------------------------------------------------------------------------------------------------- plugging in starts it
# The machine had nothing of USB until now, and the daemon runs.
listen
modprobe -a dummy_hcd libcomposite usb_f_fs
plug
hears "a daemon that was there before USB mounts the dongle" 'usb:4711.* mounted'
unplug
systemctl stop almd.socket almd.service
is "the daemon is stopped" inactive systemctl is-active almd.service
listen
plug
eventually "a dongle that is plugged in starts the daemon" systemctl is-active almd.service
hears "the dongle is mounted" 'usb:4711.* mounted'
has "an ordinary user sees its key" usb:4711 as_anna almctl list
is "its node is for the daemon's group alone" "root:almd 660" stat -c '%U:%G %a' "$(node)"
is "nobody else may open it" "" find "$(node)" -perm /o=rwx
hasnt "udev gives it to no seat" uaccess udevadm info --query=property "$(node)"
hasnt "an ordinary user may not move keys" "is active" sh -c "runuser -u anna -- almctl move $monitor --to local; true"
has "an ordinary user may not move keys" "usb:4711" sh -c "runuser -u anna -- almctl list | grep $monitor"

# -------------------------------------------------------------------------- an Offline Transfer from the dongle to a target
mkdir /home/berta && chown berta: /home/berta
almd --state /root/target --socket /root/target.sock --vendors /etc/almd/vendors --no-usb >/root/target.log 2>&1 &
target=$!
eventually "the target's daemon is there" says /root/target.log ready
cd /home/berta
so "step 1, by a member of alm" as_berta almctl offline-transfer start "$monitor" --output start.aut
so "step 2, at the target" almctl offline-transfer request --input start.aut --to local --output request.aut --socket /root/target.sock
so "step 3, out of the dongle" as_berta almctl offline-transfer activation --input request.aut --output activation.aut
so "step 4, at the target" almctl offline-transfer activate --input activation.aut --socket /root/target.sock
has "the key is at the target" "$monitor" almctl list --socket /root/target.sock
hasnt "the key is no more in the dongle" "$monitor" as_anna almctl list
# For a request that is still open when the package is removed.
so "a start code for the way back" almctl offline-transfer start "$monitor" --output /root/back.aut --socket /root/target.sock
kill $target && wait $target
cd /root

so "a key is loaded from the dongle" as_berta almctl move "$analyser" --to local
has "the key is in the store" local sh -c "almctl list | grep $analyser"
so "almctl doctor finds nothing wrong" almctl doctor
listen
unplug
hears "a dongle that is pulled out is noticed" 'usb:4711.* unmounted'
hasnt "its keys are gone from the list" usb:4711 almctl list

# ------------------------------------------------------------------------------------------- what breaks USB is named
listen
plug
hears "it is plugged in again" 'usb:4711.* mounted'
# broken SETTING-LINES LOG DOCTOR [COMMAND…]: with settings that break USB, the log and the doctor say which; and what
# holds all the same.
broken() {
  mkdir -p /etc/systemd/system/almd.service.d
  printf '[Service]\n%b\n' "$1" >/etc/systemd/system/almd.service.d/broken.conf
  systemctl daemon-reload
  listen
  so "the daemon starts with $1" systemctl restart almd.service
  hears "the log says what $1 breaks" "$2"
  has "almctl doctor says what $1 breaks" "$3" sh -c '! almctl doctor'
  "${@:4}"
  rm -r /etc/systemd/system/almd.service.d
}
# Without news of devices it looks for them every few seconds.
finds_dongles_all_the_same() {
  unplug
  hears "without news, a dongle that is pulled out is noticed" 'usb:4711.* unmounted'
  listen
  plug
  hears "without news, a dongle that is plugged in is found" 'usb:4711.* mounted'
}
broken PrivateNetwork=yes 'because udev runs in another network namespace' 'PrivateNetwork=yes in the unit' \
  finds_dongles_all_the_same
broken PrivateDevices=yes 'no dongle on USB can be used|is not used' 'PrivateDevices=yes in the unit'
broken 'RestrictAddressFamilies=\nRestrictAddressFamilies=AF_UNIX' 'no netlink socket may be opened|no dongle on USB can be used' \
  'without AF_NETLINK' finds_dongles_all_the_same
sed 's/GROUP:="almd"/GROUP:="games"/' /usr/lib/udev/rules.d/60-almd.rules >/etc/udev/rules.d/60-almd.rules
udevadm control --reload
udevadm trigger --settle --action=add --subsystem-match=usb --property-match=DEVTYPE=usb_device
# What almctl doctor prints behind the finding is done as it stands there.
does_as_doctor_says() {
  local line
  line=$(almctl doctor)
  line=${line#*games}
  line=${line#*-> as root: }
  line=${line%%$'\n'*}
  listen
  so "what almctl doctor says is done: $line" sh -c "$line"
  hears "put right, the dongle is mounted without a new start" 'usb:4711.* mounted'
  so "almctl doctor finds nothing wrong any more" almctl doctor
}
broken '# the wrong group' 'the user that almd runs as may not open it' 'games' does_as_doctor_says
rm /etc/udev/rules.d/60-almd.rules
udevadm control --reload
systemctl daemon-reload
systemctl restart almd.service
unplug

# --------------------------------------------------------------------------------------------------- what goes wrong in it
pid=$(state_of MainPID)
kill -KILL "$pid"
is_another() { [ "$(systemctl show -P MainPID almd.service)" != "$pid" ] && systemctl is-active almd.service; }
eventually "a daemon that was killed is started again" is_another
echo '|/bin/touch /root/caught' >/proc/sys/kernel/core_pattern
kill -ABRT "$(state_of MainPID)"
eventually "a daemon that broke off is started again" sh -c "systemctl show -P NRestarts almd.service | grep -qx 2 && systemctl is-active almd.service"
so "no crash handler is given its memory" test ! -e /root/caught
has "its keys are still there" "$analyser" almctl list

# A daemon that hangs says nothing to systemd any more.
printf '[Service]\nWatchdogSec=5s\nTimeoutAbortSec=5s\n' >/etc/systemd/system.control/almd.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart almd.service
pid=$(state_of MainPID)
kill -STOP "$pid"
eventually "a daemon that hangs is put an end to and started again" is_another
has "systemd says that it hung" "Watchdog timeout" journalctl --unit almd.service --no-pager
has "its keys are there after that, too" "$analyser" almctl list
rm /etc/systemd/system.control/almd.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart almd.service

cp /etc/almd/almd.toml /root/almd.toml
echo 'grupp = "alm"' >>/etc/almd/almd.toml
systemctl restart almd.service >/dev/null 2>&1
eventually "a wrong configuration is not tried again and again" sh -c 'systemctl show -P ActiveState almd.service | grep -qx failed'
has "the log names the mistake" "there is no setting grupp" journalctl --unit almd.service --output cat --no-pager
cp /root/almd.toml /etc/almd/almd.toml
systemctl reset-failed almd.service almd.socket
so "put right, it starts" systemctl start almd.service

# ------------------------------------------------------------------------------------------------------------- upgrading
pid=$(state_of MainPID)
socket=$(stat -c %i /run/almd/almd.sock)
so "the package is upgraded" dpkg -i /test/almd-2.deb
is "the new version is there" 0.1.1 dpkg-query -W -f '${Version}' almd
is "the daemon runs after an upgrade" active systemctl is-active almd.service
so "it is the new one" test "$(state_of MainPID)" != "$pid"
is "the socket was there all the time" "$socket" stat -c %i /run/almd/almd.sock
has "the keys survive an upgrade" "$analyser" almctl list
systemctl disable --now almd.service >/dev/null 2>&1
so "the package is configured once more" env DPKG_MAINTSCRIPT_PACKAGE=almd /var/lib/dpkg/info/almd.postinst configure 0.1.1
is "a daemon that was disabled stays so" disabled systemctl is-enabled almd.service
is "and is not started" inactive systemctl is-active almd.service
has "whoever connects starts it" "$analyser" as_anna almctl list
is "then it runs" active systemctl is-active almd.service

# ------------------------------------------------------------------------------------------------------------- removing
# All files, but for the one that names the daemon that runs.
sum() { (cd /var/lib/almd && find . -type f ! -name lock -print0 | sort -z | xargs -0 sha256sum); }
request_back() { almctl offline-transfer request --input /root/back.aut --to local --output "$1"; }
so "a request is open in the store" request_back /root/open.aut
systemctl stop almd.socket almd.service
before=$(sum)
systemctl start almd.socket almd.service
cp -a /usr/bin/almd /usr/bin/almctl /opt
so "the package is removed" dpkg -r almd
is "no daemon is left" "" sh -c 'grep -lx almd /proc/[0-9]*/comm'
is "the socket is gone" "" find /run -name almd.sock
is "systemd knows it no more" not-found systemctl show --property=LoadState --value almd.service
is "the store is as it was" "$before" sum
has "purging says where the keys are" "still in /var/lib/almd" dpkg -P almd
is "the store outlives purging" "$before" sum
so "the configuration is gone" test ! -e /etc/almd/almd.toml
so "the vendors' files are not" test -e /etc/almd/vendors/example.pub
is "nothing is left that would start it" "" find /etc/systemd/system -name 'almd*'
# The programs of before find the store, and its keys, where they were.
install -d -o almd /run/almd
runuser -u almd -- /opt/almd --no-usb >/root/again.log 2>&1 &
eventually "an almd that comes back opens the store" says /root/again.log ready
has "its keys are usable again" HELD sh -c "/opt/almctl list | grep $analyser"
PATH=/opt:$PATH
so "its open request is, too" request_back /root/again.aut
so "and is the same" cmp /root/open.aut /root/again.aut

[ $failures = 0 ] || {
  echo "--- the daemon's log"
  journalctl --unit almd.service --no-pager --output cat | tail -60
  journalctl --unit almdongle-gadget@stick.service --no-pager --output cat | tail -20
  cat /root/vendor/*.log
}
echo "RC=$failures"
