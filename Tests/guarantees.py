#!/usr/bin/env python3
"""guarantees.py [--write] [ROW…]   what is promised, what was asked for, and what a run just now reached

Runs what puts the promises to the test, one after the other, and reads the numbers from what it prints; nothing here is
typed in. A row whose program fails, or that nothing shows, says so. With --write, and all rows, the table in SECURITY.md
is replaced. ROW is the name of a row; `make guarantees` builds what is run here before.

Environment: STEPS, DISK_STEPS, CORRUPTIONS, KILLS and KILLS_EVERY make rows shorter, and the table says what they came to."""
import argparse
import functools
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SECURITY = ROOT / "SECURITY.md"
BEGIN, END = "<!-- guarantees: begin -->", "<!-- guarantees: end -->"
PATIENCE = 1500


class NotShown(Exception):
    """Why a row has no number."""


def run(*command):
    """What a command prints, which has to succeed."""
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", timeout=PATIENCE)
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
        raise NotShown(f"FAILED: {' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout


def number(pattern, text):
    """The sum of the numbers that a pattern finds, which has to find some."""
    found = re.findall(pattern, text, re.MULTILINE)
    if not found:
        raise NotShown("FAILED: the number is not in what was printed")
    return sum(int(one.replace(",", "")) for one in found)


def make(target, *settings):
    if subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True).returncode != 0:
        raise NotShown(f"not shown: there is no make {target}")
    return run("make", target, *settings)


def simulation():
    said = make("simulate", f"STEPS={os.environ.get('STEPS', 1000000)}",
                f"DISK_STEPS={os.environ.get('DISK_STEPS', 50000)}")
    steps = [int(one) for one in re.findall(r"^(\d+) steps in", said, re.MULTILINE)]
    if len(steps) != 3 or said.count("nothing broken") not in (0, 3):
        raise NotShown("FAILED: three runs were expected")
    return "{:,} steps in memory, {:,} on SQLite over a crashing disk, {:,} with backups written back; 0 broken".format(*steps)


def mutants():
    found = re.search(r"^(\d+) of (\d+) mutants caught", make("mutants"), re.MULTILINE)
    if found is None:
        raise NotShown("FAILED: no line of totals")
    return f"{found[1]} of {found[2]} caught"


def crashes(*words):
    return run(ROOT / os.environ.get("CRASH_BENCH", ".build-fuzz/release/CrashBench"), *words)


def faults():
    said = crashes("kills")
    each = re.findall(r"^kills (\S+): points=(\d+) runs=(\d+) broken=(\d+)", said, re.MULTILINE)
    if not each:
        raise NotShown("FAILED: no line of totals")
    return f"{int(each[0][1]):,} calls; " + ", ".join(f"{name} {int(runs):,}" for name, _, runs, _ in each) + \
        f" runs; {sum(int(one[3]) for one in each)} broken"


def twice():
    said = crashes("twice")
    return f"{number(r'^twice: .*runs=([0-9]+)', said):,} runs; {number(r'^twice: .*broken=([0-9]+)', said)} broken"


def programs():
    said = run(ROOT / "Tests/CrashBench/programs.py", ROOT / os.environ.get("PROGRAMS", ".build/debug"),
               "--every", os.environ.get("KILLS_EVERY", "1"))
    found = re.search(r"^programs: points=(\d+) runs=(\d+) broken=(\d+)", said, re.MULTILINE)
    return f"{int(found[2]):,} kills at {int(found[1]):,} calls; {found[3]} broken"


def load():
    said = run(ROOT / "Tests/CrashBench/load.py", ROOT / os.environ.get("PROGRAMS", ".build/debug"),
               os.environ.get("KILLS", "500"))
    found = re.search(
        r"(\d+) steps answered.*; (\d+) committed and not answered;.*^load: kills=(\d+) broken=(\d+) seed=(\d+)", said,
        re.MULTILINE | re.DOTALL)
    if found is None:
        raise NotShown("FAILED: no line of totals")
    answered, unanswered, kills, broken, seed = found.groups()
    return (f"{int(kills):,} kills among {int(answered):,} steps, {int(unanswered):,} times between commit and answer; "
            f"{broken} broken; seed {seed}")


def images():
    said = crashes("images")
    return (f"{number(r'^images .*: images=([0-9]+)', said):,} images; {number(r'^images .* lost=([0-9]+)', said)} lost, "
            f"{number(r'^images .* broken=([0-9]+)', said)} mixed or corrupt")


def weaker():
    said = []
    for journal, synchronous, least in (("DELETE", "FULL", 1), ("WAL", "NORMAL", 100)):
        lost = number(r"^images .* lost=(\d+)", crashes("images", journal, synchronous, f"LOSES={least}"))
        said.append(f"{journal}+{synchronous}: {lost:,} losses seen")
    return "; ".join(said)


def model():
    said = make("model")
    return f"{number(r'^model: ([0-9,]+) worlds, no law broken', said):,} worlds, no law broken"


def codes():
    count = os.environ.get("CORRUPTIONS", "200000")
    said = make("soak-codes", f"CORRUPTIONS={count}")
    if "accepted wrongly" in said.replace("0 accepted wrongly", ""):
        raise NotShown("FAILED: a code was accepted wrongly")
    return f"{number(r'^([0-9]+): ', said):,} corruptions, 0 accepted wrongly"


def tests(*names):
    """A row that is what some tests show, each with its cases."""
    @functools.cache
    def row():
        said = run("swift", "test", "--skip-build", "--no-parallel", "--filter", "|".join(names))
        ended = re.findall(r"Test run with (\d+) tests? in \d+ suites? passed", said)
        if not ended or int(ended[-1]) == 0:
            raise NotShown("FAILED: no test was run")
        skipped = len(re.findall(r"^\S* *Test .* skipped", said, re.MULTILINE))
        if skipped == int(ended[-1]):
            raise NotShown("not shown: all were skipped; the tests say why")
        cases = sum(int(one) for one in re.findall(r"with (\d+) test cases passed", said))
        return f"{ended[-1]} tests" + (f" with {cases:,} cases" if cases else "") + " passed" + \
            (f", {skipped} skipped" if skipped else "")
    return row


# Pull-outs and plugs: one test that runs the suites on a mocked bus.
on_mocked_bus = tests("MockedBusTests")


def nothing(why):
    def row():
        raise NotShown(f"not shown: {why}")
    return row


# Name, promise, number asked for, and what shows it.
ROWS = [
    ("simulation", "never two, never none: random transfers and accidents, the law after each step",
     "1,000,000 steps in memory, 50,000 on SQLite over a crashing disk", simulation),
    ("mutants", "faults that are built into the rules and checks are found", "at least 50, all", mutants),
    ("model", "the rules as a model, every state visited", "3 stores, 3 offers, 3 requests", model),
    ("table", "the code does what the model does, in every state", "every cell", tests("TransitionTableTests")),
    ("faults", "a store killed before and after each call that changes its disk, or that call failing (EIO, ENOSPC, "
     "short write), is as before or as after, history included", "all, about 225", faults),
    ("twice", "the same, and killed again while that is put in order", "all", twice),
    ("programs", "almd or almdongle killed before each such call, under almctl: the law holds, the same command finishes",
     "all", programs),
    ("images", "every image of the disk after a power cut within a commit: nothing mixed, corrupt, or answered and lost",
     "0", images),
    ("weaker", "the images show the losses of weaker settings", "FULL at least 1, WAL+NORMAL at least 100", weaker),
    ("load", "daemons killed at random moments while clients transfer keys: the law holds, and what was answered is there",
     "500, 10,000 in soak", load),
    ("certificates", "changed certificates are refused: every bit, every length, another vendor or object", "all",
     tests("CertificateTests")),
    ("points", "low-order and non-canonical points are refused", "12 encodings", tests("CurvePointTests")),
    ("codes", "no corrupted code is taken for another one", "10,000,000 in soak, 0", codes),
    ("replay", "every kind of code at every state, at the right and at wrong vaults", "every cell",
     tests("ReplayMatrixTests")),
    ("races", "64 clients release two requests for one offer: one wins", "200 rounds",
     tests("ofTwoRequestsLoadedAtOnceExactlyOneWins")),
    ("socket", "hostile input on the socket", "30 cases", tests("VarlinkTests")),
    ("authorisation", "who may do what: every method, everybody who may ask", "the whole matrix",
     tests("AuthorisationTests", "RefusalTests")),
    ("planted", "no planted link, pipe or directory is followed", "0 followed",
     tests("nothingPlanted", "StoreDirectoryTests")),
    ("secrets", "erased secrets are in no file of a store; none is shown", "0", tests("StoreSecretsTests", "ErasureTests")),
    ("core", "a running daemon's memory has no seed, e, K_ret or old key once the step is done", "0",
     tests("IntegrationTests.MemoryTests")),
    ("anchor", "copies and backups open LOCKED; what an administrator does locks nobody out", "a second usable key 0 times",
     tests("PlaceAnchorTests", "AnchoredVaultTests", "FileSystemTests", "CopiesInTurnTests", "CopyTests")),
    ("pulls", "a dongle pulled before, within and after each transfer", "about 150 points",
     on_mocked_bus),
    ("storm", "dongles plugged in and pulled out: no leak", "1,000 plugs", on_mocked_bus),
    ("fuzzing", "no input traps", "60 s for each reader", nothing("run by .ci/run: make fuzz")),
    ("sanitizers", "all tests under the thread and address sanitizers", "clean",
     nothing("make threads is for the USB side alone")),
    ("power", "the QEMU guest's power cut in the middle of transfers", "20", nothing("the images stand in for it")),
]


def table(rows):
    lines = ["| promise | asked for | reached |", "|---|---|---|"]
    return "\n".join(lines + [f"| {promise} | {asked} | {reached} |" for promise, asked, reached in rows]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", choices=[[], *(row[0] for row in ROWS)], metavar="ROW")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    reached, failed = [], False
    for name, promise, asked, show in ROWS:
        if options.rows and name not in options.rows:
            continue
        begun = time.monotonic()
        try:
            result = show()
        except NotShown as error:
            result = str(error)
            failed = failed or result.startswith("FAILED")
        except subprocess.TimeoutExpired:
            result, failed = f"FAILED: not done within {PATIENCE} s", True
        print(f"{name} ({time.monotonic() - begun:.0f} s): {result}", flush=True)
        reached.append((promise, asked, result))
    text = table(reached)
    print(f"\n{text}")
    if options.write and not options.rows:
        old = SECURITY.read_text()
        before, rest = old.split(BEGIN, 1)
        SECURITY.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.split(END, 1)[1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
