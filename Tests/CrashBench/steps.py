"""What changes the state of a daemon, of a store or of a dongle: each as the command that a person gives."""
import shutil

from worlds import Broken, Running

# The first licence is the one that moves.
LICENCES = []
OFFLINE = "offline-transfer"
DONGLE = "usb:4711"
FINISHED = ("SETTLED", "RETURNED", "WITHDRAWN")


class Step:
    """A command, and the process to which something happens while it is carried out."""

    def __init__(self, name, after, machine, command, kills="almd", plugged=False, prepare=None, proof=None):
        """`kills` is the program whose calls are the points: almd, almdongle, "itself" where the command is a program that
        needs no daemon, or None for what is only on the way to another step, and is not looked at. `prepare` is done once
        before all of them, and `proof` is a command that succeeds only where the step was done."""
        self.name, self.after, self.machine, self.command = name, after, machine, command
        self.kills, self.plugged, self.prepare, self.proof = kills, plugged, prepare, proof

    def begin(self, world, fault=None):
        """Starts everything, with a fault in the process that it is meant for; what was lost at once is let be."""
        machine = getattr(world, self.machine)
        for other in world.machines():
            if other is not machine and not other.start():
                raise Broken(f"{other.name} did not start: {''.join(other.processes['almd'].lines)}")
        is_ready = machine.start(fault if self.kills == "almd" else None)
        if is_ready and self.plugged:
            is_ready = machine.plug(fault if self.kills == "almdongle" else None)
        if fault is None and not is_ready:
            raise Broken("".join(line for one in machine.processes.values() for line in one.lines))
        return machine

    def run(self, world, transfer, fault=None):
        """Carries it out, with everything started that it needs.

        Returns the process that is watched, None where it was not come to; and exit status and output of the command,
        None where there was nobody left to give it to."""
        if self.kills == "itself":
            program, *arguments = self.words(world, transfer)
            process = Running(world, "itself", program, arguments, fault)
            return process, process.wait()
        machine = self.begin(world, fault)
        process = machine.processes.get(self.kills)
        if (self.kills and process is None) or any(one.ended for one in machine.processes.values()):
            return process, None
        return process, machine.almctl(*self.words(world, transfer))

    def begin_to_look(self, world):
        """Starts everything, where the step leaves it to be done."""
        if self.kills == "itself":
            self.begin(world)

    def prove(self, world, transfer):
        if self.proof is not None:
            getattr(world, self.machine).tell(*self.words(world, transfer, self.proof))

    def words(self, world, transfer, command=None):
        return [
            word.format(root=world.root, licence=LICENCES[0], transfer=transfer) for word in command or self.command]


def transfer_of(world):
    """The transfer by which the licence leaves the source: the one that goes on, if there is one."""
    names = [
        one for one in world.source.ask("transfers", "--all")
        if one["licence"] == LICENCES[0] and one["role"] == "source"]
    going_on = [one for one in names if one["state"] not in FINISHED]
    return (going_on + names)[0]["transfer"] if names else ""


def certificate_by_itself(world):
    """A start code without its certificate, and the certificate beside it."""
    world.source.start()
    world.source.tell(OFFLINE, "start", LICENCES[0], "--short", "--output", world.root / "short.aut")
    world.source.tell("certificate", "export", LICENCES[0], "--output", world.root / "first.certificate")


def dongle_restored(world):
    """The dongle is put back to what it was before it asked for the key."""
    backup = world.root / "d" / "backup"
    shutil.copytree(world.dongle, backup)
    world.target.start()
    world.target.plug()
    world.target.tell(OFFLINE, "request", "--input", world.root / "start.aut", "--to", DONGLE)
    world.target.stop()
    shutil.rmtree(world.dongle)
    backup.rename(world.dongle)


def anchor_kept(world):
    """Somebody moves the source's anchor away while the key leaves, and deletes it when nobody can see that."""
    world.source.start()
    [anchor] = (world.root / "s" / "store").glob("anchor.*")
    aside = anchor.rename(world.root / "aside")
    status, output = world.source.almctl(
        OFFLINE, "activation", "--input", world.root / "request.aut", "--yes", "--json")
    if status == 0 or "odeWithheld" not in output:
        raise Broken(f"an activation code was shown although its anchor is kept: {output}")
    world.source.stop()
    shutil.rmtree(aside)


def both(name, *rest, **more):
    """A step on a dongle twice: the daemon is stopped, or the dongle."""
    return [Step(name, *rest, "almd", True, **more), Step(f"{name}:almdongle", *rest, "almdongle", True, **more)]


def activation(root_of_code, output):
    return [OFFLINE, "activation", "--input", root_of_code, "--yes", "--output", output]


STEPS = [
    Step("start", None, "source", [OFFLINE, "start", "{licence}", "--output", "{root}/start.aut"]),
    Step("start-anew", "start", "source", [OFFLINE, "start", "{licence}", "--new", "--output", "{root}/anew.aut"]),
    Step("cancel", "start", "source", [OFFLINE, "cancel", "{transfer}"]),
    Step("certificate", None, "target", ["certificate", "import", "{root}/first.certificate"],
         prepare=certificate_by_itself, proof=[OFFLINE, "request", "--input", "{root}/short.aut", "--to", "local"]),
    Step("request", "start", "target",
         [OFFLINE, "request", "--input", "{root}/start.aut", "--to", "local", "--output", "{root}/request.aut"]),
    Step("activation", "request", "source", activation("{root}/request.aut", "{root}/activation.aut")),
    Step("activate", "activation", "target", [OFFLINE, "activate", "--input", "{root}/activation.aut"]),
    Step("receipt", "activate", "target", [OFFLINE, "receipt", "{transfer}", "--output", "{root}/receipt.aut"]),
    Step("settle", "receipt", "source", [OFFLINE, "settle", "--input", "{root}/receipt.aut"]),
    Step("decline", "activation", "target", [OFFLINE, "decline", "{transfer}", "--output", "{root}/return.aut"]),
    Step("reclaim", "decline", "source", [OFFLINE, "reclaim", "--input", "{root}/return.aut"]),
    Step("close", "activate", "source", ["transfers", "close", "{transfer}", "--without-receipt", "--yes"]),
    Step("forget-kept-anchor", "request", "source", ["almd", "--state", "{root}/s/store", "--forget-kept-anchor"], "itself",
         prepare=anchor_kept, proof=[OFFLINE, "show", "{transfer}"]),
    Step("relocate", "start", "source", ["almd", "--state", "{root}/s/store", "--relocate-to", "{root}/n/store"], "itself"),
    *both("move-to-dongle", None, "source", ["move", "{licence}", "--to", DONGLE]),
    *both("move-from-dongle", "move-to-dongle", "source", ["move", "{licence}", "--to", "local"]),
    *both("accept-dongle", "start", "target", ["dongle", "accept", "4711"], prepare=dongle_restored,
          proof=[OFFLINE, "request", "--input", "{root}/start.aut", "--to", DONGLE]),
    *both("dongle-request", "start", "target",
          [OFFLINE, "request", "--input", "{root}/start.aut", "--to", DONGLE, "--output", "{root}/request.aut"]),
    *both("dongle-decline", "dongle-request", "target", [OFFLINE, "decline", "{transfer}", "--output", "{root}/return.aut"]),
    Step("activation-for-dongle", "dongle-request", "source", activation("{root}/request.aut", "{root}/activation.aut"), None),
    *both("dongle-activate", "activation-for-dongle", "target", [OFFLINE, "activate", "--input", "{root}/activation.aut"]),
    *both("dongle-start", "move-to-dongle", "source", [OFFLINE, "start", "{licence}", "--output", "{root}/start.aut"]),
    *both("dongle-start-anew", "dongle-start", "source", [OFFLINE, "start", "{licence}", "--new", "--output", "{root}/anew.aut"]),
    *both("dongle-cancel", "dongle-start", "source", [OFFLINE, "cancel", "{transfer}"]),
    Step("request-from-dongle", "dongle-start", "target",
         [OFFLINE, "request", "--input", "{root}/start.aut", "--to", "local", "--output", "{root}/request.aut"], None),
    *both("dongle-activation", "request-from-dongle", "source", activation("{root}/request.aut", "{root}/activation.aut")),
    Step("decline-from-dongle", "dongle-activation", "target",
         [OFFLINE, "decline", "{transfer}", "--output", "{root}/return.aut"], None),
    *both("dongle-reclaim", "decline-from-dongle", "source", [OFFLINE, "reclaim", "--input", "{root}/return.aut"]),
    Step("activate-from-dongle", "dongle-activation", "target", [OFFLINE, "activate", "--input", "{root}/activation.aut"],
         None),
    *both("dongle-close", "activate-from-dongle", "source",
          ["transfers", "close", "{transfer}", "--without-receipt", "--yes"]),
    Step("receipt-from-dongle", "activate-from-dongle", "target",
         [OFFLINE, "receipt", "{transfer}", "--output", "{root}/receipt.aut"], None),
    *both("dongle-settle", "receipt-from-dongle", "source", [OFFLINE, "settle", "--input", "{root}/receipt.aut"]),
]
