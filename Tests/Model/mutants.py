"""The rules that a mutant breaks. ../Simulation/mutants.py has the same faults, by the same names, built into the code."""
from typing import NamedTuple

from world import Bounds

PLAIN = Bounds(3, 2, 2)
FORGETTING = Bounds(3, 2, 2, forget=True)
ONE_COPY = Bounds(2, 2, 2, copies=1)
TWO_COPIES = Bounds(2, 2, 2, copies=2)


class Mutant(NamedTuple):
    name: str
    what: str
    bounds: Bounds  # the smallest world in which the laws see it


MUTANTS = [
    # Commit and show.
    Mutant("show-before-commit", "an activation code is shown before the release is committed", PLAIN),
    Mutant("return-before-commit", "a return code is shown before the decline is committed", PLAIN),
    Mutant("split-commit", "a release erases the key in one commit and keeps the code in another one", PLAIN),
    Mutant("split-commit-on-disk", "a release keeps the code in one commit and erases the key in another one", PLAIN),
    Mutant("key-kept", "a release does not erase the key", PLAIN),
    Mutant("answer-lost", "after a release its code is not to be had again", PLAIN),
    # The states of the source.
    Mutant("second-release", "a released offer is released to another request, too", PLAIN),
    Mutant("reclaim-twice", "a return code takes the key back a second time", PLAIN),
    Mutant("reclaim-at-will", "a source takes a released key back without a return code", PLAIN),
    Mutant("secret-reused", "every offer of a key has the same secret", PLAIN),
    Mutant("forgets-released", "a released record is forgotten to make room", FORGETTING),
    # The states of the target.
    Mutant("activate-anywhere", "an activation code opens any open request", PLAIN),
    Mutant("activate-twice", "an active request keeps its secret and stays open", PLAIN),
    Mutant("activate-after-decline", "a declined request keeps its secret and can be activated", PLAIN),
    Mutant("decline-after-activate", "an active request can still be declined", PLAIN),
    Mutant("return-key-lost", "a declined request forgets its return key", PLAIN),
    Mutant("request-replaced", "the same start code makes a new request in the place of the open one", PLAIN),
    Mutant("forgets-declined", "a declined request is forgotten to make room", FORGETTING),
    # The anchor and copies.
    Mutant("destroyed-before-commit", "the old anchor is destroyed before the commit", PLAIN),
    Mutant("no-rotation", "a release keeps the anchor", ONE_COPY),
    Mutant("no-rotation-on-decline", "a decline keeps the anchor", ONE_COPY),
    Mutant("old-anchor-left", "the old anchor is not destroyed", ONE_COPY),
    Mutant("shown-before-destroyed", "a code is shown while the old anchor is still there", ONE_COPY),
    Mutant("place-unbound", "an anchor is bound to the machine alone", ONE_COPY),
    Mutant("locked-works", "a LOCKED store does what it is asked", ONE_COPY),
    Mutant("half-rotation-trusted", "what opens with the old anchor alone is not given a new one", TWO_COPIES),
    Mutant("strays-left", "anchors that nothing names are left where they are", TWO_COPIES),
]
