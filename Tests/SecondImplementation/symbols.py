"""Conventions: bits of bytes, symbols, and the field GF(32) (chapter "Conventions" of *Transfer codes*)."""

from collections.abc import Iterable, Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
POWERS = [1]  # of α, symbol 2, modulo x⁵ + x² + 1
while len(POWERS) < 31:
    POWERS.append(POWERS[-1] << 1 if POWERS[-1] < 16 else POWERS[-1] << 1 ^ 0b100101)
LOGARITHMS = {power: exponent for exponent, power in enumerate(POWERS)}


def multiply(a: int, b: int) -> int:
    return POWERS[(LOGARITHMS[a] + LOGARITHMS[b]) % 31] if a and b else 0


def divide(a: int, b: int) -> int:
    return POWERS[(LOGARITHMS[a] - LOGARITHMS[b]) % 31] if a else 0


def value(character: str) -> int | None:
    """The symbol that a character stands for: either case, O for 0, I and L for 1."""
    found = ALPHABET.find({"O": "0", "I": "1", "L": "1"}.get(character.upper(), character.upper()))
    return found if found >= 0 else None


def text(symbols: Iterable[int]) -> str:
    return "".join(ALPHABET[symbol] for symbol in symbols)


# A string of bits is written as a string of "0" and "1".


def bits(data: bytes, count: int | None = None) -> str:
    """The first bits of bytes, all without a count."""
    return "".join(f"{byte:08b}" for byte in data)[:count]


def number_bits(number: int, count: int) -> str:
    return f"{number:0{count}b}"


def octets(string: str) -> bytes:
    """Bits as bytes, the unused low bits of the last one zero."""
    return bytes(int(string[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(string), 8))


def first_bits(data: bytes, count: int) -> bytes:
    return octets(bits(data, count))


def to_symbols(string: str) -> list[int]:
    return [int(string[i : i + 5].ljust(5, "0"), 2) for i in range(0, len(string), 5)]


def to_bits(symbols: Sequence[int]) -> str:
    return "".join(f"{symbol:05b}" for symbol in symbols)
