#!/usr/bin/env python3
"""power-guest.py   two machines' daemons on a disk whose power is cut; see power.py

Says that it waits, which is when the machine is written down: it has not looked at its disk then. Taken up again it is given
a line with a seed, whether this is the last time (yes or no), and random bytes. It mounts the disk, opens what is there,
checks it, says what it found, and has clients transfer keys until the power is cut; the last time it brings all transfers
to their end instead. What it says are lines of a word and JSON."""
import fcntl
import json
import os
import pathlib
import struct
import subprocess
import sys
import threading
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "CrashBench"))
import load  # noqa: E402

BIN = pathlib.Path("/bin")
DISK = pathlib.Path("/run/disk")
# Of <linux/random.h>: bytes that count as random, and to draw anew from now on.
RNDADDENTROPY, RNDRESEEDCRNG = 0x40085203, 0x5207
CLIENTS = 2
# Emulated, and beside whatever else its host does.
load.PATIENCE = 600
speaking = threading.Lock()


def say(word, value=None):
    with speaking:
        print(word, json.dumps(value), flush=True)


def draw_from(bytes):
    """Makes this another machine than those that were taken up from the same state: it draws other numbers."""
    with open("/dev/urandom", "wb") as random:
        fcntl.ioctl(random, RNDADDENTROPY, struct.pack("ii", len(bytes) * 8, len(bytes)) + bytes)
        fcntl.ioctl(random, RNDRESEEDCRNG)


def busybox(*words):
    subprocess.run([BIN / "busybox", *words], check=True)


def main():
    say("WAITING")
    seed, last, drawn = sys.stdin.readline().split()
    draw_from(bytes.fromhex(drawn))
    busybox("insmod", "/lib/virtio_blk.ko")
    # Barriers, and the journal, as they are without options.
    DISK.mkdir()
    busybox("mount", "-t", "ext4", "/dev/vda", DISK)
    root = DISK / "world"
    world = load.World(root, BIN, "ab", has_dongle=False)
    if not (root / "made").exists():
        world.make()
        (root / "made").touch()
        os.sync()
    world.start()
    world.check()
    for place, one in world.known.items():
        say("FOUND", [place[0], one, world.codes.get((*place, one["state"]), ())])
    if last == "yes":
        world.finish()
        say("FINISHED", len(world.known))
        world.stop()
        return
    say("READY")
    clients = load.Clients(world, seed, CLIENTS, lambda machine, one, code: say("ANSWERED", [machine, one, code]))
    clients.go()
    clients.await_calls(1 << 30)
    clients.rest()


try:
    main()
except load.Broken as error:
    say("BROKEN", str(error))
except Exception:
    say("BROKEN", traceback.format_exc())
