#!/usr/bin/env python3
"""programs.py BIN [--every N] [--fault NAME]… [STEP…]   stops the real programs at each call that changes their disk

Each thing that changes the state of a daemon, a store or a dongle (steps.py) is done once undisturbed, to count the calls
that `almd` makes, or `almdongle`, to change what is on its disk, the opening of its store included. Then it is done again
for each of them, on the same disk, and at that call something happens:

  kill    the process is killed (SIGKILL) just before it
  twice   so it is, and the next process is killed while it puts that in order
  EIO     the call fails, once
  ENOSPC  the same, as on a full disk
  short   a write writes its first half, which is no error: nobody notices anything
  gone    the call and all later ones fail
  full    a write writes its first half, and whatever needs room after it fails

A process whose disk fails ends by itself, with exit status 1, and says that the disk failed; so does `almctl`, or what it
was asked for was done. Then everything is started anew on a disk that is well, and these have to hold:

  * nothing is LOCKED, and for every licence: vaults that hold it + released records whose request is open or declined = 1;
  * the same command, given again, succeeds, and everything is as it is without what happened.

With --every N it is each Nth call only, counted through all steps. Stores are put back from a copy; CDisk, preloaded, lets
them take the copy for the place that they were made in. Its calls stand before the C library's, so every process is stopped
where it says."""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
from steps import LICENCES, STEPS, transfer_of  # noqa: E402
from worlds import FAULTS, PATIENCE, Broken, World  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
# What may happen, as --fault has it.
KINDS = ["twice", *FAULTS]
DISK_FAILED = "the disk failed under"
# What `almctl` says where the process that it spoke to is gone, or the dongle of that one.
CUT_OFF = {"almd": "ended the connection", "almdongle": "was pulled out"}
# How many of its first calls the second kill is spread over: a store is put in order by these.
RECOVERY = 16


class NotStruck(Exception):
    """There was less to put in order than to come to the call at which the second process was to be killed."""


class Points:
    """A step as it goes undisturbed: what is before it, the calls that are made, and what is there afterwards."""

    def __init__(self, step, world, before, template):
        """Finds that out in a world. `before` is what is there before the step is prepared, `template` where to keep it once
        it is."""
        world.put(before)
        if step.prepare is not None:
            step.prepare(world)
            world.stop()
        world.keep(template)
        world.source.start()
        self.step, self.template, self.transfer = step, template, transfer_of(world)
        world.stop()
        world.put(template)
        process, (status, output) = step.run(world, self.transfer)
        if status != 0:
            raise Broken(f"{step.name}, undisturbed: {output}")
        if step.kills is not None:
            self.calls = process.log.read_text().splitlines()
            step.begin_to_look(world)
            self.wanted = world.look(LICENCES)
            step.prove(world, self.transfer)
        world.stop()


def comparable(found):
    """What has to be the same whether or not something happened in between: where the keys are, and the state of each
    transfer. A transfer that begins only now has another name each time, and one more start code may have been withdrawn."""
    keys, transfers = found
    return keys, sorted(one[:4] for one in transfers if one[3] != "WITHDRAWN")


def objection(step, fault, process, said):
    """What is wrong with how a process met its fault, given what the command said: its status and output, or None."""
    if fault in ("kill", "twice"):
        if process is None or process.process.wait(PATIENCE) != -9:
            return f"the process was not killed there: {process and process.process.poll()}"
        if step.kills != "itself" and said is not None and said[0] != 0 and CUT_OFF[step.kills] not in said[1]:
            return f"of a process that is gone it is said: {said[1].strip()}"
        return None
    if process is None:
        return "it was not come to"
    told = said is not None and said[0] != 0
    # A dongle's disk is another one than the daemon's, which notes what was done there; `tried` looks that it was.
    is_at_dongle = step.plugged and step.kills == "almd"
    if fault == "gone" and said is not None and said[0] == 0 and not is_at_dongle:
        return "it was done on a disk that failed for good"
    if fault == "short":
        return f"a short write was taken for a failure: {said and said[1].strip()}" if told or said is None else None
    if told and DISK_FAILED not in said[1] and CUT_OFF.get(step.kills, DISK_FAILED) not in said[1]:
        return f"of a disk that failed it is said: {said[1].strip()}"
    # After what can't be noted any more the daemon ends, though the step at the dongle is answered.
    if not told and fault != "gone" and (step.kills == "itself" or said is not None and not process.ended):
        # What the failing call was for is not needed, as the writing of its own number into the lock.
        return None
    status, output = process.process.wait(PATIENCE), process.all_said()
    return None if status == 1 and DISK_FAILED in output else f"it ended with {status}: {output}"


def tried(points, world, fault, point):
    """The step with a fault at one call; what is wrong, or None. Raises NotStruck."""
    step = points.step
    world.put(points.template)
    try:
        kind = "kill" if fault == "twice" else fault
        process, said = step.run(world, points.transfer, {"CDISK_FAULT": FAULTS[kind], "CDISK_AT": str(point)})
        if (wrong := objection(step, fault, process, said)) is not None:
            return wrong
        world.stop()
        if fault == "twice":
            second, _ = step.run(
                world, points.transfer, {"CDISK_FAULT": FAULTS["kill"], "CDISK_AT": str(1 + point % RECOVERY)})
            world.stop()
            if second is None or second.process.returncode != -9:
                raise NotStruck
        step.begin(world)
        before = world.look(LICENCES)
        if said is not None and said[0] == 0:
            if comparable(before) != comparable(points.wanted):
                return f"answered, and lost: {before}, not {points.wanted}"
            if fault == "gone":
                # Before anything is done again, which might mend it.
                step.prove(world, points.transfer)
                return None
        if step.kills == "itself":
            world.stop()
            status, output = step.run(world, points.transfer)[1]
            step.begin_to_look(world)
        else:
            status, output = getattr(world, step.machine).almctl(*step.words(world, points.transfer))
        # A step that was done, whatever the failing call was for, may have been the last of its kind.
        if status != 0 and (fault in ("kill", "twice") or said is None or said[0] != 0):
            return f"the same command again: {output.strip()}"
        found = world.look(LICENCES)
        if comparable(found) != comparable(points.wanted):
            return f"otherwise than undisturbed: {found}, not {points.wanted}"
        if lost := {one[4] for one in before[1]} - {one[4] for one in found[1]}:
            return f"forgotten: {lost}"
        step.prove(world, points.transfer)
        return None
    except (Broken, subprocess.TimeoutExpired) as error:
        return str(error)
    finally:
        world.stop()


def main():
    # As at an interrupt: what was started and made goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("steps", nargs="*")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fault", choices=KINDS, action="append")
    options = parser.parse_intermixed_args()
    if unknown := set(options.steps) - {step.name for step in STEPS}:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    base = pathlib.Path(tempfile.mkdtemp(prefix="almd-kills.", dir=place))
    try:
        return run(options, base)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def run(options, base):
    preload = base / "cdisk.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-I", HERE.parent / "CDisk/include", "-o", preload, HERE.parent / "CDisk/CDisk.c"],
        check=True)
    bin = options.bin.resolve()
    # Every world is in a folder of the same name, so that a process sees the same paths in all of them.
    worlds = [World(base / str(number) / "w", bin, preload) for number in range(options.jobs)]
    for world in worlds:
        world.root.mkdir(parents=True)
    try:
        return go_through(options, base, worlds)
    finally:
        for world in worlds:
            world.stop()


def go_through(options, base, worlds):
    """All steps with all faults; the exit status."""
    first = worlds[0]
    first.make()
    templates = {None: base / "template"}
    first.keep(templates[None])
    first.source.start()
    LICENCES.extend(sorted(key["licence"] for key in first.source.ask("list")))
    first.source.stop()
    tallies = {fault: [0, 0, 0] for fault in options.fault or ["kill"]}
    for step in STEPS:
        points = Points(step, first, templates[step.after], base / f"before-{len(templates)}")
        templates[step.name] = base / f"after-{len(templates)}"
        first.keep(templates[step.name])
        if step.kills is None or options.steps and step.name not in options.steps:
            continue
        for fault, tally in tallies.items():
            found = each(points, fault, worlds, options.every, tally[0])
            tally[:] = [one + more for one, more in zip(tally, found)]
    for fault, tally in tallies.items():
        print("programs {}: points={} runs={} broken={}".format(fault, *tally), flush=True)
    return 1 if any(broken for _, _, broken in tallies.values()) else 0


def each(points, fault, worlds, every, before):
    """The step with a fault at each call, or each Nth, counted from the `before` calls of the steps before it; each fault
    begins elsewhere. How many calls there are, at how many the fault struck, and at how many it is broken."""
    step, calls = points.step, points.calls
    # Nothing but a write can be short.
    all_points = [at for at, call in enumerate(calls, 1) if fault != "short" or call.startswith("write ")]
    shift = before + KINDS.index(fault) * every // len(KINDS)
    chosen = [at for number, at in enumerate(all_points, shift) if number % every == 0]
    free, lock = list(worlds), threading.Lock()

    def one(point):
        with lock:
            world = free.pop()
        try:
            return tried(points, world, fault, point) or ""
        except NotStruck:
            return None
        finally:
            with lock:
                free.append(world)

    with concurrent.futures.ThreadPoolExecutor(len(worlds)) as pool:
        findings = list(zip(chosen, pool.map(one, chosen)))
    struck = sum(found is not None for _, found in findings)
    problems = [(point, found) for point, found in findings if found]
    who = step.command[0] if step.kills == "itself" else step.kills
    print(
        f"  {step.name}: {len(all_points)} calls of {who}, {struck} times {fault}, broken {len(problems)}", flush=True)
    for point, found in problems:
        print(f"broken: {step.name}: {fault} at call {point} ({calls[point - 1]}): {found}", flush=True)
    return len(all_points), struck, len(problems)


sys.exit(main())
