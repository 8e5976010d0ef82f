"""What this node believes of a peer: marks that its words move, and that its lists replace."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from renda.slices import slices
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.links import digests
from renda_tiers.links.digests import Change
from renda_tiers.links.messages import Held
from renda_tiers.links.models import MINE, THEIRS, LinkDocument
from renda_tiers.links.routing import FORWARDED

MOST_VERDICTS = 5000


def mark(
    session: Session,
    link: str,
    words: Mapping[bytes, str],
    months: Mapping[bytes, str],
    *,
    answer: bool = False,
) -> None:
    """Keep the peer's verdicts on documents, by hash; those of which no month is known are left out.

    Whoever sends a document does not know that it is held here, whatever it was told: it gets an `answer`.
    """
    new = {hash_: word for hash_, word in words.items() if hash_ in months}
    if not new:
        return
    more = {"said": ""} if answer else {}
    there = _known(session, link, new)
    _set(session, link, new.items(), "theirs", **more)
    added = {hash_: word for hash_, word in new.items() if hash_ not in there}
    _add(session, link, added, months, more)
    digests.outdate(session, link, MINE, {months[hash_] for hash_ in added})
    digests.shift(
        session,
        THEIRS,
        [Change(link, months[hash_], hash_, there.get(hash_), word) for hash_, word in new.items()],
    )


def _known(session: Session, link: str, documents: Iterable[bytes]) -> dict[bytes, str | None]:
    """What the peer is believed to say of those of the documents that the link lists."""
    columns = (LinkDocument.document, LinkDocument.theirs)
    return {
        row.document: row.theirs
        for some in slices(sorted(documents))
        for row in session.execute(
            select(*columns).where(LinkDocument.link == link, LinkDocument.document.in_(some))
        )
    }


def _set(session: Session, link: str, rows: Iterable[Held], column: str, **more: str) -> None:
    """Write a word into a column of documents' rows."""
    by_word: dict[str, list[bytes]] = {}
    for hash_, word in rows:
        by_word.setdefault(word, []).append(hash_)
    for word, hashes in by_word.items():
        for some in slices(sorted(hashes)):
            statement = (
                update(LinkDocument)
                .where(LinkDocument.link == link, LinkDocument.document.in_(some))
                .values({column: word, **more})
            )
            session.execute(statement, execution_options={"synchronize_session": False})


def _add(
    session: Session,
    link: str,
    words: Mapping[bytes, str],
    months: Mapping[bytes, str],
    more: Mapping[str, str],
) -> None:
    rows = [
        {
            "link": link,
            "document": hash_,
            "month": months[hash_],
            "offered": False,
            "theirs": word,
            "said": "",
        }
        for hash_, word in words.items()
    ]
    if not rows:
        return
    make: Any = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    statement = make(LinkDocument)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["link", "document"], set_={"theirs": statement.excluded.theirs, **more}
        ),
        rows,
    )


def months(session: Session, link: str, documents: Iterable[bytes]) -> dict[bytes, str]:
    """Month of issue of those documents that the link knows already or that are held here."""
    found: dict[bytes, str] = {}
    for some in slices(sorted(documents)):
        held = select(LedgerDocument.hash, LedgerDocument.issued).where(LedgerDocument.hash.in_(some))
        found |= {row.hash: f"{row.issued:%Y-%m}" for row in session.execute(held)}
        elsewhere = [one for one in some if one not in found]
        if elsewhere:
            known = select(LinkDocument.document, LinkDocument.month).where(
                LinkDocument.link == link, LinkDocument.document.in_(elsewhere)
            )
            found |= {row.document: row.month for row in session.execute(known)}
    return found


def replace(session: Session, link: str, month: str, rows: Sequence[Held]) -> None:
    """Believe of one month what the peer's list says, and nothing else.

    What came over this link and the peer has lost is offered to it, even if it concerns the peer no more: it
    may have said so itself, and must know that before it speaks again.
    """
    of_month = (LinkDocument.link == link, LinkDocument.month == month)
    goes = (
        select(LedgerDocument.hash)
        .where(LedgerDocument.hash == LinkDocument.document, LedgerDocument.outcome.in_(FORWARDED))
        .exists()
    )
    listed = {hash_ for hash_, _word in rows}
    gone = [
        hash_
        for hash_ in session.scalars(
            select(LinkDocument.document).where(*of_month, LinkDocument.theirs.is_not(None))
        )
        if hash_ not in listed
    ]
    quiet = {"synchronize_session": False}
    for some in slices(gone):
        named = LinkDocument.document.in_(some)
        session.execute(delete(LinkDocument).where(*of_month, named, ~goes), execution_options=quiet)
        session.execute(
            update(LinkDocument).where(*of_month, named).values(theirs=None, offered=True),
            execution_options=quiet,
        )
    mark(session, link, dict(rows), dict.fromkeys(listed, month))
    for side in (MINE, THEIRS):
        digests.outdate(session, link, side, [month])


def news(session: Session, link: str) -> list[Held]:
    """This node's verdicts on documents that the peer knows, where they are not those that it was told."""
    statement = (
        select(LinkDocument.document, LedgerDocument.outcome)
        .join(LedgerDocument, LedgerDocument.hash == LinkDocument.document)
        .where(
            LinkDocument.link == link,
            LinkDocument.theirs.is_not(None),
            LinkDocument.said != LedgerDocument.outcome,
        )
        .order_by(LinkDocument.document)
        .limit(MOST_VERDICTS)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def told(session: Session, link: str, rows: Sequence[Held]) -> None:
    """Remember what a message tells the peer; where it is lost, digests will differ."""
    _set(session, link, rows, "said")


def missing(session: Session, link: str) -> int:
    """How many documents the peer says it holds, and holds to be authentic, that are not here."""
    held = select(LedgerDocument.hash).where(LedgerDocument.hash == LinkDocument.document).exists()
    statement = (
        select(func.count())
        .select_from(LinkDocument)
        .where(LinkDocument.link == link, LinkDocument.theirs.in_(FORWARDED), ~held)
    )
    return session.scalar(statement) or 0
