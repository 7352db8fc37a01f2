"""Checks the vectors, and the texts of edges.txt: python3 vectors.py FIXTURES. Prints every difference; its exit status is 1 if there is one."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import certificate
import codes
import damage
import exchange
import reading
from certificate import Vendor
from codes import KINDS, Code, Kind, Refused, printed_lines
from exchange import Shared, Source, Target


@dataclass
class Vector:
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def of(cls, path: Path) -> "Vector":
        head, _, body = path.read_bytes().partition(b"\n\n")
        lines = head.decode().rstrip("\n").split("\n")
        return cls([(name, value) for name, _, value in (line.partition(": ") for line in lines)], body)

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]

    def get(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    def hex(self, name: str) -> bytes:
        return bytes.fromhex("".join(self.all(name)))

    @property
    def input(self) -> bytes:
        form, _, count = self.get("input").partition(" ")
        if form == "text":
            return self.body
        return bytes.fromhex(self.body.decode()) * int(count or 1)


def kind_named(word: str) -> Kind | None:
    return next((kind for kind in KINDS if kind.word == word), None)


def check_text(vector: Vector) -> Iterator[tuple[str, object, object]]:
    outcome = reading.read(vector.input, kind_named(vector.get("expecting")))
    yield "expect", vector.get("expect"), "success" if outcome.code else str(outcome.error)
    if not outcome.code:
        return
    code = outcome.code
    yield "kind", vector.all("kind"), [code.kind.word]
    yield "field", vector.all("field"), [f"{name} {value.hex()}" for name, value in code.fields.items()]
    yield "line", vector.all("line"), printed_lines(code.lines)
    yield "repair", vector.all("repair"), list(map(str, outcome.repairs))
    if vector.all("field"):
        fields = dict(field.split(" ") for field in vector.all("field"))
        again = Code(code.kind, {name: bytes.fromhex(value) for name, value in fields.items()})
        yield "encoding", vector.all("line"), printed_lines(again.lines)


def check_transfer(vector: Vector) -> Iterator[tuple[str, object, object]]:
    seed, data, s, e = (vector.hex(name) for name in ("seed", "certificate", "s", "e"))
    source, target = Source(seed, data, s, "offered"), Target(data, s, e, is_open=True)
    h, point, request = source.h, exchange.public(e), exchange.request_code(source.h, s, e)
    k, activation = exchange.private_half(seed), source.release(request)
    shared = target.shared
    values = {
        "h": h, "k": k, "K": exchange.public(k), "E": point, "mac": request.fields["mac"], "Z": shared.z,
        "tx": shared.tx, "K_act": shared.k_act, "K_ret": shared.k_ret, "rcpt": shared.rcpt, "tag": shared.tag,
        "act": activation.fields["act"], "escrow": exchange.xor(seed, shared.k_ret),
    }  # fmt: skip
    yield "value", vector.all("value"), [f"{name} {value.hex()}" for name, value in values.items()]
    yield "the source's Z", shared, Shared.of(k, point, request.fields["header"], h, s, point)
    yield "seed", seed, target.activate(activation)
    yield "transfer-name", vector.get("transfer-name"), exchange.transfer_name(h, s)
    yield "fingerprint", vector.get("fingerprint"), exchange.fingerprint(h, s, point)
    start, short = exchange.start_code(s, data), exchange.short_start_code(s, h)
    for code in (start, short, request, activation, target.decline(), target.receipt()):
        name, lines = code.kind.word, printed_lines(code.lines)
        yield f"{name}-line", vector.all(f"{name}-line"), lines
        for form in ("\n".join(lines), codes.compact(code.lines), codes.spoken(code.lines)):
            yield f"reading {form}", (code, []), (reading.read(form.encode(), None).code, [])


def check_step(vector: Vector) -> Iterator[tuple[str, object, object]]:
    step = vector.get("step")
    expected = {"request": None, "release": codes.REQUEST, "activate": codes.ACTIVATION, "reclaim": codes.RETURN}
    data, s = vector.hex("certificate"), vector.hex("s")
    try:
        outcome = reading.read(vector.input, expected.get(step, codes.RECEIPT))
        if not outcome.code:
            raise outcome.error or Refused("no error")
        code, answer = outcome.code, None
        if step == "request":
            vendors = [Vendor.reading(line) for line in vector.all("vendor")]
            answer = exchange.request(code, [data] if data else [], vendors, vector.hex("e"))
        elif step == "activate":
            Target(data, s, vector.hex("e"), vector.get("state") == "open").activate(code)
        else:
            state, _, released_to = vector.get("state").partition(" ")
            source = Source(vector.hex("seed"), data, s, state, bytes.fromhex(released_to))
            steps: dict[str, Callable[[Code], Code | None]]
            steps = {"release": source.release, "settle": source.settle, "reclaim": source.reclaim}
            answer = steps[step](code)
        yield "expect", vector.get("expect"), "success"
        yield "answer", vector.all("answer"), printed_lines(answer.lines) if answer else []
    except Refused as refused:
        yield "expect", vector.get("expect"), str(refused)


def check_certificate(vector: Vector) -> Iterator[tuple[str, object, object]]:
    names = {
        "accepted": "accepted", "certificateTooNew": "certificate-too-new", "vendorUnknown": "vendor-unknown",
        "certificateMalformed": "certificate-malformed", "signatureWrong": "signature-wrong",
    }  # fmt: skip
    expect = names[vector.get("expect")]
    try:
        data = bytes.fromhex(vector.body.decode())
        found = certificate.read(data, [Vendor.reading(line) for line in vector.all("vendor")])
        yield "expect", expect, "accepted"
        yield "contents", {name: vector.get(name) for name in found.texts}, found.texts
        if seed := vector.hex("seed"):
            yield "public key", found.public_key, exchange.public(exchange.private_half(seed))
    except Refused as refused:
        yield "expect", expect, refused.name


def check(path: Path) -> Iterator[tuple[str, object, object]]:
    vector = Vector.of(path)
    if path.parent.name == "certificates":
        return check_certificate(vector)
    match vector.all("step"):
        case []:
            return check_text(vector)
        case ["transfer"]:
            return check_transfer(vector)
        case _:
            return check_step(vector)


def check_edges(path: Path) -> Iterator[tuple[str, object, object]]:
    """Texts that tell readers apart, as `damage.py` prints them."""
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            expecting, text, read = line.split("\t")
            yield f"{expecting} {text}", read, damage.read(bytes.fromhex(text), kind_named(expecting))


def main(fixtures: Path) -> int:
    count = differing = 0
    # Today's vectors, and those of each release.
    for path in sorted([*fixtures.glob("c*/*.txt"), *fixtures.glob("releases/*/c*/*.txt")]):
        count += 1
        differences = [difference for difference in check(path) if difference[1] != difference[2]]
        differing += bool(differences)
        for what, expected, ours in differences:
            print(f"{path.relative_to(fixtures)}: {what}\n  expected {expected}\n  ours     {ours}")
    for what, expected, ours in check_edges(Path(__file__).with_name("edges.txt")):
        count += 1
        if ours != expected:
            differing += 1
            print(f"edges.txt: {what}\n  expected {expected}\n  ours     {ours}")
    print(f"{count} vectors and texts, {count - differing} agree, {differing} differ")
    return 1 if differing or not count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
