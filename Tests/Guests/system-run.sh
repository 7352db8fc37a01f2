#!/usr/bin/env bash
# Runs the guest with a whole Debian and prints what its console says. Usage: Tests/Guests/system-run.sh FOLDER
#
# FOLDER is what the guest sees as /test, read-only; it runs /test/guest.sh as root once it has booted, and is gone with
# all that happened in it when that ends. Exit status: 0 guest.sh ended with 0 and all was heard of it, 69 there can be no
# guest here (the last line on standard error says why), else 1. ALMD_GUEST_SECONDS is how long it may take at most.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
folder=$1

command -v qemu-system-x86_64 >/dev/null || { echo "no guest: qemu-system-x86_64 is missing (make setup)" >&2; exit 69; }
system=$("$here/system-root.sh") || exit $?

work=$(mktemp -d "${TMPDIR:-/var/tmp}/almd-guest.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
size=$(($(du -ms --apparent-size "$folder" | cut -f1) * 11 / 10 + 32))
mke2fs -q -t ext4 -O ^has_journal -d "$folder" "$work/test.img" "${size}M" >/dev/null

# Without KVM, which may be there and not work; one processor is faster than two then, and the plainest one is fastest. The
# guest's clock counts instructions, 4 ns each: where this machine does much else the guest takes longer and does not
# notice, so that no time runs out in it.
timeout --kill-after=5 "${ALMD_GUEST_SECONDS:-2400}" qemu-system-x86_64 \
  -M q35 -accel tcg -cpu qemu64 -icount shift=2 -m 1024 -smp 1 -display none -nodefaults -no-reboot -serial stdio -device virtio-rng-pci \
  -drive "file=$system/root.img,format=raw,if=virtio,snapshot=on,cache=unsafe" \
  -drive "file=$work/test.img,format=raw,if=virtio,readonly=on" \
  -kernel "$system/vmlinuz" -initrd "$system/initrd.img" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off systemd.show_status=0 rd.udev.log_level=3" \
  </dev/null 2>&1 | stdbuf -oL tr -d '\r' | tee "$work/console" || true
# The status of QEMU says nothing about the guest.
grep -qx 'RC=0' "$work/console"
