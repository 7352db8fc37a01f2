#!/usr/bin/env bash
# The life of the Debian package on a whole Debian with systemd, in an emulated machine: system-test.sh says what is done
# there. Usage: Tests/Guests/system.sh PROGRAMS
#
# PROGRAMS is a folder with programs that were built for use. Exit status: 0 all was as it should be, 69 there can be no
# guest here (the last line on standard error says why), else 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "$1" && pwd)

# Before the packages are made, which would be in vain without it.
"$here/system-root.sh" >/dev/null || exit $?
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/almd-packages.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM INT HUP
for number in 1 2; do
  # The second one is an upgrade of the first.
  make --silent -C "$here/../.." deb \
    "PROGRAMS=$programs" "VERSION=0.1.$((number - 1))" "DEB=$folder/deb" COMPRESSION=none >/dev/null
  mv "$folder"/deb/*.deb "$folder/almd-$number.deb"
  rmdir "$folder/deb"
done
cp "$here/system-test.sh" "$folder/guest.sh"
"$here/system-run.sh" "$folder"
