#!/usr/bin/env bash
# Takes away what systemd/install.sh installed, but no configuration and no store. Usage: systemd/uninstall.sh PREFIX
# [DESTDIR]
set -euo pipefail
cd "$(dirname "$0")/.."
destination=${2:-}
. systemd/files.sh "$1"

if [ -z "$destination" ] && [ -d /run/systemd/system ]; then
  systemctl disable --now almd.socket almd.service || true
  systemctl stop 'almdongle-gadget@*.service' || true
fi
files | while read -r _ _ target; do rm -f "$destination$target"; done
for program in "${programs[@]}"; do rm -f "$destination$completions/$program"; done
if [ -z "$destination" ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
  udevadm control --reload || true
fi
if [ -d "$destination$documents" ]; then rmdir "$destination$documents"; fi
echo "left where they are: $destination/etc/almd and, with all keys, $destination/var/lib/almd"
