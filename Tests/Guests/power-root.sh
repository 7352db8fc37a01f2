#!/usr/bin/env bash
# power-root.sh KERNEL FOLDER BIN   makes FOLDER/initramfs, all that the machine has whose power is cut; see power.py
#
# It keeps everything in its memory, so that it can be written down as it is and be taken up again: Python, this folder's
# scripts, the programs in BIN, which are in its /bin, and the libraries they need.
set -euo pipefail
kernel=$1 work=$2 bin=$3
here=$(cd "$(dirname "$0")" && pwd)
root=$work/root
mkdir -p "$root"/{bin,etc,tmp}
echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
python=$(realpath /usr/bin/python3)
take() { cp --parents --dereference "$@" "$root"; }
take "$python" "$here/power-guest.py" "$(realpath "$here/../CrashBench/load.py")"
# Neither the tests of Python itself nor what builds programs with it in them.
find "/usr/lib/$(basename "$python")" \( -name 'config-*' -o -name test -o -name lib2to3 -o -name pydoc_data \) -prune \
  -o -type f -print0 | xargs -0 cp --parents --dereference --target-directory="$root"
for program in almd almvendor; do
  # Names and places in the source, which would take the most of its memory, are not looked at in there.
  strip --strip-debug -o "$root/bin/$program" "$bin/$program"
done
ldd "$python" "$bin"/{almd,almvendor} "/usr/lib/$(basename "$python")"/lib-dynload/*.so |
  awk '$2 == "=>" && $3 ~ /^\// {print $3} $1 ~ /^\// && $2 ~ /^\(/ {print $1}' | sort -u | while read -r library; do
  take "$library"
done
"$here/first-root.sh" "$kernel" "$work" "$here/power-init.sh" virtio_pci virtio_blk ext4
