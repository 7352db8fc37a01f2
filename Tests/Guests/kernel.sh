#!/usr/bin/env bash
# Prints the folder with Debian's own kernel for the guests of the tests: boot/vmlinuz-VERSION and lib/modules/VERSION,
# with modules.dep. Fetches and unpacks it once, into ${XDG_CACHE_HOME:-~/.cache}/almd-guests; nothing is installed.
#
# Exit status: 0 done, 69 the kernel can't be had here (the last line on standard error says why).
set -euo pipefail
# depmod is in /usr/sbin, which an ordinary user's PATH lacks.
PATH=$PATH:/usr/sbin:/sbin

cache=${XDG_CACHE_HOME:-$HOME/.cache}/almd-guests
unavailable() { echo "no kernel for the guests: $*" >&2; exit 69; }

mkdir -p "$cache"
# Two tests may ask at once; the second one waits for the first one's download.
exec 9>"$cache/kernel.lock"
flock 9

# An older kernel is as good as a newer one, and having one means that nothing has to be fetched.
for kernel in "$cache"/linux-image-*; do
  if [ -e "$kernel/complete" ]; then echo "$kernel"; exit 0; fi
done

[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || unavailable "this machine is not Debian on amd64"
for tool in apt-get apt-cache dpkg depmod; do
  command -v "$tool" >/dev/null || unavailable "$tool is missing"
done

# The metapackage names today's kernel. Its cloud flavour has no USB.
package_name() { apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends: linux-image-/ {print $2; exit}'; }
package=$(package_name)
if [ -z "$package" ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo "sudo --non-interactive")
  $sudo apt-get -qq update >&2 || true
  package=$(package_name)
fi
[ -n "$package" ] || unavailable "apt knows no linux-image-amd64 (apt-get update?)"

work=$(mktemp -d "$cache/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Run by root, apt fetches as its own user and says so where that one can't write: noise.
(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package" >&2) \
  || unavailable "$package can't be downloaded (apt-get update?)"
dpkg -x "$work/$package"_*.deb "$work/kernel"
rm -f "$work/$package"_*.deb
versions=("$work"/kernel/lib/modules/*)
version=$(basename "${versions[0]}")
[ -e "$work/kernel/boot/vmlinuz-$version" ] || unavailable "$package has no kernel in boot"
depmod -b "$work/kernel" "$version"
rm -rf "$work/kernel/usr"
touch "$work/kernel/complete"
rm -rf "${cache:?}/$package"
mv "$work/kernel" "$cache/$package"
echo "$cache/$package"
