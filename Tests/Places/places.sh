#!/usr/bin/env bash
# places.sh PROGRAM   runs the tests of the store on ext4, xfs and btrfs, each in a file of its own, in memory, and over another one
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
  for kind in ext4 xfs btrfs memory; do umount "$work/$kind" 2>/dev/null || true; done
  for device in "${devices[@]}"; do losetup --detach "$device" 2>/dev/null || true; done
  rm -rf "$work"
}
trap end EXIT

# The smallest size that each of them takes is 300 MB for xfs.
for kind in ext4 xfs btrfs; do
  truncate --size 320M "$work/$kind.image"
  "mkfs.$kind" -q "$work/$kind.image"
  device=$(losetup --find --show "$work/$kind.image")
  devices+=("$device")
  mkdir "$work/$kind"
  mount -t "$kind" "$device" "$work/$kind"
done
mkdir "$work/memory"
mount -t tmpfs -o size=320M tmpfs "$work/memory"

export ALMD_PLACES="$work/ext4:$work/xfs:$work/btrfs:$work/memory"
"$program" --testing-library swift-testing --no-parallel \
  --filter '^VaultStoreTests\.(FileSystemTests|PlaceAnchorTests|AnchoredVaultTests|StoreDirectoryTests)'
