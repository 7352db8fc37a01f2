"""From bytes to tokens: characters, words, and words read aloud (steps 1 to 3 of *Finding a code in a text*)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from codes import NUMBERS, SPELLING
from linecode import kind_and_number
from symbols import ALPHABET, value

STRANGE = "\0"  # stands for the strange letter; a NUL in the text becomes a space


@dataclass(frozen=True)
class Symbol:
    value: int | None  # none if it is unreadable
    typed: str  # in upper case; ? for a strange letter

    @property
    def is_digit_character(self) -> bool:
        return "0" <= self.typed <= "9"

    @property
    def is_marked(self) -> bool:
        return self.typed == "?"


@dataclass(frozen=True)
class Word:
    text: str
    text_line: int
    paragraph: int


@dataclass(frozen=True)
class Token:
    symbols: tuple[Symbol, ...]
    text_line: int
    paragraph: int
    announced: int | None = None  # a number after "line": a token without symbols

    @property
    def label(self) -> int | None:
        """The number that it is in front of other tokens."""
        return self.announced if len(self.symbols) not in (1, 2) else label_number(self.symbols)


def label_number(symbols: tuple[Symbol, ...]) -> int | None:
    values = [symbol.value for symbol in symbols]
    if any(digit is None or digit >= 10 for digit in values):
        return None
    number = int("".join(map(str, values)))
    return number if 1 <= number <= 18 else None


# Step 1

_NOTHING = [
    0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A),
    *range(0xFE00, 0xFE10), 0xFEFF,
]  # fmt: skip
_FIXED = {
    **{code: "\n" for code in (*range(0x0A, 0x0E), 0x85, 0x2028, 0x2029)},
    **{code: chr(code) for code in range(0x20, 0x7F)},
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{code: "?" for code in (0xBF, 0x2047, 0x2048, 0x2049)},
    **{code: "" for code in _NOTHING},
}
_LETTERS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"}


def characters(data: bytes) -> str:
    """The text as ASCII, line ends as LF, strange letters as STRANGE."""
    result = []
    for character in _decoded(data).replace("\r\n", "\n"):
        fixed = _FIXED.get(ord(character))
        if fixed is None:
            fixed = STRANGE if unicodedata.category(character) in _LETTERS else " "
        result.append(fixed)
    return "".join(result)


def _decoded(data: bytes) -> str:
    zeros = [offset for offset, byte in enumerate(data[:64]) if byte == 0]
    n, z = len(data[:64]), len(zeros)
    looks_wide = n >= 8 and z >= n // 2 - 2 and z > n // 3
    if data.startswith(b"\xff\xfe") or (looks_wide and all(offset % 2 == 1 for offset in zeros)):
        return data[: len(data) // 2 * 2].decode("utf-16-le", errors="replace")
    if data.startswith(b"\xfe\xff") or (looks_wide and all(offset % 2 == 0 for offset in zeros)):
        return data[: len(data) // 2 * 2].decode("utf-16-be", errors="replace")
    return data.decode(errors="replace")  # a mark at the beginning becomes nothing like any other


_ENCODED = re.compile(rb"=(?:([ \t]{0,8}(?:\r\n|\n|\r))|([0-9A-Fa-f]{2}))")


def quoted_printable(data: bytes) -> bytes | None:
    """The decoded text, or nothing where there is nothing to decode."""
    result, count = _ENCODED.subn(lambda m: b"" if m[1] else bytes([int(m[2], 16)]), data)
    return result if count else None


# Step 2


def words(text: str) -> list[Word]:
    result, paragraph, last_line = [], 0, 0
    for text_line, content in enumerate(text.split("\n")):
        for match in re.finditer("[0-9A-Za-z?\0]+", content):
            paragraph += text_line > last_line + 1
            last_line = text_line
            result.append(Word(match[0], text_line, paragraph))
    return result


def _symbol(character: str) -> Symbol:
    return Symbol(value(character), "?" if character == STRANGE else character.upper())


def _is_line(symbols: tuple[Symbol, ...]) -> bool:
    values = [symbol.value for symbol in symbols if symbol.value is not None]
    return len(values) == 20 and kind_and_number(values) is not None


def tokens_of(word: Word) -> Iterator[Token]:
    symbols = tuple(map(_symbol, word.text))
    pieces = [symbols]
    if 22 < len(symbols) <= 380:
        if len(symbols) % 20 == 0:
            pieces = [symbols[i : i + 20] for i in range(0, len(symbols), 20)]
        else:
            pieces, behind = [], []
            while _is_line(symbols[:20]):
                pieces.append(symbols[:20])
                symbols = symbols[20:]
            while len(symbols) >= 20 and _is_line(symbols[-20:]):
                behind.append(symbols[-20:])
                symbols = symbols[:-20]
            pieces += [symbols] * bool(symbols) + behind[::-1]
    return (Token(piece, word.text_line, word.paragraph) for piece in pieces)


def tokens(text: str) -> list[Token]:
    return [token for word in words(text) for token in tokens_of(word)]


# Step 3

_ANNOUNCED = {
    **{name: number for number, name in enumerate(NUMBERS, 1)},
    **{str(number): number for number in range(1, 19)},
    **{"wun": 1, "too": 2, "tree": 3, "fower": 4, "fife": 5, "ait": 8, "niner": 9},
}
_CHARACTERS = {name: ALPHABET[symbol] for symbol, name in enumerate(SPELLING)} | {
    "oh": "0", "nought": "0", "null": "0", "wun": "1", "too": "2", "three": "3", "fower": "4", "five": "5", "ait": "8",
    "nine": "9", "alpha": "A", "india": "I", "juliet": "J", "lima": "L", "oscar": "O", "uniform": "U", "viktor": "V",
    "whisky": "W", "unreadable": "?", "unknown": "?", "x": "X", "question": "?",
}  # fmt: skip
_FILLERS = set(
    "and capital check comma dash digit dot figure figures group hyphen letter number space stop then line".split()
)


def tokens_read_aloud(text: str) -> tuple[list[Token], bool]:
    """The tokens, and whether enough words that stand for a character stand close together."""
    result: list[Token] = []
    typed = 0  # tokens of step 2 so far
    places: list[int] = []  # among these, of the words that stand for a character
    before = ""
    for word in words(text):
        name = word.text.lower()
        as_typed = list(tokens_of(word))
        if before == "line" and name in _ANNOUNCED:
            result.append(Token((), word.text_line, word.paragraph, _ANNOUNCED[name]))
            name = ""
        elif (before, name) in (("x", "ray"), ("question", "mark")):
            name = ""
        elif name in _CHARACTERS:
            result.append(Token((_symbol(_CHARACTERS[name]),), word.text_line, word.paragraph))
            places.append(typed)
        elif name not in _FILLERS:
            result.extend(as_typed)
        typed += len(as_typed)
        before = name
    return result, any(last - first < 64 for first, last in zip(places, places[7:]))
