#!/bin/busybox sh
# The first process of the emulated machine: brings up the root that it shares with the one outside, and goes there.
# Its arguments are the script to run there and that script's own.
b=/bin/busybox
while read -r module; do $b insmod "/lib/$module"; done </lib/order
$b mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=524288,ro host /new
$b mount -t devtmpfs dev /new/dev
$b mount -t proc proc /new/proc
$b mount -t sysfs sys /new/sys
$b mount -t tmpfs run /new/run
exec $b chroot /new /bin/bash "$@"
