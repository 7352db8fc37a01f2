#!/usr/bin/env python3
"""power-guest.py BIN SEED LAST   two machines' daemons on a disk whose power is cut; see power.py

Opens what is there, checks it, says what it found, and has clients transfer keys until the power is cut; with LAST yes it
brings all transfers to their end instead. What it says are lines of a word and JSON."""
import json
import os
import pathlib
import sys
import threading
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "CrashBench"))
import load  # noqa: E402

CLIENTS = 2
# Emulated, and beside whatever else its host does.
load.PATIENCE = 600
speaking = threading.Lock()


def say(word, value=None):
    with speaking:
        print(word, json.dumps(value), flush=True)


def main():
    bin, seed, last = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "yes"
    root = pathlib.Path("/run/disk/world")
    world = load.World(root, bin, "ab", has_dongle=False)
    if not (root / "made").exists():
        world.make()
        (root / "made").touch()
        os.sync()
    world.start()
    world.check()
    for place, one in world.known.items():
        say("FOUND", [place[0], one, world.codes.get((*place, one["state"]), ())])
    if last:
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
