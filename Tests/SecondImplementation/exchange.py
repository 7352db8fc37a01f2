"""The cryptography of a transfer, and what its steps check (chapter "What the fields mean")."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import codes
from certificate import Vendor, is_usable, read
from codes import ACTIVATION, RECEIPT, REQUEST, RETURN, SHORT_START, START, Code, Refused, make
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from symbols import bits, first_bits, text, to_symbols

KEY_AT = slice(13, 45)  # where K stands in a certificate
BASE_POINT = bytes([9]) + bytes(31)


def derive(secret: bytes, salt: bytes | None, label: bytes, count: int) -> bytes:
    return HKDF(SHA256(), count, salt, b"alm/1/" + label).derive(secret)


def digest(label: bytes, *parts: bytes) -> bytes:
    return sha256(b"alm/1/" + label + b"\0" + b"".join(parts)).digest()


def multiply(secret: bytes, point: bytes) -> bytes | None:
    """X25519, or nothing where the result is all zero."""
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(point))
    except ValueError:
        return None


def public(secret: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def private_half(seed: bytes) -> bytes:
    return derive(seed, None, b"key", 32)


def xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def request_mac(header: bytes, h: bytes, s: bytes, point: bytes) -> bytes:
    key = derive(s, None, b"request", 32)
    return first_bits(hmac.digest(key, header + h + point, "sha256"), 35)


@dataclass(frozen=True)
class Shared:
    """What both sides compute."""

    z: bytes
    tx: bytes

    @classmethod
    def of(cls, secret: bytes, point: bytes, request_header: bytes, h: bytes, s: bytes, e_point: bytes) -> "Shared":
        """At the source: k and E; at the target: e and K."""
        if (z := multiply(secret, point)) is None:
            raise Refused("request-point-refused")
        return cls(z, digest(b"exchange", request_header, h, s, e_point))

    def _derive(self, label: bytes, count: int) -> bytes:
        return derive(self.z, self.tx, label, count)

    @property
    def k_act(self) -> bytes:
        return self._derive(b"activation", 16)

    @property
    def k_ret(self) -> bytes:
        return self._derive(b"return", 16)

    @property
    def rcpt(self) -> bytes:
        return first_bits(self._derive(b"receipt", 9), 65)

    @property
    def tag(self) -> bytes:
        return first_bits(self._derive(b"tag", 2), 12)


def transfer_name(h: bytes, s: bytes) -> str:
    return text(to_symbols(bits(digest(b"transfer", h, s), 30)))


def fingerprint(h: bytes, s: bytes, point: bytes) -> str:
    characters = text(to_symbols(bits(digest(b"fingerprint", h, s, point), 60)))
    return "-".join(characters[i : i + 4] for i in range(0, 12, 4))


def start_code(s: bytes, certificate: bytes) -> Code:
    check = codes.start_check(START.header, s, certificate)
    return make(START, s=s, certificate=certificate, check=check)


def short_start_code(s: bytes, h: bytes) -> Code:
    return make(SHORT_START, **{"s": s, "certificate-id": first_bits(h, 28)}, check=_short_check(s, h))


def _short_check(s: bytes, h: bytes) -> bytes:
    return codes.start_check(SHORT_START.header, s, h)


def request_code(h: bytes, s: bytes, e: bytes) -> Code:
    return make(REQUEST, E=public(e), mac=request_mac(REQUEST.header, h, s, public(e)))


# The steps. Each raises the first thing that is wrong.


def request(start: Code, known: Sequence[bytes], vendors: Sequence[Vendor], e: bytes) -> Code:
    """At a target that has some certificates and trusts some vendors."""
    s = start.fields["s"]
    if start.kind is START:
        certificate = start.fields["certificate"]
    else:
        hashes = [(sha256(candidate).digest(), candidate) for candidate in known]
        fields = (start.fields["certificate-id"], start.fields["check"])
        verified = [found for h, found in hashes if fields == (first_bits(h, 28), _short_check(s, h))]
        if not verified:
            raise Refused("certificate-unknown")
        certificate = verified[0]
    return request_code(read(certificate, vendors).hash, s, e)


@dataclass(frozen=True)
class Source:
    """A source with one key, and what has happened to it: at most one offer."""

    seed: bytes
    certificate: bytes
    s: bytes = b""
    state: str = "held"  # held, offered, withdrawn, released
    released_to: bytes = b""

    @property
    def h(self) -> bytes:
        return sha256(self.certificate).digest()

    def shared(self, point: bytes) -> Shared:
        return Shared.of(private_half(self.seed), point, REQUEST.header, self.h, self.s, point)

    def release(self, code: Code) -> Code:
        header, point = code.fields["header"], code.fields["E"]
        if header != REQUEST.header:
            raise Refused("request-too-new")
        if not is_usable(point):
            raise Refused("request-point-refused")
        if self.state == "held" or request_mac(header, self.h, self.s, point) != code.fields["mac"]:
            raise Refused("request-unknown")
        if self.state == "withdrawn":
            raise Refused("request-for-older-start-code")
        if self.state == "released" and point != self.released_to:
            raise Refused("released-to-another")
        shared = self.shared(point)
        return make(ACTIVATION, act=xor(self.seed, shared.k_act), tag=shared.tag)

    def settle(self, code: Code) -> None:
        if self.state != "released" or code.fields["rcpt"] != self.shared(self.released_to).rcpt:
            raise Refused("receipt-unknown")

    def reclaim(self, code: Code) -> None:
        if self.state == "released":
            shared = self.shared(self.released_to)
            escrow = xor(self.seed, shared.k_ret)
            seed = xor(escrow, code.fields["K_ret"])
            if code.fields["tag"] == shared.tag and public(private_half(seed)) == self.certificate[KEY_AT]:
                return
        raise Refused("nothing-to-take-back" if self.state in ("offered", "withdrawn") else "return-unknown")


@dataclass(frozen=True)
class Target:
    """A target with one request, which is open or was declined."""

    certificate: bytes
    s: bytes
    e: bytes
    is_open: bool

    @property
    def shared(self) -> Shared:
        h = sha256(self.certificate).digest()
        return Shared.of(self.e, self.certificate[KEY_AT], REQUEST.header, h, self.s, public(self.e))

    def activate(self, code: Code) -> bytes:
        """The seed."""
        if code.fields["tag"] != self.shared.tag:
            raise Refused("activation-for-another-request")
        if not self.is_open:
            raise Refused("request-declined")
        seed = xor(code.fields["act"], self.shared.k_act)
        if public(private_half(seed)) != self.certificate[KEY_AT]:
            raise Refused("activation-wrong")
        return seed

    def decline(self) -> Code:
        return make(RETURN, K_ret=self.shared.k_ret, tag=self.shared.tag)

    def receipt(self) -> Code:
        return make(RECEIPT, rcpt=self.shared.rcpt)
