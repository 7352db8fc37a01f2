"""The transition table of one vault: every state it can get into, and what everything it can be asked comes to there.

The same table is made of the Swift rules (../VaultsTests/TransitionTableTests.swift) and compared line by line. In it the
vault makes offers a and b and answers the offers x and y of others. Requests a1 and a2 answer offer a: two other vaults'.
x1 is this vault's own request for x, x2 another's. Every code of all of them is there from the beginning, so that what
the vault does depends on nothing but itself.
"""
from rules import *
from store import withholding

OWN, FOREIGN = (0, 1), (2, 3)
LETTERS = "abxy"

HEADER = """\
# The transitions of one vault, for one licence: see table.py. Written by `ALM_WRITE_VECTORS=1 make model`, compared with
# the model by `make model`, and with the Swift rules by the tests. A paragraph is a state; its lines are what the events
# behind the colon come to: another state (-> [number]; `beyond`: one with a third offer), the same answer again, or a
# refusal; with the code that is shown. `anchor anew`: the step gives something up; where somebody keeps the old anchor,
# it comes to the state behind `withheld`, and shows no code. As long as that anchor is kept, the store refuses every other
# step that gives something up. `counted`: the refusal is counted against guessing. `LOCKED shows` is what the same vault
# still shows once it is LOCKED; `forgettable` what may be forgotten to make room.
"""


def label(offer, request=None):
    return (LETTERS[offer] if offer < len(LETTERS) else "c") + ("" if request is None else str(request + 1))


def events(vault):
    """Everything that the vault can be asked in this state, with its name."""
    own = [r.offer for r in vault.outgoing]
    listed = [("offer", ("offer", next((o for o in OWN if o not in own), len(LETTERS)), False)),
              ("offer anew", ("offer", next((o for o in OWN if o not in own), len(LETTERS)), True))]
    for offer in own:
        listed.append((f"request {label(offer)}", ("request", offer, 0)))
        listed.append((f"release {label(offer, 0)}", ("release", offer, 0)))
        # The requests of an offer that is not released are alike.
        if vault.source(offer).request is not None:
            listed.append((f"release {label(offer, 1)}", ("release", offer, 1)))
        listed.append((f"activate {label(offer, 0)}", ("activate", offer, 0)))
        for request in (0, 1):
            for name in ("settle", "reclaim"):
                listed.append((f"{name} {label(offer, request)}", (name, offer, request)))
        listed += [(f"{name} {label(offer)}", (name, offer)) for name in ("cancel", "close", "show", "decline", "receipt")]
    for offer in FOREIGN:
        known = vault.target(offer) is not None
        # The offers of others are alike: the first comes first.
        if offer == FOREIGN[0] or vault.target(FOREIGN[0]) is not None:
            listed.append((f"request {label(offer)}", ("request", offer, 0)))
        for request in (0,) * known + (1,) * (offer == FOREIGN[0]):
            for name in ("release", "activate", "settle", "reclaim"):
                listed.append((f"{name} {label(offer, request)}", (name, offer, request)))
        if known:
            listed += [(f"{name} {label(offer)}", (name, offer))
                       for name in ("decline", "receipt", "show", "cancel", "close")]
    return listed


def words(vault):
    """The state in words."""
    records = [f"{label(r.offer)} {r.state}" + (f" to {label(r.offer, r.request)}" if r.request is not None else "")
               + ", withheld" * r.withheld for r in vault.outgoing]
    records += [f"{label(r.offer)} {r.state}" + ", withheld" * r.withheld for r in vault.incoming]
    return ", ".join((["HELD"] if vault.held else ["empty"]) + records)


def code_words(code):
    return "" if code is None else f" {code[0]} {label(*code[1:])}"


def count():
    """How many states the table has, and how many pairs of a state and an event."""
    found = [line for line in lines() if line and line[0] not in "#"]
    states = [line for line in found if line[0] == "["]
    outcomes = [line for line in found if line[0] != "[" and line.split(":")[0] not in ("LOCKED shows", "forgettable")]
    return len(states), sum(len(line.split(": ")[1].split(", ")) for line in outcomes)


def lines():
    """The table."""
    states = [Vault(held=True), Vault()]
    numbers = {vault: number for number, vault in enumerate(states)}

    def numbered(vault):
        if vault not in numbers:
            numbers[vault] = len(states)
            states.append(vault)
        return f"[{numbers[vault]}]"
    yield from HEADER.splitlines()
    for number, vault in enumerate(states):  # grows while it is walked
        grouped, shown = {}, []
        for name, event in events(vault):
            outcome = step(vault, event)
            if outcome.refusal:
                came = f"refused {outcome.refusal}" + (", counted" if outcome.counted else "")
            elif not outcome.changes:
                came = "again" + code_words(outcome.code)
            elif outcome.gives_up and any(record.withheld for record in vault.outgoing + vault.incoming):
                came = "the store refuses anchorKept"
            else:
                after = outcome.vault
                came = "-> " + ("beyond" if len(after.outgoing) > len(OWN) else numbered(after)) + code_words(outcome.code)
                if outcome.gives_up:
                    came += f", anchor anew; withheld {numbered(withholding(after, vault))}"
            grouped.setdefault(came, []).append(name)
            if not locked(vault, event).refusal:
                shown.append(name)
        yield ""
        yield f"[{number}] {words(vault)}"
        for came, names in grouped.items():
            yield f"{came}: {', '.join(names)}"
        if shown:
            yield f"LOCKED shows: {', '.join(shown)}"
        finished = forgettable(vault)
        if finished:
            yield f"forgettable: {', '.join(label(record.offer) for record in finished)}"
