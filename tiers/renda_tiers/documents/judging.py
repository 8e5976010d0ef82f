"""Judging and applying: the same steps for what has just arrived, what had to wait, and a rebuild.

A verdict is a function of the ledger and of the installed modules. An effect runs in a savepoint: where it
fails, the document is parked with the reason and the next one goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from renda.declarations import DocumentKind
from renda.errors import RendaError
from renda.failpoints import reach
from renda.i18n import _, freeze
from renda.slices import slices
from renda_tiers.documents import store, tree
from renda_tiers.documents.authority import CONTROL
from renda_tiers.documents.envelope import Document, Outcome
from renda_tiers.documents.models import KeyGrant, KeyKept
from renda_tiers.documents.store import Kept, Verdict

APPLIED = Verdict(Outcome.APPLIED)

_OUTAGES = ("08", "40", "53", "55", "57", "58")
"""Classes of PostgreSQL's SQLSTATE for which no statement is to blame: no connection, a transaction that was
rolled back for others' sake, no room, a lock that is not to be had, a shutdown, the machine's own trouble."""


@dataclass(frozen=True)
class Judged:
    """Said through the registry, inside the transaction, when documents have got a verdict, new or again."""

    session: Session
    documents: frozenset[bytes]


Result = TypeVar("Result")


def parked(message: str, waits_for: bytes | None = None) -> Verdict:
    """Authentic, but something is missing here; kept, forwarded, and judged again when that changes."""
    return Verdict(Outcome.PARKED, freeze(message), waits_for)


def aside(message: str) -> Verdict:
    """Said by nobody entitled to; kept with the reason and not forwarded."""
    return Verdict(Outcome.ASIDE, freeze(message))


def kinds(session: Session) -> Mapping[str, DocumentKind]:
    """The kinds of document that this node's modules understand."""
    found: Mapping[str, DocumentKind] = session.info["registry"].declared.document_kinds
    return found


def forget(session: Session) -> None:
    """Empty every projection."""
    tree.forget(session)
    for kind in kinds(session).values():
        if kind.forget is not None:
            kind.forget(session)


def settle(session: Session, kept: Sequence[Kept], *, complete: bool = True, again: bool = False) -> None:
    """Judge documents and give them their effect, and then those that had waited for them.

    Control documents come first, since they decide who may speak; then those of kinds on which the verdicts
    of others rest. `again` tells that everything is judged anew, so that no verdict is older than these.
    """
    queue, named = list(kept), grounds(session)
    while queue:
        control = [one for one in queue if one.document.kind in CONTROL]
        if control:
            rest = [one for one in queue if one.document.kind not in CONTROL]
            applied, unsettles = _settle_control(session)
            if unsettles:
                _settle_again(session)
                break
        else:
            bearing = [one for one in queue if one.document.kind in named]
            rest = [one for one in queue if one.document.kind not in named] if bearing else []
            applied = _settle_others(session, bearing or queue)
            if not again and _overturn(session, applied):
                _settle_again(session)
                break
        known = {one.document.hash for one in rest}
        queue = rest + [one for one in store.waiting(session, applied) if one.document.hash not in known]
    if complete:
        for kind in kinds(session).values():
            if kind.complete is not None:
                kind.complete(session)
                reach(f"ledger.completed.{kind.name}")
        documents = store.judged(session)
        if documents:
            session.info["registry"].notify(Judged(session, frozenset(documents)))
            documents.clear()


def _settle_again(session: Session) -> None:
    """Judge everything but the control documents anew, since what was granted before may be lost."""
    for name, kind in kinds(session).items():
        if name not in CONTROL and kind.forget is not None:
            kind.forget(session)
    store.unjudge(session, control=False)
    for batch in store.unjudged(session, grounds(session)):
        settle(session, batch, complete=False, again=True)


def grounds(session: Session) -> frozenset[str]:
    """Kinds whose documents may overturn the verdicts of others."""
    return frozenset(name for name, kind in kinds(session).items() if kind.doubts is not None)


def _overturn(session: Session, applied: Sequence[Document]) -> bool:
    """Whether documents that were applied before cannot stand beside those that were applied just now."""
    for name in sorted(grounds(session) & {one.kind for one in applied}):
        doubts = kinds(session)[name].doubts
        doubted = doubts(session, [one for one in applied if one.kind == name]) if doubts else ()
        for some in store.applied(session, doubted):
            if any(verdict != APPLIED for verdict in judge(session, some).values()):
                return True
    return False


def _settle_control(session: Session) -> tuple[list[Document], bool]:
    """Judge all control documents together; those that others may have waited for, and whether verdicts fall.

    Where a key speaks that could not before, that is all of them.
    """
    held = store.control(session)
    before = store.outcomes(session, [one.document.hash for one in held])
    verdicts = {one.document.hash: _form(kinds(session)[one.document.kind], one.document) for one in held}
    change = tree.project(
        session,
        [one for one in held if verdicts[one.document.hash] == APPLIED],
        {hash_ for hash_, (outcome, _reason) in before.items() if outcome == Outcome.APPLIED},
    )
    for one in held:
        if verdicts[one.document.hash] == APPLIED and one.document.hash not in change.accepted:
            verdicts[one.document.hash] = aside(
                _(
                    "The key of ${origin} is not granted, or this is not its to say.",
                    mapping={"origin": one.document.origin},
                )
            )
    changed = {
        hash_: verdict
        for hash_, verdict in verdicts.items()
        if before[hash_] != (verdict.outcome, verdict.reason)
    }
    store.write_verdicts(session, changed)
    reach("ledger.control")
    new = [one.document for one in held if changed.get(one.document.hash) == APPLIED]
    applied = _apply_all(session, new)
    return [one.document for one in held] if change.widens else applied, change.unsettles


def _settle_others(session: Session, kept: Sequence[Kept]) -> list[Document]:
    verdicts = judge(session, kept)
    store.write_verdicts(session, verdicts)
    reach("ledger.judged")
    return _apply_all(session, [one.document for one in kept if verdicts[one.document.hash] == APPLIED])


def judge(session: Session, kept: Sequence[Kept]) -> dict[bytes, Verdict]:
    """The verdict of each document: may this key speak, is the kind known here, what does the kind say."""
    speaks = _speakers(session, kept)
    verdicts: dict[bytes, Verdict] = {}
    candidates: dict[str, list[Document]] = {}
    for one in kept:
        document = one.document
        verdict = (
            _form(kinds(session).get(document.kind), document)
            if document.hash in speaks
            else aside(_("The key is not granted to ${origin}.", mapping={"origin": document.origin}))
        )
        verdicts[document.hash] = verdict
        if verdict == APPLIED:
            candidates.setdefault(document.kind, []).append(document)
    for name, documents in candidates.items():
        rule = kinds(session)[name].judge
        if rule is not None:
            for said in _guarded(session, rule, documents, verdicts):
                verdicts.update(said)
    return verdicts


def _speakers(session: Session, kept: Sequence[Kept]) -> set[bytes]:
    """Hashes of the documents that a key signed which may speak for their origin, or once could."""
    open_, closed = set[tuple[str, bytes]](), set[tuple[str, bytes]]()
    for some in slices(sorted({one.document.origin for one in kept})):
        for row in session.scalars(select(KeyGrant).where(KeyGrant.organisation.in_(some))):
            (closed if row.closed else open_).add((row.organisation, row.key))
    spoken = {
        one.document.hash for one in kept if any((one.document.origin, key) in open_ for key in one.keys)
    }
    doubted = [one for one in kept if any((one.document.origin, key) in closed for key in one.keys)]
    for some_kept in slices(doubted):
        listed = select(KeyKept).where(KeyKept.document.in_([one.document.hash for one in some_kept]))
        held = {(row.organisation, row.key, row.document) for row in session.scalars(listed)}
        spoken |= {
            one.document.hash
            for one in some_kept
            if any((one.document.origin, key, one.document.hash) in held for key in one.keys)
        }
    return spoken


def _form(kind: DocumentKind | None, document: Document) -> Verdict:
    if kind is None or document.schema > kind.schema:
        return parked(
            _(
                "No module here understands documents of kind ${kind}, version ${schema}.",
                mapping={"kind": document.kind, "schema": document.schema},
            )
        )
    try:
        kind.check(document.body)
    except Exception as error:  # noqa: BLE001 - whatever a module's check raises parks the document
        return parked(_reason(error))
    return APPLIED


def _reason(error: Exception) -> str:
    if not isinstance(error, RendaError):
        return _("The module failed on this document: ${error}", mapping={"error": type(error).__name__})
    return error.sentence


def _guarded(
    session: Session,
    call: Callable[[Session, Sequence[Document]], Result],
    documents: Sequence[Document],
    failed: dict[bytes, Verdict],
) -> list[Result]:
    """What a module's function gives for the documents; each that it raises on is parked, and undone."""
    try:
        with session.begin_nested():
            return [call(session, documents)]
    except Exception as error:
        if _is_outage(error):
            raise
        if len(documents) == 1:
            failed[documents[0].hash] = parked(_reason(error))
            return []
    middle = len(documents) // 2
    return [
        one
        for half in (documents[:middle], documents[middle:])
        for one in _guarded(session, call, half, failed)
    ]


def _is_outage(error: Exception) -> bool:
    """Whether the database failed and not the module: a dead lock, a full disk, a lost connection."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, MemoryError)
    if error.connection_invalidated:
        return True
    # Both databases have operational errors that tell of a wrong statement, too.
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state.startswith(_OUTAGES)
    mistaken = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR"
    return isinstance(error, OperationalError) and not mistaken


def _apply_all(session: Session, documents: Sequence[Document]) -> list[Document]:
    """Those of the documents whose effect could be given to them; the others are parked."""
    applied: list[Document] = []
    for name, group in groupby(sorted(documents, key=lambda one: one.kind), key=lambda one: one.kind):
        applied += _apply(session, kinds(session)[name], list(group))
    return applied


def _apply(session: Session, kind: DocumentKind, documents: list[Document]) -> list[Document]:
    failed: dict[bytes, Verdict] = {}
    _guarded(session, kind.apply, documents, failed)
    store.write_verdicts(session, failed)
    reach(f"ledger.applied.{kind.name}")
    return [one for one in documents if one.hash not in failed]
