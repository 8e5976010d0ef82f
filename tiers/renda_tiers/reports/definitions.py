"""The `definition` document: a report template with the meaning of every figure, fixed by its hash."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.orm import Session

from renda.declarations import meaning_of
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import PeriodKind
from renda_tiers.documents.envelope import Document, decode
from renda_tiers.documents.judging import parked
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import standings, template
from renda_tiers.reports.models import Definition, DefinitionLine, DefinitionTier, Report
from renda_tiers.reports.template import Template

KIND = "definition"


_TYPED = "typed"
_LINE = {
    "indicator",
    "titles",
    "texts",
    "kind",
    "basis",
    "unit",
    "scale",
    "numerator",
    "denominator",
    "meaning",
}
_BODY = {"code", "titles", "module", "period", "tiers", "due_days", "lock_days", "lines"}


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is no template, or whose figures do not mean what their hashes say."""
    try:
        _check(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid({"body": _("This is not a report template.")}) from error


def _check(body: Mapping[str, Any]) -> None:
    if body.keys() != _BODY or not isinstance(body["code"], str) or not body["lines"]:
        raise ValueError(body.keys())
    PeriodKind(body["period"])
    for name in ("due_days", "lock_days"):
        if body[name] is not None and type(body[name]) is not int:
            raise ValueError(name)
    if not all(isinstance(tier, str) for tier in body["tiers"]) or not isinstance(body["module"], str):
        raise ValueError(body["tiers"])
    _check_words(body["titles"])
    seen = set()
    for line in body["lines"]:
        _check_line(line)
        seen.add(line["indicator"])
    if len(seen) != len(body["lines"]):
        raise Invalid({"lines": _("A report template names a figure twice.")})
    for line in body["lines"]:
        if line["kind"] is None and not {line["numerator"], line["denominator"]} <= seen:
            raise Invalid({"lines": _("A derived figure lacks its numerator or denominator.")})


def _check_words(words: Mapping[str, Any]) -> None:
    if not words or not all(isinstance(text, str) for text in words.values()):
        raise ValueError(words)


def _check_line(line: Mapping[str, Any]) -> None:
    if line.keys() - {_TYPED} != _LINE or type(line["scale"]) is not int:
        raise ValueError(line.keys())
    if line.get(_TYPED, True) is not True:
        raise ValueError(_TYPED)
    for name in ("indicator", "unit", "numerator", "denominator", "meaning"):
        if not isinstance(line[name], str):
            raise TypeError(name)
    _check_words(line["titles"])
    _check_words(line["texts"])
    if line["kind"] is not None:
        Kind(line["kind"])
    Basis(line["basis"])
    meaning = meaning_of(
        code=line["indicator"],
        definition=line["texts"]["en"],
        unit=line["unit"],
        kind=line["kind"],
        basis=line["basis"],
        numerator=line["numerator"],
        denominator=line["denominator"],
        scale=line["scale"],
    )
    if meaning != line["meaning"]:
        raise Invalid({"meaning": _("A figure does not mean what its hash says.")})


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Write templates and their lines to their tables."""
    session.execute(
        insert(Definition),
        [
            {
                "document": one.hash,
                "code": one.body["code"],
                "origin": one.origin,
                "revision": one.revision,
                "issued": one.issued,
                "module": one.body["module"],
                "period": one.body["period"],
                "due_days": one.body["due_days"],
                "lock_days": one.body["lock_days"],
            }
            for one in documents
        ],
    )
    tiers = [{"definition": one.hash, "tier": tier} for one in documents for tier in one.body["tiers"]]
    if tiers:
        session.execute(insert(DefinitionTier), tiers)
    lines = [
        {
            "definition": one.hash,
            "indicator": line["indicator"],
            "position": position,
            "kind": line["kind"],
            "basis": line["basis"],
            "meaning": line["meaning"],
        }
        for one in documents
        for position, line in enumerate(one.body["lines"])
        if line["kind"] is not None
    ]
    session.execute(insert(DefinitionLine), lines)


def forget(session: Session) -> None:
    """Empty what `apply` wrote."""
    for model in (DefinitionLine, DefinitionTier, Definition):
        session.execute(delete(model))


def judge(_session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """A template is a revision of its own code, and of nothing else."""
    return {
        one.hash: parked(_("This is not a report template."))
        for one in documents
        if one.subject != f"definition:{one.body['code']}"
    }


def is_line_of(cells: Any) -> ColumnElement[bool]:
    """The condition that joins to cells (or to their keys) of a `Report` the line of its template."""
    return and_(DefinitionLine.definition == Report.definition, DefinitionLine.indicator == cells.indicator)


def current(session: Session, code: str, organisation: str) -> Template:
    """The template of a code that stands for an organisation.

    That is the one set highest above it, so that nobody below or beside replaces what was set above; then
    that of the highest (revision, issue time, hash). Only where nobody above has set the code, it is one
    that was set below or beside it.

    Raises:
        NotFound: no definition of this code has been received.
    """
    found = _standing(session, organisation, Definition.code == code)
    if not found:
        raise NotFound(_("There is no report template ${code}.", mapping={"code": code}))
    return _read(found[code])


def every(session: Session, organisation: str) -> list[Template]:
    """The templates that stand for an organisation, one for each code that this node holds, by code."""
    return [_read(payload) for _code, payload in sorted(_standing(session, organisation).items())]


def _standing(session: Session, organisation: str, *of: ColumnElement[bool]) -> dict[str, bytes]:
    above = standings.ancestry(session, [organisation])(organisation, date.max)
    height = {origin: number for number, origin in enumerate(above, 1)}
    rows = session.execute(
        select(Definition.code, Definition.origin, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Definition.document)
        .where(*of)
        .order_by(Definition.revision, Definition.issued, Definition.document)
    )
    # The sort is stable: of one origin the highest revision stays last, and of all the highest origin.
    ordered = sorted(rows, key=lambda row: height.get(row.origin, 0))
    return {row.code: row.payload for row in ordered}


def codes(session: Session) -> list[str]:
    """Codes of all templates that this node holds."""
    return sorted(session.scalars(select(Definition.code).distinct()))


def held(session: Session, documents: Collection[bytes]) -> dict[bytes, Template]:
    """The templates that some documents fixed, of those that this node has applied."""
    rows = session.execute(
        select(Definition.document, LedgerDocument.payload)
        .join(LedgerDocument, LedgerDocument.hash == Definition.document)
        .where(Definition.document.in_(documents))
    )
    return {row.document: _read(row.payload) for row in rows}


def load(session: Session, document: bytes) -> Template:
    """The template that one document fixed.

    Raises:
        NotFound: this node does not hold it.
    """
    payload = session.scalar(select(LedgerDocument.payload).where(LedgerDocument.hash == document))
    if payload is None:
        raise NotFound(_("The report template that this report names is not here yet."))
    return _read(payload)


def said(session: Session, document: bytes) -> Mapping[str, Any]:
    """The body of a `definition` that this node holds."""
    payload = session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == document)).one()
    return decode(payload).body


@lru_cache(maxsize=256)
def _read(payload: bytes) -> Template:
    # A document never changes, so each is parsed once per process.
    return template.of(decode(payload))
