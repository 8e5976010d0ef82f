"""JSON under a signature: one line that names key and signature, a line feed, and the bytes that were signed.

Each use has a type of its own inside the signature (DSSE's pre-authentication encoding), so that a message
never passes for a document, nor a request to join for a message.
"""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from renda.i18n import _
from renda_tiers.documents.payload import Refused, digest
from renda_tiers.documents.signing import ALGORITHM, ALGORITHMS, pae

PROOF_TYPE = "application/vnd.renda.key-proof"
MAX_MESSAGE = 24 * 1024 * 1024
"""Bytes of one message: a document with its largest part, in base64."""

MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)
"""What reading JSON of another form raises: base64 a ValueError, an infinite number an OverflowError."""


class NotAMessage(Refused):
    """Bytes that are no message of an exchange, or not signed by the key that they name."""

    message = _("These bytes are not a message between two nodes.")


def seal(kind: str, content: Mapping[str, Any], private: bytes) -> bytes:
    """JSON under a signature of a private key (32 raw bytes), for what `kind` names."""
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    key = Ed25519PrivateKey.from_private_bytes(private)
    head = {
        "algorithm": ALGORITHM,
        "key": key.public_key().public_bytes_raw().hex(),
        "signature": key.sign(pae(kind, payload)).hex(),
    }
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + payload


def unseal(kind: str, data: bytes) -> tuple[Any, bytes, bytes]:
    """The JSON that was sealed, the key that signed it, and the hash of its bytes.

    Raises:
        NotAMessage, WrongSignature: too large, not of this form, or not signed by the key that it names.
    """
    if len(data) > MAX_MESSAGE:
        raise NotAMessage(_("The message is larger than what is accepted here."), limit=MAX_MESSAGE)
    head, _line, payload = data.partition(b"\n")
    try:
        said = json.loads(head)
        key, signature = bytes.fromhex(said["key"]), bytes.fromhex(said["signature"])
        check = ALGORITHMS[said["algorithm"]]
    except MALFORMED as error:
        raise NotAMessage from error
    check(key, signature, pae(kind, payload))
    try:
        return json.loads(payload), key, digest(payload)
    except MALFORMED as error:
        raise NotAMessage from error


def prove(code: str, private: bytes) -> bytes:
    """A key's signature under the code of the organisation that it is to speak for."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(pae(PROOF_TYPE, code.encode()))


def is_proven(code: str, key: bytes, proof: bytes) -> bool:
    """Whether who asks for a key to be granted holds it."""
    try:
        ALGORITHMS[ALGORITHM](key, proof, pae(PROOF_TYPE, code.encode()))
    except Refused:
        return False
    return True
