#!/usr/bin/env bash
# Makes the Debian package. Usage: systemd/debian/build.sh PROGRAMS VERSION FOLDER COMPRESSION
#
# Needs dpkg-deb and readelf, no debhelper and no root. The same programs give the same package, byte for byte, where
# SOURCE_DATE_EPOCH says of which time; without it that of the last commit counts. DEBFULLNAME and DEBEMAIL say who answers
# for it.
set -euo pipefail
cd "$(dirname "$0")/../.."
source_of_programs=$1 version=$2 output=$3 compression=$4
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
# Debian's own tools read who answers for a package from the same variables (debchange(1)).
maintainer="${DEBFULLNAME:-The authors of almd} <${DEBEMAIL:-almd@packages.invalid}>"
[ -n "${DEBEMAIL:-}" ] || echo "note: DEBFULLNAME and DEBEMAIL are not set, so the package names no address to write to" >&2

umask 022
mkdir -p "$output"
root=$(mktemp -d "$output/root.XXXXXX")
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir "$root/DEBIAN"
systemd/install.sh "$source_of_programs" /usr "$root"
. systemd/files.sh /usr

# The Debian packages with the libraries that the programs name. One that is not in this list ends the making: better
# than a package that installs and does not start.
depends() {
  local library
  readelf -d "$root$bin"/* | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | while read -r library; do
    case $library in
      libc.so.6 | libm.so.6 | libpthread.so.0 | libdl.so.2 | librt.so.1 | libutil.so.1 | ld-linux*) echo "libc6 (>= 2.36)" ;;
      libgcc_s.so.1) echo "libgcc-s1" ;;
      libstdc++.so.6) echo "libstdc++6 (>= 12)" ;;
      libatomic.so.1) echo "libatomic1" ;;
      libsqlite3.so.0) echo "libsqlite3-0 (>= 3.40)" ;;
      libusb-1.0.so.0) echo "libusb-1.0-0 (>= 2:1.0.26)" ;;
      libqrencode.so.4) echo "libqrencode4" ;;
      libzbar.so.0) echo "libzbar0" ;;
      libswift* | libFoundation* | lib_FoundationICU.so | libdispatch.so | libBlocksRuntime.so)
        # No package of Debian has the Swift runtime. Only a test of the package itself may do without it.
        [ "${ALMD_PACKAGE_WITHOUT_RUNTIME:-}" = yes ] || {
          echo "error: the programs need the Swift runtime ($library), which a package can't ask for" >&2
          echo "hint: make deb without PROGRAMS builds them with the runtime in them; or --static-swift-stdlib" >&2
          exit 1
        }
        ;;
      *) echo "error: no Debian package is known for $library; name it in systemd/debian/build.sh" >&2; exit 1 ;;
    esac
  done | sort -u
}
libraries=$(depends)

cat > "$root/DEBIAN/control" <<CONTROL
Package: almd
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Section: admin
Priority: optional
Depends: $(echo "$libraries" | paste -sd, | sed 's/,/, /g'), systemd (>= 252), udev
Recommends: zbar-tools
Installed-Size: $(du -ks --apparent-size "$root" | cut -f1)
Description: licence manager with USB dongles and offline transfer of keys
 The daemon almd holds licence keys for the software on this machine, finds USB
 licence keys (dongles) and answers on a Unix socket. With almctl a person lists
 keys, moves them to and from dongles, and transfers them by three short codes
 to a machine that no network reaches.
 .
 almdongle makes dongles, almvendor makes and issues licence keys.
CONTROL
echo /etc/almd/almd.toml > "$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "systemd/debian/$script" "$root/DEBIAN/$script"; done

{
  echo "almd ($version) stable; urgency=medium"
  echo
  echo "  * See CHANGELOG.md.gz."
  echo
  echo " -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n > "$root$documents/changelog.gz"
gzip -9n "$root$documents/CHANGELOG.md"
chmod 644 "$root$documents"/*.gz
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"

package=$output/almd_${version}_$architecture.deb
dpkg-deb --root-owner-group -Z"$compression" --build "$root" "$package" >/dev/null
echo "$package"
