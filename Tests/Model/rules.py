"""The rules of one vault, for one licence key: what it holds, what it is asked, what it does.

Nothing here knows of other vaults, of codes on their way or of disks. Codes are perfect: a code answers what it was made
for and nothing else. An offer has a number, which stands for its secret s; a request is (offer, number), which stands for
its point E. `broken` names the rules that a mutant leaves out; see mutants.py.
"""
from functools import lru_cache
from typing import NamedTuple, Optional

# A transfer at its source, and at its target.
OFFERED, WITHDRAWN, RELEASED, SETTLED, RETURNED = "OFFERED", "WITHDRAWN", "RELEASED", "SETTLED", "RETURNED"
OPEN, ACTIVE, DECLINED = "OPEN", "ACTIVE", "DECLINED"
# The codes.
START, REQUEST, ACTIVATION, RETURN, RECEIPT = "START", "REQUEST", "ACTIVATION", "RETURN", "RECEIPT"
# What may be forgotten to make room for another record.
FINISHED = {WITHDRAWN, SETTLED, RETURNED, ACTIVE}


class Outgoing(NamedTuple):
    """What the source remembers of a transfer."""
    offer: int
    state: str
    request: Optional[int] = None  # which request it was released to
    withheld: bool = False         # whether its code may not be shown yet, for the old anchor is still there


class Incoming(NamedTuple):
    """What the target remembers of a transfer."""
    offer: int
    request: int
    state: str
    withheld: bool = False


class Vault(NamedTuple):
    """What a vault holds: whether the key is here, and its records, oldest offer first."""
    held: bool = False
    outgoing: tuple = ()
    incoming: tuple = ()

    def source(self, offer):
        return next((record for record in self.outgoing if record.offer == offer), None)

    def target(self, offer):
        return next((record for record in self.incoming if record.offer == offer), None)

    def put(self, record):
        """With `record` in the place of the one of its offer, or beside the others."""
        if isinstance(record, Outgoing):
            return self._replace(outgoing=tuple(sorted([r for r in self.outgoing if r.offer != record.offer] + [record])))
        return self._replace(incoming=tuple(sorted(
            [r for r in self.incoming if (r.offer, r.request) != (record.offer, record.request)] + [record])))


class Outcome(NamedTuple):
    """What a step comes to: the vault as it then is, the code it shows, or the name of the refusal."""
    vault: Vault
    code: Optional[tuple] = None    # (kind, offer) of a start code, (kind, offer, request) of the others
    refusal: Optional[str] = None
    changes: bool = False
    gives_up: bool = False          # a release and a decline: the anchor is made anew before the code is shown
    counted: bool = False           # a request that answers nothing, while offers are open


@lru_cache(maxsize=None)
def step(vault, event, broken=frozenset()):
    """What `event` does: a name, and the offer or the offer and request that it is about."""
    name, *about = event
    return STEPS[name](vault, *about, broken)


def refused(vault, name):
    return Outcome(vault, refusal=name)


def again(vault, code=None, record=None):
    """The same answer as before; nothing changes. A withheld code is not shown."""
    if record is not None and record.withheld:
        return refused(vault, "returnWithheld" if code[0] == RETURN else "codeWithheld")
    return Outcome(vault, code)


def changed(vault, code=None, gives_up=False):
    return Outcome(vault, code, changes=True, gives_up=gives_up)


# The steps of the source

def offer(vault, fresh, anew, broken):
    """`fresh` is the number of the offer that is made if one is."""
    if not vault.held:
        return refused(vault, "keyReleased" if any(r.state == RELEASED for r in vault.outgoing) else "noSuchKey")
    standing = next((r for r in vault.outgoing if r.state == OFFERED), None)
    if standing and not anew:
        return again(vault, (START, standing.offer))
    if standing:
        vault = vault.put(standing._replace(state=WITHDRAWN))
    return changed(vault.put(Outgoing(fresh, OFFERED)), (START, fresh))


def release(vault, offer, request, broken):
    record = vault.source(offer)
    if record is None:
        counted = any(r.state == OFFERED for r in vault.outgoing)
        return Outcome(vault, refusal="requestUnknown", counted=counted)
    if record.state == WITHDRAWN:
        return refused(vault, "requestForOlderStartCode")
    same = record.request == request
    if record.state == OFFERED or "second-release" in broken and record.state == RELEASED and not same:
        kept = "key-kept" in broken
        released = vault.put(Outgoing(offer, RELEASED, request))._replace(held=vault.held and kept)
        return changed(released, (ACTIVATION, offer, request), gives_up="no-rotation" not in broken)
    if not same:
        return refused(vault, "releasedToAnother")
    if record.state == RELEASED:
        return shown_again(vault, record, broken)
    return refused(vault, "transferClosed" if record.state == SETTLED else "keyTakenBack")


def shown_again(vault, record, broken):
    """The activation code of a released record."""
    if "answer-lost" in broken:
        return refused(vault, "storeFailed")
    return again(vault, (ACTIVATION, record.offer, record.request), record)


def settle(vault, offer, request, broken):
    record = vault.source(offer)
    if record is None or record.request != request:
        return refused(vault, "receiptUnknown")
    return close(vault, offer, broken)


def close(vault, offer, broken):
    """The receipt, or an administrator's word instead of it."""
    record = vault.source(offer)
    if record is None:
        return refused(vault, "noSuchTransfer")
    if record.state in (OFFERED, WITHDRAWN):
        return refused(vault, "notReleased")
    if record.state == RELEASED:
        return changed(vault.put(record._replace(state=SETTLED, withheld=False)))
    return again(vault) if record.state == SETTLED else refused(vault, "transferClosed")


def reclaim(vault, offer, request, broken):
    record = vault.source(offer)
    if record is not None and record.request == request:
        if record.state == RELEASED or record.state == RETURNED and "reclaim-twice" in broken:
            if vault.held and "reclaim-twice" not in broken:
                return refused(vault, "keyAlreadyHere")
            return changed(vault.put(record._replace(state=RETURNED, withheld=False))._replace(held=True))
        if record.state == RETURNED:
            return again(vault)
    if any(r.state == OFFERED for r in vault.outgoing):
        return refused(vault, "nothingToTakeBack")
    if record is not None and record.request == request:
        return refused(vault, "transferClosed")
    waits = any(r.state == WITHDRAWN for r in vault.outgoing)
    return refused(vault, "nothingToTakeBack" if waits else "returnUnknown")


def cancel(vault, offer, broken):
    record = vault.source(offer)
    if record is None:
        return refused(vault, "noSuchTransfer")
    if record.state == OFFERED:
        return changed(vault.put(record._replace(state=WITHDRAWN)))
    if record.state == RELEASED and "reclaim-at-will" in broken:
        return changed(vault.put(record._replace(state=RETURNED))._replace(held=True))
    if record.state == WITHDRAWN:
        return again(vault)
    return refused(vault, "notOffered" if record.state == RELEASED else "transferClosed")


# The steps of the target

def request(vault, offer, fresh, broken):
    """Answers a start code; `fresh` is the number of the request that is made if one is."""
    record = vault.target(offer)
    if record is not None and "request-replaced" in broken and record.state == OPEN:
        vault, record = vault._replace(incoming=tuple(r for r in vault.incoming if r != record)), None
    if record is not None:
        if record.state == OPEN:
            return again(vault, (REQUEST, offer, record.request))
        return refused(vault, "alreadyActive" if record.state == ACTIVE else "requestDeclined")
    if vault.held:
        return refused(vault, "keyAlreadyHere")
    if vault.source(offer) is not None:
        return refused(vault, "keyReleased")
    if any(r.state == OPEN for r in vault.incoming):
        return refused(vault, "requestAlreadyOpen")
    return changed(vault.put(Incoming(offer, fresh, OPEN)), (REQUEST, offer, fresh))


def activate(vault, offer, request, broken):
    record = vault.target(offer)
    if record is not None and record.request != request:
        record = None
    if record is None and "activate-anywhere" in broken:
        record = next((r for r in vault.incoming if r.state == OPEN), None)
    if record is None:
        return refused(vault, "activationForAnotherRequest")
    if record.state == ACTIVE and "activate-twice" not in broken:
        return again(vault)
    if record.state == DECLINED and "activate-after-decline" not in broken:
        return refused(vault, "requestDeclined")
    if vault.held:
        return refused(vault, "keyAlreadyHere")
    # It was elsewhere before it came here, so whatever was once released of it here has arrived.
    arrived = tuple(r._replace(state=SETTLED, withheld=False) if r.state == RELEASED else r for r in vault.outgoing)
    return changed(vault._replace(held=True, outgoing=arrived).put(record._replace(state=ACTIVE, withheld=False)))


def decline(vault, offer, broken):
    record = vault.target(offer)
    if record is None:
        return refused(vault, "noSuchTransfer")
    code = (RETURN, offer, record.request)
    if record.state == DECLINED:
        return refused(vault, "storeFailed") if "return-key-lost" in broken else again(vault, code, record)
    if record.state == ACTIVE and "decline-after-activate" not in broken:
        return refused(vault, "notOpen")
    declined = vault.put(record._replace(state=DECLINED))
    return changed(declined, code, gives_up="no-rotation-on-decline" not in broken)


def receipt(vault, offer, broken):
    record = vault.target(offer)
    if record is None:
        return refused(vault, "noSuchTransfer")
    if record.state != ACTIVE:
        return refused(vault, "receiptNotYet")
    return again(vault, (RECEIPT, offer, record.request))


# Either side

def show(vault, offer, broken):
    """The code that this vault made last for the transfer."""
    record = vault.source(offer)
    if record is not None:
        if record.state == OFFERED:
            return again(vault, (START, offer))
        if record.state == RELEASED:
            return shown_again(vault, record, broken)
        return refused(vault, "transferClosed")
    record = vault.target(offer)
    if record is None:
        return refused(vault, "noSuchTransfer")
    if record.state == OPEN:
        return again(vault, (REQUEST, offer, record.request))
    return receipt(vault, offer, broken) if record.state == ACTIVE else decline(vault, offer, broken)


STEPS = {function.__name__: function for function in (
    offer, release, settle, close, reclaim, cancel, request, activate, decline, receipt, show)}


def locked(vault, event, broken=frozenset()):
    """What a LOCKED vault does: it shows activation and receipt codes again, and nothing else."""
    outcome = step(vault, event)
    if outcome.changes or outcome.code is None or outcome.code[0] not in (ACTIVATION, RECEIPT):
        return outcome if "locked-works" in broken else refused(vault, "vaultLocked")
    return outcome


def forgettable(vault, broken=frozenset()):
    """The records that may be forgotten to make room for another."""
    finished = FINISHED | {DECLINED for name in broken if name == "forgets-declined"} \
        | {RELEASED for name in broken if name == "forgets-released"}
    return [r for r in vault.outgoing + vault.incoming if r.state in finished]


def forget(vault, record):
    return vault._replace(outgoing=tuple(r for r in vault.outgoing if r != record),
                          incoming=tuple(r for r in vault.incoming if r != record))
