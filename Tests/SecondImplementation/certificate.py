"""Certificates: what a vendor signs, and which of them are refused (the article *Certificate*)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from codes import Refused
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from symbols import bits, octets, text, to_bits, to_symbols, value

TYPES = {1: "single", 2: "floating", 3: "count"}
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group of Ed25519, RFC 8032
LOW_ORDER = {
    bytes(32),
    bytes([1]) + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    (PRIME - 1).to_bytes(32, "little"),
}


def is_usable(point: bytes) -> bool:
    """Whether an X25519 point is canonical and not of low order."""
    return int.from_bytes(point, "little") < PRIME and point not in LOW_ORDER


@dataclass(frozen=True)
class Vendor:
    key: bytes
    name: str

    @classmethod
    def reading(cls, line: str) -> "Vendor":
        """A key of 52 characters and a name."""
        key, _, name = line.partition(" ")
        string = to_bits([value(character) or 0 for character in key])
        if len(string) != 260 or "1" in string[256:]:
            raise ValueError(f"not a vendor's key: {key}")
        return cls(octets(string[:256]), name)

    @property
    def identifier(self) -> bytes:
        return sha256(b"alm/1/vendor\0" + self.key).digest()[:4]


@dataclass(frozen=True)
class Certificate:
    number: bytes
    public_key: bytes
    product: str
    version: str
    type: str
    quantity: int
    issued: int  # days after 1970-01-01
    valid_until: int  # 0: no end
    hash: bytes

    @property
    def texts(self) -> dict[str, str]:
        """As they stand in a vector."""
        number = text(to_symbols(bits(self.number)))
        return {
            "number": f"{number[:5]}-{number[5:10]}-{number[10:]}",
            "public-key": self.public_key.hex(),
            "product": self.product,
            "version": self.version,
            "type": self.type,
            "quantity": str(self.quantity),
            "issued": _day(self.issued),
            "valid-until": _day(self.valid_until) if self.valid_until else "no end",
            "hash": self.hash.hex(),
        }


def _day(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days)).isoformat()


def _is_name(name: str) -> bool:
    categories = (unicodedata.category(character) for character in name if character != " ")
    forbidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
    return name.strip(" ") == name and forbidden.isdisjoint(categories)


def read(data: bytes, vendors: Sequence[Vendor]) -> Certificate:
    """Reads a certificate and verifies who signed it."""
    if data and data[0] != 1:
        raise Refused("certificate-too-new")
    malformed = Refused("certificate-malformed")
    if not data or len(data) > 150:
        raise malformed
    at = 1

    def take(count: int) -> bytes:
        nonlocal at
        if at + count > len(data):
            raise malformed
        at += count
        return data[at - count : at]

    vendor, number, public_key = take(4), take(8), take(32)
    product_bytes, version_bytes = take(take(1)[0]), take(take(1)[0])
    kind, quantity = take(1)[0], int.from_bytes(take(2), "big")
    issued, valid_until = int.from_bytes(take(2), "big"), int.from_bytes(take(2), "big")
    signed, signature = data[:at], take(64)
    if at != len(data):
        raise malformed
    try:
        product = product_bytes.decode()
    except UnicodeDecodeError:
        raise malformed from None
    if (
        not is_usable(public_key)
        or not (1 <= len(product_bytes) <= 16 and _is_name(product))
        or not (1 <= len(version_bytes) <= 12 and all(0x21 <= byte <= 0x7E for byte in version_bytes))
        or kind not in TYPES
        or quantity < 1
        or (kind == 1 and quantity != 1)
        or 0 < valid_until < issued
    ):
        raise malformed
    signers = [known for known in vendors if known.identifier == vendor]
    if not signers:
        raise Refused("vendor-unknown")
    if not any(_has_signed(signer, signed, signature) for signer in signers):
        raise Refused("signature-wrong")
    return Certificate(
        number, public_key, product, version_bytes.decode(), TYPES[kind], quantity, issued, valid_until,
        sha256(data).digest(),
    )  # fmt: skip


def _has_signed(vendor: Vendor, signed: bytes, signature: bytes) -> bool:
    if int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(vendor.key).verify(signature, b"alm/1/certificate\0" + signed)
    except (InvalidSignature, ValueError):
        return False
    return True
