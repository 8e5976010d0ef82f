"""Secrets at rest: sealed with a file that lies beside the database and never in it."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from renda.errors import Misconfigured
from renda.i18n import _
from renda.security.models import Secret
from renda.security.secret import FEWEST_BYTES, read_secret

_NONCE = 12
_PURPOSE = b"renda vault"
_CHAIN_KEY = "chain"


class CannotUnseal(Misconfigured):
    """A stored secret does not open with this key file, or not for this owner."""

    message = _("A stored key cannot be opened. Check that the key file is the one it was stored with.")


def sealing_secret(session: Session) -> bytes:
    """The node's sealing secret.

    Raises:
        Misconfigured: the file that the setting `key_file` names is missing or too short to be a secret.
    """
    return read_secret(session.info["registry"].values["key_file"])


def seal(content: bytes, secret: bytes, owner: str) -> bytes:
    """Bytes encrypted for storage: 12 bytes nonce, then AES-256-GCM bound to an owner's name."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(secret).encrypt(nonce, content, owner.encode())


def unseal(sealed: bytes, secret: bytes, owner: str) -> bytes:
    """The bytes that `seal` stored.

    Raises:
        CannotUnseal: another secret or owner, or changed bytes.
    """
    cipher = _cipher(secret)
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal(owner=owner) from error


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret))


def chain_key(session: Session) -> bytes:
    """The key with which every node of a chain hashes persons; made here where none was handed down."""
    secret = sealing_secret(session)
    held = session.get(Secret, _CHAIN_KEY)
    if held is not None:
        return unseal(held.sealed, secret, _CHAIN_KEY)
    key = os.urandom(FEWEST_BYTES)
    keep_chain_key(session, key)
    return key


def keep_chain_key(session: Session, key: bytes) -> None:
    """Hash persons with the key of the chain that this node has joined, before any is hashed."""
    sealed = seal(key, sealing_secret(session), _CHAIN_KEY)
    session.merge(Secret(name=_CHAIN_KEY, sealed=sealed))
    session.flush()
