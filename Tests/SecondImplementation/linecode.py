"""The line code: a shortened Reed–Solomon code over GF(32), 22 symbols, of which 20 are printed (chapter "Line code")."""

from collections.abc import Collection, Sequence
from itertools import combinations

from symbols import POWERS, divide, multiply

GENERATOR = (27, 15, 23, 25, 31)  # of x⁴ … x⁰; the coefficient of x⁵ is 1
LENGTH = 22  # kind, number, 15 of data, 5 of check
HIGHEST_NUMBER = 18


def check(symbols: Sequence[int]) -> list[int]:
    """The check symbols of kind, number and 15 data symbols: the remainder of the division by g(x)."""
    remainder = [0] * 5
    for symbol in symbols:
        factor = symbol ^ remainder[0]
        remainder = [a ^ multiply(factor, b) for a, b in zip(remainder[1:] + [0], GENERATOR)]
    return remainder


def line(kind: int, number: int, data: Sequence[int]) -> tuple[int, ...]:
    """The 20 printed symbols of a line."""
    return (*data, *check([kind, number, *data]))


_PAIRS = {tuple(check([k, n] + [0] * 15)): (k, n) for k in range(32) for n in range(1, HIGHEST_NUMBER + 1)}


def kind_and_number(printed: Sequence[int]) -> tuple[int, int] | None:
    """The kind and the number with which 20 symbols are a codeword. The code is linear, so the sum tells."""
    rest = check([0, 0, *printed[:15]])
    return _PAIRS.get(tuple(a ^ b for a, b in zip(rest, printed[15:])))


def _locator(place: int) -> int:
    return POWERS[LENGTH - 1 - place]


def _without(sums: Sequence[int], place: int) -> list[int]:
    """What is left of sums Y·X + …, Y·X² + …, … when what one place adds to them is taken away."""
    return [b ^ multiply(_locator(place), a) for a, b in zip(sums, sums[1:])]


def nearest(word: Sequence[int], unreadable: Collection[int], errors: int = 2) -> list[int] | None:
    """The codeword that differs from a word in the places that are unreadable and in `e` others, 2e + f ≤ 5.

    There is at most one. `errors` is the highest e that is looked for.
    """
    if len(unreadable) > 5:
        return None
    syndromes = [0] * 5
    for place, symbol in enumerate(word):
        symbol = 0 if place in unreadable else symbol
        for j in range(5):
            syndromes[j] ^= multiply(symbol, POWERS[(LENGTH - 1 - place) * (j + 1) % 31])
    rest = syndromes
    for place in unreadable:
        rest = _without(rest, place)
    others = [place for place in range(LENGTH) if place not in unreadable]
    for e in range(min(errors, len(rest) // 2) + 1):
        for wrong in combinations(others, e):
            left = rest
            for place in wrong:
                left = _without(left, place)
            if not any(left):
                return _corrected(word, syndromes, [*unreadable, *wrong], unreadable)
    return None


def _corrected(word: Sequence[int], syndromes: list[int], bad: list[int], unreadable: Collection[int]) -> list[int]:
    right = [0 if place in unreadable else symbol for place, symbol in enumerate(word)]
    for place in bad:
        left, scale = syndromes, _locator(place)
        for other in bad:
            if other != place:
                left = _without(left, other)
                scale = multiply(scale, _locator(place) ^ _locator(other))
        right[place] ^= divide(left[0], scale)
    return right
