"""The `modules` document: which modules an organisation uses, so that those above know what it owes.

Who has a node of its own enables modules there; the tiers above count who owes a module's reports by what it
says. A node says it only where somebody outside of it needs to know.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.directory.models import ModuleUse, Organisation
from renda.directory.service import ModuleSwitched
from renda.errors import Invalid
from renda.i18n import _
from renda.slices import slices
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import Document, Outcome, decode
from renda_tiers.documents.issuing import Statement
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.limits import is_name
from renda_tiers.documents.models import LedgerDocument, ThisNode
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import standings
from renda_tiers.rollup import expectation

KIND = "modules"

Use = tuple[str, str, str | None]
"""Module, first day, and the day from which on it is no longer used; days as 2026-05-06."""


def subject(organisation: str) -> str:
    """What all that an organisation says of its modules is a revision of."""
    return f"{KIND}:{organisation}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is not {uses: [[module, since, until]]}."""
    if body.keys() != {"uses"} or not isinstance(body["uses"], list) or not all(map(_is_use, body["uses"])):
        raise Invalid({"body": _("This is no list of modules in use.")})


def _is_use(one: Any) -> bool:
    try:
        module, since, until = one
        ends = date.fromisoformat(until) if until is not None else date.max
        return is_name(module) and bool(module) and date.fromisoformat(since) <= ends
    except (TypeError, ValueError):
        return False


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """An organisation speaks of its own modules, and of nobody else's."""
    known = set(
        session.scalars(
            select(Organisation.code).where(Organisation.code.in_({one.origin for one in documents}))
        )
    )
    found: dict[bytes, Verdict] = {}
    for one in documents:
        if one.subject != subject(one.origin):
            found[one.hash] = aside(_("The subject of this document is another than what it says."))
        elif one.origin not in known:
            found[one.hash] = parked(_("The organisation is not known here yet."))
    return found


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Let each organisation use what its highest revision says."""
    held = _said(session, {one.origin for one in documents})
    for one in documents:
        before = held.get(one.origin)
        if before is None or _weight(one) > _weight(before):
            held[one.origin] = one
    for some in slices(sorted(held)):
        session.execute(
            delete(ModuleUse).where(ModuleUse.organisation.in_(some)),
            execution_options={"synchronize_session": False},
        )
    rows = [
        {
            "organisation": code,
            "module": module,
            "since": date.fromisoformat(since),
            "until": date.fromisoformat(until) if until else None,
        }
        for code, one in held.items()
        for module, since, until in one.body["uses"]
    ]
    if rows:
        session.execute(insert(ModuleUse), rows)
    expectation.outdate(session)


def _weight(one: Document) -> tuple[int, datetime, bytes]:
    return one.revision, one.issued, one.hash


def _said(session: Session, organisations: Collection[str]) -> dict[str, Document]:
    """The current `modules` document of each organisation that has one."""
    found: dict[str, Document] = {}
    for some in slices(sorted(organisations)):
        for payload in session.scalars(
            select(LedgerDocument.payload)
            .where(
                LedgerDocument.kind == KIND,
                LedgerDocument.origin.in_(some),
                LedgerDocument.outcome == Outcome.APPLIED,
            )
            .order_by(LedgerDocument.revision, LedgerDocument.issued, LedgerDocument.hash)
        ):
            one = decode(payload)
            found[one.origin] = one
    return found


def _in_use(session: Session, organisations: Collection[str]) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {code: [] for code in organisations}
    for some in slices(sorted(organisations)):
        rows = session.scalars(
            select(ModuleUse)
            .where(ModuleUse.organisation.in_(some))
            .order_by(ModuleUse.module, ModuleUse.since)
        )
        for row in rows:
            until = row.until.isoformat() if row.until else None
            found[row.organisation].append((row.module, row.since.isoformat(), until))
    return found


def tell(session: Session, organisations: Collection[str], *, now: datetime) -> None:
    """Say which modules organisations use that are hosted here, where that is not what they last said."""
    here = issuing.hosted(session) & set(organisations)
    said = {code: [tuple(use) for use in one.body["uses"]] for code, one in _said(session, here).items()}
    above = standings.ancestry(session, here)
    statements = [
        Statement(
            KIND, code, subject(code), {"uses": [list(use) for use in uses]}, frozenset(above(code, date.max))
        )
        for code, uses in sorted(_in_use(session, here).items())
        if said.get(code) != uses
    ]
    if statements:
        issuing.issue(session, statements, now=now)


def switched(event: ModuleSwitched) -> None:
    """Those above learn at once; a node behind its gate says it when the gate opens."""
    session = event.session
    if session.scalar(select(ThisNode.recovering)) is False:
        tell(session, [event.organisation], now=session.info["registry"].clock())
