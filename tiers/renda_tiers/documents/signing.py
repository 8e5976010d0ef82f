"""Signatures over exact bytes (DSSE with Ed25519), and salted parts.

A valid signature says which key signed, never that the key may speak: the ledger judges that.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from renda.i18n import _
from renda_tiers.documents.envelope import (
    MAX_PARTS,
    PAYLOAD_TYPE,
    Document,
    Part,
    PartReference,
    Signed,
    decode,
    ensure_portable,
)
from renda_tiers.documents.payload import DocumentTooLarge, Refused, digest

ALGORITHM = "ed25519-sha256"
"""What this node signs with: Ed25519, over documents that are named by their SHA-256."""

SALT = 16
"""Bytes of a part's salt."""


# Every encoding of a point of small order, without its sign bit (libsodium, ge25519_has_small_order): such a
# "key" has signatures that hold for any payload, so its holder could disown what it signed.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


class WrongSignature(Refused):
    """The key did not sign these bytes."""

    message = _(
        "The document's signature is wrong: it was changed after signing, or signed with another key."
    )


class UnknownAlgorithm(Refused):
    """The envelope names an algorithm that is not on the allow-list."""

    message = _("The document is signed in a way that this node does not accept.")


class PartMismatch(Refused):
    """A part is not the one that the payload names."""

    message = _("An attached part is not the one that the document names.")


def generate() -> tuple[bytes, bytes]:
    """A new key pair for an organisation: (private, public), 32 raw bytes each."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is signed, so that type and payload cannot be confused."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, private: bytes, parts: Sequence[Part] = ()) -> Signed:
    """The payload under the signature of a private key (32 raw bytes), with the parts beside it."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    return Signed(
        payload=payload,
        signature=key.sign(pae(PAYLOAD_TYPE, payload)),
        key=key.public_key().public_bytes_raw(),
        algorithm=ALGORITHM,
        parts=tuple(parts),
    )


def verify(signed: Signed) -> None:
    """Whether the key signed the payload; parts are for `check_parts`, authority is for the ledger.

    Raises:
        UnknownAlgorithm: the algorithm is not in `ALGORITHMS`.
        WrongSignature: payload, signature and key do not belong together.
    """
    check = ALGORITHMS.get(signed.algorithm)
    if check is None:
        raise UnknownAlgorithm(algorithm=signed.algorithm[:64])
    check(signed.key, signed.signature, pae(PAYLOAD_TYPE, signed.payload))


def open_signed(signed: Signed) -> Document:
    """The document, after every check that needs no ledger: size, form, signature, parts.

    Raises:
        Refused: one of the errors of `decode`, `ensure_portable`, `verify` or `check_parts`; keep nothing.
    """
    document = decode(signed.payload)
    ensure_portable(document)
    verify(signed)
    check_parts(document.parts, signed.parts)
    return document


def make_part(name: str, content: bytes) -> tuple[PartReference, Part]:
    """What the payload says of some bytes, and the part to lay beside it, under a new random salt.

    Raises:
        DocumentTooLarge: more than `MAX_PARTS` bytes.
    """
    if len(content) > MAX_PARTS:
        raise DocumentTooLarge(size=len(content), limit=MAX_PARTS)
    salt = os.urandom(SALT)
    return PartReference(name, digest(salt + content), len(content)), Part(name, salt, content)


def withhold(part: Part) -> Part:
    """The part as those get it who may not read it, and as it stays after erasure."""
    return Part(part.name, b"", None)


def check_part(reference: PartReference, part: Part) -> None:
    """Whether a part is the one that the payload names; a withheld part is, if it has no salt either.

    Raises:
        PartMismatch: another name, size or hash, a salt of another length, or a salt without content.
    """
    if part.content is None:
        same = part.name == reference.name and part.salt == b""
    else:
        same = (
            part.name == reference.name
            and len(part.salt) == SALT
            and len(part.content) == reference.size
            and digest(part.salt + part.content) == reference.hash
        )
    if not same:
        raise PartMismatch(part=reference.name)


def check_parts(references: Sequence[PartReference], parts: Sequence[Part]) -> None:
    """Whether each part is one that the payload names, and comes once; absent parts are withheld ones.

    Raises:
        PartMismatch: no reference names the part, its name comes twice, or `check_part` refuses it.
    """
    named = {reference.name: reference for reference in references}
    for part in parts:
        reference = named.pop(part.name, None)
        if reference is None:
            raise PartMismatch(part=part.name[:120])
        check_part(reference, part)


def _check_ed25519(key: bytes, signature: bytes, message: bytes) -> None:
    if key[:31] + bytes(last & 0x7F for last in key[31:]) in _SMALL_ORDER:
        raise WrongSignature(key=key[:32].hex())
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise WrongSignature(key=key[:32].hex()) from error


ALGORITHMS: Mapping[str, Callable[[bytes, bytes, bytes], None]] = MappingProxyType(
    {ALGORITHM: _check_ed25519}
)
"""The allow-list: a name, and what checks (key, signature, message) or raises `WrongSignature`."""
