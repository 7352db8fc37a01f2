#!/usr/bin/env bash
# first-root.sh KERNEL FOLDER INIT [MODULE...]   makes FOLDER/initramfs, the first root of a tiny guest
#
# INIT, which is its first process, a shell, the named modules with what they need, their order in /lib/order, and whatever
# else was put into FOLDER/root before.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
kernel=$1 work=$2 init=$3
shift 3
version=$(basename "$kernel"/lib/modules/*)
mkdir -p "$work"/root/{bin,lib,dev,new,proc,run,sys}
cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$init" "$work/root/init"
chmod +x "$work/root/init"
for module in "$@"; do
  modprobe -d "$kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" {print $2}'
done | awk '!seen[$0]++' | while read -r file; do
  cp "$file" "$work/root/lib/"
  basename "$file" >>"$work/root/lib/order"
done
(cd "$work/root" && find . | cpio --quiet -o -H newc) >"$work/initramfs"
