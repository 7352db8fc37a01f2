#!/usr/bin/env bash
# The life of the Debian package on a whole Debian with systemd, in an emulated machine: system-test.sh says what is done
# there. Usage: Tests/Guests/system.sh PROGRAMS
#
# PROGRAMS is a folder with programs, as a rule built for use; others get the Swift runtime beside them. Exit status:
# 0 all was as it should be, 69 there can be no guest here (the last line on standard error says why), else 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "$1" && pwd)

# Before the packages are made, which would be in vain without it.
"$here/system-root.sh" >/dev/null || exit $?
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/almd-packages.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM INT HUP
# Debian has no package with the Swift runtime.
ldd "$programs"/{almd,almctl,almdongle,almvendor} \
  | awk '$2 == "=>" && $3 ~ "^/" && $3 !~ "^/(usr/)?lib/" {print $3}' | sort -u >"$folder/libraries"
if [ -s "$folder/libraries" ]; then
  export ALMD_PACKAGE_WITHOUT_RUNTIME=yes
  mkdir "$folder/lib"
  xargs -d '\n' cp -t "$folder/lib" <"$folder/libraries"
fi
for number in 1 2; do
  # The second one is an upgrade of the first.
  make --silent -C "$here/../.." deb \
    "PROGRAMS=$programs" "VERSION=0.1.$((number - 1))" "DEB=$folder/deb" COMPRESSION=none >/dev/null
  mv "$folder"/deb/*.deb "$folder/almd-$number.deb"
  rmdir "$folder/deb"
done
cp "$here/system-test.sh" "$folder/guest.sh"
"$here/system-run.sh" "$folder"
