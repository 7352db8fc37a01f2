"""A vault on a disk: the place anchor around its steps, and copies of its database.

Every release and every decline makes the anchor anew, in this order, with a stop possible between any two:

    commit    the change; the database now opens with the new anchor and with the old one; the code is withheld
    destroy   the old anchor is gone
    finish    a second commit: the old wrapping is dropped, the code may be shown

A database opens with the anchors it names, if one of them is in its place. Copies of the database are made at any time
and written back at any time later, which is what a restored backup is; a copy of an anchor opens nothing. Copies are
dormant: they hold whatever the vault held, for as long as the model runs.
"""
from typing import NamedTuple, Optional

from rules import *

GONE = -1  # an anchor that is destroyed


class Database(NamedTuple):
    """The vault's file: what it holds, and the anchors it opens with, the newer first."""
    vault: Vault
    anchor: int
    replaced: Optional[int] = None


class Store(NamedTuple):
    """The file in its place, the anchors beside it, and copies that lie elsewhere."""
    file: Database
    anchors: tuple = (0,)
    copies: tuple = ()


EMPTY, FIRST = (Store(Database(Vault(held), 0)) for held in (False, True))


def is_locked(store):
    return store.file.anchor not in store.anchors and store.file.replaced not in store.anchors


def is_unfinished(store):
    """Whether an anchor is about to be replaced. What opens such a store goes on with that before anything else."""
    return store.file.replaced is not None


def tidy(store):
    """The same store with small numbers for its anchors; those that no file names are left out."""
    files = (store.file, *store.copies)
    named = dict.fromkeys(a for f in files for a in (f.anchor, f.replaced) if a in store.anchors)
    number = {anchor: index for index, anchor in enumerate(named)}

    def renamed(file):
        return file._replace(anchor=number.get(file.anchor, GONE),
                             replaced=None if file.replaced is None else number.get(file.replaced, GONE))
    copies = sorted({renamed(copy) for copy in store.copies}, key=repr)
    return Store(renamed(store.file), tuple(range(len(number))), tuple(copies))


def unwithheld(vault):
    return vault._replace(outgoing=tuple(r._replace(withheld=False) for r in vault.outgoing),
                          incoming=tuple(r._replace(withheld=False) for r in vault.incoming))


def withholding(vault, before):
    """The vault with the codes of what just changed withheld."""
    return vault._replace(
        outgoing=tuple(r._replace(withheld=True) if r not in before.outgoing and r.state == RELEASED else r
                       for r in vault.outgoing),
        incoming=tuple(r._replace(withheld=True) if r not in before.incoming and r.state == DECLINED else r
                       for r in vault.incoming))


def fresh_anchor(store):
    return 1 + max((*store.anchors, GONE))


def commit(store, outcome, broken):
    """The store after the commit of a step, and before its code is shown."""
    before, vault = store.file.vault, outcome.vault
    if not outcome.gives_up:
        return [store._replace(file=store.file._replace(vault=vault))]
    anchor = fresh_anchor(store)
    after = []
    if "destroyed-before-commit" in broken:
        # A stop here leaves the file as it was, and nothing that opens it.
        store = store._replace(anchors=tuple(a for a in store.anchors if a != store.file.anchor))
        after.append(store)
    if "shown-before-destroyed" not in broken:
        vault = withholding(vault, before)
    file = Database(vault, anchor, store.file.anchor)
    after.append(store._replace(file=file, anchors=(*store.anchors, anchor)))
    if "split-commit" in broken and before.held and not vault.held:
        after.append(store._replace(file=store.file._replace(vault=before._replace(held=False))))
    if "split-commit-on-disk" in broken and before.held and not vault.held:
        after.append(store._replace(file=file._replace(vault=vault._replace(held=True)), anchors=(*store.anchors, anchor)))
    return after


def go_on(store, broken):
    """The next move of a process that opens a store with an anchor about to be replaced: name and store."""
    file, anchors = store.file, store.anchors
    if file.anchor not in anchors and "half-rotation-trusted" not in broken:
        anchor = fresh_anchor(store)
        return ("rotate again",), store._replace(file=file._replace(anchor=anchor), anchors=(*anchors, anchor))
    if file.replaced in anchors and "old-anchor-left" not in broken and file.anchor in anchors:
        return ("destroy",), store._replace(anchors=tuple(a for a in anchors if a != file.replaced))
    kept = file.anchor if file.anchor in anchors else file.replaced
    return ("finish",), opened(store._replace(file=Database(unwithheld(file.vault), kept)), broken)


def opened(store, broken):
    """The store after it opened: anchors that it does not name are strays, and are removed."""
    if is_locked(store) or is_unfinished(store) or broken & {"strays-left", "old-anchor-left"}:
        return store
    return store._replace(anchors=(store.file.anchor,))


def copied(store):
    return store._replace(copies=(*store.copies, store.file))


def restored(store, copy, broken):
    """A copy written back over the file. Opened, unless an anchor is about to be replaced."""
    return opened(store._replace(file=copy), broken)


def usable(store, broken):
    """In how many places the key can be used: here, and nowhere else."""
    here = store.file.vault.held and (not is_locked(store) or "locked-works" in broken)
    elsewhere = sum(copy.vault.held for copy in store.copies) if "place-unbound" in broken else 0
    return here + elsewhere
