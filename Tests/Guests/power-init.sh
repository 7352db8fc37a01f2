#!/bin/busybox sh
# The first process of the emulated machine whose power is cut. Its arguments are the script to run there and that
# script's own. The disk's module is left for later: until then the kernel knows of no disk.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t tmpfs run /run
while read -r module; do
  [ "$module" = virtio_blk.ko ] || $b insmod "/lib/$module"
done </lib/order
# The kernel's own word on the console is not to stand in a line of the other's.
$b dmesg -n 1
export PATH=/bin HOME=/run TMPDIR=/run LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
python3=$(echo /usr/bin/python3.*)
"$python3" "$@" || echo "BROKEN it ended with $?"
$b umount /run/disk
$b poweroff -f
