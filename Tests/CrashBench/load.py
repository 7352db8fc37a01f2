#!/usr/bin/env python3
"""load.py BIN [KILLS] [--seed N] [--under FOLDER]   kills real daemons at random moments, while they work

Three machines, each with `almd`, and a dongle at the first one. Clients on their control sockets do whatever step of a
transfer comes to mind, all at once: mostly one that fits, sometimes an old code at any machine. At a random moment one
daemon, or two, or the process that is the dongle, is killed (SIGKILL). Everything is started anew, and these have to hold
before the clients go on:

  * for every licence: vaults that hold it + released records whose request is open or declined = 1, and nothing is LOCKED;
  * what was answered is there: every transfer is where its last answer said or further, and every code that was shown is
    shown again, the very same;
  * nothing was refused but for a reason that two people with one key may meet.

Every few kills all transfers are brought to their end; each key has to be held once then, the history has to tell of every
transfer what its state says, once, and new machines are made. At the very end a store is put back as it was before its
last answer: a check that does not find that finds nothing.

The seed is printed. The same one gives the same choices; what they meet, and when, differs from run to run."""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 60
CLIENTS = 5
LICENCES = 6
DONGLE = "usb:4711"
KILLS_PER_WORLD = 50
# A daemon is killed at most so many calls after the clients went on, and so long after that call was made: a call takes a
# few thousandths of a second.
MOST_CALLS = 24
LONGEST_CALL = 0.006

# What a state can become; what an answer said holds from then on.
LATER = {
    "OFFERED": {"OFFERED", "WITHDRAWN", "RELEASED", "SETTLED", "RETURNED"}, "WITHDRAWN": {"WITHDRAWN"},
    "RELEASED": {"RELEASED", "SETTLED", "RETURNED"}, "SETTLED": {"SETTLED"}, "RETURNED": {"RETURNED"},
    "OPEN": {"OPEN", "ACTIVE", "DECLINED"}, "ACTIVE": {"ACTIVE"}, "DECLINED": {"DECLINED"},
}
# What the history has to have told by then, each once.
TOLD = {
    "OFFERED": ["offered"], "WITHDRAWN": ["offered", "withdrawn"], "RELEASED": ["offered", "released"],
    "SETTLED": ["offered", "released", "settled"], "RETURNED": ["offered", "released", "returned"],
    "OPEN": ["requested"], "ACTIVE": ["requested", "activated"], "DECLINED": ["requested", "declined"],
}
# What the history keeps apart and the state doesn't: SETTLED with a receipt, or without one.
SAME = {"closed": "settled"}
# The step that loads the code which is shown in a state.
LOADS = {"OFFERED": "Request", "OPEN": "Release", "RELEASED": "Activate", "ACTIVE": "Settle", "DECLINED": "Reclaim"}
# What people who act on one key at once may be told.
EXPECTED = set(
    "NoSuchKey KeyAlreadyHere KeyReleased NoSuchTransfer TransferAmbiguous RequestUnknown RequestForOlderStartCode "
    "ReleasedToAnother TransferClosed KeyTakenBack AlreadyActive RequestDeclined RequestAlreadyOpen "
    "ActivationForAnotherRequest ActivationWrong ReturnUnknown NothingToTakeBack ReceiptUnknown ReceiptNotYet NotReleased "
    "NotOffered NotOpen".split())
# And where the dongle's process was killed.
WITHOUT_DONGLE = {"DonglePulled", "DongleMissing", "NoSuchLocation"}


class Broken(Exception):
    """Something that must not be."""


class Refused(Exception):
    """An error that the daemon answered with, by its name."""


class CutOff(Exception):
    """The daemon is gone, and nobody knows what it did."""


class Connection:
    """A Varlink client, one call at a time."""

    def __init__(self, path):
        self.path, self.socket, self.read = str(path), None, b""

    def call(self, method, **parameters):
        try:
            if self.socket is None:
                self.socket, self.read = socket.socket(socket.AF_UNIX), b""
                self.socket.settimeout(PATIENCE)
                self.socket.connect(self.path)
            message = {"method": f"org.almd.control.{method}", "parameters": parameters}
            self.socket.sendall(json.dumps(message).encode() + b"\0")
            while b"\0" not in self.read:
                part = self.socket.recv(1 << 16)
                if not part:
                    raise ConnectionResetError
                self.read += part
        except TimeoutError as error:
            raise Broken(f"{method}: no answer within {PATIENCE} s") from error
        except OSError as error:
            self.close()
            raise CutOff from error
        reply, self.read = self.read.split(b"\0", 1)
        reply = json.loads(reply)
        if "error" in reply:
            raise Refused(reply["error"].removeprefix("org.almd.control."), reply.get("parameters"))
        return reply["parameters"]

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


class Process:
    """A program of the product, whose output goes to a file."""

    def __init__(self, log, word, *command):
        self.log, self.command = log, command
        with open(log, "w") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + PATIENCE
            while word not in self.said():
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Broken(f"{command[0]} did not start: {self.said()[-500:]}")
                time.sleep(0.002)
        except BaseException:
            # Nobody has it yet who would end it.
            self.process.kill()
            raise

    def said(self):
        return self.log.read_text(errors="replace")

    def kill(self):
        self.process.kill()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Broken(f"{self.command[0]} does not stop: {self.said()[-500:]}") from None


class Machine:
    def __init__(self, world, name):
        self.world, self.name, self.folder = world, name, world.root / name
        self.daemon, self.connection = None, Connection(self.folder / "almd.sock")

    def start(self):
        if self.daemon is not None and self.daemon.process.poll() is None:
            return
        self.connection.close()
        self.daemon = Process(
            self.folder / "log", " ready", self.world.bin / "almd", "--no-usb", "--state", self.folder / "store",
            "--socket", self.folder / "almd.sock", "--bus", self.folder / "bus.sock",
            "--vendors", self.world.root / "vendors")

    def ask(self, method, **parameters):
        """A call that has to succeed."""
        try:
            return self.connection.call(method, **parameters)
        except Refused as error:
            raise Broken(f"{self.name}: {method} {parameters} is refused: {error}") from error
        except CutOff as error:
            raise Broken(f"{self.name}: {method}: the daemon is gone: {self.daemon.said()[-500:]}") from error


class Ledger:
    """What was answered, and so has to be there from then on: by machine, location and transfer the states that are
    possible still, and the transfer as it was told last; by these and the state the code."""

    def __init__(self):
        self.lock = threading.Lock()
        self.possible, self.known, self.codes = {}, {}, {}
        self.new = set()

    def learn(self, machine, transfer, code=()):
        """What an answer, or a list, says of a transfer. With the lock held."""
        place, state = (machine, transfer["location"], transfer["transfer"]), transfer["state"]
        possible = self.possible.get(place)
        if possible is None or state in possible:
            self.known[place] = transfer
        elif possible & LATER[state]:
            state = None  # An answer that was overtaken by the one to another client.
        else:
            raise Broken(f"{place} is {state}, and was {self.known[place]['state']}")
        if state is not None:
            self.possible[place] = LATER[state] if possible is None else possible & LATER[state]
            self.new.add(place)
        if code:
            key = (*place, transfer["state"])
            if self.codes.setdefault(key, tuple(code)) != tuple(code):
                raise Broken(f"another code than before for {key}: {code}, not {self.codes[key]}")

    def compare(self, listed):
        """That the transfers that are listed are those that were answered, as they were or further."""
        for place, possible in self.possible.items():
            if place not in listed:
                raise Broken(f"forgotten: {place}, which was {self.known[place]['state']}")
            if listed[place]["state"] not in possible:
                raise Broken(f"{place} is {listed[place]['state']}, and was {self.known[place]['state']}")

    def request(self, transfer, fingerprint):
        """Where the request that a released transfer answers still waits."""
        for place, one in self.known.items():
            if (place[2] == transfer and one["role"] == "target" and one["fingerprint"] == fingerprint
                    and one["state"] in ("OPEN", "DECLINED")):
                return place
        return None


class World(Ledger):
    """Machines with their daemons, the first one the vendor's, and maybe a dongle, which is plugged into that one."""

    def __init__(self, root, bin, names="abc", has_dongle=True):
        super().__init__()
        self.root, self.bin, self.has_dongle = root, bin, has_dongle
        self.machines = {name: Machine(self, name) for name in names}
        self.places = [(name, "local") for name in names] + [("a", DONGLE)] * has_dongle
        self.dongle, self.licences, self.moved, self.held = None, [], set(), {}

    def make(self):
        """Makes their stores, the vendor's with some keys in it."""
        for name in (*self.machines, "vendors"):
            (self.root / name).mkdir(mode=0o700, parents=True)
        store = self.root / "a" / "store"
        self.run("almvendor", "init", store, "--name", "Example Automation")
        for _ in range(LICENCES):
            self.run(
                "almvendor", "mint", store, "--product", "Plant Monitor", "--product-version", "4.2", "--type", "single")
        shutil.copy(store / "vendor.pub", self.root / "vendors" / "example.pub")
        if self.has_dongle:
            self.run("almdongle", "create", self.root / "4711", "--serial", "4711")

    def run(self, program, *arguments):
        done = subprocess.run(
            [self.bin / program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            raise Broken(f"{program}: {done.stdout}{done.stderr}")

    def start(self):
        for machine in self.machines.values():
            machine.start()
        if not self.has_dongle:
            return
        if self.dongle is not None and self.dongle.process.poll() is None and self.is_plugged_in():
            return
        if self.dongle is not None:
            self.dongle.end()
        self.dongle = Process(
            self.root / "log", "plugged in", self.bin / "almdongle", "plug", self.root / "4711",
            "--bus", self.machines["a"].folder / "bus.sock")
        end = time.monotonic() + PATIENCE
        while not self.is_plugged_in():
            if time.monotonic() > end:
                raise Broken(f"the dongle is not mounted: {self.dongle.said()}{self.machines['a'].daemon.said()[-1000:]}")
            time.sleep(0.002)

    def is_plugged_in(self):
        places = self.machines["a"].ask("List")["places"]
        for place in places:
            if place["state"] == "LOCKED" or place["location"] == DONGLE and place["state"] != "READY":
                raise Broken(f"{place['location']} is {place['state']}: {place.get('problem')}")
        return any(place["location"] == DONGLE for place in places)

    def stop(self):
        for process in [self.dongle, *(machine.daemon for machine in self.machines.values())]:
            if process is not None:
                process.end()

    def kill_all(self):
        for process in [self.dongle, *(machine.daemon for machine in self.machines.values())]:
            if process is not None and process.process.poll() is None:
                process.kill()
                process.process.wait()

    def check(self, killed=()):
        """The law, and that what was answered is there. All is at rest meanwhile. Gives how much those that were killed had
        committed without answering, as far as that is certain."""
        held, listed, came = collections.defaultdict(list), {}, 0
        for machine in self.machines.values():
            for key in machine.ask("List")["keys"]:
                if key["state"] == "LOCKED" or not key["usable"]:
                    raise Broken(f"{key['licence']} at {machine.name} is {key['state']}: {key.get('problem')}")
                held[key["licence"]].append((machine.name, key["location"]))
            for one in machine.ask("Transfers", all=True)["transfers"]:
                if one["present"]:
                    listed[machine.name, one["location"], one["transfer"]] = one
        if not self.licences:
            # Of a world that was there before, some keys may be travelling.
            self.licences = sorted({*held, *(one["licence"] for one in listed.values())})
        self.compare(listed)
        with self.lock:
            for place, one in listed.items():
                if place not in self.known or self.known[place]["state"] != one["state"]:
                    # One answer may tell of one record and have changed another: both ends of a move, an older offer, the
                    # records of a key that came back.
                    came += (place[0] in killed and one["state"] not in ("WITHDRAWN", "SETTLED")
                             and one["licence"] not in self.moved)
                    self.learn(place[0], one)
            for licence in self.licences:
                travelling = [place for place, one in listed.items() if one["licence"] == licence
                              and one["state"] == "RELEASED" and self.request(place[2], one["fingerprint"]) is not None]
                if len(held[licence]) + len(travelling) != 1:
                    raise Broken(f"the law: {licence} is held {held[licence]} and travels {travelling}")
            for machine, location, transfer in self.new:
                one = listed[machine, location, transfer]
                if one["state"] in LOADS:
                    step = self.machines[machine].ask("ShowCode", transfer=transfer, at=location)["step"]
                    if not step["code"]:
                        raise Broken(f"no code is shown for {one}")
                    self.learn(machine, step["transfer"], step["code"])
            self.new, self.moved = set(), set()
            self.held = {licence: places[0] for licence, places in held.items() if places}
        return came

    def finish(self):
        """Brings every transfer to its end, by what is in the stores; then each key is held once and nothing is open."""
        for (machine, location, transfer), one in list(self.known.items()):
            if one["role"] == "source" and one["state"] == "OFFERED":
                self.machines[machine].ask("Cancel", transfer=transfer, at=location)
            if one["role"] == "source" and one["state"] == "RELEASED":
                found = self.request(transfer, one["fingerprint"])
                if found is None:
                    self.machines[machine].ask("Close", transfer=transfer, at=location)
                elif self.known[found]["state"] == "OPEN":
                    code = self.codes[machine, location, transfer, "RELEASED"]
                    self.machines[found[0]].ask("Activate", code="\n".join(code))
                    receipt = self.machines[found[0]].ask("Receipt", transfer=transfer, at=found[1])
                    self.machines[machine].ask("Settle", code="\n".join(receipt["step"]["code"]))
                else:
                    self.machines[machine].ask("Reclaim", code="\n".join(self.codes[*found, "DECLINED"]))
        self.check()
        for (machine, location, transfer), one in list(self.known.items()):
            if one["state"] == "OPEN":
                self.machines[machine].ask("Decline", transfer=transfer, at=location)
        self.check()
        if len(self.held) != LICENCES or any(one["state"] in ("OFFERED", "RELEASED", "OPEN") for one in self.known.values()):
            raise Broken(f"not all is finished: {self.held}, {self.known}")
        for name, machine in self.machines.items():
            told = collections.defaultdict(list)
            for line in machine.ask("History")["lines"]:
                if "transfer" in line:
                    told[line["transfer"]].append(SAME.get(line["event"], line["event"]))
            wanted = collections.defaultdict(list)
            for (of, location, transfer), one in self.known.items():
                if (of, location) == (name, "local"):
                    wanted[transfer] += TOLD[one["state"]]
            if {key: sorted(value) for key, value in told.items()} != {key: sorted(value) for key, value in wanted.items()}:
                raise Broken(f"the history of {name} tells {dict(told)}, not {dict(wanted)}")


class Clients:
    """Those who work on a world, until they are told to rest."""

    def __init__(self, world, seed, count=CLIENTS, tell=lambda machine, transfer, code: None):
        self.world, self.count, self.tell = world, count, tell
        self.changed = threading.Condition()
        self.resting, self.ended, self.at_rest = True, False, 0
        self.answered, self.refused, self.cut, self.under_way, self.calls = 0, collections.Counter(), 0, 0, 0
        self.broken, self.without_dongle = None, False
        self.threads = [
            threading.Thread(target=self.work, args=(random.Random(f"{seed}/{number}"),), daemon=True)
            for number in range(count)]
        for thread in self.threads:
            thread.start()

    def go(self):
        with self.changed:
            self.resting, self.without_dongle = False, False
            self.changed.notify_all()

    def await_calls(self, number):
        """Waits until so many calls more were made."""
        with self.changed:
            wanted = self.calls + number
            self.changed.wait_for(lambda: self.calls >= wanted or self.broken is not None, PATIENCE)

    def rest(self):
        with self.changed:
            self.resting = True
            if not self.changed.wait_for(lambda: self.at_rest == self.count, PATIENCE):
                raise Broken("a call does not end")
        if self.broken is not None:
            raise self.broken

    def end(self):
        with self.changed:
            self.ended = True
            self.changed.notify_all()
        for thread in self.threads:
            thread.join()

    def work(self, draw):
        connections = {name: Connection(machine.folder / "almd.sock") for name, machine in self.world.machines.items()}
        while True:
            with self.changed:
                self.at_rest += 1
                self.changed.notify_all()
                self.changed.wait_for(lambda: self.ended or not self.resting)
                if self.ended:
                    break
                self.at_rest -= 1
            while not self.resting:
                try:
                    self.step(draw, connections)
                except Broken as error:
                    self.broken = error
                    break
                except Exception as error:  # A fault of this program's must not leave the others waiting for this client.
                    self.broken = Broken(f"a client: {type(error).__name__}: {error}")
                    break
        for connection in connections.values():
            connection.close()

    def step(self, draw, connections):
        with self.world.lock:
            machine, method, parameters = self.choose(draw)
        with self.changed:
            self.under_way += 1
            self.calls += 1
            self.changed.notify_all()
        try:
            step = connections[machine].call(method, **parameters)["step"]
        except CutOff:
            with self.changed:
                self.cut += 1
            # The killed one is not there: leave the machine to the others.
            time.sleep(0.001)
            return
        except Refused as error:
            with self.changed:
                self.refused[error.args[0]] += 1
                if error.args[0] not in EXPECTED and not (self.without_dongle and error.args[0] in WITHOUT_DONGLE):
                    raise Broken(f"{machine}: {method} {parameters} is refused: {error}") from error
            return
        finally:
            with self.changed:
                self.under_way -= 1
        with self.world.lock:
            transfer = step["transfer"]
            if method == "Move":
                # What it says is of the source's record or of the target's; both are certain of the target.
                transfer = dict(transfer, role="target", location=parameters["to"], state="ACTIVE")
                self.world.moved.add(transfer["licence"])
            self.world.learn(machine, transfer, step["code"])
            self.tell(machine, transfer, step["code"])
        with self.changed:
            self.answered += 1

    def choose(self, draw):
        """A step: the machine, the method and its parameters."""
        world, chances = self.world, []
        places = world.places
        if world.codes and draw.random() < 0.1:
            state, code = draw.choice([(key[3], code) for key, code in world.codes.items()])
            machine, location = draw.choice(places)
            return machine, LOADS[state], self.loading(state, code, location)
        licence = draw.choice(world.licences)
        rows = [(place, one) for place, one in world.known.items() if one["licence"] == licence]
        for (machine, location, transfer), one in rows:
            state, named = one["state"], {"transfer": transfer, "at": location}
            code = world.codes.get((machine, location, transfer, state))
            sources = [place for place, other in rows if place[2] == transfer and other["role"] == "source"
                       and other["state"] in ("OFFERED", "RELEASED")]
            if state == "OFFERED":
                chances += [(0.3, machine, "Cancel", named), (0.2, machine, "Offer", {"key": licence, "anew": True})]
                if code:
                    chances += [(1, *place, code, state) for place in places if place != (machine, location)]
            elif state == "OPEN":
                chances += [(0.4 if sources else 3, machine, "Decline", named)]
                chances += [(3, *place[:2], code, state) for place in sources if code]
            elif state == "RELEASED" and code:
                found = world.request(transfer, one["fingerprint"])
                chances += [(4, *found[:2], code, state)] if found else []
                chances += [(0.2, machine, "ShowCode", named)]
            elif sources and state == "ACTIVE":
                chances += [(2, machine, "Receipt", named)]
                chances += [(3, *place[:2], code, state) for place in sources if code]
                chances += [(0.2, place[0], "Close", {"transfer": transfer, "at": place[1]}) for place in sources
                            if world.known[place]["state"] == "RELEASED"]
            elif sources and state == "DECLINED" and code:
                chances += [(2, *place[:2], code, state) for place in sources]
        holder = world.held.get(licence)
        for name in world.machines:
            chances.append((2 if holder and name == holder[0] else 0.1, name, "Offer", {"key": licence}))
        chances += [(1.5, "a", "Move", {"key": licence, "to": to}) for to in ("local", DONGLE) if world.has_dongle]
        found = draw.choices(chances, [one[0] for one in chances])[0]
        if len(found) == 4:
            return found[1:]
        _, machine, location, code, state = found
        return machine, LOADS[state], self.loading(state, code, location)

    @staticmethod
    def loading(state, code, location):
        return {"code": "\n".join(code), **({"to": location} if state == "OFFERED" else {})}


class Count:
    """What the kills came to."""

    def __init__(self):
        self.kills = self.of_the_dongle = self.under_way = self.unanswered = self.answered = self.refused = self.cut = 0

    def add(self, clients):
        self.answered += clients.answered
        self.refused += sum(clients.refused.values())
        self.cut += clients.cut


def killing(world, clients, draw, count):
    """One round: work, kills at a random moment, everything started anew, and the check."""
    clients.go()
    clients.await_calls(draw.randint(1, MOST_CALLS))
    time.sleep(draw.random() * LONGEST_CALL)
    chance = draw.random()
    victims = draw.sample(sorted(world.machines), 2 if chance < 0.2 else 1)
    if chance > 0.9:
        victims = []
        clients.without_dongle = True
        world.dongle.kill()
        count.of_the_dongle += 1
    if "a" in victims:
        clients.without_dongle = True
    count.under_way += clients.under_way
    for name in victims:
        world.machines[name].daemon.kill()
        count.kills += 1
    clients.rest()
    for process in (*(world.machines[name].daemon for name in victims), *([] if victims else [world.dongle])):
        if process.process.wait(PATIENCE) != -9:
            raise Broken(f"{process.command[0]} was not killed but ended: {process.said()[-500:]}")
    for machine in world.machines.values():
        if machine.name not in victims and machine.daemon.process.poll() is not None:
            raise Broken(f"{machine.name} ended by itself: {machine.daemon.said()[-500:]}")
    if "a" in victims:
        # The cable ended with the daemon, and so does who held its other end.
        world.dongle.process.wait(PATIENCE)
    while not victims and world.is_plugged_in():
        time.sleep(0.001)
    world.start()
    count.unanswered += world.check(victims)


def control(world):
    """A store put back as it was before an answer has to be found broken."""
    licence, (name, location) = next((key, place) for key, place in sorted(world.held.items()) if place[1] == "local")
    machine = world.machines[name]
    file = machine.folder / "store" / "vault.sqlite"
    before = file.read_bytes()
    step = machine.ask("Offer", key=licence)["step"]
    with world.lock:
        world.learn(name, step["transfer"], step["code"])
    machine.daemon.kill()
    machine.daemon.process.wait()
    if name == "a":
        world.dongle.process.wait(PATIENCE)
    with open(file, "r+b") as place:
        place.write(before)
        place.truncate()
    try:
        world.start()
        world.check()
    except Broken as error:
        if str(error).startswith("forgotten"):
            return
        raise
    raise Broken("a store that lost what it had answered was not found broken")


def main():
    # As at an interrupt: what was started and made goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("kills", type=int, nargs="?", default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--under", default="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    options = parser.parse_args()
    print(f"  seed {options.seed}", flush=True)
    base = pathlib.Path(tempfile.mkdtemp(prefix="almd-load.", dir=options.under))
    draw, count, broken, begun, worlds = random.Random(options.seed), Count(), 0, time.monotonic(), 0
    try:
        while count.kills < options.kills and not broken:
            world = World(base / str(worlds), options.bin.resolve())
            clients, end = None, min(options.kills, count.kills + KILLS_PER_WORLD)
            try:
                world.make()
                world.start()
                world.check()
                clients = Clients(world, f"{options.seed}/{worlds}")
                while count.kills < end:
                    killing(world, clients, draw, count)
                world.finish()
                if count.kills >= options.kills:
                    control(world)
            except Broken as error:
                broken += 1
                print(f"broken: after {count.kills} kills: {error}", flush=True)
            finally:
                if clients is not None:
                    count.add(clients)
                    clients.end()
                world.kill_all()
            shutil.rmtree(world.root)
            worlds += 1
    finally:
        shutil.rmtree(base, ignore_errors=True)
    print(
        f"  {worlds} times three machines and a dongle, in {time.monotonic() - begun:.0f} s: {count.answered} steps answered, "
        f"{count.refused} refused, {count.cut} cut off; {count.under_way} under way at the kills; {count.unanswered} "
        f"committed and not answered; {count.of_the_dongle} kills of the dongle's process beside")
    print(f"load: kills={count.kills} broken={broken} seed={options.seed}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
