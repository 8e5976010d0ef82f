"""Digests of a link, by month of issue: the sum of SHA-256(hash, verdict) modulo 2^256, free of order.

`mine` is what this node holds and how it judges it; `theirs` is what the peer is believed to hold. What is
new is added to the sum of its month; where it is not known what was summed before, the month is summed again
when it is asked for.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from renda.slices import slices
from renda_tiers.documents import store
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.links.models import MINE, THEIRS, LinkDigest, LinkDocument

Digests = Mapping[str, tuple[int, bytes]]
"""Count and digest by month."""

HELD = (Outcome.APPLIED, Outcome.PARKED, Outcome.ASIDE)
"""Verdicts on what is kept; what was refused is not."""

NO_COUNT = -1
"""Count of a month that agrees with no sum."""

_MODULUS = 1 << 256


def summed(rows: Iterable[tuple[bytes, str]]) -> tuple[int, bytes]:
    """Count and digest of (hash, verdict) pairs."""
    count = total = 0
    for hash_, verdict in rows:
        count += 1
        total += _term(hash_, verdict)
    return count, (total % _MODULUS).to_bytes(32)


def _term(hash_: bytes, verdict: str) -> int:
    return int.from_bytes(hashlib.sha256(hash_ + verdict.encode()).digest())


@dataclass(frozen=True, slots=True)
class Change:
    """What one side said of a document before and says now; None for nothing."""

    link: str
    month: str
    document: bytes
    before: str | None
    now: str | None


def shift(session: Session, side: str, changes: Iterable[Change]) -> None:
    """Bring the sums of one side up to date; those that are to be made anew stay so."""
    counts, totals = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in changes:
        for word, sign in ((one.before, -1), (one.now, 1)):
            if word in HELD:
                counts[one.link, one.month] += sign
                totals[one.link, one.month] += sign * _term(one.document, word)
    for link, month in sorted(totals):
        place = (LinkDigest.link == link, LinkDigest.side == side, LinkDigest.month == month)
        columns = (LinkDigest.count.label("many"), LinkDigest.digest)
        held = select(*columns).where(*place, LinkDigest.count != NO_COUNT)
        # Another transaction may be taking it away to have it summed again.
        row = session.execute(held.with_for_update()).one_or_none()
        if row is not None:
            total = (int.from_bytes(row.digest) + totals[link, month]) % _MODULUS
            session.execute(
                update(LinkDigest)
                .where(*place)
                .values(count=row.many + counts[link, month], digest=total.to_bytes(32)),
                execution_options={"synchronize_session": False},
            )


def rows(session: Session, link: str, side: str, month: str) -> list[tuple[bytes, str]]:
    """(Hash, verdict) of every document of one month that this side holds, by hash."""
    statement = _held(link, side).where(LinkDocument.month == month).order_by(LinkDocument.document)
    return [(row[0], row[1]) for row in session.execute(statement)]


def _held(link: str, side: str) -> Any:
    of_link = LinkDocument.link == link
    if side == MINE:
        joined = LedgerDocument.hash == LinkDocument.document
        return (
            select(LinkDocument.document, LedgerDocument.outcome).join(LedgerDocument, joined).where(of_link)
        )
    return select(LinkDocument.document, LinkDocument.theirs).where(of_link, LinkDocument.theirs.in_(HELD))


def of(session: Session, link: str, side: str) -> Digests:
    """The digests of every month of a link in which this side holds anything."""
    known, lacking = _known(session, link, side)
    if lacking:
        # Who brings a document meanwhile would find no sum to add it to, and it would be in none.
        store.lock(session)
        known, lacking = _known(session, link, side)
    fresh = {month: summed(rows(session, link, side, month)) for month in lacking}
    if fresh:
        session.execute(
            insert(LinkDigest),
            [
                {"link": link, "side": side, "month": month, "count": count, "digest": digest}
                for month, (count, digest) in fresh.items()
            ],
        )
    return {month: one for month, one in {**known, **fresh}.items() if one[0]}


def _known(session: Session, link: str, side: str) -> tuple[Digests, list[str]]:
    """The months that are summed, and those that are not."""
    columns = (LinkDigest.month, LinkDigest.count.label("many"), LinkDigest.digest)
    found = session.execute(select(*columns).where(LinkDigest.link == link, LinkDigest.side == side))
    known = {row.month: (row.many, row.digest) for row in found}
    months = session.scalars(select(LinkDocument.month).where(LinkDocument.link == link).distinct())
    return known, sorted(month for month in months if month not in known)


def differing(left: Digests, right: Digests) -> list[str]:
    """Months about which the two do not agree, in order."""
    return sorted(month for month in {*left, *right} if left.get(month) != right.get(month))


def outdate(session: Session, link: str, side: str, months: Iterable[str]) -> None:
    """Let these months be summed again."""
    of_link = (LinkDigest.link == link, LinkDigest.side == side)
    for some in slices(sorted(set(months))):
        session.execute(
            delete(LinkDigest).where(*of_link, LinkDigest.month.in_(some)),
            execution_options={"synchronize_session": False},
        )


def doubt(session: Session, link: str) -> None:
    """Let no month of a link agree with what the peer says, until its list has replaced what is believed.

    What is believed stays meanwhile, so that nothing is sent again for nothing.
    """
    session.execute(
        delete(LinkDigest).where(LinkDigest.link == link), execution_options={"synchronize_session": False}
    )
    months = session.scalars(select(LinkDocument.month).where(LinkDocument.link == link).distinct()).all()
    if months:
        session.execute(
            insert(LinkDigest),
            [
                {"link": link, "side": THEIRS, "month": month, "count": NO_COUNT, "digest": b""}
                for month in months
            ],
        )


def outdate_all(session: Session) -> None:
    """Let everything be summed again."""
    session.execute(delete(LinkDigest))


Places = Mapping[tuple[str, bytes], str]
"""Month by link and document."""


def places(session: Session, documents: Collection[bytes]) -> Places:
    """Where documents, one batch of them, are listed."""
    columns = (LinkDocument.link, LinkDocument.document, LinkDocument.month)
    found = session.execute(select(*columns).where(LinkDocument.document.in_(documents)))
    return {(row.link, row.document): row.month for row in found}


def judged(session: Session, documents: Collection[bytes], before: Places) -> None:
    """Documents, one batch of them, got a verdict: add those that are listed only now.

    What the verdict on the others was when they were summed is not known, so their months are summed again.
    """
    months: dict[str, set[str]] = {}
    for (link, _document), month in before.items():
        months.setdefault(link, set()).add(month)
    for link, some in months.items():
        outdate(session, link, MINE, some)
    columns = (LinkDocument.link, LinkDocument.document, LinkDocument.month, LedgerDocument.outcome)
    listed = session.execute(
        select(*columns)
        .join(LedgerDocument, LedgerDocument.hash == LinkDocument.document)
        .where(LinkDocument.document.in_(documents))
    )
    shift(
        session,
        MINE,
        [
            Change(row.link, row.month, row.document, None, row.outcome)
            for row in listed
            if (row.link, row.document) not in before
        ],
    )
