"""The `definition` document: a report template with the meaning of every figure, fixed by its hash."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.orm import Session

from renda.declarations import meaning_of
from renda.errors import Invalid, NotFound
from renda.i18n import _
from renda.indicators.kinds import Basis, Kind
from renda.indicators.periods import Period, PeriodKind
from renda_tiers.documents.envelope import Document, decode
from renda_tiers.documents.judging import parked
from renda_tiers.documents.limits import is_days, is_name
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import catalogue
from renda_tiers.reports.models import Definition, DefinitionLine, DefinitionTier, Report
from renda_tiers.reports.template import Template

KIND = "definition"


_ASKED = "asked"
_FLAGS = ("typed", "negative")
_UNITS = "units"
"""The unit in words, where a module declares it: a node without the module could not translate it."""
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
SINCE = "since"
"""A revision says so from which day on it applies; without it, to all periods."""


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is no template, or whose figures do not mean what their hashes say."""
    try:
        _check(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid({"body": _("This is not a report template.")}) from error


def _check(body: Mapping[str, Any]) -> None:
    if body.keys() - {_ASKED, SINCE} != _BODY or not is_name(body["code"]) or not body["lines"]:
        raise ValueError(body.keys())
    _check_options(body)
    PeriodKind(body["period"])
    for name in ("due_days", "lock_days"):
        if body[name] is not None and not is_days(body[name]):
            raise ValueError(name)
    if not all(map(is_name, body["tiers"])) or not is_name(body["module"]):
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


def _check_options(body: Mapping[str, Any]) -> None:
    if body.get(_ASKED, True) is not True:
        raise ValueError(_ASKED)
    if SINCE in body and date.fromisoformat(body[SINCE]).isoformat() != body[SINCE]:
        raise ValueError(SINCE)


def _check_words(words: Mapping[str, Any]) -> None:
    if not words or not all(isinstance(text, str) for text in words.values()):
        raise ValueError(words)


def _check_line(line: Mapping[str, Any]) -> None:
    if line.keys() - {*_FLAGS, _UNITS} != _LINE or type(line["scale"]) is not int:
        raise ValueError(line.keys())
    for name in _FLAGS:
        if line.get(name, True) is not True:
            raise ValueError(name)
    for name in ("indicator", "unit", "numerator", "denominator", "meaning"):
        if not isinstance(line[name], str):
            raise TypeError(name)
    if not is_name(line["indicator"]):
        raise ValueError(line["indicator"])
    _check_words(line["titles"])
    _check_words(line["texts"])
    if _UNITS in line:
        _check_words(line[_UNITS])
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
                "since": date.fromisoformat(one.body[SINCE]) if SINCE in one.body else None,
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


def current(session: Session, code: str, organisation: str, period: Period | None = None) -> Template:
    """The template of a code that stands for an organisation: for a period, or that said last of all.

    See `catalogue` for which that is.

    Raises:
        NotFound: no definition of this code has been received.
        Invalid: none of it applies to the period.
    """
    return chosen(catalogue.read(session, organisation, Definition.code == code), code, period)


def chosen(held: catalogue.Catalogue, code: str, period: Period | None = None) -> Template:
    """`current` for an organisation whose templates of this code were read already."""
    found = held.newest(code) if period is None else held.of(code, period)
    if found is None and code in held.revisions:
        message = _("The report template ${code} does not apply to this period.", mapping={"code": code})
        raise Invalid({"period": message}, message)
    if found is None:
        raise NotFound(_("There is no report template ${code}.", mapping={"code": code}))
    return found


def every(session: Session, organisation: str) -> list[Template]:
    """What was said last of each template that this node holds, as it stands for an organisation; by code."""
    held = catalogue.read(session, organisation)
    return [found for code in held.codes if (found := held.newest(code)) is not None]


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
    return {row.document: catalogue.parsed(row.payload) for row in rows}


def load(session: Session, document: bytes) -> Template:
    """The template that one document fixed.

    Raises:
        NotFound: this node does not hold it.
    """
    payload = session.scalar(select(LedgerDocument.payload).where(LedgerDocument.hash == document))
    if payload is None:
        raise NotFound(_("The report template that this report names is not here yet."))
    return catalogue.parsed(payload)


def said(session: Session, document: bytes) -> Mapping[str, Any]:
    """The body of a `definition` that this node holds."""
    payload = session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == document)).one()
    return decode(payload).body
