#!/usr/bin/env bash
# Prints the folder with a whole Debian for the guest of the tests: root.img (a file system with systemd, udev and the
# libraries that the package asks for), initrd.img and vmlinuz. Made once, by debootstrap, from the mirror that this
# machine's own apt uses; kept in ${XDG_CACHE_HOME:-~/.cache}/almd-guests.
#
# Exit status: 0 done, 69 it can't be had here (the last line on standard error says why).
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)

cache=${XDG_CACHE_HOME:-$HOME/.cache}/almd-guests
unavailable() { echo "no system for the guest: $*" >&2; exit 69; }

kernel=$("$here/kernel.sh") || exit $?
version=$(basename "$kernel"/lib/modules/*)

# A change of what goes into it makes another one.
key=$(cat "$0" "$here/system-init" <(echo "$version") | sha256sum | cut -c1-12)
folder=$cache/system-$key
exec 9>"$cache/system.lock"
flock 9
if [ -e "$folder/complete" ]; then echo "$folder"; exit 0; fi

sudo=
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2>/dev/null || unavailable "debootstrap needs root, or sudo without a password"
  sudo="sudo -n"
fi
for tool in debootstrap mke2fs depmod modprobe cpio busybox; do
  command -v "$tool" >/dev/null || unavailable "$tool is missing (make setup)"
done
# Run as part of an initial file system, where there are no libraries.
if ldd "$(command -v busybox)" >/dev/null 2>&1; then unavailable "busybox is not the static one (make setup)"; fi

work=$(mktemp -d "$cache/making.XXXXXX")
trap '$sudo rm -rf "$work"' EXIT
root=$work/root
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' | head -1)
$sudo debootstrap --variant=minbase \
  --include=systemd,systemd-sysv,udev,kmod,libsqlite3-0,libusb-1.0-0,libqrencode4,libstdc++6,libatomic1 \
  bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$work/log" 2>&1 \
  || { tail -5 "$work/log" >&2; unavailable "debootstrap failed"; }
$sudo rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info}/*

# The modules that the guest uses, and those that they use.
modules() { for module; do modprobe -d "$kernel" -S "$version" --show-depends "$module"; done | awk '/^insmod/ {print $2}'; }
target=$root/lib/modules/$version
$sudo mkdir -p "$target"
$sudo cp "$kernel/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$target"
modules dummy_hcd libcomposite usb_f_fs virtio_pci virtio_blk virtio_rng ext4 | sort -u | while read -r file; do
  $sudo install -D -m 644 "$file" "$target/${file#"$kernel/lib/modules/$version/"}"
done
$sudo depmod -b "$root" "$version"

# Nobody logs in, no clock is set, nothing is cleaned up, and what devices the machine has is known: to ask udev about all
# of them takes longer than the rest of the start.
for unit in getty@.service serial-getty@.service systemd-firstboot.service systemd-timesyncd.service \
    systemd-logind.service systemd-user-sessions.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
    e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-binfmt.service systemd-update-utmp.service \
    systemd-update-utmp-runlevel.service systemd-udev-trigger.service systemd-random-seed.service \
    systemd-remount-fs.service systemd-machine-id-commit.service systemd-hwdb-update.service \
    systemd-journal-catalog-update.service systemd-update-done.service systemd-tmpfiles-clean.timer \
    dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount; do
  $sudo ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
$sudo tee "$root/etc/systemd/system/guest-test.service" >/dev/null <<'UNIT'
[Unit]
Description=The test that this guest is started for
After=systemd-udevd.service
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStartPre=/bin/mount -t ext4 -o ro /dev/vdb /test
ExecStart=/bin/bash /test/guest.sh
ExecStopPost=/bin/systemctl poweroff -ff
[Install]
WantedBy=multi-user.target
UNIT
$sudo mkdir -p "$root/test" "$root/etc/systemd/system/multi-user.target.wants"
$sudo ln -sf ../guest-test.service "$root/etc/systemd/system/multi-user.target.wants/guest-test.service"
echo guest | $sudo tee "$root/etc/hostname" >/dev/null
$sudo mke2fs -q -t ext4 -O ^has_journal -d "$root" "$work/root.img" 1500M >/dev/null
$sudo chown "$(id -u):$(id -g)" "$work/root.img"

initial=$work/initial
mkdir -p "$initial"/{bin,dev,proc,sys,lib,new}
cp "$(command -v busybox)" "$initial/bin/busybox"
install -m 755 "$here/system-init" "$initial/init"
modules virtio_pci virtio_blk virtio_rng ext4 | awk '!seen[$0]++' | while read -r file; do
  cp "$file" "$initial/lib"
  basename "$file" >>"$initial/lib/order"
done
(cd "$initial" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$work/initrd.img"

mkdir "$work/done"
mv "$work/root.img" "$work/initrd.img" "$work/done"
cp "$kernel/boot/vmlinuz-$version" "$work/done/vmlinuz"
touch "$work/done/complete"
# Those of other kernels and sources are of no more use.
rm -rf "$cache"/system-????????????
mv "$work/done" "$folder"
echo "$folder"
