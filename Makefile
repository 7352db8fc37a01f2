# make demo   installs what is missing, builds, runs the main job and shows every step
# make test   the same set-up, then all tests
# make second-implementation   reads and writes all vectors with a program in Python, written from the articles alone
# make idle   measures for a minute what the daemon does while nothing happens
# make threads   the USB side under the thread sanitizer
# make sanitize  all tests under the address sanitizer, then under the thread sanitizer; TESTS=… for a part of them
#
# make places                              the store on ext4, xfs, btrfs and in memory: what opens, what is LOCKED
# make guests                              the programs on Debian's own kernel, as often as it takes to be sure
#
# make install [DESTDIR=…] [PREFIX=/usr]   builds the programs for use and installs them
# make uninstall                           takes them away again; stores and configuration stay
# make deb                                 a Debian package, in .build-deb
# make system-guest                        installs, uses, upgrades and removes it on a whole Debian, in QEMU
#
# make bench-codes                         how long it takes to read codes, beside bare limits
# make soak-codes [CORRUPTIONS=10000000]   corrupts codes at random; none may be taken for another
# make soak-faults                         every small fault in every line; each is put right and reported, or refused
#
# make fuzz [SECONDS=60] [FUZZERS="FuzzHost …"] [SEED=…]   fuzzes what reads bytes from outside, each for that long
# make fuzz-selftest                              builds faults in, which the fuzzers have to find
#
# make simulate [STEPS=1000000] [DISK_STEPS=50000] [SEED=…]   never two, never none: random transfers and accidents
# make mutants [MUTANTS="NAME …"]                             builds faults in, which the simulation has to find
# make model [MUTANTS="NAME …"]                               searches all worlds of a model of the transfer, within bounds
# make crashes                             the store, stopped and failing at each call that changes its disk, and cut from power
# make kills [EVERY=1] [KILL_STEPS="…"]    the real programs killed at each call that changes their disks
# make disk-faults [EVERY=1] [KILL_STEPS="…"]   the same, with a disk that fails there, or is full
# make hostile   a daemon among clients that mean harm
# make load [KILLS=500] [SEED=…]           real daemons killed at random moments while they work
# make power-cuts [CUTS=20] [SEED=…]       an emulated machine's power cut while keys are transferred on it
# make guarantees                          all of what shows that the promises hold; writes the table in SECURITY.md
# make soak                                                   what takes hours: ten times the simulation, larger models, all kills, codes
#
# The set-up needs Debian 12 and Swift 6.3 on the PATH; everything else it installs itself. `make install` and `make deb`
# install no more than the programs are built with, and on a system without dpkg nothing: they name what is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: setup build build-tests demo test second-implementation idle format lint clean fuzz fuzz-programs fuzz-selftest
.PHONY: threads seen-locks sanitize sanitize-address sanitize-thread
.PHONY: programs install uninstall deb guests system-guest code-bench bench-codes soak-codes soak-faults
.PHONY: places simulate simulator mutants soak soak-simulation model soak-model
.PHONY: crashes crash-bench hostile release-daemon kills disk-faults load power-cuts soak-kills soak-load soak-power-cuts soak-fuzz guarantees

BIN := .build/debug
# What building the programs takes, and what all else takes beside it.
BUILD_PACKAGES := binutils libqrencode-dev libsqlite3-dev libusb-1.0-0-dev pkg-config
PACKAGES := $(BUILD_PACKAGES) btrfs-progs busybox-static chromium-headless-shell cpio debootstrap e2fsprogs \
	imagemagick kmod libumockdev-dev python3 python3-pip qemu-system-x86 rsync strace systemd udev umockdev xfsprogs zbar-tools
# What the manifest looks for itself; here so that SwiftPM reads the manifest anew once it is installed.
export ALMD_UMOCKDEV = $(shell test -e /usr/include/umockdev-1.0/umockdev.h && echo yes)
export ALMD_PYTHON_VARLINK ?= $(CURDIR)/.build/python-varlink
export ALMD_PYTHON_CRYPTOGRAPHY ?= $(CURDIR)/.build/python-cryptography

setup:
	@systemd/prerequisites.sh "building and testing" $(PACKAGES)
	@[ -d "$$ALMD_PYTHON_VARLINK/varlink" ] || \
	  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
	    --target "$$ALMD_PYTHON_VARLINK" varlink==31.0.0
	@[ -d "$$ALMD_PYTHON_CRYPTOGRAPHY/cryptography" ] || \
	  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
	    --target "$$ALMD_PYTHON_CRYPTOGRAPHY" cryptography==48.0.0

build: setup
	swift build

build-tests: setup
	swift build --build-tests

demo: build
	@Tests/Demo/demo.sh $(BIN)

# One test after the other: side by side, those that compute keep those that wait for a daemon from their turn. Signals end
# what they end, also where nohup or a service manager has them ignored: tests send some.
test: setup
	env --default-signal=HUP,INT,QUIT,PIPE swift test --no-parallel

second-implementation: setup
	PYTHONPATH="$$ALMD_PYTHON_CRYPTOGRAPHY" python3 -B Tests/SecondImplementation/vectors.py Fixtures

# In an emulated machine: 40 dongles plugged in by way of vhci_hcd, 20 by way of FunctionFS. With the programs for use,
# since the time from plugging in to listing is measured there.
guests: setup programs
	$(BUILD_FOR_USE) --product USBIPDongle
	ALMD_GUEST_TIMEOUT=3600 Tests/Guests/tiny.sh "$(PROGRAMS)" bare:20 vhci:40 functionfs:20 survive:3 transfer

# The reader of transfer codes in a release build: medians beside bare limits; every small fault in every line, and random
# corruptions of which none may be accepted wrongly (CORRUPTIONS=…, SEED=…; the seed is printed).
CODE_BENCH = $(ALMD_SIMULATION_BUILD)/release/CodeBench
CORRUPTIONS ?= 10000000
code-bench: setup
	swift build --configuration release --product CodeBench --scratch-path $(ALMD_SIMULATION_BUILD)

bench-codes: code-bench
	$(CODE_BENCH) bench

soak-codes: code-bench
	$(CODE_BENCH) soak $(CORRUPTIONS) $(if $(filter file,$(origin SEED)),,$(SEED))

soak-faults: code-bench
	$(CODE_BENCH) faults

# FuzzHost and FuzzDevice are the two ends of a dongle's cable.
FUZZERS ?= FuzzHost FuzzDevice FuzzText FuzzCodes FuzzInput FuzzCertificate FuzzMessages FuzzConfiguration
SECONDS ?= 60
fuzz: fuzz-programs
	@Tests/Fuzz/fuzz.sh $(SECONDS) $(FUZZERS)

fuzz-programs: setup
	ALMD_FUZZ=Sources swift build --configuration release --scratch-path .build-fuzz

fuzz-selftest: setup
	@Tests/Fuzz/selftest.sh

# Three stores and two dongles in one process: in memory, on disks that crash, and with backups that are written back. A run
# that breaks the law prints the shortest script that does. The same SEED is the same run.
# The build is beside the fuzzers', so that what both need of other packages is built once.
STEPS ?= 1000000
DISK_STEPS ?= 50000
SEED ?= 20260301
export ALMD_SIMULATION_BUILD ?= .build-fuzz
simulate: simulator
	@Tests/Simulation/simulate.sh $(STEPS) $(DISK_STEPS) $(SEED)

simulator: setup
	swift build --configuration release --product Simulate --scratch-path $(ALMD_SIMULATION_BUILD)

mutants: setup
	@Tests/Simulation/mutants.py $(MUTANTS)

# The rules in Python, all worlds of up to three stores, offers and requests, and the table that the Swift rules are
# compared with. ALM_WRITE_VECTORS=1 writes the table.
model: setup
	@python3 -B Tests/Model/model.py $(MUTANTS)

soak-model: setup
	@python3 -B Tests/Model/model.py --soak

# The real store in processes of their own: a fault at each call, a second kill while the first is put in order, every image
# of the disk after a power cut; and what weaker settings lose, to show that the images see it.
CRASH_BENCH := $(ALMD_SIMULATION_BUILD)/release/CrashBench
crashes: crash-bench
	$(CRASH_BENCH) kills
	$(CRASH_BENCH) twice
	$(CRASH_BENCH) images
	$(CRASH_BENCH) cuts-after-kills
	$(CRASH_BENCH) images DELETE EXTRA LOSES=0
	$(CRASH_BENCH) images DELETE FULL LOSES=1
	$(CRASH_BENCH) images WAL NORMAL LOSES=100

crash-bench: setup
	swift build --configuration release --product CrashBench --scratch-path $(ALMD_SIMULATION_BUILD)

# A daemon among clients that mean harm.
release-daemon: setup
	swift build --configuration release --product almd --scratch-path $(ALMD_SIMULATION_BUILD)

hostile: release-daemon
	@Tests/HostileClients/hostile.py $(ALMD_SIMULATION_BUILD)/release 10000

# almd and almdongle, killed while almctl has them do each thing that they can do. With EVERY=10 at each tenth call only.
EVERY ?= 1
kills: build
	@Tests/CrashBench/programs.py $(BIN) --every $(EVERY) $(KILL_STEPS)

# The same calls, of which one or all from there on fail, or write half of what they should.
DISK_FAULTS := EIO ENOSPC short gone full
disk-faults: build
	@Tests/CrashBench/programs.py $(BIN) --every $(EVERY) $(DISK_FAULTS:%=--fault %) $(KILL_STEPS)

# Three almd and a dongle, killed at random while clients transfer keys. A seed that is not given is drawn; both are printed.
KILLS ?= 500
load: build
	@Tests/CrashBench/load.py $(BIN) $(KILLS) $(if $(filter file,$(origin SEED)),,--seed $(SEED))

# In QEMU, which is killed; the stores are on a disk of its own.
CUTS ?= 20
power-cuts: build
	@Tests/Guests/power.py $(BIN) $(CUTS) $(if $(filter file,$(origin SEED)),,--seed $(SEED))

# What is promised beside what was reached just now, within 20 minutes on two cores once all is built.
guarantees: build-tests simulator crash-bench code-bench release-daemon fuzz-programs
	@Tests/guarantees.py --write

soak-kills: build
	@Tests/CrashBench/programs.py $(BIN) --fault kill --fault twice
soak-load: build
	@Tests/CrashBench/load.py $(BIN) 10000
soak-power-cuts: build
	@Tests/Guests/power.py $(BIN) 100
soak-fuzz: fuzz-programs
	@Tests/Fuzz/fuzz.sh 600 $(FUZZERS)

soak: soak-simulation soak-model crashes soak-kills disk-faults soak-load soak-power-cuts soak-codes soak-faults
soak: mutants places guests threads sanitize hostile fuzz-selftest soak-fuzz
soak-simulation: simulator
	@Tests/Simulation/simulate.sh $$(($(STEPS) * 10)) $$(($(DISK_STEPS) * 10)) $$(date +%s)

# Mounts the file systems itself, so it asks for root.
places: build-tests
	Tests/Places/places.sh $(BIN)/almdPackageTests.xctest

# What the daemon costs in a minute in which nothing happens, with four dongles mounted.
idle: setup
	ALMD_MEASURE_IDLE=1 swift test --no-parallel --filter MockedBusTests

# The USB side under the thread sanitizer, while dongles are plugged in and pulled out.
threads: setup seen-locks
	$(BUILD_FOR_THREADS) --product PlugStorm
	TSAN_OPTIONS=exitcode=66 .build-tsan/debug/PlugStorm 1000

# All tests, and the programs that they start, under the address sanitizer and under the thread sanitizer, with a build of
# its own for each. What can't be tried so stands in Tests/Sanitizers/left-out.txt. TESTS is a pattern of tests.
sanitize: sanitize-address sanitize-thread

sanitize-address: setup
	swift build --build-tests --sanitize=address --scratch-path .build-asan
	Tests/Sanitizers/sanitize.sh address .build-asan/debug/almdPackageTests.xctest

sanitize-thread: setup seen-locks
	$(BUILD_FOR_THREADS) --build-tests
	Tests/Sanitizers/sanitize.sh thread .build-tsan/debug/almdPackageTests.xctest

# Without SeenLocks the sanitizer takes for a race what the standard library's locks have put in order.
SEEN_LOCKS := $(CURDIR)/.build-tsan/SeenLocks.o
BUILD_FOR_THREADS := swift build --sanitize=thread --scratch-path .build-tsan -Xlinker $(SEEN_LOCKS)
seen-locks:
	mkdir -p .build-tsan
	clang -c -O1 -Wall -Wextra -Werror Tests/Sanitizers/SeenLocks.c -o $(SEEN_LOCKS)

# The package of the programs for use, on a whole Debian with systemd, in an emulated machine.
system-guest: setup programs
	@Tests/Guests/system.sh "$(PROGRAMS)"

format:
	swift format --in-place --recursive Sources Tests Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Package.swift

clean:
	rm -rf .build .build-asan .build-deb .build-fuzz .build-release .build-tsan

# Where `make install` puts things. Units, udev rule and users are looked for under /usr and /usr/local.
DESTDIR ?=
PREFIX ?= /usr

# What is built with other options is built anew from the ground up, so there is one set of them.
BUILD_FOR_USE := swift build --configuration release --scratch-path .build-release --static-swift-stdlib \
	--disable-local-rpath -Xswiftc -no-toolchain-stdlib-rpath

# PROGRAMS names a folder with programs that are there already; without it they are built for use, with the Swift
# libraries in them, so that a machine needs nothing of Swift. One by one: what serves tests can't be built like that.
ifdef PROGRAMS
programs:
else
PROGRAMS := .build-release/release
programs:
	@systemd/prerequisites.sh "building the programs" $(BUILD_PACKAGES)
	for program in almd almctl almdongle almvendor; do \
	  $(BUILD_FOR_USE) --product $$program; done
endif

install: programs
	@systemd/install.sh "$(PROGRAMS)" "$(PREFIX)" "$(DESTDIR)"

uninstall:
	@systemd/uninstall.sh "$(PREFIX)" "$(DESTDIR)"

# Who answers for the package stands in DEBFULLNAME and DEBEMAIL, as for Debian's own tools.
# VERSION is what dpkg compares; a package for trials can be given another one. The package is made in the folder DEB.
VERSION ?= $(shell sed -n 's/.*version = "\(.*\)".*/\1/p' Sources/Control/Release.swift)
DEB ?= .build-deb
COMPRESSION ?= xz
deb: programs
	@systemd/debian/build.sh "$(PROGRAMS)" "$(VERSION)" "$(DEB)" "$(COMPRESSION)"
