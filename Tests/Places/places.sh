#!/usr/bin/env bash
# places.sh PROGRAM   runs the tests of the store on ext4, xfs and btrfs, each in a file of its own, in memory, and over another one
#                     (ext4 twice more: with inodes that have no birth time, and with a journal of data, for what that keeps)
#
# PROGRAM is the tests' program. Needs root: the file systems are mounted where nobody else sees them, and are gone
# with the script.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  program=$(realpath "$1")
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  exec $as_root unshare --mount --propagation private bash "$0" --inside "$program"
fi

program=$2
work=$(mktemp -d)
devices=()
end() {
  for kind in ext4 xfs btrfs ext4-128 data-journal memory; do umount "$work/$kind" 2>/dev/null || true; done
  for device in "${devices[@]}"; do losetup --detach "$device" 2>/dev/null || true; done
  rm -rf "$work"
}
trap end EXIT

# disk NAME KIND [OPTION…] [-- OPTION…]   makes a new disk with the options up to `--`, and mounts it with those behind; the
#                                         smallest size that each kind takes is 300 MB for xfs
disk() {
  local name=$1 kind=$2 making=() device
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do making+=("$1"); shift; done
  truncate --size 320M "$work/$name.image"
  "mkfs.$kind" -q "${making[@]}" "$work/$name.image"
  device=$(losetup --find --show "$work/$name.image")
  devices+=("$device")
  mkdir "$work/$name"
  mount -t "$kind" "${@:2}" "$device" "$work/$name"
}
for kind in ext4 xfs btrfs; do disk "$kind" "$kind"; done
disk ext4-128 ext4 -I 128
[ "$(stat --format %w "$work/ext4-128")" = - ] || { echo "$work/ext4-128 has birth times after all" >&2; exit 1; }
disk data-journal ext4 -- -o data=journal
mkdir "$work/memory"
mount -t tmpfs -o size=320M tmpfs "$work/memory"

export ALMD_PLACES="$work/ext4:$work/xfs:$work/btrfs:$work/ext4-128:$work/memory"
# The disks below them, read whole by those tests that look what is left there.
export ALMD_IMAGES="$work/ext4.image:$work/xfs.image:$work/btrfs.image:$work/data-journal.image"
"$program" --testing-library swift-testing --no-parallel \
  --filter '^(VaultStoreTests\.(FileSystemTests|PlaceAnchorTests|AnchoredVaultTests|StoreDirectoryTests|RawDiskTests)|LicenceDaemonTests\.ProtectionTests)'
