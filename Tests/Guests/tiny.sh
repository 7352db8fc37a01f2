#!/usr/bin/env bash
# Runs the programs in the folder BIN on Debian's own kernel, in an emulated machine, and plugs dongles in and out there.
#
#   tiny.sh BIN [PART[:PLUGS]...]     PART: bare vhci functionfs survive transfer; without one, all
#   tiny.sh --check                   only says whether the machine can be had here
#
# The machine's root is this one's, read-only, so that it runs the very programs and libraries that are here; what it
# writes stays in its memory. Exit status: 0 every check passed, 1 one did not, 69 the machine can't be had here.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
unavailable() { echo "no guest: $*" >&2; exit 69; }

for tool in qemu-system-x86_64 busybox cpio modprobe udevadm clang; do
  command -v "$tool" >/dev/null || unavailable "$tool is missing (make setup installs it)"
done
kernel=$("$here/kernel.sh") || exit $?
version=$(basename "$kernel"/lib/modules/*)
[ "$1" != --check ] || exit 0
bin=$(cd "$1" && pwd)
shift
case "$here$bin$kernel" in *[[:space:],]*) unavailable "a path has a space or a comma in it" ;; esac

work=$(mktemp -d "${TMPDIR:-/var/tmp}/almd-guest.XXXXXX")
trap 'rm -rf "$work"' EXIT
clang -O1 -Wall -Wextra -Werror -o "$work/bench" "$here/bench.c" -lusb-1.0

"$here/first-root.sh" "$kernel" "$work" "$here/tiny-init.sh" virtio_pci 9pnet_virtio 9p

# /dev/kvm may be there and not work; one virtual processor is faster than two under emulation, and the plainest one is
# fastest. The machine's clock counts instructions, 4 ns each, which is slower than a small board: what is measured in
# there does not depend on what this machine does beside it, and no time runs out in there because of that. What tells how
# it went is a line on the console, since the emulator ends in the same way whatever happened inside.
timeout --kill-after=5 "${ALMD_GUEST_TIMEOUT:-900}" qemu-system-x86_64 -M q35 -accel tcg -cpu qemu64 -icount shift=2 -m 768 -smp 1 \
  -display none -nodefaults -no-reboot -serial stdio \
  -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
  -kernel "$kernel/boot/vmlinuz-$version" -initrd "$work/initramfs" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off -- $here/tiny-guest.sh $bin $work $kernel $*" \
  </dev/null | stdbuf -oL tr -d '\r' | tee "$work/console" || true
grep -q '^RC=0$' "$work/console"
