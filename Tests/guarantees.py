#!/usr/bin/env python3
"""guarantees.py [--write] [ROW…]   what is promised, what was asked for, and what a run just now reached

Runs what puts the promises to the test, two rows at a time, and reads the numbers from what it prints; nothing here is
typed in. A row whose program fails, that falls short of what is asked for, or that nothing shows, says so. With --write,
where none failed, what was reached is put into the table in SECURITY.md; of a run of some rows the other rows stay, and so
does what is said of the last run of all. ROW is the name of a row; `make guarantees` builds what is run here before.

Environment: STEPS, DISK_STEPS, CORRUPTIONS, KILLS, KILLS_EVERY, DISK_FAULTS_EVERY, CUTS and FUZZ_SECONDS say how much of
it."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SECURITY = ROOT / "SECURITY.md"
BEGIN, END = "<!-- guarantees: begin -->", "<!-- guarantees: end -->"
PATIENCE = 1500
# What makes a run shorter.
SHORTER = {"STEPS", "DISK_STEPS", "CORRUPTIONS", "KILLS", "CUTS", "FUZZ_SECONDS"}
# What a run of all may take on two processors.
ALLOWED = 1200
LANES = 2
printing = threading.Lock()


class NotShown(Exception):
    """Why a row has no number."""


def say(text):
    with printing:
        print(text, flush=True)


class Once:
    """What a body gives, or why it gave nothing; it is run once, when the first one asks."""

    def __init__(self, body):
        self.body, self.lock, self.result, self.error = body, threading.Lock(), None, None

    def __call__(self):
        with self.lock:
            body, self.body = self.body, None
            if body is not None:
                try:
                    self.result = body()
                except Exception as error:
                    self.error = error
        if self.error is not None:
            raise self.error
        return self.result


def run(*command, **more):
    """What a command prints, which has to succeed; with 69 it says that it can't be had here. `more` is for its environment."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **more}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", timeout=PATIENCE)
    if done.returncode == 69:
        raise NotShown(f"not shown: {done.stdout.strip().splitlines()[-1]}")
    if done.returncode != 0:
        say(done.stdout)
        raise NotShown(f"FAILED: {' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout


def numbers(pattern, text):
    """All numbers that a pattern finds, which has to find some."""
    found = re.findall(pattern, text, re.MULTILINE)
    if not found:
        raise NotShown("FAILED: the number is not in what was printed")
    return [int(one.replace(",", "")) for one in found]


def number(pattern, text):
    return sum(numbers(pattern, text))


def at_least(asked, reached):
    """A number that must not fall short."""
    if reached < asked:
        raise NotShown(f"FAILED: {reached:,} of {asked:,}")
    return reached


def none(what, pattern, text):
    """A number that has to be 0, in words."""
    count = number(pattern, text)
    if count != 0:
        raise NotShown(f"FAILED: {count:,} {what}")
    return f"0 {what}"


def short(reached, asked):
    """What to say behind a number that falls short of what was asked for; in a run that was made shorter, it does."""
    return "" if reached >= asked else f" (asked: {asked:,})"


# What `make guarantees` has built by now. Builds of several kinds share one place, and each would begin anew after another.
BUILT = "setup", "build", "build-tests", "simulator", "code-bench", "fuzz-programs"


def make(target, *settings):
    return run("make", "--no-print-directory", *(f"--old-file={one}" for one in BUILT), target, *settings)


def setting(name, usual):
    return int(os.environ.get(name, usual))


def simulation():
    asked = 1_000_000, 50_000, 20_000
    said = make("simulate", f"STEPS={setting('STEPS', asked[0])}", f"DISK_STEPS={setting('DISK_STEPS', asked[1])}")
    steps = numbers(r"^([0-9]+) steps in", said)
    if len(steps) != 3 or said.count("nothing broken") != 3:
        raise NotShown("FAILED: three runs with nothing broken were expected")
    places = "in memory", "on SQLite over a crashing disk", "on it with backups written back"
    return ", ".join(f"{one:,}{short(one, least)} {place}" for one, least, place in zip(steps, asked, places)) + "; nothing broken"


def mutants():
    found = re.search(r"^(\d+) of (\d+) mutants caught", make("mutants"), re.MULTILINE)
    if found is None:
        raise NotShown("FAILED: no line of totals")
    if found[1] != found[2]:
        raise NotShown(f"FAILED: {found[1]} of {found[2]} caught")
    return f"{found[1]} of {found[2]} caught{short(int(found[1]), 50)}"


def crashes(*words):
    return run(ROOT / os.environ.get("CRASH_BENCH", ".build-fuzz/release/CrashBench"), *words)


def faults():
    said = crashes("kills")
    each = re.findall(r"^kills (\S+): points=(\d+) runs=(\d+) broken=", said, re.MULTILINE)
    return f"{at_least(650, number('^kills kill-before: points=([0-9]+)', said)):,} calls; " + \
        ", ".join(f"{name} {int(runs):,}" for name, _, runs in each) + " runs; " + none("broken", "^kills .*broken=([0-9]+)", said) + \
        f"; the files searched {number('^kills .*searched=([0-9]+)', said):,} times"


def twice():
    said = crashes("twice")
    return f"{number('^twice: .*runs=([0-9]+)', said):,} runs; " + none("broken", "^twice: .*broken=([0-9]+)", said)


def at_each_call(every, *faults):
    """What becomes of the real programs, and in which part of all runs that was tried."""
    said = run(
        ROOT / "Tests/CrashBench/programs.py", ROOT / os.environ.get("PROGRAMS", ".build/debug"), "--every", str(every),
        *(word for fault in faults for word in ("--fault", fault)))
    calls = max(numbers("^programs .*: points=([0-9]+)", said))
    runs = {fault: number(f"^programs {fault}: .*runs=([0-9]+)", said) for fault in faults}
    which = f" (every {every}th; all in `make soak`)" if every > 1 else ""
    return runs, f"{calls:,} calls{which}; " + none("broken", "^programs .*broken=([0-9]+)", said)


def programs():
    runs, calls = at_each_call(setting("KILLS_EVERY", 40), "kill", "twice")
    return f"{runs['kill']:,} kills, and {runs['twice']:,} followed by a second one, at {calls}"


def disk_faults():
    runs, calls = at_each_call(setting("DISK_FAULTS_EVERY", 120), "EIO", "ENOSPC", "short", "gone", "full")
    return ", ".join(f"{name} {count:,}" for name, count in runs.items()) + f" runs at {calls}"


def images(what="images", *steps):
    """What `CrashBench images` finds, or another command that makes them; of all steps, or of some."""
    said = crashes(what, *(f"STEP={step}" for step in steps))
    made, cuts, sampled = (number(f"^{what}.* {name}=([0-9]+)", said) for name in ("images", "cuts", "sampled"))
    return f"{made:,} images of {cuts:,} power cuts, {cuts - sampled:,} of them with every image; " + \
        none("lost", f"^{what}.* lost=([0-9]+)", said) + ", " + none("mixed or corrupt", f"^{what}.* broken=([0-9]+)", said)


def cuts_after_kills():
    steps = "offer", "request", "activate", "reclaim", "settle"
    return f"{images('cuts-after-kills', *steps)} (of {', '.join(steps)}; all in `make soak`)"


def weaker():
    said = []
    for journal, synchronous, least in (("DELETE", "EXTRA", 0), ("DELETE", "FULL", 1), ("WAL", "NORMAL", 100)):
        lost = number("^images .* lost=([0-9]+)", crashes("images", journal, synchronous, f"LOSES={least}"))
        said.append(f"{journal}+{synchronous}: {lost:,}")
    return "losses seen: " + ", ".join(said)


def model():
    return f"{number('^model: ([0-9,]+) worlds, no law broken', make('model')):,} worlds, no law broken"


def small_faults():
    said = make("soak-faults")
    if "each put right and reported, or refused by name" not in said:
        raise NotShown("FAILED: one is neither put right nor refused by name")
    return f"{number(': ([0-9]+)', said):,} faults, each put right and reported, or refused by name"


def codes():
    said = make("soak-codes", f"CORRUPTIONS={setting('CORRUPTIONS', 200_000)}")
    # It says how far it is after each million.
    return f"{numbers('^([0-9]+): ', said)[-1]:,} corruptions (10,000,000 in `make soak`), " + \
        none("accepted wrongly", "ACCEPTED WRONGLY: ([0-9]+)", said)


def load():
    said = run(ROOT / "Tests/CrashBench/load.py", ROOT / os.environ.get("PROGRAMS", ".build/debug"), str(setting("KILLS", 500)))
    kills, seed = (number(f"^load: .*{name}=([0-9]+)", said) for name in ("kills", "seed"))
    return f"{kills:,} kills{short(kills, 500)} among {number('([0-9]+) steps answered', said):,} steps, " \
        f"{number('([0-9]+) committed and not answered', said):,} times between commit and answer; " \
        + none("broken", "^load: .*broken=([0-9]+)", said) + f"; seed {seed}"


def power():
    said = make("power-cuts", f"CUTS={setting('CUTS', 20)}")
    reached = number("^power: .*cuts=([0-9]+)", said)
    return f"{reached:,} cuts{short(reached, 20)}; " + none("broken", "^power: .*broken=([0-9]+)", said)


def fuzzing():
    seconds = setting("FUZZ_SECONDS", 10)
    said = make("fuzz", f"SECONDS={seconds}")
    inputs = numbers("^Fuzz[A-Za-z]+: ([0-9]+) inputs", said)
    return f"{at_least(8, len(inputs))} fuzzers, {sum(inputs):,} inputs in {seconds} s each{short(seconds, 10)} (in `.ci/run` 60 s, " \
        "in `make soak` 10 minutes); no trap"


def hostile():
    said = run(ROOT / "Tests/HostileClients/hostile.py", ROOT / os.environ.get("RELEASE", ".build-fuzz/release"), "10000")
    connections, kinds, peak = (number(f"^hostile: .*{name}=([0-9]+)", said) for name in ("connections", "kinds", "peak"))
    late = float(re.search(r"p99=([0-9.]+) ms", said)[1])
    return f"{connections:,} connections of {kinds} kinds{short(connections, 10_000)}; at most {peak / 1024:.0f} MiB" + \
        ("" if peak <= 64 * 1024 else " (asked: 64)") + f"; 99 of 100 lists within {late:.0f} ms" + ("" if late <= 100 else " (asked: 100)")


@Once
def in_places():
    """What the tests print that run in all file systems."""
    if os.geteuid() != 0:
        raise NotShown("not shown: mounting file systems takes root (make places)")
    return make("places")


def skipped(said):
    """How many tests were left out."""
    return len(re.findall(r"^\S* *Test .* skipped", said, re.MULTILINE))


def places():
    said = in_places()
    if skipped(said):
        raise NotShown(f"FAILED: {skipped(said)} tests were skipped; they say why")
    return f"{number('Test run with ([0-9]+) tests? in', said):,} tests pass, with {cases(said):,} cases"


def raw_disk():
    said = in_places()
    read = re.findall(r"shown: (\S+ read whole .*)", said)
    if len(read) != 3:
        raise NotShown(f"FAILED: {len(read)} of 3 disks were read")
    return "0: " + "; ".join(read)


def whole_disk():
    said = in_places()
    found = re.search(r"Test theWholeDiskPutBackHoldsTheKeyAgain\S* with (\d+) test cases passed", said)
    if found is None:
        raise NotShown("FAILED: what is said of an image of the whole disk was not tried")
    return f"shown on {found[1]} file systems"


def cases(said):
    """How many cases the tests with arguments had."""
    return sum(map(int, re.findall(r"with (\d+) test cases? passed", said)))


def sanitizers():
    raise NotShown("not shown here: it takes an hour (`make sanitize`, part of `make soak`)")


class Tests:
    """What some tests print, which are run once; `least` has for a pattern what every number that it finds there has to reach,
    and `more` is for their environment."""

    def __init__(self, *names, least=None, **more):
        self.least = least or {}
        self.output = Once(lambda: run(
            ROOT / ".build/debug/almdPackageTests.xctest", "--testing-library", "swift-testing", "--no-parallel",
            "--filter", "|".join(names), **more))

    def __call__(self):
        """The row of them: the lines that they print for it ("shown: …"), or how many they are."""
        said = self.output()
        count = numbers(r"Test run with (\d+) tests? in \d+ suites? passed", said)[-1]
        if count == 0:
            raise NotShown("FAILED: no test was run")
        left = skipped(said)
        if left:
            raise NotShown(f"not shown: {left} of {count} tests were skipped; they say why")
        for pattern, asked in self.least.items():
            at_least(asked, min(numbers(pattern, said)))
        many = cases(said)
        return "; ".join(re.findall(r"shown: (.*)", said)) or \
            ("1 test passes" if count == 1 else f"{count} tests pass") + (f", with {many:,} cases" if many else "")


# Pull-outs and plugs: one test that runs the suites on a mocked bus.
MOCKED_BUS = Tests("MockedBusTests")


def on_mocked_bus(pattern, least, words):
    def row():
        MOCKED_BUS()
        return f"{at_least(least, number(pattern, MOCKED_BUS.output())):,} {words}"
    return row


# Name, promise, number asked for, and what shows it. What takes longest comes first, so that two lanes end together.
ROWS = [
    ("mutants", "faults that are built into the rules and checks are found", "at least 50, all", mutants),
    ("power", "the power of a machine (QEMU) cut in the middle of transfers", "20", power),
    ("load", "the daemon killed at random times under load", "500", load),
    ("simulation", "never two, never none: random transfers and accidents, the law after each step",
     "1,000,000 steps in memory, 50,000 on SQLite over a crashing disk", simulation),
    ("pulls", "a dongle pulled before, within and after each transfer: the old state or the new one, and the same command "
     "finishes", "about 150 points", on_mocked_bus("([0-9]+) points at which a dongle was pulled", 150, "points")),
    ("storm", "dongles plugged in and pulled out: memory and descriptors stay level", "1,000 plugs",
     on_mocked_bus("after ([0-9]+) more", 1000, "plugs")),
    ("model", "the rules as a model, every state visited", "3 stores, 3 offers, 3 requests", model),
    ("places", "what opens and what is LOCKED, on ext4, xfs, btrfs and in memory; overlayfs is refused",
     "a second usable key 0 times", places),
    ("programs", "almd or almdongle killed before each call that changes a disk, and again while that is put in order, under "
     "almctl: the law holds, the same command finishes", "all", programs),
    ("disk faults", "a disk that fails under almd or almdongle at each such call, once or for good, is full or takes half: it "
     "is said, they end by themselves, the same command finishes", "all", disk_faults),
    ("table", "the code does what the model does, in every state", "every cell", Tests("VaultsTests.TransitionTableTests")),
    ("twice", "a store killed, and killed again while that is put in order", "all", twice),
    ("faults", "a store killed before and after each call that changes its disk, or that call failing (EIO, ENOSPC, "
     "short write), is as before or as after, history included, and no file has a secret in clear, or what was given up",
     "all, about 225", faults),
    ("small faults", "every wrong, swapped, lost or doubled character, two wrong ones and five unreadable ones, in each line",
     "put right and reported, or refused by name", small_faults),
    ("codes", "no corrupted code is taken for another one", "10,000,000 in soak, 0", codes),
    ("anchor", "copies and backups open LOCKED; what an administrator does locks nobody out", "a second usable key 0 times",
     Tests(
         "VaultStoreTests.PlaceAnchorTests", "VaultStoreTests.AnchoredVaultTests", "VaultStoreTests.CopiesInTurnTests",
         "IntegrationTests.CopyTests")),
    ("whole disk", "the limit: an image of the whole disk, put back, has the keys again that left since (nothing here stops "
     "that)", "shown to be so", whole_disk),
    ("images", "images of the disk after a power cut within a commit, every one while at most twelve changes are under way and "
     "samples beyond: nothing mixed, corrupt, or answered and lost", "0", images),
    ("cuts after kills", "the same while the next process opens what a kill at any call left, and tells what it finds", "0",
     cuts_after_kills),
    ("weaker", "the images show what settings lose by themselves, without the store's own wait", "EXTRA 0, FULL at least 1, "
     "WAL+NORMAL at least 100", weaker),
    ("certificates", "changed certificates are refused: every bit, every length, another format, another vendor", "all",
     Tests("LicensingTests.CertificateTests")),
    ("points", "low-order and non-canonical points are refused", "12 encodings",
     Tests("LicensingTests.CurvePointTests", least={"shown: ([0-9]+) encodings": 12})),
    ("replay", "every kind of code at every state, at the right and at wrong vaults, in memory and on disk, and at LOCKED ones",
     "every cell", Tests("VaultsTests.ReplayMatrixTests", "VaultStoreTests.StoreReplayTests")),
    ("races", "64 clients release two requests for one offer: one wins, in the daemon's own code and over its socket",
     "200 rounds", Tests(
         "ofTwoRequestsLoadedAtOnceExactlyOneWins", "LicenceDaemonTests.DaemonRaceTests",
         least={"shown: ([0-9]+) rounds over": 200, "shown: ([0-9]+) rounds in": 200}, ALMD_RACE_ROUNDS="200")),
    ("socket", "hostile input on the socket", "30 cases",
     Tests("VarlinkTests.HostileInputTests", least={"shown: ([0-9]+) kinds": 30})),
    ("hostile", "almd among clients that mean harm: its memory, and how long others wait for a list",
     "10,000 connections, 64 MiB, 99 of 100 within 100 ms", hostile),
    ("fuzzing", "whatever reads bytes from outside, against any bytes, driven by coverage",
     "no trap (60 s each in CI)", fuzzing),
    ("authorisation", "who may do what: every method, everybody who may ask", "the whole matrix",
     Tests("LicenceDaemonTests.AuthorisationTests", "IntegrationTests.RefusalTests")),
    ("planted", "no planted link, pipe or directory is followed: store, database, anchor, certificates, sockets",
     "0 followed", Tests(
         "nothingPlanted", "aLinkOrAFileInPlaceOfTheDirectoryIsRefused", "CertificateFolderTests", "DonglesTests.BusSocketTests",
         "VarlinkTests.SocketTests")),
    ("carriers", "codes through mail, fax, pictures, paper and voice", "each carrier", Tests("IntegrationTests.CarrierRoundTripTests")),
    ("wizard", "a whole transfer typed into the wizard, with typing errors, left and taken up again", "two daemons",
     Tests("IntegrationTests.WizardTests")),
    ("secrets", "erased secrets are in no file of a store and no log; none is shown", "0", Tests(
        "VaultStoreTests.StoreSecretsTests", "VaultsTests.ErasureTests", "LicenceDaemonTests.DaemonSecretsTests")),
    ("raw disk", "nothing on a whole disk opens a key that has left: ext4, xfs and btrfs, with the blocks that were freed",
     "0", raw_disk),
    ("core", "a running daemon's memory has no seed, e, K_ret or old key once the step is done (K_ret: until it was shown)", "0",
     Tests("IntegrationTests.MemoryTests")),
    ("sanitizers", "no memory error and no data race in any test, nor in the programs that tests start", "0", sanitizers),
]


def show(row):
    name, promise, asked, shows = row
    begun, failed = time.monotonic(), False
    try:
        result = shows()
    except NotShown as error:
        result = str(error)
        failed = result.startswith("FAILED")
    except subprocess.TimeoutExpired:
        result, failed = f"FAILED: not done within {PATIENCE} s", True
    say(f"{name} ({time.monotonic() - begun:.0f} s): {result}")
    return (promise, result), failed


def table(reached):
    """All rows, with what was reached, by promise."""
    lines = ["| promise | asked for | reached |", "|---|---|---|"]
    return "\n".join(
        lines + [f"| {promise} | {asked} | {reached.get(promise, 'not run')} |" for _, promise, asked, _ in ROWS]) + "\n"


def written():
    """What the table in SECURITY.md says was reached, by promise."""
    text = SECURITY.read_text().split(BEGIN, 1)[1].split(END, 1)[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: row[-1] for row in rows[1:]}


def commit():
    """The commit that is tried, as short as git makes it."""
    return subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()


def late(seconds):
    return "" if seconds <= ALLOWED else f" (asked: {ALLOWED:,} s)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", choices=[[], *(row[0] for row in ROWS)], metavar="ROW")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(LANES) as lanes:
        shown = list(lanes.map(show, [row for row in ROWS if not options.rows or row[0] in options.rows]))
    reached = {promise: result for (promise, result), _ in shown}
    # Short of what was asked for, in a run that nobody made shorter.
    failed = any(bad for _, bad in shown) or (
        not SHORTER & set(os.environ) and any("(asked:" in result for (_, result), _ in shown))
    seconds = round(time.monotonic() - begun)
    last = f"All of it, at {commit()}: {seconds:,} s on {os.cpu_count()} processors{late(seconds)}."
    print(f"\n{table(reached)}\n{last if not options.rows else f'{seconds:,} s'}")
    if options.write and not failed:
        before, rest = SECURITY.read_text().split(BEGIN, 1)
        within, rest = rest.split(END, 1)
        if options.rows:
            whole = next((line for line in within.splitlines() if line.startswith("All of it")), "No run of all yet")
            last = f"{whole.split(';')[0].rstrip('.')}; some rows by themselves since, the last at {commit()}."
        SECURITY.write_text(f"{before}{BEGIN}\n\n{table({**written(), **reached})}\n{last}\n\n{END}{rest}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
