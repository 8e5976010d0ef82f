"""The test vectors of docs/protocol.md, made from keys that everybody may know.

`python -m tests.docs.vectors` writes docs/protocol-vectors.json anew.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from renda_tiers.documents import signing
from renda_tiers.documents.authority import Control, resolve
from renda_tiers.documents.envelope import Part, PartReference, Signed, decode
from renda_tiers.links import digests, messages, sealing
from renda_tiers.links.keys import public_of
from tests.docs import conversation
from tests.docs.said import CITY, COUNTY, ISSUED, document, place, private

PATH = Path(__file__).parents[2] / "docs" / "protocol-vectors.json"
SALT, CONTENT = bytes(range(16)), "旁证".encode()


def vectors() -> dict[str, Any]:
    """All of them."""
    reference = PartReference("evidence", hashlib.sha256(SALT + CONTENT).digest(), len(CONTENT))
    part = Part("evidence", SALT, CONTENT)
    first, second = (public_of(private(COUNTY, number)) for number in (1, 2))
    kept = document(4, "note", COUNTY, "note:1", {"text": "听"}, audience=[CITY, COUNTY], parts=[reference])
    lost = document(5, "note", COUNTY, "note:2", {"text": "丢"}, audience=[CITY, COUNTY])
    closing = {
        "organisation": COUNTY,
        "key": second.hex(),
        "closes": [first.hex()],
        "keeps": [hashlib.sha256(kept).hexdigest()],
    }
    signed = [
        signing.sign(
            document(1, "organisation", CITY, f"organisation:{CITY}", place(CITY, "city", [])), private(CITY)
        ),
        signing.sign(
            document(
                2,
                "organisation",
                CITY,
                f"organisation:{COUNTY}",
                place(COUNTY, "county", [[CITY, "2025-01-01", None]]),
            ),
            private(CITY),
        ),
        signing.sign(
            document(
                3, "enrolment", CITY, f"enrolment:{COUNTY}", {"organisation": COUNTY, "key": first.hex()}
            ),
            private(CITY),
        ),
        signing.sign(kept, private(COUNTY), [part]),
        signing.sign(lost, private(COUNTY)),
        signing.sign(
            document(6, "enrolment", CITY, f"enrolment:{COUNTY}", closing, revision=2), private(CITY)
        ),
    ]
    return {
        "keys": {
            f"{code}/{number}": _key(code, number) for code, number in ((CITY, 1), (COUNTY, 1), (COUNTY, 2))
        },
        "documents": [_document(one) for one in signed],
        "authority": _authority(signed),
        "digest": _digest(signed),
        "message": _message(signed),
        "proof": sealing.prove(COUNTY, private(COUNTY, 2)).hex(),
        "withheld": conversation.withheld(),
        "question": conversation.question(signed),
        "tokens": conversation.handed_on(),
        "join": conversation.join(signed),
    }


def _key(code: str, number: int) -> dict[str, str]:
    return {"private": private(code, number).hex(), "public": public_of(private(code, number)).hex()}


def _document(one: Signed) -> dict[str, Any]:
    return {
        "payload": one.payload.decode(),
        "hash": hashlib.sha256(one.payload).hexdigest(),
        "signed": signing.pae("application/vnd.renda.document+json", one.payload).decode(),
        "key": one.key.hex(),
        "signature": one.signature.hex(),
        "parts": [
            {"name": part.name, "salt": part.salt.hex(), "content": (part.content or b"").hex()}
            for part in one.parts
        ],
    }


def _authority(signed: list[Signed]) -> dict[str, Any]:
    """Which documents count before and after the closing."""
    read = [(decode(one.payload), one.key) for one in signed]
    found = {}
    for name, some in (("before", read[:5]), ("after", read)):
        controls = [Control(one, key) for one, key in some if one.kind in {"organisation", "enrolment"}]
        known = resolve({CITY: [public_of(private(CITY))]}, controls)
        found[name] = [one.hash.hex() for one, key in some if known.speaks(one.origin, key, one.hash)]
    return found


def _digest(signed: list[Signed]) -> dict[str, Any]:
    rows = [(hashlib.sha256(one.payload).digest(), "applied") for one in signed[:2]]
    rows.append((hashlib.sha256(signed[4].payload).digest(), "aside"))
    count, digest = digests.summed(rows)
    return {"rows": [[hash_.hex(), word] for hash_, word in rows], "count": count, "digest": digest.hex()}


def _message(signed: list[Signed]) -> dict[str, str]:
    message = messages.Message(
        node=COUNTY,
        to=CITY,
        sent=ISSUED,
        token="token",
        documents=[messages.Sent(signed[3], "applied")],
        verdicts=[(hashlib.sha256(signed[0].payload).digest(), "applied")],
        have={"2026-05": digests.summed([(hashlib.sha256(signed[3].payload).digest(), "applied")])},
        want=["2026-04"],
    )
    data = messages.encode(message, private(COUNTY))
    return {"bytes": data.decode(), "hash": hashlib.sha256(data.partition(b"\n")[2]).hexdigest()}


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
