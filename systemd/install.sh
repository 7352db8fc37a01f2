#!/usr/bin/env bash
# Installs the product below DESTDIR. Usage: systemd/install.sh PROGRAMS PREFIX [DESTDIR]
#
# The configuration in /etc/almd is only written where there is none. Without DESTDIR it says at the end what makes a
# running system take notice; with one, that is the business of the package that is being made.
set -euo pipefail
cd "$(dirname "$0")/.."
source_of_programs=$1 destination=${3:-}
. systemd/files.sh "$2"

for program in "${programs[@]}"; do
  [ -x "$source_of_programs/$program" ] || { echo "error: $source_of_programs/$program is not there" >&2; exit 1; }
done
files | while read -r mode source target; do
  [ "${source#@}" = "$source" ] || source=$source_of_programs/${source#@}
  install -D -m "$mode" "$source" "$destination$target"
done
# Half of the size is names for a debugger.
strip=${STRIP:-strip}
for program in "${programs[@]}"; do "$strip" "$destination$bin/$program"; done
# The units name their programs under /usr.
sed -i "s,/usr/bin/,$bin/,g; s,/usr/share/doc/,$prefix/share/doc/,g" "$destination$units"/almd*.service "$destination$units"/almd*.socket

install -d "$destination$completions"
for program in "${programs[@]}"; do
  # It is read by a shell, and not run.
  "$source_of_programs/$program" --generate-completion-script bash | sed '1{/^#!/d}' > "$destination$completions/$program"
  chmod 644 "$destination$completions/$program"
done

install -d -m 755 "$destination/etc/almd" "$destination/etc/almd/vendors"
[ -e "$destination/etc/almd/almd.toml" ] || install -m 644 systemd/almd.toml "$destination/etc/almd/almd.toml"

[ -n "$destination" ] || cat <<'NEXT'
Installed. As root, once, and after every change of units or rule:

    systemd-sysusers
    systemctl daemon-reload
    udevadm control --reload
    udevadm trigger --subsystem-match=usb --property-match=DEVTYPE=usb_device
    systemctl enable --now almd.socket almd.service
NEXT
