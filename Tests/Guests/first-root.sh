#!/usr/bin/env bash
# first-root.sh KERNEL FOLDER [MODULE...]   makes FOLDER/initramfs, the first root of a tiny guest
#
# A shell, and the modules that reach the second one, which is this machine's own root over 9p; and those named beside.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
kernel=$1 work=$2
shift 2
version=$(basename "$kernel"/lib/modules/*)
mkdir -p "$work"/root/{bin,lib,dev,new}
cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$(dirname "$0")/tiny-init.sh" "$work/root/init"
chmod +x "$work/root/init"
for module in virtio_pci 9pnet_virtio 9p "$@"; do
  modprobe -d "$kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$file" "$work/root/lib/"
  basename "$file" >>"$work/root/lib/order"
done
(cd "$work/root" && find . | cpio --quiet -o -H newc) >"$work/initramfs"
