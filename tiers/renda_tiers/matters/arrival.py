"""The `matter` document: it hands an opinion, a petition or anything else to one receiver for handling."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Invalid
from renda.i18n import _
from renda_tiers.documents import parts
from renda_tiers.documents.envelope import MAX_COUNT, Document
from renda_tiers.documents.judging import aside
from renda_tiers.documents.limits import is_organisation
from renda_tiers.documents.payload import is_hex32
from renda_tiers.documents.store import Verdict
from renda_tiers.matters import cases, reach
from renda_tiers.matters.models import Matter, MatterCase
from renda_tiers.reports import standings

KIND = "matter"
CATEGORIES = ("opinion", "petition", "suggestion", "other")
IDENTITY, TEXT, NOTE = "identity", "text", "note"
"""Parts: who asks (name and how to reach them), what they ask, and the words of who passes it on."""

_LINKS = ("case", "after", "forwards")
_BODY = {
    "case",
    "number",
    "after",
    "forwards",
    "from",
    "to",
    "category",
    "title",
    "about",
    "due",
    "parties",
    parts.WITHHELD,
}


def subject(token: str) -> str:
    """A matter is said once and never revised, so each has a subject of its own."""
    return f"{KIND}:{token}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not a matter, or gives the identity to the body complained of."""
    try:
        well_formed = body.keys() == _BODY and _is_matter(body)
    except (TypeError, ValueError, AttributeError):
        well_formed = False
    if not well_formed:
        raise Invalid({"body": _("This is not a matter.")})
    about, identity = body["about"], body[parts.WITHHELD].get(IDENTITY, {"for": [], "never": [body["about"]]})
    if about and (about in (body["to"], *identity["for"]) or about not in identity["never"]):
        raise Invalid(
            {"about": _("What complains of a body is not handed to it, nor the identity of who complains.")}
        )


def _is_matter(body: Mapping[str, Any]) -> bool:
    links = [body[name] for name in _LINKS]
    if body["due"] is not None:
        date.fromisoformat(body["due"])
    return (
        is_count(body["number"])
        and (body["number"] == 1) == all(link is None for link in links)
        and (body["number"] == 1 or all(is_hex32(link) for link in links))
        and all(is_organisation(body[name]) for name in ("from", "to"))
        and isinstance(body["title"], str)
        and bool(body["title"])
        and body["category"] in CATEGORIES
        and isinstance(body["about"], str)
        and all(isinstance(code, str) and code and " " not in code for code in body["parties"])
        and parts.is_rule(body[parts.WITHHELD])
    )


def is_count(value: object) -> bool:
    """Whether a JSON value is a place in a case's sequence."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_COUNT


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """A matter is handed within reach of its origin; a first one is its origin's own."""
    above = standings.ancestry(session, {code for one in documents for code in (one.origin, one.body["to"])})
    verdicts = {}
    for one in documents:
        day = local_day(one.issued)
        # Who began the case may hand it anywhere within reach again; others pass it on in one step.
        within = reach.can_hand if one.body["from"] == one.origin else reach.can_pass
        open_to_all = (
            any(part.name == IDENTITY for part in one.parts) and IDENTITY not in one.body[parts.WITHHELD]
        )
        if one.revision != 1:
            verdicts[one.hash] = aside(_("A matter is said once and not revised."))
        elif one.body["case"] is None and one.body["from"] != one.origin:
            verdicts[one.hash] = aside(_("Only who received a matter begins a case."))
        elif not within(above, one.origin, one.body["to"], day):
            verdicts[one.hash] = aside(_("The receiver of this matter is out of reach of who hands it."))
        elif open_to_all:
            verdicts[one.hash] = aside(_("This matter withholds the identity of who asks from nobody."))
    return verdicts


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep the matters and follow their cases anew."""
    rows = [_row(one) for one in documents]
    session.execute(insert(Matter), rows)
    cases.move(session, {row["case"] for row in rows})


def _row(one: Document) -> dict[str, Any]:
    body = one.body
    case, after, forwards = (bytes.fromhex(body[name]) if body[name] else None for name in _LINKS)
    return {
        "document": one.hash,
        "case": case or one.hash,
        "number": body["number"],
        "after": after,
        "forwards": forwards,
        "source": body["from"],
        "origin": one.origin,
        "receiver": body["to"],
        "category": body["category"],
        "title": body["title"],
        "about": body["about"],
        "parties": " ".join(sorted({one.origin, body["to"], body["from"], *body["parties"]})),
        "due": date.fromisoformat(body["due"]) if body["due"] else None,
        "issued": one.issued,
    }


def forget(session: Session) -> None:
    """Empty matters and cases."""
    session.execute(delete(MatterCase))
    session.execute(delete(Matter))
