"""The `pack` document: the file of a practice pack, for a body above its author, or for those below a body.

Every organisation in the audience that this node hosts has the pack then, as if it had installed the file;
using it stays its own decision. What this node cannot read is parked until a version that can is installed.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, literal, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.database import everything
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.packs import keeping, reading
from renda.packs.declared import SHIPPED, Pack, author_of, is_made_by
from renda.packs.models import InstalledPack
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import Document, Outcome, decode
from renda_tiers.documents.judging import aside
from renda_tiers.documents.models import LedgerConcern, LedgerDocument
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import standings

KIND = "pack"

_BODY = {"name", "version", "text"}
_OUTDATED = "tiers.packs"
_log = logging.getLogger(__name__)

Path = Callable[[str, date], list[str]]
"""The organisation itself and those above it on a day, nearest first."""


def subject(origin: str, name: str) -> str:
    """What all that an organisation says of a pack is a revision of."""
    return f"{KIND}:{origin}:{name}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {name, version, text}, or whose text this node cannot read."""
    if (
        body.keys() != _BODY
        or not isinstance(body["name"], str)
        or type(body["version"]) is not int
        or not isinstance(body["text"], str)
    ):
        raise Invalid({"body": _("This is no practice pack.")})
    pack = read(body)
    if (pack.name, pack.version, pack.text) != (body["name"], body["version"], body["text"]):
        raise Invalid({"body": _("The practice pack is another than the document says.")})


def read(body: Mapping[str, Any]) -> Pack:
    """The pack of a document's body."""
    return reading.read(body["text"].encode(), body["name"])


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """An author sends its pack to those above; a body publishes those made at or below it to all below."""
    codes = {one.origin for one in documents} | {code for one in documents for code in one.audience}
    authors = {author_of(one.body["name"]) for one in documents}
    path = standings.ancestry(session, codes | authors)
    return {one.hash: verdict for one in documents if (verdict := _verdict(one, path)) is not None}


def _verdict(one: Document, path: Path) -> Verdict | None:
    if one.subject != subject(one.origin, one.body["name"]):
        return aside(_("The subject of this document is another than what it says."))
    day, author = local_day(one.issued), author_of(one.body["name"])
    up = set(one.audience) <= set(path(one.origin, day)[1:])
    down = all(one.origin in path(code, day)[1:] for code in one.audience)
    if not one.audience or not (up or down):
        return aside(_("A practice pack goes to bodies above, or to bodies below."))
    if up and not is_made_by(one.body["name"], one.origin):
        return aside(_("Only its author sends a practice pack to those above."))
    if down and author != SHIPPED and one.origin not in path(author, day):
        return aside(_("A body publishes practice packs that were made by itself or below it."))
    return None


def apply(session: Session, _documents: Sequence[Document]) -> None:
    """Have `complete` hand the packs to those whom they are for."""
    outdate(session)


def outdate(session: Session) -> None:
    """Have it looked at the end of this batch who has what: a pack came, or bodies did."""
    session.info[_OUTDATED] = True


def brought(session: Session, documents: Collection[bytes], since: datetime) -> list[Row[Any]]:
    """What documents signed since an instant gave to organisations of this node that did not have it before.

    Rows of (organisation, name, text, given_by, hash of the document).
    """
    statement = (
        select(
            InstalledPack.organisation,
            InstalledPack.name,
            InstalledPack.text,
            InstalledPack.given_by,
            LedgerDocument.hash,
        )
        .join(
            LedgerDocument,
            and_(
                LedgerDocument.origin == InstalledPack.given_by,
                LedgerDocument.issued == InstalledPack.given_at,
            ),
        )
        .where(
            LedgerDocument.hash.in_(documents),
            LedgerDocument.kind == KIND,
            LedgerDocument.issued >= since,
            LedgerDocument.subject == literal(f"{KIND}:") + InstalledPack.given_by + ":" + InstalledPack.name,
            InstalledPack.organisation != InstalledPack.given_by,
        )
        .order_by(InstalledPack.organisation, InstalledPack.name)
    )
    with everything(session):
        return list(session.execute(statement))


def complete(session: Session) -> None:
    """Let every hosted organisation have the packs that documents bring it; the same however often."""
    if not session.info.pop(_OUTDATED, False):
        return
    here = issuing.hosted(session)
    statement = (
        select(LedgerDocument.hash, LedgerConcern.organisation)
        .join(LedgerConcern, LedgerConcern.document == LedgerDocument.hash)
        .where(LedgerDocument.kind == KIND, LedgerDocument.outcome == Outcome.APPLIED)
        .order_by(LedgerDocument.issued, LedgerDocument.hash, LedgerConcern.organisation)
    )
    audiences: dict[bytes, list[str]] = {}
    for row in session.execute(statement):
        if row.organisation in here:
            audiences.setdefault(row.hash, []).append(row.organisation)
    for document, organisations in audiences.items():
        _hand(session, document, organisations)


def _hand(session: Session, document: bytes, organisations: Sequence[str]) -> None:
    payload = session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == document)).one()
    one = decode(payload)
    pack = read(one.body)
    try:
        with everything(session):
            for code in organisations:
                keeping.give(session, code, pack, by=one.origin, at=one.issued)
    except Conflict as error:
        _log.warning("pack %s %s was not taken: %s", pack.name, pack.version, error.message)
