"""Two machines and a dongle of real programs, on disks that are put back from a copy, and what has to hold on them."""
import json
import os
import pathlib
import shutil
import subprocess
import threading

PATIENCE = 60
# As CDisk numbers them.
FAULTS = {"kill": "1", "EIO": "3", "ENOSPC": "4", "short": "5", "gone": "6", "full": "7"}


class Broken(Exception):
    """Something that must not be."""


class Machine:
    """A daemon with its store, in `root/name`, and maybe a dongle of `almdongle` beside it."""

    def __init__(self, world, name):
        self.world, self.name, self.folder = world, name, world.root / name
        self.processes, self.changed = {}, threading.Condition()

    def start(self, fault=None):
        """Starts the daemon; False where it did not live to be ready."""
        for name in ("almd.sock", "bus.sock"):
            (self.folder / name).unlink(missing_ok=True)
        return self.spawn("almd", [
            "--state", self.folder / "store", "--socket", self.folder / "almd.sock", "--bus", self.folder / "bus.sock",
            "--vendors", self.world.root / "vendors", "--no-usb"], fault).said(" ready")

    def plug(self, fault=None):
        """Plugs the dongle in; False where its process, or the daemon, did not live to say what it makes of it."""
        dongle = self.spawn("almdongle", ["plug", self.world.dongle, "--bus", self.folder / "bus.sock"], fault)
        return dongle.said("plugged in") and self.processes["almd"].said("mounted", "came back older", until=dongle)

    def spawn(self, program, arguments, fault):
        self.processes[program] = Running(
            self.world, f"{self.name}-{program}", program, arguments, fault, self.changed)
        return self.processes[program]

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

    def tell(self, *arguments):
        """Runs a command that has to succeed."""
        status, output = self.almctl(*arguments)
        if status != 0:
            raise Broken(f"{self.name}: almctl {' '.join(map(str, arguments))}: {output.strip()}")
        return output

    def ask(self, *arguments):
        return json.loads(self.tell(*arguments, "--json"))


class Running:
    """A process of the world, to which something may happen at a call of its own.

    Those of one machine share what tells of a change in any of them."""

    def __init__(self, world, label, program, arguments, fault=None, changed=None):
        self.lines, self.changed, self.ended = [], changed or threading.Condition(), False
        self.log = world.root / f"{label}.calls"
        self.process = subprocess.Popen(
            [world.bin / program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", cwd=world.root,
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

    def said(self, *words, until=None):
        """Waits until it says one of these words; False where it, or the process `until`, ends without."""
        def found():
            return any(word in line for line in self.lines for word in words)

        with self.changed:
            if not self.changed.wait_for(lambda: self.ended or (until and until.ended) or found(), PATIENCE):
                raise Broken(f"{self.process.args[0]} never said {words}: {''.join(self.lines)}")
            return found()

    def wait(self):
        """How it ends, which it does by itself: its status and all that it said."""
        return self.process.wait(PATIENCE), self.all_said()

    def all_said(self):
        """All that it said, once it ended."""
        self.reader.join()
        return "".join(self.lines)

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
    """A source (the vendor's own store), a target, a place that a store may be moved to, and a dongle."""

    def __init__(self, root, bin, preload):
        self.root, self.bin, self.preload = root, bin, preload
        self.source, self.target, self.new = Machine(self, "s"), Machine(self, "t"), Machine(self, "n")
        self.dongle = root / "d" / "4711.dongle"

    def machines(self):
        """Those that are in use."""
        return [self.source, self.target] + ([self.new] if (self.new.folder / "store").exists() else [])

    def environment(self, more=None):
        return dict(
            os.environ, LD_PRELOAD=str(self.preload), CDISK_UNDER=str(self.root), CDISK_NAMES="1", **(more or {}))

    def make(self):
        for name in ("s", "t", "n", "d", "vendors"):
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
        self.run("almdongle", "create", self.dongle, "--serial", "4711")

    def run(self, program, *arguments):
        """Runs a program that has to succeed."""
        status, output = Running(self, program, program, arguments).wait()
        if status != 0:
            raise Broken(f"{program}: {output}")

    def put(self, template):
        """Puts back what was there."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(template, self.root, symlinks=True)

    def keep(self, template):
        """Copies what is there now."""
        shutil.copytree(self.root, template, symlinks=True, ignore=shutil.ignore_patterns("*.sock", "*.calls"))

    def stop(self):
        for machine in (self.source, self.target, self.new):
            machine.stop()

    def look(self, licences):
        """Everything that the machines and the dongle tell, once the law was found to hold."""
        keys, transfers = [], []
        for machine in self.machines():
            for key in machine.ask("list"):
                if key["state"] == "LOCKED":
                    raise Broken(f"{key['licence']} is LOCKED: {key.get('problem')}")
                keys.append((key["licence"], machine.name, key["location"]))
            transfers += [(machine.name, one) for one in machine.ask("transfers", "--all") if one["present"]]
        for licence in licences:
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
