#!/usr/bin/env bash
# The emulated machine whose power is cut: mounts its disk, and goes on where it was. Runs as its first process; see power.py.
#
#   power-guest.sh BIN SEED LAST
export PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/run TMPDIR=/run LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
mkdir -p /run/disk
# Barriers, and the journal, as they are without options.
mount -t ext4 /dev/vda /run/disk || echo "BROKEN the disk can't be mounted"
# The kernel's own word on the console is not to stand in a line of the other's.
dmesg -n 1
/usr/bin/python3 "${0%/*}/power-guest.py" "$@" || echo "BROKEN power-guest.py ended with $?"
umount /run/disk
poweroff -f 2>/dev/null
echo o >/proc/sysrq-trigger
sleep 60
