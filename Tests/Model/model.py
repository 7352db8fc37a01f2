#!/usr/bin/env python3
"""model.py [--soak] [MUTANT…]   searches every world within bounds for one that breaks a law, shows that the laws see
(each mutant has to be caught), and compares transitions.txt with the rules, or writes it where ALM_WRITE_VECTORS is set.

With names of mutants it looks at these alone; with --soak within larger bounds, which takes minutes and some memory."""
import itertools
import os
import pathlib
import sys

import table
from mutants import MUTANTS
from world import Bounds, Model

TABLE = pathlib.Path(__file__).with_name("transitions.txt")
# Stores, offers and requests in all.
BOUNDS = [
    Bounds(3, 3, 3, close=True),
    Bounds(3, 3, 3, forget=True),
    Bounds(3, 2, 2, copies=2),
    Bounds(3, 2, 2, copies=1, close=True, forget=True),
]
SOAK = [
    Bounds(4, 3, 3, close=True),
    Bounds(4, 3, 3, forget=True),
    Bounds(3, 3, 3, copies=1),
    Bounds(2, 2, 2, copies=3),
]


def search(bounds):
    """Searches all worlds within the bounds. How many there are, and whether no law is broken."""
    result = Model(bounds).search()
    said = f"{bounds}: {result.worlds:,} worlds, {result.depth} steps deep, {result.seconds:.1f} s: "
    if result.law:
        print(said + f"BROKEN: {result.law}\n  " + "\n  ".join(result.script), flush=True)
    else:
        print(said + "no law broken", flush=True)
    return result.worlds, not result.law


def catch(mutant):
    """Whether the laws see a mutant."""
    result = Model(mutant.bounds, [mutant.name]).search()
    if not result.law:
        print(f"MISSED {mutant.name} ({mutant.bounds}, {result.worlds:,} worlds): {mutant.what}", flush=True)
        return False
    print(f"caught {mutant.name} ({mutant.bounds}, {result.worlds:,} worlds): {mutant.what}\n  {result.law}\n"
          f"  {'; '.join(result.script)}", flush=True)
    return True


def compare():
    """Whether the committed table is that of the rules."""
    lines = list(table.lines())
    states, transitions = table.count()
    if os.environ.get("ALM_WRITE_VECTORS"):
        TABLE.write_text("\n".join(lines) + "\n")
    committed = TABLE.read_text().splitlines()
    for number, (found, expected) in enumerate(itertools.zip_longest(committed, lines), 1):
        if found != expected:
            print(f"error: {TABLE.name}, line {number}: {found}\n  the rules say: {expected}\n"
                  "hint: ALM_WRITE_VECTORS=1 make model writes it anew; then the tests compare the Swift rules with it")
            return states, transitions, False
    return states, transitions, True


def main():
    names = [argument for argument in sys.argv[1:] if argument != "--soak"]
    unknown = set(names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        sys.exit(f"error: no such mutant: {', '.join(sorted(unknown))}")
    if names:
        sys.exit(not all([catch(mutant) for mutant in MUTANTS if mutant.name in names]))
    if "--soak" in sys.argv[1:]:
        sys.exit(not all([search(bounds)[1] for bounds in SOAK]))
    searched = [search(bounds) for bounds in BOUNDS]
    caught = [catch(mutant) for mutant in MUTANTS]
    states, transitions, agrees = compare()
    is_kept = all(kept for _, kept in searched)
    print(f"model: {sum(worlds for worlds, _ in searched):,} worlds, {'no law' if is_kept else 'A LAW'} broken; "
          f"{sum(caught)} of {len(caught)} mutants caught; the table of {states} states and {transitions:,} transitions "
          f"{'agrees' if agrees else 'DIFFERS'}")
    sys.exit(not (is_kept and all(caught) and agrees))


if __name__ == "__main__":
    main()
