"""Vectors of what nodes say to one another: joining, tokens, a question about a month, parts withheld."""

import base64
import gzip
import hashlib
import json
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch
from uuid import UUID

from renda.security import vault
from renda_tiers.documents import parts, signing
from renda_tiers.documents.envelope import Part, PartReference, Signed, decode
from renda_tiers.links import carrying, digests, joining, messages, tokens
from renda_tiers.links.joining import Code
from renda_tiers.links.keys import enrolment, public_of
from renda_tiers.links.messages import Message, Sent
from renda_tiers.links.models import CHILD, Link
from renda_tiers.links.sealing import seal
from tests.docs.said import CITY, COUNTY, ISSUED, document, private

OTHER = "371722"
CODE = Code(bytes(range(15)), joining.fingerprint(public_of(private(CITY))))
ADDRESS = "https://rd.county.example.cn/"
CHAIN_KEY = hashlib.sha256(b"vector chain key").digest()


def withheld() -> dict[str, Any]:
    """A document with a rule for two of its parts, who may have which, and which go over which link."""
    contents = {"identity": "王某", "note": "请核实。", "text": "夜间施工。"}
    made = [
        (
            PartReference(name, hashlib.sha256(bytes(16) + text.encode()).digest(), len(text.encode())),
            Part(name, bytes(16), text.encode()),
        )
        for name, text in contents.items()
    ]
    rules = {"identity": parts.withhold([CITY], [COUNTY]), "note": parts.withhold([OTHER])}
    payload = document(
        7, "note", OTHER, "note:3", {"withheld": rules}, audience=[CITY, COUNTY, OTHER], parts=[one for one, _part in made]
    )  # fmt: skip
    read, sent = (
        decode(payload),
        Sent(signing.sign(payload, private(OTHER), [part for _ref, part in made]), "applied"),
    )
    links = [
        (CITY, [CITY, COUNTY]),
        (COUNTY, [COUNTY, CITY]),
        (COUNTY, [COUNTY]),
        (OTHER, [OTHER]),
        (CITY, [OTHER, CITY]),
    ]
    return {
        "payload": payload.decode(),
        "readers": {code: sorted(parts.parts_for(read, code).given) for code in (CITY, COUNTY, OTHER)},
        "links": [
            {
                "peer": peer,
                "beyond": beyond,
                "parts": [part.name for part in carrying.withhold(sent, peer, beyond).signed.parts],
            }
            for peer, beyond in links
        ],
    }


def question(signed: list[Signed]) -> list[dict[str, Any]]:
    """Three messages: the county says what it has, the city asks for the month that differs, and gets it."""
    held = [(hashlib.sha256(one.payload).digest(), "applied") for one in signed[:4]]
    believed = {"2026-05": digests.summed(held[:3])}
    have = {"2026-05": digests.summed(held)}
    call = Message(COUNTY, CITY, ISSUED, have=have)
    first = messages.encode(call, private(COUNTY))
    want = digests.differing(have, believed)
    answer = Message(
        CITY, COUNTY, ISSUED, token="t1", answers=_hash(first), have=believed, want=want, pace=60
    )
    lists = dict.fromkeys(want, held)
    again = Message(COUNTY, CITY, ISSUED + timedelta(seconds=1), token="t1", have=have, lists=lists)
    second, third = messages.encode(answer, private(CITY)), messages.encode(again, private(COUNTY))
    return [{"bytes": one.decode(), "hash": _hash(one).hex()} for one in (first, second, third)]


def _hash(message: bytes) -> bytes:
    return hashlib.sha256(message.partition(b"\n")[2]).digest()


_CALLS = (
    ("a", None, "the first call"),
    ("b", "a", "its answer was heard"),
    ("c", "a", "the answer to b was lost"),
    ("c", "a", "c comes again"),
    ("d", "c", "the answer to c was heard"),
    ("e", "b", "somebody had heard the answer to b: a copy"),
)
"""Name of a call, name of that whose token it shows, and why."""


def handed_on() -> list[dict[str, Any]]:
    """Calls with the token that each shows and the one that its answer gives; null where it is stale."""
    link, made, found = Link(peer=COUNTY, role=CHILD, token="", token_before=""), {}, []
    numbers = count(1)
    with patch.object(tokens, "new_id", lambda: UUID(int=next(numbers))):
        for name, shows, why in _CALLS:
            call, shown = hashlib.sha256(name.encode()).digest(), made[shows] if shows else ""
            made[name] = tokens.given(link, shown, call)
            found.append({"call": call.hex(), "shows": shown, "gives": made[name], "why": why})
    return found


def join(signed: list[Signed]) -> dict[str, Any]:
    """A one-time code, the request that is made with it, and the answer; a body without records."""
    request = seal(
        joining.JOIN_TYPE,
        {"organisation": COUNTY, "code": CODE.secret.hex(), "address": ADDRESS, "from": 0},
        private(COUNTY),
    )
    said = enrolment(CITY, COUNTY, public_of(private(COUNTY)))
    granted = document(8, said.kind, CITY, said.subject, dict(said.body), revision=3)
    documents = [*signed[:2], signing.sign(granted, private(CITY))]
    records = gzip.compress(json.dumps({"organisations": [COUNTY], "tables": {}}).encode(), 0, mtime=0)
    owner = joining.owner_of(COUNTY)
    with patch.object(vault.os, "urandom", bytes):
        chain_key, sealed = vault.seal(CHAIN_KEY, CODE.secret, owner), vault.seal(records, CODE.secret, owner)
    answer = {
        "node": CITY,
        "anchors": [[CITY, public_of(private(CITY)).hex()]],
        "documents": [messages.plain_document(Sent(one, "applied")) for one in documents],
        "hosts": [],
        "chain_key": chain_key.hex(),
        "records": base64.b64encode(sealed).decode(),
        "whole": [len(records), hashlib.sha256(records).hexdigest()],
    }
    return {
        "code": str(CODE),
        "request": request.decode(),
        "answer": seal(joining.JOIN_TYPE, answer, private(CITY)).decode(),
        "chain_key": CHAIN_KEY.hex(),
        "records": records.hex(),
    }
