"""The message of an exchange: the same in both directions, over HTTP and in a file.

Its bytes are sealed JSON (`sealing`); documents lie in it with their own bytes and signatures.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from renda.i18n import _
from renda.security.trail import Point
from renda_tiers.documents.envelope import Part, Signed
from renda_tiers.documents.payload import is_hex32
from renda_tiers.links.sealing import MALFORMED, NotAMessage, seal, unseal

MESSAGE_TYPE = "application/vnd.renda.exchange+json"
VERSION = 1

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
VERDICTS = {"a": "applied", "p": "parked", "s": "aside", "r": "refused"}
"""Verdicts by the letter that stands for them in lists."""
LETTERS = {word: letter for letter, word in VERDICTS.items()}

Held = tuple[bytes, str]
"""A document's hash and a verdict."""


@dataclass(frozen=True, slots=True)
class Trails:
    """What a node says of audit trails: points are (number, digest), (0, 32 zero bytes) before any.

    Attributes:
        head: the last link of the sender's trail.
        again: the link of the sender's trail whose number the receiver last said it keeps, as it is now.
        kept: the link of the receiver's trail that the sender keeps.
    """

    head: Point
    again: Point
    kept: Point


@dataclass(frozen=True, slots=True)
class Sent:
    """A document on its way, with the sender's verdict on it."""

    signed: Signed
    verdict: str
    signatures: tuple[tuple[bytes, str, bytes], ...] = ()
    """Every (key, algorithm, signature) that the sender holds."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one node says to another.

    Attributes:
        node, to: codes of the organisations at the top of both nodes.
        sent: by the sender's clock.
        token: what the parent last gave this child; in an answer, what to show next time.
        answers: hash of the message that this one answers; None in a call.
        mark, seen: in a file, what the receiver's next file is to show, and what the receiver's last file
            asked to be shown: then this one is newer than that.
        software, kinds: the sender's version and the kinds of document that it understands, with schemas.
        address: where the sender can be called; "" where it can only dial.
        documents: what the receiver is not known to hold.
        verdicts: what has become of documents since the sender last said so.
        have: count and digest by month over all that the sender holds of this link.
        want: months of which the sender asks for the list.
        lists: whole months; they replace what the receiver believed.
        asks: new public keys of the sender that its parent is to grant, each with its own signature
            (`proof`) under the sender's code.
        tickets: the enrolment of the sender's key, that of the key which signed it, and so on to the root,
            for a receiver that has forgotten them, or never heard of them.
        trails: of the audit trails at both ends; None from a node that knows of none.
        recovering: the sender was restored, and is not yet level with its peers.
        stale: the token was not the one expected: the caller is restored or copied; nothing else was done.
        refused: a frozen message that says why nothing is exchanged, or "".
        pace: seconds after which the caller should call again if nothing happens.
    """

    node: str
    to: str
    sent: datetime
    token: str = ""
    answers: bytes | None = None
    mark: str = ""
    seen: str = ""
    software: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict)
    address: str = ""
    documents: Sequence[Sent] = ()
    verdicts: Sequence[Held] = ()
    have: Mapping[str, tuple[int, bytes]] = field(default_factory=dict)
    want: Sequence[str] = ()
    lists: Mapping[str, Sequence[Held]] = field(default_factory=dict)
    asks: Sequence[tuple[bytes, bytes]] = ()
    tickets: Sequence[Sent] = ()
    trails: Trails | None = None
    recovering: bool = False
    stale: bool = False
    refused: str = ""
    pace: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that was read, the key that signed it, and the hash by which its answer names it."""

    message: Message
    key: bytes
    hash: bytes


def encode(message: Message, private: bytes) -> bytes:
    """The bytes of a message, signed with a private key (32 raw bytes)."""
    return seal(MESSAGE_TYPE, _plain(message), private)


def _plain(message: Message) -> dict[str, Any]:
    return {
        "v": VERSION,
        "node": message.node,
        "to": message.to,
        "sent": message.sent.astimezone(UTC).isoformat(timespec="milliseconds"),
        "token": message.token,
        "answers": message.answers.hex() if message.answers else None,
        **({"mark": message.mark, "seen": message.seen} if message.mark else {}),
        "software": message.software,
        "kinds": dict(message.kinds),
        "address": message.address,
        "documents": [plain_document(one) for one in message.documents],
        "verdicts": _list(message.verdicts),
        "have": {month: [count, digest.hex()] for month, (count, digest) in message.have.items()},
        "want": list(message.want),
        "lists": {month: _list(rows) for month, rows in message.lists.items()},
        "asks": [[key.hex(), proof.hex()] for key, proof in message.asks],
        "tickets": [plain_document(one) for one in message.tickets],
        **({"trails": _plain_trails(message.trails)} if message.trails else {}),
        "recovering": message.recovering,
        "stale": message.stale,
        "refused": message.refused,
        "pace": message.pace,
    }


def _plain_trails(said: Trails) -> dict[str, list[Any]]:
    points = {"head": said.head, "again": said.again, "kept": said.kept}
    return {name: [number, digest.hex()] for name, (number, digest) in points.items()}


def _read_trails(plain: Any) -> Trails:
    head, again, kept = (
        (_count(number), _hash(digest)) for number, digest in (plain["head"], plain["again"], plain["kept"])
    )
    return Trails(head, again, kept)


def _list(rows: Sequence[Held]) -> list[str]:
    return [f"{LETTERS[verdict]}{hash_.hex()}" for hash_, verdict in rows]


def plain_document(one: Sent) -> dict[str, Any]:
    """A document as JSON: payload and parts in base64, keys and signatures in hex."""
    own = ((one.signed.key, one.signed.algorithm, one.signed.signature),)
    return {
        "payload": _base64(one.signed.payload),
        "signatures": [
            {"key": key.hex(), "algorithm": algorithm, "signature": signature.hex()}
            for key, algorithm, signature in one.signatures or own
        ],
        "parts": [
            {"name": part.name, "salt": part.salt.hex(), "content": _base64(part.content)}
            for part in one.signed.parts
            if part.content is not None
        ],
        "verdict": one.verdict,
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode(data: bytes) -> Opened:
    """A message from its bytes, if the key that it names has signed it.

    Raises:
        NotAMessage: too large, not of this form, or not signed so.
    """
    plain, key, hash_ = unseal(MESSAGE_TYPE, data)
    try:
        return Opened(_read(plain), key, hash_)
    except MALFORMED as error:
        raise NotAMessage from error


def _read(plain: Any) -> Message:
    if plain["v"] != VERSION:
        raise NotAMessage(_("The other node speaks a version of the protocol that this one does not know."))
    return Message(
        node=_code(plain["node"]),
        to=_code(plain["to"]),
        sent=_instant(plain["sent"]),
        token=_text(plain["token"]),
        answers=_hash(plain["answers"]) if plain["answers"] is not None else None,
        mark=_text(plain.get("mark", "")),
        seen=_text(plain.get("seen", "")),
        software=_text(plain["software"]),
        kinds={_text(name): _count(schema) for name, schema in plain["kinds"].items()},
        address=_text(plain["address"]),
        documents=[read_document(one) for one in plain["documents"]],
        verdicts=_read_list(plain["verdicts"]),
        have={
            _month(month): (_count(count), _hash(digest)) for month, (count, digest) in plain["have"].items()
        },
        want=[_month(month) for month in plain["want"]],
        lists={_month(month): _read_list(rows) for month, rows in plain["lists"].items()},
        asks=[(_hash(key), bytes.fromhex(proof)) for key, proof in plain["asks"]],
        tickets=[read_document(one) for one in plain["tickets"]],
        trails=_read_trails(plain["trails"]) if "trails" in plain else None,
        recovering=plain["recovering"] is True,
        stale=plain["stale"] is True,
        refused=_text(plain["refused"], 4000),
        pace=_count(plain["pace"]),
    )


def read_document(plain: Any) -> Sent:
    """A document from JSON, as `plain_document` wrote it.

    Raises:
        KeyError, TypeError, ValueError: it is not of that form; `decode` turns them into its own error.
    """
    signatures = tuple(
        (bytes.fromhex(one["key"]), _text(one["algorithm"]), bytes.fromhex(one["signature"]))
        for one in plain["signatures"]
    )
    parts = tuple(
        Part(_text(one["name"]), bytes.fromhex(one["salt"]), _bytes(one["content"])) for one in plain["parts"]
    )
    key, algorithm, signature = signatures[0]
    signed = Signed(_bytes(plain["payload"]), signature, key, algorithm, parts)
    if plain["verdict"] not in LETTERS:
        raise ValueError(plain["verdict"])
    return Sent(signed, plain["verdict"], signatures)


def _bytes(text: Any) -> bytes:
    return base64.b64decode(text, validate=True)


def _read_list(rows: Any) -> list[Held]:
    return [(_hash(row[1:]), VERDICTS[row[0]]) for row in rows]


def _hash(text: Any) -> bytes:
    if not is_hex32(text):
        raise ValueError(text)
    return bytes.fromhex(text)


def _code(text: Any) -> str:
    if not isinstance(text, str) or not _CODE.fullmatch(text):
        raise ValueError(text)
    return text


def _month(text: Any) -> str:
    if not isinstance(text, str) or not _MONTH.fullmatch(text):
        raise ValueError(text)
    return text


def _text(text: Any, limit: int = 500) -> str:
    if not isinstance(text, str) or len(text) > limit or "\x00" in text:
        raise ValueError(text)
    return text


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def _instant(text: Any) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant
