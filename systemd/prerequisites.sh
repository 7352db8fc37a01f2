#!/usr/bin/env bash
# Installs the Debian packages that are named and missing. Usage: systemd/prerequisites.sh WHAT-FOR PACKAGE…
#
# On a system without dpkg nothing is installed: of the libraries that the programs are built with, those that pkg-config
# does not find are named, under the names that they have everywhere.
set -euo pipefail
purpose=$1
shift

command -v swift >/dev/null || {
  echo "error: swift is not on the PATH" >&2
  echo "hint: install Swift 6.3 (https://www.swift.org/install/) and run this again" >&2
  exit 1
}

if ! command -v dpkg-query >/dev/null; then
  missing=()
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  for library in libusb-1.0 sqlite3 libqrencode; do
    pkg-config --exists "$library" 2>/dev/null || missing+=("$library")
  done
  [ ${#missing[@]} = 0 ] || {
    echo "error: $purpose takes pkg-config and the development files of libusb 1.0, SQLite and libqrencode; missing: ${missing[*]}" >&2
    echo "hint: install them with this system's package manager and run this again" >&2
    exit 1
  }
  exit 0
fi

missing=()
for package; do
  [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == *"ok installed" ]] || missing+=("$package")
done
[ ${#missing[@]} != 0 ] || exit 0
echo "installing for $purpose: ${missing[*]}"
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq update
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}"
