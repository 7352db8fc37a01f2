"""Codes: header, fields, lines, and their printed forms (chapters "Header", "Fields" and "Printed form")."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import linecode
from symbols import ALPHABET, bits, number_bits, octets, text, to_bits, to_symbols


class Refused(Exception):
    """A named error, and what it names."""

    def __init__(self, name: str, *names: object) -> None:
        super().__init__(" ".join([name, *map(str, names)]))
        self.name = name


@dataclass(frozen=True)
class Kind:
    letter: str
    word: str
    lines: int
    fields: tuple[tuple[str, int], ...]  # name and bits, without the header

    @property
    def value(self) -> int:
        return ALPHABET.index(self.letter)

    @property
    def header(self) -> bytes:
        """A header of version 1 without flags."""
        return (self.value << 5).to_bytes(2, "big")


START = Kind("S", "start", 18, (("s", 80), ("length", 8), ("certificate", 0), ("check", 32)))
SHORT_START = Kind("T", "short-start", 2, (("s", 80), ("certificate-id", 28), ("check", 32)))
REQUEST = Kind("Q", "request", 4, (("E", 255), ("mac", 35)))
ACTIVATION = Kind("A", "activation", 2, (("act", 128), ("tag", 12)))
RETURN = Kind("B", "return", 2, (("K_ret", 128), ("tag", 12)))
RECEIPT = Kind("C", "receipt", 1, (("rcpt", 65),))
KINDS = (START, SHORT_START, REQUEST, ACTIVATION, RETURN, RECEIPT)

Line = tuple[int, ...]  # 20 symbols


@dataclass(frozen=True)
class Code:
    kind: Kind
    fields: dict[str, bytes]  # the header as two bytes; the length of the certificate is that of its bytes

    @property
    def lines(self) -> list[Line]:
        string = bits(self.fields["header"])[6:]
        for name, count in self.kind.fields:
            if name == "length":
                string += number_bits(len(self.fields["certificate"]), 8)
            elif name == "certificate":
                string += bits(self.fields["certificate"])
            elif name == "E":
                string += _point_bits(self.fields["E"])
            else:
                string += bits(self.fields[name], count)
        symbols = to_symbols(string + "0" * (-len(string) % 75))
        return [linecode.line(self.kind.value, i // 15 + 1, symbols[i : i + 15]) for i in range(0, len(symbols), 15)]


def make(kind: Kind, **fields: bytes) -> Code:
    """A code of version 1 without flags."""
    return Code(kind, {"header": kind.header, **fields})


def start_check(header: bytes, s: bytes, certificate_or_hash: bytes) -> bytes:
    return sha256(b"alm/1/start-check" + header + s + certificate_or_hash).digest()[:4]


def _point_bits(point: bytes) -> str:
    if point[31] & 0x80:
        raise ValueError("the top bit of a point is not carried")
    return bits(point[:31]) + bits(point[31:])[1:]


def check_header(kind: Kind, first: Line) -> None:
    version, flags = int(to_bits(first)[5:7], 2) + 1, int(to_bits(first)[7:10], 2)
    if version != 1:
        raise Refused("unknown-version", kind.word, version)
    if flags and kind is not REQUEST:
        raise Refused("flags-not-zero", kind.word, flags)


def start_lines(second: Line) -> int:
    """How many lines a start code has; its second line tells."""
    length = int(to_bits(second)[90 - 75 : 98 - 75], 2)
    if not 1 <= length <= 150:
        raise Refused("certificate-length", length)
    return -(-(130 + 8 * length) // 75)


def decode(kind: Kind, lines: Sequence[Line], suspects: Sequence[int] = ()) -> Code:
    """Reads the fields of all lines of a code."""
    check_header(kind, lines[0])
    if kind is START:
        start_lines(lines[1])
    string = "".join(to_bits(line[:15]) for line in lines)
    fields = {"header": octets("000000" + string[:10])}
    at, length = 10, 0
    for name, count in kind.fields:
        count = 8 * length if name == "certificate" else count
        field, at = string[at : at + count], at + count
        if name == "length":
            length = int(field, 2)
        elif name == "E":
            fields[name] = octets(field[:248] + "0" + field[248:])
        else:
            fields[name] = octets(field)
    if kind is START and fields["check"] != start_check(fields["header"], fields["s"], fields["certificate"]):
        raise Refused("check-failed", *suspects)
    if "1" in string[at:]:
        raise Refused("padding-not-zero", kind.word)
    return Code(kind, fields)


# Printed forms

NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen"
).split()
SPELLING = (
    "zero one two tree four fife six seven eight niner alfa bravo charlie delta echo foxtrot golf hotel juliett"
    " kilo mike november papa quebec romeo sierra tango victor whiskey xray yankee zulu"
).split()


def printed(number: int, line: Line) -> str:
    groups = [text(line[i : i + 5]) for i in range(0, 20, 5)]
    return f"{number}  {' '.join(groups[:3])}  {groups[3]}"


def printed_lines(lines: Sequence[Line]) -> list[str]:
    return [printed(number, line) for number, line in enumerate(lines, 1)]


def compact(lines: Sequence[Line]) -> str:
    """For QR pictures."""
    return " ".join(map(text, lines))


def spoken(lines: Sequence[Line]) -> str:
    """To be read aloud."""
    result = ""
    for number, line in zip(NUMBERS, lines):
        groups = [" ".join(SPELLING[symbol] for symbol in line[i : i + 5]) for i in range(0, 20, 5)]
        result += f"\nline {number}\n" + "".join(f"  {group}\n" for group in groups[:3]) + f"  check {groups[3]}\n"
    return "[a code, to be read aloud]\n" + result
