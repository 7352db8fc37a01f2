#!/usr/bin/env python3
"""programs.py BIN [--every N] [--fault NAME] [STEP…]   kills the real programs at each call that changes their disk

Each thing that `almctl` can have changed is done once undisturbed, to count the calls that `almd` (or `almdongle`, for the
moves to and from a dongle) makes to change what is on its disk, the opening of its store included. Then it is done
again for each of them, on the same disk, with the process killed (SIGKILL) just before that call. Everything is started anew,
and these have to hold:

  * nothing is LOCKED, and for every licence: vaults that hold it + released records whose request is open or declined = 1;
  * the same command, given again, succeeds, and everything is as it is without the kill.

With --fault EIO or ENOSPC the call fails instead. Then `almctl` says that the disk failed, or what it was asked for was done,
and a daemon that ends does so by itself, with exit status 1 and the same words in its log.

With --every N it is each Nth call only. Stores are put back from a copy; CDisk, preloaded, lets them take the copy for the
place that they were made in. Its calls stand before the C library's, so every process is killed where it says."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 60
# As CDisk numbers them.
FAULTS = {"kill": "1", "EIO": "3", "ENOSPC": "4"}
DISK_FAILED = "the disk failed under"


class Broken(Exception):
    """Something that must not be."""


class Machine:
    """A daemon with its store, in `root/name`, and maybe a dongle of `almdongle` beside it."""

    def __init__(self, world, name):
        self.world, self.name, self.folder = world, name, world.root / name
        self.processes = {}

    def start(self, fault=None):
        """Starts the daemon; False where it did not live to be ready."""
        for name in ("almd.sock", "bus.sock"):
            (self.folder / name).unlink(missing_ok=True)
        return self.spawn("almd", [
            "--state", self.folder / "store", "--socket", self.folder / "almd.sock", "--bus", self.folder / "bus.sock",
            "--vendors", self.world.root / "vendors", "--no-usb"], " ready", fault)

    def plug(self, fault=None):
        """Plugs the dongle in; False where its process did not live to be mounted."""
        vault = self.world.root / "d" / "4711.dongle"
        if not self.spawn("almdongle", ["plug", vault, "--bus", self.folder / "bus.sock"], "plugged in", fault):
            return False
        return self.processes["almd"].said("mounted")

    def spawn(self, program, arguments, word, fault):
        process = self.processes[program] = Running(self.world, program, arguments, fault)
        return process.said(word)

    def stop(self):
        for process in reversed(list(self.processes.values())):
            process.end()
        self.processes = {}

    def almctl(self, *arguments):
        """Runs a command; its exit status and output."""
        done = subprocess.run(
            [self.world.bin / "almctl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=PATIENCE, cwd=self.world.root, env=dict(os.environ, ALMD_SOCKET=str(self.folder / "almd.sock")))
        return done.returncode, done.stdout + done.stderr

    def ask(self, *arguments):
        status, output = self.almctl(*arguments, "--json")
        if status != 0:
            raise Broken(f"{self.name}: almctl {' '.join(arguments)}: {output.strip()}")
        return json.loads(output)


class Running:
    """A process of the world, which may be killed at a call of its own."""

    def __init__(self, world, program, arguments, fault):
        self.lines, self.changed, self.ended = [], threading.Condition(), False
        self.log = world.root / f"{program}.calls"
        self.process = subprocess.Popen(
            [world.bin / program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
            env=world.environment(dict(CDISK_LOG=str(self.log), **(fault or {}))))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def said(self, word):
        """Waits until it says a word; False where it ends without."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.ended or any(word in line for line in self.lines), PATIENCE):
                raise Broken(f"{self.process.args[0]} never said {word!r}: {''.join(self.lines)}")
            return any(word in line for line in self.lines)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class World:
    """A source (the vendor's own store), a target, and a dongle."""

    def __init__(self, root, bin, preload):
        self.root, self.bin, self.preload = root, bin, preload
        self.source, self.target = Machine(self, "s"), Machine(self, "t")

    def environment(self, more=None):
        return dict(
            os.environ, LD_PRELOAD=str(self.preload), CDISK_UNDER=str(self.root), CDISK_NAMES="1", **(more or {}))

    def make(self):
        for name in ("s", "t", "d", "vendors"):
            (self.root / name).mkdir(mode=0o700)
        words = self.root / "passphrase"
        words.write_text("correct horse battery staple\n")
        words.chmod(0o600)
        store = self.root / "s" / "store"
        self.run("almvendor", "init", store, "--name", "Example Automation", "--passphrase-file", words)
        for _ in range(2):
            self.run(
                "almvendor", "mint", store, "--product", "Plant Monitor", "--product-version", "4.2", "--type", "single",
                "--passphrase-file", words)
        shutil.copy(store / "vendor.pub", self.root / "vendors" / "example.pub")
        self.run("almdongle", "create", self.root / "d" / "4711.dongle", "--serial", "4711")

    def run(self, program, *arguments):
        done = subprocess.run(
            [self.bin / program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
            env=self.environment())
        if done.returncode != 0:
            raise Broken(f"{program}: {done.stdout}{done.stderr}")

    def put(self, template):
        """Puts back what was there."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(template, self.root, symlinks=True)

    def stop(self):
        self.source.stop()
        self.target.stop()

    def look(self):
        """Everything that both machines and the dongle tell, once the law was found to hold."""
        keys, transfers = [], []
        for machine in (self.source, self.target):
            for key in machine.ask("list"):
                if key["state"] == "LOCKED":
                    raise Broken(f"{key['licence']} is LOCKED: {key.get('problem')}")
                keys.append((key["licence"], machine.name, key["location"]))
            transfers += [(machine.name, one) for one in machine.ask("transfers", "--all") if one["present"]]
        for licence in LICENCES:
            held = sum(key[0] == licence for key in keys)
            travelling = sum(
                any(self.answers(other, one) for _, other in transfers)
                for _, one in transfers if one["licence"] == licence and one["state"] == "RELEASED")
            if held + travelling != 1:
                raise Broken(f"the law: {licence} is held {held} times and travels {travelling} times: {transfers}")
        return sorted(keys), sorted(
            (name, one["location"], one["role"], one["state"], one["transfer"]) for name, one in transfers)

    @staticmethod
    def answers(request, released):
        return (request["role"] == "target" and request["state"] in ("OPEN", "DECLINED")
                and request["transfer"] == released["transfer"] and request["fingerprint"] == released["fingerprint"])


LICENCES = []


class Step:
    """A command on one of the machines, and the process that is killed while it is carried out."""

    def __init__(self, name, after, machine, command, kills="almd", plugged=False):
        self.name, self.after, self.machine, self.command = name, after, machine, command
        self.kills, self.plugged = kills, plugged

    def arguments(self, root, transfer):
        return [word.format(root=root, licence=LICENCES[0], transfer=transfer) for word in self.command]

    def begin(self, world, fault=None):
        """Starts everything, with a fault in the process that is to be killed; what was lost at once is let be."""
        machine = getattr(world, self.machine)
        other = world.target if machine is world.source else world.source
        other.start()
        if machine.start(fault if self.kills == "almd" else None) and self.plugged:
            machine.plug(fault if self.kills == "almdongle" else None)
        return machine


OFFLINE = "offline-transfer"
STEPS = [
    Step("start", None, "source", [OFFLINE, "start", "{licence}", "--output", "{root}/start.aut"]),
    Step("start-anew", "start", "source", [OFFLINE, "start", "{licence}", "--new", "--output", "{root}/anew.aut"]),
    Step("cancel", "start", "source", [OFFLINE, "cancel", "{transfer}"]),
    Step("request", "start", "target",
         [OFFLINE, "request", "--input", "{root}/start.aut", "--to", "local", "--output", "{root}/request.aut"]),
    Step("activation", "request", "source",
         [OFFLINE, "activation", "--input", "{root}/request.aut", "--yes", "--output", "{root}/activation.aut"]),
    Step("activate", "activation", "target", [OFFLINE, "activate", "--input", "{root}/activation.aut"]),
    Step("receipt", "activate", "target", [OFFLINE, "receipt", "{transfer}", "--output", "{root}/receipt.aut"]),
    Step("settle", "receipt", "source", [OFFLINE, "settle", "--input", "{root}/receipt.aut"]),
    Step("decline", "activation", "target", [OFFLINE, "decline", "{transfer}", "--output", "{root}/return.aut"]),
    Step("reclaim", "decline", "source", [OFFLINE, "reclaim", "--input", "{root}/return.aut"]),
    Step("close", "activate", "source", ["transfers", "close", "{transfer}", "--without-receipt", "--yes"]),
    Step("move-to-dongle", None, "source", ["move", "{licence}", "--to", "usb:4711"], plugged=True),
    Step("move-to-dongle, almdongle", None, "source", ["move", "{licence}", "--to", "usb:4711"], "almdongle", True),
    Step("move-from-dongle", "move-to-dongle", "source", ["move", "{licence}", "--to", "local"], plugged=True),
    Step("move-from-dongle, almdongle", "move-to-dongle", "source", ["move", "{licence}", "--to", "local"], "almdongle",
         True),
]


def transfer_of(world):
    for one in world.source.ask("transfers", "--all"):
        if one["licence"] == LICENCES[0]:
            return one["transfer"]
    return ""


def undisturbed(step, world):
    """Does a step as it should go; the name of its transfer, what is there afterwards, and the calls that were made."""
    machine = step.begin(world)
    name = transfer_of(world)
    status, output = machine.almctl(*step.arguments(world.root, name))
    if status != 0:
        raise Broken(f"{step.name}, undisturbed: {output}")
    found = world.look()
    calls = machine.processes[step.kills].log.read_text().splitlines()
    world.stop()
    return name, found, calls


def comparable(found):
    """What has to be the same whether or not something was killed in between: where the keys are, and the state of each
    transfer. A transfer that begins only now has another name each time, and one more start code may have been withdrawn."""
    keys, transfers = found
    return keys, sorted(one[:4] for one in transfers if one[3] != "WITHDRAWN")


def failed(machine, step, said):
    """What is wrong with how a daemon met a disk that failed, given what `almctl` said: its status and output."""
    process = machine.processes["almd"]
    told = said is not None and said[0] != 0
    if told and DISK_FAILED not in said[1] and "ended the connection" not in said[1]:
        raise Broken(f"almctl says of a disk that failed: {said[1].strip()}")
    if not told and not process.ended:
        # What the failing call was for is not needed, as the writing of its own number into the lock.
        return
    status = process.process.wait(PATIENCE)
    process.reader.join()
    if status != 1 or not any(DISK_FAILED in line for line in process.lines):
        raise Broken(f"the daemon ended with {status}: {''.join(process.lines)}")


def stopped(step, world, template, name, wanted, point, fault):
    """The step with a fault at one call; what is wrong, or None."""
    world.put(template)
    try:
        machine = step.begin(world, {"CDISK_FAULT": FAULTS[fault], "CDISK_AT": str(point)})
        process, said = machine.processes.get(step.kills), None
        if process is not None and "almd" in machine.processes and not machine.processes["almd"].ended:
            said = machine.almctl(*step.arguments(world.root, name))
        if fault != "kill":
            failed(machine, step, said)
        elif process is None or process.process.wait(PATIENCE) != -9:
            raise Broken(f"the process was not killed there: {process and process.process.poll()}")
        world.stop()
        machine = step.begin(world)
        _, known = world.look()
        status, output = machine.almctl(*step.arguments(world.root, name))
        # A step that was done, whatever the failing call was for, may have been the last of its kind.
        if status != 0 and (fault == "kill" or said is None or said[0] != 0):
            raise Broken(f"the same command again: {output.strip()}")
        found = world.look()
        if comparable(found) != comparable(wanted):
            raise Broken(f"otherwise than undisturbed: {found}, not {wanted}")
        if lost := {one[4] for one in known} - {one[4] for one in found[1]}:
            raise Broken(f"forgotten: {lost}")
        return None
    except (Broken, subprocess.TimeoutExpired) as error:
        return str(error)
    finally:
        world.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("steps", nargs="*")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fault", choices=sorted(FAULTS), default="kill")
    options = parser.parse_args()
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
    first = worlds[0]
    first.make()
    templates = {None: base / "template"}
    shutil.copytree(first.root, templates[None], symlinks=True)
    first.source.start()
    LICENCES.extend(sorted(key["licence"] for key in first.source.ask("list")))
    first.source.stop()
    points = runs = broken = 0
    for step in STEPS:
        first.put(templates[step.after])
        name, wanted, calls = undisturbed(step, first)
        templates[step.name] = base / f"after-{len(templates)}"
        shutil.copytree(first.root, templates[step.name], symlinks=True, ignore=shutil.ignore_patterns("*.sock", "*.calls"))
        if options.steps and step.name not in options.steps:
            continue
        # How almdongle meets a failing disk is told by the daemon, in words of the cable's.
        if options.fault != "kill" and step.kills != "almd":
            continue
        chosen = list(range(1, len(calls) + 1, options.every))
        free = list(worlds)
        lock = threading.Lock()

        def one(point):
            with lock:
                world = free.pop()
            try:
                return stopped(step, world, templates[step.after], name, wanted, point, options.fault)
            finally:
                with lock:
                    free.append(world)

        with concurrent.futures.ThreadPoolExecutor(len(worlds)) as pool:
            problems = [(point, found) for point, found in zip(chosen, pool.map(one, chosen)) if found]
        print(f"  {step.name}: {len(calls)} calls of {step.kills}, {len(chosen)} times {options.fault}, broken {len(problems)}", flush=True)
        for point, found in problems:
            print(f"broken: {step.name}: {options.fault} at call {point} ({calls[point - 1]}): {found}", flush=True)
        points, runs, broken = points + len(calls), runs + len(chosen), broken + len(problems)
    print(f"programs: points={points} runs={runs} broken={broken}", flush=True)
    return 1 if broken else 0


sys.exit(main())
