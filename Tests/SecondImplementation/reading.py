"""Reading a code out of a text (the chapters "Overall", and steps 6 to 8, of *Finding a code in a text*)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from codes import KINDS, SHORT_START, START, Code, Kind, Refused, check_header, decode, start_lines
from symbols import ALPHABET
from windows import LIMIT, FoundLine, Repair, Windows, covered, put_right
from words import Token, characters, quoted_printable, tokens, tokens_read_aloud

LONGEST = 4 << 20
HIGHEST_NUMBER = 18


@dataclass
class Outcome:
    """A code and its repairs, or an error."""

    code: Code | None
    repairs: list[Repair]
    error: Refused | None
    found: int  # how many lines, of the kind with the most

    def is_better_than(self, earlier: "Outcome") -> bool:
        if self.code and earlier.code:
            return len(self.repairs) < len(earlier.repairs)
        if self.error and earlier.error:
            nothing = "nothing-found"
            return self.found > earlier.found or (earlier.error.name == nothing != self.error.name)
        return self.code is not None


def read(data: bytes, expected: Kind | None) -> Outcome:
    if len(data) > LONGEST:
        return Outcome(None, [], Refused("too-large", len(data)), 0)
    decoded = quoted_printable(data)

    def readings() -> Iterable[list[Token]]:
        yield tokens(characters(data))
        if decoded is not None:
            yield tokens(characters(decoded))
        aloud, is_likely = tokens_read_aloud(characters(data if decoded is None else decoded))
        if is_likely:
            yield aloud

    result = None
    for reading in readings():
        outcome = Reading(Windows(reading)).outcome(expected)
        if result is None or outcome.is_better_than(result):
            result = outcome
        if result.code and not result.repairs:
            break
    assert result
    return result


@dataclass
class Trace:
    """A text line on which a line seems to be."""

    label: int | None
    start: int
    end: int


@dataclass
class Assembly:
    """One kind, put together (step 7)."""

    kind: Kind
    text: Windows
    traces: list[Trace]
    lines: dict[int, FoundLine] = field(default_factory=dict)
    sure: set[int] = field(default_factory=set)
    code: Code | None = None
    error: Refused | None = None

    def __post_init__(self) -> None:
        try:
            self._assemble()
        except Refused as error:
            self.error = error

    @property
    def found(self) -> int:
        return len(self.lines)

    @property
    def repairs(self) -> list[Repair]:
        return [repair for _, line in sorted(self.lines.items()) for repair in line.repairs]

    @property
    def weight(self) -> int:
        return 36 * len(self.sure) + self.found

    def _assemble(self) -> None:
        self._take_found_windows()
        count = self._number_of_lines()
        if count is None:
            self._put_right(range(1, 3))
            count = self._number_of_lines()
        self._put_right(range(1, (count or HIGHEST_NUMBER) + 1))
        self._check_second_copies()
        count = self._number_of_lines() or max([2, *self.lines])
        if beyond := [number for number in self.lines if number > count]:
            raise Refused("foreign-line", min(beyond), self.kind.word)
        if missing := [number for number in range(1, count + 1) if number not in self.lines]:
            self._refuse_missing(missing)
        lines = [self.lines[number] for number in range(1, count + 1)]
        suspects = [line.number for line in lines if any(repair.group > 0 for repair in line.repairs)]
        self.code = decode(self.kind, [line.symbols for line in lines], suspects)

    def _take_found_windows(self) -> None:
        conflicts = set()
        for window in self.text.found:
            assert window.right
            kind, number = window.right
            if kind != self.kind.value or number > self.kind.lines:
                continue
            symbols = tuple(symbol.value or 0 for symbol in window.symbols)
            repairs = window.number_repairs(number)
            line = FoundLine(number, symbols, repairs, window, self.text.is_doubtful(window))
            there = self.lines.setdefault(number, line)
            if there.symbols == symbols:
                replace = len(line.repairs) < len(there.repairs)
            else:
                replace = there.is_doubtful and not line.is_doubtful
                if there.is_doubtful == line.is_doubtful:
                    conflicts.add(number)
            if replace:
                self.lines[number] = line
        self.sure = {number for number, line in self.lines.items() if not line.is_doubtful}
        if conflicts:
            raise Refused("conflicting-lines", min(conflicts))

    def _number_of_lines(self) -> int | None:
        if 1 in self.lines:
            check_header(self.kind, self.lines[1].symbols)
        if self.kind is not START:
            return self.kind.lines
        return start_lines(self.lines[2].symbols) if 2 in self.lines else None

    def _taken(self) -> set[int]:
        return self.text.surely_taken | covered([line.window for line in self.lines.values()])

    def _put_right(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self.lines]
        lines: list[FoundLine] = []
        taken = self._taken()
        for window in self.text.line_like:
            if taken.isdisjoint(range(window.start, window.end)):
                line = put_right(window, self.kind, window.label) if window.label in missing else None
                if line is None:
                    alone = missing[0] if len(missing) == 1 and window.label is None else None
                    line = put_right(window, self.kind, alone)
                if line and line.number in missing:
                    lines.append(line)
        for number in missing:
            own = [line for line in lines if line.number == number]
            own = [line for line in own if line.window.label == number] or own
            cheapest = [line for line in own if line.cost == min(other.cost for other in own)]
            taken = self._taken()
            free = [line for line in cheapest if taken.isdisjoint(range(line.window.start, line.window.end))]
            if len({line.symbols for line in free}) > 1:
                raise Refused("conflicting-lines", number)
            if free:
                self.lines[number] = free[0]

    def _check_second_copies(self) -> None:
        taken = self._taken()
        for window in self.text.line_like:
            there = self.lines.get(window.label or 0)
            is_copy = {"label", "shape"} <= window.signs and (
                len(window.lengths) == 4 or bool(window.signs & {"own text line", "announced"})
            )
            if there and is_copy and taken.isdisjoint(range(window.start, window.end)):
                line = put_right(window, self.kind, window.label)
                if line and line.symbols != there.symbols:
                    raise Refused("conflicting-lines", line.number)

    def _refuse_missing(self, missing: list[int]) -> None:
        if self.lines:
            others = {kind.value: kind for kind in KINDS if kind is not self.kind}
            for window in self.text.sure:
                if window.right and window.right[0] in others and window.right[1] in missing:
                    raise Refused("foreign-line", window.right[1], others[window.right[0]].word)
            if unreadable := self._traced(missing):
                raise Refused("unreadable", *sorted(unreadable))
        raise Refused("missing", *missing)

    def _traced(self, missing: list[int]) -> set[int]:
        """The missing lines that are there but unreadable."""
        result = set()
        taken = covered([line.window for line in self.lines.values()])
        in_order = sorted(self.lines.values(), key=lambda line: line.window.start)
        for trace in self.traces:
            if taken.isdisjoint(range(trace.start, trace.end)):
                if trace.label is not None:
                    numbers = [trace.label]
                else:
                    numbers = [line.number + 1 for line in in_order if line.window.start < trace.start][-1:]
                    numbers += [line.number - 1 for line in in_order if line.window.start > trace.start][:1]
                result.update([number for number in numbers if number in missing][:1])
        return result


class Reading:
    """One reading of a text, by kinds (step 8)."""

    def __init__(self, text: Windows) -> None:
        self.text = text
        self.traces = list(self._traces())
        self.assemblies: dict[Kind, Assembly] = {}

    def _traces(self) -> Iterable[Trace]:
        count, first = 0, 0
        tokens = self.text.tokens
        while first < len(tokens) and count < LIMIT:
            behind = first + 1
            while not self.text.is_first_of_its_text_line(behind) if behind < len(tokens) else False:
                behind += 1
            trace = self._trace(first, behind)
            if trace:
                count += 1
                yield trace
            first = behind

    def _trace(self, first: int, behind: int) -> Trace | None:
        tokens = self.text.tokens
        label, announced = tokens[first].label, tokens[first].announced is not None
        body = first + (label is not None)
        start, end = self.text.starts[body], self.text.starts[behind]
        low, high = (16, 24) if label is None else (3, 40)
        lengths = [len(token.symbols) for token in tokens[body:behind]]
        looks_like_groups = (
            all(3 <= length <= 7 for length in lengths)
            or len(lengths) == 1
            or all(length == 1 for length in lengths)
            or announced
        )
        has_sign = any(symbol.is_digit_character or symbol.is_marked for symbol in self.text.symbols[start:end])
        free = self.text.surely_taken.isdisjoint(range(start, end))
        is_trace = low <= end - start <= high and has_sign and free and looks_like_groups
        return Trace(label, start, end) if is_trace else None

    def _assembled(self, kinds: Iterable[Kind]) -> list[Assembly]:
        for kind in kinds:
            if kind not in self.assemblies:
                self.assemblies[kind] = Assembly(kind, self.text, self.traces)
        return [self.assemblies[kind] for kind in kinds]

    def outcome(self, expected: Kind | None) -> Outcome:
        code, repairs, error = None, [], None
        try:
            result = self._expecting(expected) if expected else self._any()
            if result.error:
                raise result.error
            code, repairs = result.code, result.repairs
        except Refused as refused:
            error = refused
        return Outcome(code, repairs, error, max((each.found for each in self.assemblies.values()), default=0))

    def _expecting(self, expected: Kind) -> Assembly:
        wanted = (START, SHORT_START) if expected in (START, SHORT_START) else (expected,)
        assemblies = self._assembled(wanted)
        c = only_one(assemblies)
        if c and c.sure:
            return c
        w = max(assemblies, key=lambda each: each.weight)
        if not c and w.sure:
            return w
        others = self._assembled([kind for kind in KINDS if kind not in wanted])
        candidates = [each for each in others if each.code] or [each for each in others if each.sure]
        o = max(candidates, key=lambda each: each.weight, default=None)
        if o and (not c or len(o.sure) > len(c.sure) or (o.found >= c.found and len(o.repairs) < len(c.repairs))):
            raise Refused("wrong-kind", o.kind.word, expected.word)
        if c:
            return c
        self._refuse_unknown_kind()
        if w.found:
            return w
        raise self._nothing()

    def _any(self) -> Assembly:
        sure_kinds = {window.right[0] for window in self.text.sure if window.right}
        kinds = [kind for kind in KINDS if kind.value in sure_kinds] or list(KINDS)
        assemblies = self._assembled(kinds)
        if c := only_one(assemblies):
            for other in assemblies:
                if other is not c and other.sure:
                    raise Refused("foreign-line", min(other.sure), other.kind.word)
            return c
        w = max(assemblies, key=lambda each: each.weight)
        if w.sure:
            return w
        self._refuse_unknown_kind()
        alone = all(other.found < w.found for other in assemblies if other is not w)
        if w.found and alone and not w.code:
            return w
        raise self._nothing()

    def _refuse_unknown_kind(self) -> None:
        known = [kind.value for kind in KINDS]
        for window in self.text.found:
            kind, number = window.right or (0, 0)
            if number == 1 and kind not in known and window.is_line_like:
                raise Refused("unknown-kind", ALPHABET[kind])

    def _nothing(self) -> Refused:
        numbers, before = set(), 0
        for trace in self.traces:
            before = before + 1 if trace.label is None else trace.label
            numbers.add(before)
        unreadable = sorted(number for number in numbers if number <= HIGHEST_NUMBER)
        return Refused("unreadable", *unreadable) if unreadable else Refused("nothing-found")


def only_one(assemblies: list[Assembly]) -> Assembly | None:
    """The only complete one among some kinds."""
    complete = [each for each in assemblies if each.code]
    sure = [each for each in complete if each.sure]
    if len(sure) > 1:
        raise Refused("several-codes", *(each.kind.word for each in sure))
    if sure:
        return sure[0]

    def is_ahead(one: Assembly, other: Assembly) -> bool:
        n, r, n2, r2 = one.found, len(one.repairs), other.found, len(other.repairs)
        return n >= n2 and r * n2 <= r2 * n and (n, r) != (n2, r2)

    return next((one for one in complete if all(other is one or is_ahead(one, other) for other in complete)), None)
