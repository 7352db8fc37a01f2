"""Some stores, every code that was ever shown, and all that can happen to them: the search and the laws.

Whatever was shown can be loaded anywhere, any number of times, in any order, or never: that covers codes that are lost,
doubled, late and misdirected. A code is shown some time after the commit that it is of, or not at all: that covers
crashes between the two. Stores have no names, so worlds that differ in the order of their stores are one.
"""
import time
from array import array
from functools import reduce
from operator import or_
from typing import NamedTuple

import store as stores
from rules import *

KINDS = (START, REQUEST, ACTIVATION, RETURN, RECEIPT)
# The kind of code that a step is told with.
TOLD = {"request": START, "release": REQUEST, "activate": ACTIVATION, "reclaim": RETURN, "settle": RECEIPT}
# A world is kept as one number: that of each store, how many copies and which requests were made, the codes.
STORE_BITS, COPY_BITS, MADE_BITS = 20, 4, 12


class Bounds(NamedTuple):
    """How large a world is, and what happens in it beside transfers."""
    stores: int = 3
    offers: int = 3
    requests: int = 3
    copies: int = 0       # how many copies of databases are made
    close: bool = False   # whether administrators close transfers without a receipt
    forget: bool = False  # whether finished records are forgotten

    def __str__(self):
        extras = [f"{self.copies} {'copy' if self.copies == 1 else 'copies'}"] * (self.copies > 0) \
            + ["closing"] * self.close + ["forgetting"] * self.forget
        return " × ".join(map(str, self[:3])) + "".join(", " + extra for extra in extras)


class Move(NamedTuple):
    """Something one store can do by itself."""
    name: tuple
    needs: int      # the bit of a code that must have been shown, or 0
    shows: int      # the bit of the code that it shows, or 0
    after: int      # the number of the store as it then is
    made: tuple     # how many requests were made for each offer, and so how many offers
    copies: int     # how many copies it makes
    declines: bool


class Facts(NamedTuple):
    """What the laws ask of one store: in how many places its key can be used, whether it offers a key that is not here,
    and the requests of its records by their state, with a bit for each."""
    usable: int
    adrift: bool
    released: int
    settled: int
    returned: int
    open: int
    active: int
    declined: int


class Result(NamedTuple):
    """What a search came to. Without a law that is broken, all worlds were searched if it is complete."""
    worlds: int
    depth: int
    seconds: float
    complete: bool
    law: str     # what is broken
    script: list  # the shortest way there, in words


class Model:
    """The search within one set of bounds, with one set of broken rules."""

    def __init__(self, bounds, broken=()):
        self.bounds, self.broken = bounds, frozenset(broken)
        self.numbers, self.stores, self.facts, self.moves = {}, [], [], {}
        self.made_numbers, self.made = {}, []

    # Numbers and bits

    def number(self, store):
        store = stores.tidy(store)
        if store not in self.numbers:
            self.numbers[store] = len(self.stores)
            self.stores.append(store)
            self.facts.append(self.facts_of(store))
            assert len(self.stores) < 1 << STORE_BITS
        return self.numbers[store]

    def made_number(self, made):
        if made not in self.made_numbers:
            self.made_numbers[made] = len(self.made)
            self.made.append(made)
            assert len(self.made) < 1 << MADE_BITS
        return self.made_numbers[made]

    def pack(self, numbers, copies, made, codes):
        world = codes << MADE_BITS | self.made_number(made)
        world = world << COPY_BITS | copies
        for number in sorted(numbers):
            world = world << STORE_BITS | number
        return world

    def unpack(self, world):
        numbers = []
        for _ in range(self.bounds.stores):
            numbers.append(world & (1 << STORE_BITS) - 1)
            world >>= STORE_BITS
        return (numbers, world & (1 << COPY_BITS) - 1, self.made[world >> COPY_BITS & (1 << MADE_BITS) - 1],
                world >> COPY_BITS + MADE_BITS)

    def request_bit(self, offer, request):
        return 1 << offer * self.bounds.requests + request

    def bit(self, code):
        kind, offer, *request = code
        if kind == START:
            return 1 << offer
        return self.request_bit(offer, *request) << self.first_bit(kind)

    def first_bit(self, kind):
        return self.bounds.offers * (1 + (KINDS.index(kind) - 1) * self.bounds.requests)

    def shown(self, kind, codes):
        """The requests of which a code of `kind` was shown."""
        return codes >> self.first_bit(kind) & (1 << self.bounds.offers * self.bounds.requests) - 1

    def facts_of(self, store):
        vault = store.file.vault

        def bits(records, state):
            return reduce(or_, (self.request_bit(r.offer, r.request) for r in records if r.state == state), 0)
        offers = any(record.state == OFFERED for record in vault.outgoing)
        return Facts(
            stores.usable(store, self.broken), offers and not vault.held,
            *(bits(vault.outgoing, state) for state in (RELEASED, SETTLED, RETURNED)),
            *(bits(vault.incoming, state) for state in (OPEN, ACTIVE, DECLINED)))

    # What a store can do

    def moves_of(self, number, made, copies):
        key = (number, made, copies < self.bounds.copies)
        if key not in self.moves:
            self.moves[key] = tuple(
                move for move in self.list_moves(self.stores[number], *key[1:]) if move.after != number or move.shows)
        return self.moves[key]

    def list_moves(self, store, made, may_copy):
        def move(name, after, needs=0, shows=0, made=made, copies=0):
            return Move(name, needs, shows, self.number(after), made, copies, name[0] == "decline")

        if may_copy and store.file not in store.copies:
            yield move(("copy",), stores.copied(store), copies=1)
        for copy in store.copies:
            yield move(("restore", copy), stores.restored(store, copy, self.broken))
            # Where it lies it is LOCKED.
            for record in copy.vault.outgoing + copy.vault.incoming:
                code = locked(copy.vault, ("show", record.offer)).code
                if code:
                    yield move(("show in a copy", record.offer), store, shows=self.bit(code))
        if stores.is_locked(store):
            # A copy that was written back shows no more than where it lay.
            if "locked-works" in self.broken:
                for event in self.events(made):
                    yield from self.perform(store, event, made, move, locked)
            return
        if stores.is_unfinished(store):
            yield move(*stores.go_on(store, self.broken))
            if "shown-before-destroyed" not in self.broken:
                return
        for event in self.events(made):
            yield from self.perform(store, event, made, move, step)
        if self.bounds.forget:
            for record in forgettable(store.file.vault, self.broken):
                file = store.file._replace(vault=forget(store.file.vault, record))
                yield move(("forget", record.offer), store._replace(file=file))

    def events(self, made):
        """Everything that can be asked of a vault, once `made` is made."""
        if len(made) < self.bounds.offers:
            yield ("offer", 0 if "secret-reused" in self.broken and made else len(made), True)
        for offer in range(len(made)):
            if sum(made) < self.bounds.requests:
                yield ("request", offer, made[offer])
            for request in range(made[offer]):
                for name in ("release", "settle", "reclaim", "activate"):
                    yield (name, offer, request)
            for name in ("cancel", "decline", "receipt", "show") + ("close",) * self.bounds.close:
                yield (name, offer)

    def perform(self, store, event, made, move, rules):
        """The moves that an event comes to: the commit, and apart from it the code."""
        outcome = rules(store.file.vault, event, self.broken)
        name, *about = event
        needs = self.bit((TOLD[name], *about[:1 if name == "request" else 2])) if name in TOLD else 0
        shows = self.bit(outcome.code) if outcome.code else 0
        if not outcome.changes:
            if shows:
                yield move(event, store, needs, shows)
            return
        if name == "offer" and about[0] == len(made):
            made = (*made, 0)
        if name == "request":
            made = tuple(count + (offer == about[0]) for offer, count in enumerate(made))
        if {"release": "show-before-commit", "decline": "return-before-commit"}.get(name) in self.broken:
            yield move((*event, "without a commit"), store, needs, shows)
        for after in stores.commit(store, outcome, self.broken):
            yield move(event, after, needs, made=made)
            if name == "release" and "answer-lost" in self.broken:
                yield move(event, after, needs, shows, made=made)

    # The search

    def search(self, cap=None):
        """Every world that can be reached, nearest first, up to the first that breaks a law."""
        begin = time.monotonic()
        places = [stores.FIRST] + [stores.EMPTY] * (self.bounds.stores - 1)
        worlds = [self.pack([self.number(place) for place in places], 0, (), 0)]
        seen, parents = {worlds[0]: 0}, array("i", [-1])
        # The worlds in which the key can be used nowhere, and what follows on them without a decline.
        homeless, edges = bytearray(), (array("i"), array("i"))
        depth, level_end, index, law = 0, 1, 0, None
        while index < len(worlds) and not (cap and len(worlds) > cap):
            if index == level_end:
                depth, level_end = depth + 1, len(worlds)
            numbers, copies, made, codes = self.unpack(worlds[index])
            facts = [self.facts[number] for number in numbers]
            law = self.broken_law(facts, codes)
            if law:
                break
            is_homeless = not any(fact.usable for fact in facts)
            homeless.append(is_homeless)
            for place, number in enumerate(numbers):
                if place and number == numbers[place - 1]:
                    continue  # two stores that are alike do the same
                others = numbers[:place] + numbers[place + 1:]
                for move in self.moves_of(number, made, copies):
                    if move.needs & ~codes:
                        continue
                    after = self.pack([*others, move.after], copies + move.copies, move.made, codes | move.shows)
                    found = seen.setdefault(after, len(worlds))
                    if found == len(worlds):
                        worlds.append(after)
                        parents.append(index)
                    if is_homeless and not move.declines:
                        edges[0].append(index)
                        edges[1].append(found)
            index += 1
        complete = index == len(worlds)
        if complete and not self.bounds.copies:
            stuck = self.stuck(homeless, edges, worlds)
            if stuck is not None:
                law, index = "never none: no way leads to a usable key, unless by a decline", stuck
        return Result(len(worlds), depth, time.monotonic() - begin, complete, law,
                      self.script(index, worlds, parents) if law else None)

    def broken_law(self, facts, codes):
        """The law that a world breaks, if it does.

        never two              the key can be used in one place at most
        conservation           the places where it can be used and its ways from one to the other are one together
        offered is here        a vault that offers a key has it
        shown is committed     for every code that was shown there is the record of what it says

        Where copies are written back the first alone is left.
        """
        usable = sum(fact.usable for fact in facts)
        if usable > 1:
            return f"never two: the key can be used in {usable} places"
        if any(fact.adrift for fact in facts):
            return "offered is here: a vault offers the key and does not have it"
        if self.bounds.copies:
            return None
        _, _, released, settled, returned, open_, active, declined = (reduce(or_, column) for column in zip(*facts))
        # A settled record whose request did not become active is one that an administrator closed.
        on_the_way = ((released | settled * self.bounds.close) & (open_ | declined)).bit_count()
        if usable + on_the_way != 1:
            return f"conservation: usable in {usable} places, and {on_the_way} times on its way"
        if self.bounds.forget:
            return None
        for kind, records in ((ACTIVATION, released | settled | returned), (RETURN, declined), (RECEIPT, active)):
            if self.shown(kind, codes) & ~records:
                return f"shown is committed: a code ({kind}), and no record of what it says"
        return None

    def stuck(self, homeless, edges, worlds):
        """A world from which no way leads to a usable key, though nobody gave it up: `never none`.

        The way back by a decline does not count for a request that is still open: the activation code has to be there.
        """
        good = bytearray(not is_homeless for is_homeless in homeless)
        for index in range(len(worlds)) if self.bounds.close else ():
            if not good[index]:
                _, _, _, settled, _, open_, _, declined = (
                    reduce(or_, column) for column in zip(*(self.facts[n] for n in self.unpack(worlds[index])[0])))
                good[index] = bool(settled & (open_ | declined))
        count = -1
        while count != good.count(1):
            count = good.count(1)
            # The last worlds first: most ways lead on to later ones.
            for before, after in zip(reversed(edges[0]), reversed(edges[1])):
                if good[after]:
                    good[before] = 1
        stuck = good.find(0)
        return None if stuck < 0 else stuck

    # What happened

    def script(self, index, worlds, parents):
        """The way to a world, in words; the stores are A, B, C."""
        path = [index]
        while parents[path[-1]] >= 0:
            path.append(parents[path[-1]])
        path.reverse()
        places = [self.number(stores.FIRST)] + [self.number(stores.EMPTY)] * (self.bounds.stores - 1)
        script = []
        for before, after in zip(path, path[1:]):
            _, copies, made, codes = self.unpack(worlds[before])
            place, move = next(
                (place, move) for place, number in enumerate(places) for move in self.moves_of(number, made, copies)
                if not move.needs & ~codes and worlds[after] == self.pack(
                    [*places[:place], move.after, *places[place + 1:]], copies + move.copies, move.made,
                    codes | move.shows))
            places[place] = move.after
            script.append(f"{'ABCDEFGH'[place]} {self.words(move)}")
        return script

    def words(self, move):
        name, *about = move.name
        if name == "restore":
            vault = about[0].vault
            states = ["HELD"] * vault.held + [f"{label(r.offer)} {r.state}" for r in vault.outgoing + vault.incoming]
            return f"is overwritten with its copy ({', '.join(states) or 'empty'})"
        words = [name]
        numbers = [part for part in about if not isinstance(part, str)]
        if numbers:
            # An offer's second part says whether anew, a request's is the number of the one to be made.
            words.append(label(*numbers[:1 if name in ("offer", "request") else 2]))
        words += [part for part in about if isinstance(part, str)]
        return " ".join(words) + (f": {self.code_name(move.shows)}" if move.shows else "")

    def code_name(self, bit):
        kind = next(kind for kind in reversed(KINDS) if kind == START or self.shown(kind, bit))
        if kind == START:
            return f"{kind} {label(bit.bit_length() - 1)}"
        return f"{kind} {label(*divmod(self.shown(kind, bit).bit_length() - 1, self.bounds.requests))}"


def label(offer, request=None):
    """An offer's letter, and a request's number behind it."""
    return "abcdefgh"[offer] + ("" if request is None else str(request + 1))
