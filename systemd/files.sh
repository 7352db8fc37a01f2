# What `make install` installs and `make uninstall` takes away, for both scripts: sets the folders below PREFIX, and the
# list of files as "MODE SOURCE TARGET" lines. SOURCE is relative to the repository, or to the folder of the programs
# where it begins with "@". Usage: . systemd/files.sh PREFIX

prefix=${1%/}
bin=$prefix/bin
units=$prefix/lib/systemd/system
documents=$prefix/share/doc/almd
completions=$prefix/share/bash-completion/completions
programs=(almd almctl almdongle almvendor)

files() {
  local program unit
  for program in "${programs[@]}"; do echo "755 @$program $bin/$program"; done
  for unit in systemd/*.service systemd/*.socket; do echo "644 $unit $units/$(basename "$unit")"; done
  echo "644 udev/60-almd.rules $prefix/lib/udev/rules.d/60-almd.rules"
  echo "644 systemd/almd.sysusers $prefix/lib/sysusers.d/almd.conf"
  local document
  for document in README.md CHANGELOG.md SECURITY.md; do echo "644 $document $documents/$document"; done
  echo "644 systemd/debian/copyright $documents/copyright"
}
