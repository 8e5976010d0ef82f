"""What an arriving directive does: it is judged by the tree of its day and by what it breaks down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import RendaError
from renda.i18n import _
from renda.slices import slices
from renda_tiers.directives import bodies, bounds, upkeep
from renda_tiers.directives.models import Directive, Target
from renda_tiers.documents.envelope import Document, Signed, decode
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.models import KeyGrant, LedgerDocument
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import standings


@dataclass(frozen=True, slots=True)
class _Link:
    """A directive with the one that it breaks down; that is None where it has none, or none is held."""

    document: Document
    signed: Signed | None
    parent: Document | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What verdicts depend on beside the document itself."""

    above: Callable[[str, date], list[str]]
    held: dict[bytes, Document]
    grants: frozenset[tuple[str, bytes]]


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """Verdicts of the directives that cannot be applied."""
    chains: dict[bytes, list[_Link]] = {}
    verdicts: dict[bytes, Verdict] = {}
    for one in documents:
        try:
            chains[one.hash] = list(_chain(one))
        except RendaError as error:
            verdicts[one.hash] = aside(error.message)
    links = [link for chain in chains.values() for link in chain]
    known = _known(session, links)
    for hash_, chain in chains.items():
        found = next((said for link in chain if (said := _verdict(known, link)) is not None), None)
        if found is not None:
            verdicts[hash_] = found
    return verdicts


def _chain(document: Document) -> Iterator[_Link]:
    """The directive, and those above it that it carries."""
    current: Document | None = document
    signed = None
    for _level in range(bounds.DEEPEST):
        if current is None:
            return
        carried = bounds.carried(current)
        parent, next_signed = carried or (None, None)
        yield _Link(current, signed, parent)
        current, signed = parent, next_signed
    raise RendaError(_("There are too many directives inside one another."))


def _known(session: Session, links: Sequence[_Link]) -> _Known:
    codes = {code for link in links for code in link.document.body["targets"]}
    named = {bytes.fromhex(text) for link in links for text in _named(link)}
    keys = [(link.document.origin, link.signed.key) for link in links if link.signed is not None]
    granted = {
        (row.organisation, row.key)
        for some in slices(keys)
        for row in session.execute(
            select(KeyGrant.organisation, KeyGrant.key).where(
                tuple_(KeyGrant.organisation, KeyGrant.key).in_(some)
            )
        )
    }
    return _Known(standings.ancestry(session, codes), held(session, sorted(named)), frozenset(granted))


def _named(link: _Link) -> Iterator[str]:
    body = link.document.body
    if body["parent"] is not None:
        yield body["parent"]["document"]
    if body["of"] is not None:
        yield body["of"]


def held(session: Session, hashes: Sequence[bytes]) -> dict[bytes, Document]:
    """Those of the directives that this node has applied, read."""
    return {
        row.document: decode(row.payload)
        for some in slices(hashes)
        for row in session.execute(
            select(Directive.document, LedgerDocument.payload)
            .join(LedgerDocument, LedgerDocument.hash == Directive.document)
            .where(Directive.document.in_(some))
        )
    }


def _verdict(known: _Known, link: _Link) -> Verdict | None:
    one = link.document
    # What is carried counts as said where it is applied here, or where its key may speak.
    carried = link.signed is not None and one.hash not in known.held
    if carried and link.signed and (one.origin, link.signed.key) not in known.grants:
        return parked(_("The key is not granted to ${origin}.", mapping={"origin": one.origin}), one.hash)
    if bodies.issuer_of(one.subject) != one.origin:
        return aside(_("The subject of this document is another than what it says."))
    return _misplaced(known, one) or _unbound(known, link) or _ended(known, one)


def _misplaced(known: _Known, one: Document) -> Verdict | None:
    """Whether a target does not stand below the issuer on the day of issue."""
    day = local_day(one.issued)
    paths = {code: known.above(code, day) for code in one.body["targets"]}
    if any(len(path) == 1 for path in paths.values()):
        return parked(_("A target of this directive had no place in the tree when it was issued."))
    if any(one.origin not in path[1:] for path in paths.values()):
        return aside(_("A target of this directive did not stand below its issuer."))
    return None


def _unbound(known: _Known, link: _Link) -> Verdict | None:
    """Whether it is not within the directive that it breaks down, or for others than it may be."""
    one = link.document
    if one.body["parent"] is None:
        if set(one.audience) != set(one.body["targets"]):
            return aside(_("This directive is for others than its targets."))
        return None
    named = bytes.fromhex(one.body["parent"]["document"])
    parent = link.parent or known.held.get(named)
    if parent is None:
        return parked(_("The directive that this one breaks down is not here yet."), named)
    breach = bounds.breaches(parent, one)
    return aside(breach) if breach else None


def _ended(known: _Known, one: Document) -> Verdict | None:
    """Whether an end says anything else than the revision that it ends."""
    if one.body["of"] is None:
        return None
    named = bytes.fromhex(one.body["of"])
    call = known.held.get(named)
    if call is None:
        return parked(_("The directive that this one ends is not here yet."), named)
    kept = {"state": bodies.OPEN, "of": None, "reason": call.body["reason"]}
    if call.subject != one.subject or {**one.body, **kept} != call.body:
        return aside(_("This is not the end of the directive that it names."))
    return None


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Keep the revisions and whom they are for, and have their standing and progress made anew."""
    session.execute(insert(Directive), [_row(one) for one in documents])
    targets = [
        {"directive": one.hash, "organisation": code} for one in documents for code in one.body["targets"]
    ]
    session.execute(insert(Target), targets)
    upkeep.mark(session, {one.subject for one in documents})


def _row(one: Document) -> dict[str, Any]:
    body = one.body
    report = body["report"] or {"template": "", "period": ""}
    parent = body["parent"] and bytes.fromhex(body["parent"]["document"])
    return {
        "document": one.hash,
        "subject": one.subject,
        "origin": one.origin,
        "revision": one.revision,
        "issued": one.issued,
        "state": body["state"],
        "call": bytes.fromhex(body["of"]) if body["of"] else one.hash,
        "task": bodies.task(body, one.parts),
        "title": body["title"],
        "due": date.fromisoformat(body["due"]),
        "steps": len(body["steps"]),
        **report,
        "parent": parent,
    }
