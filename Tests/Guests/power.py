#!/usr/bin/env python3
"""power.py BIN [CUTS] [--seed N]   cuts an emulated machine's power while two daemons on its disk transfer keys

The machine (QEMU, Debian's own kernel) has all it needs in its memory, and a disk with ext4, on which two `almd` have their
stores. It is started once, up to where it would look at its disk, and written down as it is there; each power on takes it
up from that, with new random numbers. Clients have the daemons transfer keys, and each answer is a line on the console. At a
random moment QEMU is killed (SIGKILL), so that whatever the guest's kernel had not written is lost. At the next power on,
with the same disk, the kernel replays its journal, the daemons open their stores, and what they have has to be what the
lines on the console said, or further; the law has to hold, as in `CrashBench/load.py`, whose rules these are. The last time
all transfers are brought to their end.

What the guest gave its disk stays: of a disk that itself loses what it had not made durable, `CrashBench images` is the test.
The seed, which is printed, gives the same choices, not the same moments. Exit status: 0 nothing broken, 1 something, 69 the
machine can't be had here."""
import argparse
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "CrashBench"))
import load  # noqa: E402

PATIENCE = 600
MOST_ANSWERS = 12
TOOLS = ["qemu-system-x86_64", "busybox", "cpio", "modprobe", "mkfs.ext4", "strip"]


def unavailable(why):
    print(f"no guest: {why}", file=sys.stderr)
    sys.exit(69)


class Guest:
    """The machine, from power on to power off."""

    def __init__(self, work, kernel, *more):
        version = next((kernel / "lib/modules").iterdir()).name
        self.lines, self.said = queue.Queue(), []
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "qemu64", "-m", "1024", "-smp", "1",
             "-display", "none", "-nodefaults", "-no-reboot", "-serial", "stdio",
             "-drive", f"file={work / 'disk'},if=virtio,format=raw",
             "-kernel", kernel / "boot" / f"vmlinuz-{version}", "-initrd", work / "initramfs", "-append",
             f"console=ttyS0 quiet panic=-1 mitigations=off -- {HERE}/power-guest.py", *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self.read, daemon=True).start()

    @classmethod
    def frozen(cls, work, kernel):
        """Starts it, and writes down what it is when it waits."""
        monitor = work / "monitor"
        guest = cls(work, kernel, "-monitor", f"unix:{monitor},server=on,wait=off")
        try:
            if guest.next()[0] != "WAITING":
                raise load.Broken(f"the guest did not start: {guest.said[-5:]}")
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(PATIENCE)
                talk.connect(str(monitor))
                # It answers once it is done, and ends.
                talk.sendall(f'migrate "exec:cat >{work}/frozen"\nquit\n'.encode())
                guest.process.wait(PATIENCE)
        finally:
            guest.cut()

    @classmethod
    def thawed(cls, work, kernel, seed, last):
        """The machine that was written down, with random bytes of its own."""
        guest = cls(work, kernel, "-incoming", f"exec:cat {work}/frozen")
        guest.process.stdin.write(f"{seed} {'yes' if last else 'no'} {os.urandom(64).hex()}\n".encode())
        guest.process.stdin.flush()
        return guest

    def read(self):
        for line in self.process.stdout:
            # What is cut off in the middle of a line was not said.
            if line.endswith(b"\n"):
                self.lines.put(line.decode(errors="replace").strip())
        self.lines.put(None)

    def next(self):
        """The next line that is for us, as its word and what it says; None at the end."""
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise load.Broken(f"the guest has nothing to say: {self.said[-5:]}") from None
            if line is None:
                return None, None
            self.said.append(line)
            word, _, rest = line.partition(" ")
            if word == "BROKEN":
                raise load.Broken(rest)
            if word in ("WAITING", "FOUND", "READY", "ANSWERED", "FINISHED"):
                return word, json.loads(rest)

    def cut(self):
        self.process.kill()
        self.process.wait()


def boot(guest, ledger):
    """Reads what the guest finds on its disk, and compares it with what was answered. Gives the word that ended it, and how
    much had changed of which no answer told."""
    found = []
    while True:
        word, value = guest.next()
        if word != "FOUND":
            break
        found.append(value)
    if word is None:
        raise load.Broken(f"the guest did not start: {guest.said[-5:]}")
    listed = {(machine, one["location"], one["transfer"]): one for machine, one, _ in found}
    ledger.compare(listed)
    unanswered = sum(
        place not in ledger.known or ledger.known[place]["state"] != one["state"] for place, one in listed.items())
    for machine, one, code in found:
        ledger.learn(machine, one, code)
    return word, unanswered


def main():
    # As at an interrupt: what was started and made goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("cuts", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for tool in TOOLS:
        if shutil.which(tool) is None:
            unavailable(f"{tool} is missing (make setup installs it)")
    found = subprocess.run([HERE / "kernel.sh"], stdout=subprocess.PIPE, text=True)
    if found.returncode != 0:
        sys.exit(found.returncode)
    kernel, bin = pathlib.Path(found.stdout.strip()), options.bin.resolve()
    if any(sign in f"{HERE}{bin}{kernel}" for sign in " ,"):
        unavailable("a path has a space or a comma in it")
    print(f"  seed {options.seed}", flush=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="almd-power."))
    draw, ledger, guest = random.Random(options.seed), load.Ledger(), None
    cuts = answered = unanswered = broken = 0
    begun = time.monotonic()
    try:
        subprocess.run([HERE / "power-root.sh", kernel, work, bin], check=True)
        subprocess.run(["truncate", "--size=64M", work / "disk"], check=True)
        subprocess.run(["mkfs.ext4", "-q", work / "disk"], check=True)
        Guest.frozen(work, kernel)
        while True:
            last = cuts >= options.cuts
            guest = Guest.thawed(work, kernel, f"{options.seed}/{cuts}", last)
            word, came = boot(guest, ledger)
            unanswered += came
            if last:
                if word != "FINISHED" or guest.next() != (None, None):
                    raise load.Broken(f"not finished: {guest.said[-5:]}")
                break
            ready, answers = time.monotonic(), draw.randint(1, MOST_ANSWERS)
            for _ in range(answers):
                word, value = guest.next()
                if word != "ANSWERED":
                    raise load.Broken(f"the guest ended by itself: {guest.said[-5:]}")
                ledger.learn(*value)
                answered += 1
            # Somewhere within the next step or the one after it, as long as they take in there.
            time.sleep(draw.random() * 2 * (time.monotonic() - ready) / answers)
            guest.cut()
            cuts += 1
            # What was said until then was answered, too.
            while (line := guest.next())[0] is not None:
                ledger.learn(*line[1])
                answered += 1
        if cuts >= 20 and unanswered == 0:
            raise load.Broken("not one cut came between a commit and its answer: this would not see one that is lost")
    except load.Broken as error:
        broken = 1
        print(f"broken: after {cuts} cuts: {error}", flush=True)
    finally:
        if guest is not None:
            guest.cut()
        shutil.rmtree(work, ignore_errors=True)
    print(f"  in {time.monotonic() - begun:.0f} s: {answered} steps answered, {unanswered} changes found that no answer told of")
    print(f"power: cuts={cuts} broken={broken} seed={options.seed}", flush=True)
    return 1 if broken else 0


sys.exit(main())
