"""Where a line may be, and putting it right (steps 4 and 5 of *Finding a code in a text*)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from codes import Kind, Line
from linecode import kind_and_number, nearest
from symbols import ALPHABET
from words import Symbol, Token, label_number

LIMIT = 512  # of line-like windows with label or own text line, of those without, and of traces
STRUCTURAL = {"label", "announced", "shape", "row", "own text line", "block", "adjacent"}


@dataclass(frozen=True)
class Repair:
    line: int
    group: int  # 0: the number in front
    character: int
    read: str | None
    right: str | None

    @property
    def cost(self) -> int:
        return 1 if self.read == "?" else 2

    def __str__(self) -> str:
        place = f"line {self.line}, group {self.group}, character {self.character}"
        if self.group == 0:
            return f"line {self.line}, number: read {self.read}, is {self.right}"
        if self.right is None:
            return f"{place}: read {self.read}, is one too many"
        if self.read is None:
            return f"{place}: missing, is {self.right}"
        return f"{place}: {'not readable' if self.read == '?' else f'read {self.read}'}, is {self.right}"


@dataclass(eq=False)
class Window:
    first: int  # token
    last: int
    start: int  # place in the text's symbols
    symbols: tuple[Symbol, ...]
    label: int | None
    lengths: list[int]  # of its tokens, without a number run together
    signs: set[str] = field(default_factory=set)

    @property
    def end(self) -> int:
        return self.start + len(self.symbols)

    @cached_property
    def right(self) -> tuple[int, int] | None:
        """Kind and number, if it is a line as it stands."""
        values = [symbol.value for symbol in self.symbols if symbol.value is not None]
        return kind_and_number(values) if len(values) == len(self.symbols) == 20 else None

    @property
    def is_four_groups(self) -> bool:
        return len(self.lengths) == 4 and "shape" in self.signs

    @property
    def is_placed(self) -> bool:
        return bool(self.signs & {"label", "own text line"})

    @property
    def is_line_like(self) -> bool:
        shape_with_more = "shape" in self.signs and self.is_placed
        return len(self.signs & STRUCTURAL) >= 2 and ("digit" in self.signs or shape_with_more)

    def number_repairs(self, number: int) -> list[Repair]:
        if self.label in (None, number) or "own text line" not in self.signs:
            return []
        return [Repair(number, 0, 0, str(self.label), str(number))]


@dataclass(frozen=True)
class FoundLine:
    number: int
    symbols: Line
    repairs: list[Repair]
    window: Window
    is_doubtful: bool = False

    @property
    def cost(self) -> int:
        return sum(repair.cost for repair in self.repairs)


class Windows:
    """The windows of a text: those found as they stand, and the line-like ones."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.symbols = [symbol for token in tokens for symbol in token.symbols]
        self.starts = [0]  # of each token, in the symbols
        self.fives: list[int] = []  # tokens of 5 symbols in a row that end before each token
        self.paragraphs: dict[int, list[int]] = {}  # its first symbol, and how many it has
        row = 0
        for token in tokens:
            self.fives.append(row)
            row = row + 1 if len(token.symbols) == 5 else 0
            self.paragraphs.setdefault(token.paragraph, [self.starts[-1], 0])[1] += len(token.symbols)
            self.starts.append(self.starts[-1] + len(token.symbols))
        windows = [window for first in range(len(tokens)) for window in self._beginning_with(first)]
        self.found: list[Window] = []
        others = []
        for window in windows:
            if window.right and window.signs and (window.right[1] != 1 or window.symbols[0].value == window.right[0]):
                self.found.append(window)
            else:
                others.append(window)
        found_starts = {window.start for window in self.found}
        behind = {window.last + 1 for window in self.found}
        in_front = {window.first - 1 for window in self.found}
        for window in others:
            if window.first in behind or window.last in in_front:
                window.signs.add("adjacent")
        self.line_like: list[Window] = []
        room = {True: LIMIT, False: LIMIT}
        for window in others:
            if window.is_line_like and window.start not in found_starts and room[window.is_placed]:
                self.line_like.append(window)
                room[window.is_placed] -= 1
        self.sure = [window for window in self.found if not self.is_doubtful(window)]
        self.surely_taken = covered(self.sure)

    @staticmethod
    def is_doubtful(window: Window) -> bool:
        return window.signs == {"digit"}

    def label_before(self, token: int) -> int | None:
        return self.tokens[token - 1].label if token > 0 else None

    def is_first_of_its_text_line(self, token: int) -> bool:
        return token == 0 or self.tokens[token - 1].text_line != self.tokens[token].text_line

    def is_last_of_its_text_line(self, token: int) -> bool:
        return token + 1 == len(self.tokens) or self.is_first_of_its_text_line(token + 1)

    def _beginning_with(self, first: int) -> Iterator[Window]:
        start, label = self.starts[first], self.label_before(first)
        yield from self._windows(first, start, label, 0)
        digits = {6: 1, 21: 1, 7: 2, 22: 2}.get(len(self.tokens[first].symbols))
        if label is None and digits:
            label = label_number(self.tokens[first].symbols[:digits])
            if label is not None:
                yield from self._windows(first, start + digits, label, digits)

    def _windows(self, first: int, start: int, label: int | None, digits: int) -> Iterator[Window]:
        for last in range(first, len(self.tokens)):
            count = self.starts[last + 1] - start
            if count > 21 or self.tokens[last].announced is not None:
                return
            if count >= 19:
                lengths = [len(token.symbols) for token in self.tokens[first : last + 1]]
                lengths[0] -= digits
                window = Window(first, last, start, tuple(self.symbols[start : start + count]), label, lengths)
                window.signs.update(self._signs(window, digits))
                yield window

    def _signs(self, window: Window, digits: int) -> Iterator[str]:
        count, front = len(window.symbols), window.first
        has_shape = len(window.lengths) == 1 or (
            len(window.lengths) == 4 and sum(abs(length - 5) for length in window.lengths) == abs(count - 20)
        )
        if window.label is not None:
            yield "label"
            if not digits:
                front -= 1
                if self.tokens[front].announced is not None:
                    yield "announced"
        if has_shape:
            yield "shape"
            if not digits and self.fives[window.first] % 4 == 0:
                yield "row"
        if (
            self.is_first_of_its_text_line(front)
            and self.is_last_of_its_text_line(window.last)
            and self.tokens[front].text_line == self.tokens[window.last].text_line
        ):
            yield "own text line"
        paragraph = self.tokens[window.first].paragraph
        start, total = self.paragraphs[paragraph]
        inside = self.tokens[window.last].paragraph == paragraph
        if count == 20 and total % 20 == 0 and (window.start - start) % 20 == 0 and inside:
            yield "block"
        if any(
            symbol.is_digit_character or (symbol.is_marked and (window.label is not None or has_shape))
            for symbol in window.symbols
        ):
            yield "digit"


def covered(windows: list[Window]) -> set[int]:
    return {place for window in windows for place in range(window.start, window.end)}


# Step 5


def put_right(window: Window, kind: Kind, number: int | None) -> FoundLine | None:
    """The line of a kind that a window can be put right to, of a given number or of any."""
    unreadable = sum(symbol.value is None for symbol in window.symbols)
    outcomes = []
    match len(window.symbols):
        case 20:
            outcomes = [_corrected(window, kind, number, list(window.symbols), None, 2)]
        case 19 if unreadable <= 1:
            for place in _places(window, 4):
                symbols = list(window.symbols)
                symbols.insert(place, Symbol(None, ""))
                outcomes.append(_corrected(window, kind, number, symbols, place, 0))
        case 21 if unreadable <= 2:
            for place in _places(window, 6):
                symbols = list(window.symbols)
                left_out = symbols.pop(place)
                if sum(symbol.value is None for symbol in symbols) <= 1:
                    outcomes.append(_corrected(window, kind, number, symbols, place, 0, left_out))
    lines = [line for line in outcomes if line]
    if len({(line.number, line.symbols) for line in lines}) != 1:
        return None
    return min(lines, key=lambda line: len(line.repairs)) if len(window.symbols) == 21 else lines[0]


def _places(window: Window, odd_length: int) -> range:
    """Where a symbol is inserted or left out."""
    if not window.is_four_groups:
        return range(20 if odd_length == 4 else 21)
    token = window.lengths.index(odd_length)
    start = sum(window.lengths[:token])
    return range(start, start + (5 if odd_length == 4 else 6))


def _corrected(
    window: Window, kind: Kind, number: int | None, symbols: list[Symbol], place: int | None, errors: int,
    left_out: Symbol | None = None,
) -> FoundLine | None:  # fmt: skip
    """A line out of 20 symbols, of which one may have been inserted, or one left out before, at a place."""
    unreadable = [2 + place for place, symbol in enumerate(symbols) if symbol.value is None]
    if number is None:
        unreadable.append(1)
    word = [kind.value, number or 0, *(symbol.value or 0 for symbol in symbols)]
    codeword = nearest(word, unreadable, errors)
    if not codeword or codeword[0] != kind.value or (number is not None and codeword[1] != number):
        return None
    number = codeword[1]
    if not 1 <= number <= kind.lines or (number == 1 and codeword[2] != kind.value):
        return None
    repairs = []
    for at, (symbol, right) in enumerate(zip(symbols, codeword[2:])):
        if symbol.value != right:
            read = symbol.typed if left_out or at != place else None
            repairs.append((at, 0, Repair(number, at // 5 + 1, at % 5 + 1, read, ALPHABET[right])))
    if left_out and place is not None:
        repairs.append((place, 1, Repair(number, *_group(window, place), left_out.typed, None)))
    in_order = [repair for _, _, repair in sorted(repairs, key=lambda entry: entry[:2])]
    return FoundLine(number, tuple(codeword[2:]), window.number_repairs(number) + in_order, window)


def _group(window: Window, place: int) -> tuple[int, int]:
    """Group and character of a symbol too many."""
    if not window.is_four_groups:
        return min(place, 19) // 5 + 1, min(place, 19) % 5 + 1
    token = window.lengths.index(6)
    return token + 1, place - sum(window.lengths[:token]) + 1
