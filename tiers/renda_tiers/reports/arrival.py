"""What an arriving report does: its cells are projected from the stored bytes, by SQL, a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory.models import Edge, Organisation
from renda.errors import Invalid, RendaError
from renda.i18n import _
from renda.indicators.periods import Period
from renda.slices import slices
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.limits import MOST_DIMENSION, is_name
from renda_tiers.documents.payload import is_hex32
from renda_tiers.documents.store import Verdict
from renda_tiers.reports import catalogue, cells, definitions, standings
from renda_tiers.reports.catalogue import Setters
from renda_tiers.reports.cells import EXTENDED, PLAIN, QUALIFIERS
from renda_tiers.reports.models import Definition, Report, ReportCell, ReportCellKey
from renda_tiers.reports.template import Template

KIND = "report"
LIMIT = 10**14
"""Highest figure of one cell: a sum over every body of the country still fits 64 bits."""

_BODY = {"template", "period", "definition", "reason", "cells", "explanations"}


def subject(organisation: str, template: str, period: str) -> str:
    """What all revisions of one report are revisions of."""
    return f"report:{organisation}:{template}:{period}"


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body whose cells are not [indicator, dimension, status, value, qualifier, keys or words]."""
    texts = ("template", "period", "definition", "reason")
    if (
        body.keys() != _BODY
        or not all(isinstance(body[name], str) for name in texts)
        or not is_name(body["template"])
    ):
        raise Invalid({"body": _("This is not a report.")})
    Period.parse(body["period"])
    cells = body["cells"]
    if not isinstance(cells, list) or not all(map(_well_formed, cells)):
        raise Invalid({"cells": _("A cell of this report is not written correctly.")})
    if any(len(cell[1]) > MOST_DIMENSION for cell in cells):
        message = _(
            "A dimension in this report has more than ${most} characters.", mapping={"most": MOST_DIMENSION}
        )
        raise Invalid({"cells": message}, message)
    if len({(cell[0], cell[1]) for cell in cells}) != len(cells):
        raise Invalid({"cells": _("A figure stands twice in this report.")})
    explanations = body["explanations"]
    if not isinstance(explanations, list) or not all(
        isinstance(one, list) and len(one) == 3 and all(isinstance(word, str) for word in one)  # noqa: PLR2004
        for one in explanations
    ):
        raise Invalid({"explanations": _("An explanation in this report is not written correctly.")})


def _well_formed(cell: Any) -> bool:
    if type(cell) is not list or len(cell) not in (PLAIN, EXTENDED):
        return False
    indicator, dimension, status, value, qualifier = cell[:PLAIN]
    if not is_name(indicator) or type(dimension) is not str or qualifier not in QUALIFIERS:
        return False
    if status == "reported":
        if len(cell) == EXTENDED:
            return _extended(value, cell[PLAIN])
        return type(value) is int and -LIMIT <= value <= LIMIT
    if status == "nil":
        return type(value) is int and value == 0 and len(cell) == PLAIN
    return status == "not_applicable" and value is None and len(cell) == PLAIN


def _extended(value: Any, extra: Any) -> bool:
    if type(extra) is str:
        return value is None
    return (
        type(extra) is list
        and type(value) is int
        and value == len(extra) == len(set(extra))
        and all(type(key) is int for key in extra)
    )


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """Verdicts of the reports that cannot be applied."""
    named = {bytes.fromhex(one.body["definition"]) for one in documents if is_hex32(one.body["definition"])}
    templates = definitions.held(session, named)
    ends = {one.hash: Period.parse(one.body["period"]).end for one in documents}
    above = standings.ancestry(session, {one.origin for one in documents})
    paths = {one.hash: above(one.origin, ends[one.hash]) for one in documents}
    setters = catalogue.setters(session, {one.body["template"] for one in documents})
    roots = _roots(session, {one.origin for one in documents if len(paths[one.hash]) == 1})
    verdicts = {}
    for one in documents:
        verdict = _verdict(one, templates, paths[one.hash], setters)
        if verdict is None and len(paths[one.hash]) == 1 and one.origin not in roots:
            verdict = parked(_("The organisation was not in the tree on the period's last day."))
        if verdict is not None:
            verdicts[one.hash] = verdict
    return verdicts


def _verdict(
    one: Document, templates: Mapping[bytes, Template], path: Sequence[str], setters: Setters
) -> Verdict | None:
    body = one.body
    if one.subject != subject(one.origin, body["template"], body["period"]):
        return aside(_("The subject of this document is another than what it says."))
    if not is_hex32(body["definition"]):
        return parked(_("This is not a report."))
    document = bytes.fromhex(body["definition"])
    template = templates.get(document)
    if template is None:
        return parked(_("The report template that this report names is not here yet."), document)
    if why := catalogue.unfit(setters, template, Period.parse(body["period"]), path):
        return aside(why)
    try:
        fits(template, body)
    except RendaError as error:
        return parked(error.message)
    return None


def fits(template: Template, body: Mapping[str, Any]) -> None:
    """Whether the cells are of the kinds that the template's lines demand.

    Raises:
        Invalid: another template or period, a figure that it does not have, a cell of another kind, or one
            below zero where the figure has no such values.
    """
    period = Period.parse(body["period"])
    if body["template"] != template.code or period.kind is not template.period:
        raise Invalid({"period": _("The report is for another template or kind of period.")})
    if not template.applies_to(period):
        raise Invalid({"period": _("This revision of the template applies to later periods only.")})
    extras, signed = template.extras, template.signed
    for cell in body["cells"]:
        code, _dimension, status, value, _qualifier, *more = cell
        if code not in extras:
            message = _("The template has no figure ${code}.", mapping={"code": code})
            raise Invalid({"cells": message}, message)
        if status == "reported" and (type(more[0]) if more else None) is not extras[code]:
            message = _(
                "The cell ${code} is not of the kind that the template demands.", mapping={"code": code}
            )
            raise Invalid({"cells": message}, message)
        if value is not None and value < 0 and code not in signed:
            message = _("The figure ${code} is below zero.", mapping={"code": code})
            raise Invalid({"cells": message}, message)


def _roots(session: Session, codes: Collection[str]) -> set[str]:
    """Those of the organisations that never had a parent."""
    never = ~select(Edge).where(Edge.child == Organisation.code).exists()
    return {
        code
        for some in slices(sorted(codes))
        for code in session.scalars(select(Organisation.code).where(Organisation.code.in_(some), never))
    }


def apply(session: Session, documents: Sequence[Document]) -> None:
    """Project reports and their cells, and move the standings that they touch."""
    ends = {one.body["period"]: Period.parse(one.body["period"]).end for one in documents}
    due = {
        row.document: row.due_days
        for row in session.execute(
            select(Definition.document, Definition.due_days).where(
                Definition.document.in_({bytes.fromhex(one.body["definition"]) for one in documents})
            )
        )
    }
    session.execute(
        insert(Report),
        [
            {
                "document": one.hash,
                "organisation": one.origin,
                "template": one.body["template"],
                "period": one.body["period"],
                "ends_on": ends[one.body["period"]],
                "definition": bytes.fromhex(one.body["definition"]),
                "revision": one.revision,
                "issued": one.issued,
                "late": is_late(one, ends[one.body["period"]], due[bytes.fromhex(one.body["definition"])]),
            }
            for one in documents
        ],
    )
    cells.project(session, documents)
    scopes = {one.hash: (one.origin, one.body["template"], one.body["period"]) for one in documents}
    standings.move(session, scopes)


def made_by_others(session: Session, templates: Sequence[Document]) -> list[bytes]:
    """Reports of the same codes as some definitions that name a definition of another origin."""
    found: list[bytes] = []
    for code, origin in sorted({(one.body["code"], one.origin) for one in templates}):
        found += session.scalars(
            select(Report.document)
            .join(Definition, Definition.document == Report.definition)
            .where(Report.template == code, Definition.origin != origin)
        )
    return found


def is_late(document: Document, ends_on: date, due_days: int | None) -> bool:
    """Whether the signed issue time lies after the day on which the report was due."""
    return due_days is not None and local_day(document.issued) > ends_on + timedelta(days=due_days)


def forget(session: Session) -> None:
    """Empty what `apply` wrote."""
    for model in (ReportCellKey, ReportCell, Report):
        session.execute(delete(model))
