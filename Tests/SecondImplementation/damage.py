"""Texts with damaged codes in them, and what is read from each: python3 damage.py SEED COUNT.

A text line of the output is one case: the kind that is expected or `any`, the text in hexadecimal, and what is read, in
one line. Another implementation has to read the same. The same seed gives the same texts.
"""

import sys
from random import Random

import exchange
import linecode
import reading
from codes import KINDS, NUMBERS, SPELLING, START, Code, Kind, Line, make, printed_lines
from symbols import ALPHABET, first_bits, text, to_bits, to_symbols

CONFUSED = {"0": "O", "1": "I", "8": "B", "B": "8", "5": "S", "S": "5", "2": "Z", "Z": "2"}
TYPED = ALPHABET + "?????0123456789OILUoilué"
PROSE = (
    "Dear Sir, 12 lines",
    "> on 3 May 2026 wrote:",
    "4711",
    "1 2 3 4 5 6 7 8",
    "line",
    "line 2",
    "7K3MQ 2V9DX",
    "AB",
)


def some_code(r: Random, kind: Kind) -> Code:
    if kind is START:
        return exchange.start_code(r.randbytes(10), r.randbytes(r.choice([1, 1, 2, 9, 10, 14, 33, 135])))
    fields = {name: first_bits(r.randbytes((count + 7) // 8), count) for name, count in kind.fields}
    if "E" in fields:
        fields["E"] = r.randbytes(31) + bytes([r.randrange(128)])
    return make(kind, **fields)


def some_lines(r: Random) -> tuple[int, list[Line]]:
    """The lines of a code, sometimes of one that nobody writes: another header, length or padding."""
    kind = r.choice(KINDS)
    lines = some_code(r, kind).lines
    if r.random() < 0.85:
        return kind.value, lines
    string = "".join(to_bits(line[:15]) for line in lines)
    places = [*range(5, 10), *range(90, 98), len(string) - 1]
    for place in r.sample(places, r.choice([1, 1, 2])):
        if place < len(string):
            string = string[:place] + r.choice("01") + string[place + 1 :]
    value = r.randrange(32) if r.random() < 0.2 else kind.value
    symbols = [value, *to_symbols(string)[1:]]
    numbers = range(1, len(lines) + 1 + r.choice([0, 0, 1]))
    return value, [linecode.line(value, n, symbols[15 * n - 15 : 15 * n] or symbols[:15]) for n in numbers]


def damaged(r: Random, characters: str, edits: int) -> str:
    for _ in range(edits):
        at = r.randrange(len(characters) + 1)
        before, one, behind = characters[:at], characters[at : at + 1], characters[at + 1 :]
        match r.choices(["replace", "confuse", "unreadable", "lose", "double", "swap"], [4, 2, 4, 2, 2, 1])[0]:
            case "replace":
                one = r.choice(TYPED)
            case "confuse":
                one = CONFUSED.get(one, one)
            case "unreadable":
                one = "?"
            case "lose":
                one = ""
            case "double":
                one += one or r.choice(TYPED)
            case "swap":
                one, behind = behind[:1], one + behind[1:]
        characters = before + one + behind
    return characters


def in_groups(r: Random, characters: str) -> str:
    match r.choices(["printed", "none", "any", "single"], [6, 2, 2, 1])[0]:
        case "printed":
            ends = [5, 10, 15]
        case "none":
            ends = []
        case "any":
            ends = sorted(r.choices(range(1, 20), k=r.choice([1, 2, 3, 3, 3, 4, 6])))
        case _:
            ends = list(range(1, 20))
    return " ".join(filter(None, (characters[a:b] for a, b in zip([0, *ends], [*ends, len(characters)], strict=True))))


def some_line(r: Random, number: int, line: Line) -> str:
    """A line as a person may write it."""
    edits = r.choices([0, 1, 2, 3, 4, 5, 6], [8, 3, 3, 2, 2, 1, 1])[0]
    label = number if r.random() < 0.85 else r.randrange(20)
    if r.random() < 0.12:
        words = [NUMBERS[(label or 1) % 18 - 1] if r.random() < 0.8 else str(label)]
        words += [SPELLING[symbol] for symbol in line]
        for _ in range(edits):
            words[r.randrange(len(words))] = r.choice(
                [*SPELLING, "unreadable", "x", "ray", "question", "mark", "and", "7"]
            )
        return " ".join(["line"] * (r.random() < 0.8) + words)
    content = in_groups(r, damaged(r, text(line), edits))
    form = r.choices(["{0}  {1}", "{1}", "{0}{1}", "0{0} {1}", "line {0}: {1}", "{0}\n{1}"], [8, 5, 2, 1, 1, 1])[0]
    return form.format(label, content)


def some_text(r: Random) -> str:
    lines = []
    for _ in range(r.choices([1, 2, 3], [6, 3, 1])[0]):
        _, code = some_lines(r)
        numbered = list(enumerate(code, 1)) * r.choices([1, 2, 3], [8, 2, 1])[0]
        if r.random() < 0.25:
            r.shuffle(numbered)
        if r.random() < 0.25:
            numbered = r.sample(numbered, r.randint(1, len(numbered)))
        lines += [some_line(r, number, line) for number, line in numbered]
    for _ in range(r.choices([0, 1, 3], [6, 3, 1])[0]):
        lines.insert(r.randrange(len(lines) + 1), r.choice(["", "", *PROSE]))
    joints = r.choices([["\n"], ["\n", "\n", " "], ["\n", "\n\n"], [" "], ["\r\n"], ["", "\n"]], [8, 2, 2, 1, 1, 1])[0]
    return "".join(line + r.choice(joints) for line in lines)


def some_data(r: Random) -> bytes:
    characters = some_text(r)
    match r.choices(["utf-8", "utf-16-le", "utf-16-be", "quoted-printable"], [20, 1, 1, 2])[0]:
        case "quoted-printable":
            data = characters.encode()
            places = sorted(r.choices(range(len(data) + 1), k=r.choice([1, 2, 5])), reverse=True)
            for at in places:
                data = data[:at] + r.choice([b"=\n", b"=20", b"= \r\n", b"=3", b"="]) + data[at:]
            return data
        case encoding:
            return characters.encode(encoding)


def read(data: bytes, expected: Kind | None) -> str:
    outcome = reading.read(data, expected)
    if not outcome.code:
        return str(outcome.error)
    code = outcome.code
    return "|".join([code.kind.word, *printed_lines(code.lines), *map(str, outcome.repairs)])


def main(seed: int, count: int) -> None:
    r = Random(seed)
    for _ in range(count):
        data = some_data(r)
        expected = r.choice([None, None, *KINDS])
        if expected and r.random() < 0.7:
            named = read(data, None).replace("|", " ").split(" ")
            expected = next((kind for kind in KINDS if kind.word in named), expected)
        print(expected.word if expected else "any", data.hex(), read(data, expected), sep="\t")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
