"""What a clerk types for a report: checked as a whole before any of it is kept."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.indicators import kinds
from renda.indicators.kinds import Basis, BasisMismatch, Kind, Qualifier, Status, WrongKind, WrongUnit
from renda.indicators.periods import Period
from renda.records import engine
from renda.records.fields import Paragraph, Rejected
from renda_tiers.reports import arrival, calendar, figures, owing, progress, standings
from renda_tiers.reports.calendar import LockedPeriod
from renda_tiers.reports.models import Entry
from renda_tiers.reports.reading import TOO_LARGE, read_figure
from renda_tiers.reports.template import Line, Template

WORDS = Paragraph(_("Remark"), required=False, max_length=2000)
"""What a remark and an explanation may be."""

_NIL = frozenset({"0", "无", "零", "没有", "nil"})
_NOT_APPLICABLE = frozenset({"/", "—", "——", "-", "--", "不适用", "n/a"})

_COMPUTED = _("This figure is computed from records: correct the records, or explain it.")
_DERIVED = _("This figure is divided from two others and is not filled in.")
_COUNTED = _("Each one is counted once, from records: say nil or not applicable, or leave it out.")
_NEGATIVE = _("This figure counts something; it cannot be below zero.")


@dataclass(frozen=True, slots=True)
class Entered:
    """What is typed for one cell; it takes the place of what was typed there before.

    Attributes:
        status: None for an explanation alone; without either, what was typed before is taken out.
        value: in the indicator's smallest unit.
        words: the remark of a text figure.
        explanation: why the figure is as it is.
        unit, basis: what the value is counted in and covers, where the source says so; never converted.
    """

    status: Status | None = None
    value: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    words: str | None = None
    explanation: str = ""
    unit: str = ""
    basis: Basis | None = None


def read(
    line: Line, text: str, explanation: str = "", *, unit: str = "", basis: Basis | None = None
) -> Entered:
    """What a form's or a spreadsheet's text says: a figure, 0 or 无 for nil, / or — for not applicable.

    Raises:
        Invalid, WrongUnit: see `read_figure`.
    """
    plain = text.strip()
    more = {"explanation": explanation, "unit": unit, "basis": basis}
    if not plain:
        return Entered(explanation=explanation)
    if plain.casefold() in _NOT_APPLICABLE:
        return Entered(Status.NOT_APPLICABLE, **more)  # type: ignore[arg-type]
    if line.kind is Kind.TEXT:
        return Entered(Status.REPORTED, words=plain, **more)  # type: ignore[arg-type]
    if plain in _NIL:
        return Entered(Status.NIL, 0, **more)  # type: ignore[arg-type]
    value, qualifier = read_figure(plain)
    if value == 0 and qualifier is Qualifier.EXACT:
        return Entered(Status.NIL, 0, **more)  # type: ignore[arg-type]
    return Entered(Status.REPORTED, value, qualifier, **more)  # type: ignore[arg-type]


def amended(
    session: Session,
    organisation: str,
    template: Template,
    period: Period,
    *,
    texts: Mapping[str, str],
    explanations: Mapping[str, str],
    **said: Any,
) -> dict[tuple[str, str], Entered]:
    """Entries that change only what is given, by indicator; a figure keeps its explanation and the reverse.

    `texts` are figures as `read` takes them, `said` their `unit` and `basis`.

    Raises:
        NotFound: the template has no such figure.
        Invalid, WrongUnit: see `read`.
    """
    held = typed(session, organisation, template.code, period.code)
    found = {}
    for indicator in {**texts, **explanations}:
        place = (indicator, "")
        one = _held(held[place]) if place in held else Entered()
        if indicator in texts:
            line = template.line(indicator)
            one = read(line, texts[indicator], one.explanation, **said)
        found[place] = replace(one, explanation=explanations.get(indicator, one.explanation))
    return found


def _held(row: Entry) -> Entered:
    status = Status(row.status) if row.status else None
    return Entered(status, row.value, Qualifier(row.qualifier), row.words, row.explanation)


def enter(
    session: Session,
    organisation: str,
    template: Template,
    period: Period,
    entries: Mapping[tuple[str, str], Entered],
    *,
    author: uuid.UUID | None,
    now: datetime,
) -> None:
    """Keep what was typed, by (indicator, dimension), until the report is submitted and for its corrections.

    Raises:
        LockedPeriod, Conflict: see `ensure_open`.
        Invalid: what is wrong, by indicator; of one of the classes WrongKind, WrongUnit and BasisMismatch
            where the first wrong entry is of that kind. Nothing is kept then.
    """
    today = local_day(now)
    ensure_open(session, organisation, template, period, today)
    computed = figures.measures(session, organisation, template, period.end).keys()
    wrong: dict[str, Invalid] = {}
    kept: dict[tuple[str, str], Entered] = {}
    for (indicator, dimension), one in entries.items():
        try:
            kept[indicator, dimension] = checked(template, computed, indicator, dimension, one)
        except Invalid as error:
            wrong[indicator] = error
    if wrong:
        first = next(iter(wrong.values()))
        raise type(first)({name: error.sentence for name, error in wrong.items()}, first.message)
    _keep(session, (organisation, template.code, period.code), kept, author, now)


def ensure_open(
    session: Session, organisation: str, template: Template, period: Period, today: date
) -> progress.Progress:
    """Where the report stands, if it may be filled in and submitted.

    Raises:
        Invalid: the period is of another kind than the template's.
        Conflict: the organisation does not fill in this report, had no place below the body that set it on
            the period's last day, or the period has not begun.
        LockedPeriod: the period is locked, and its current revision was not returned.
    """
    if period.kind is not template.period:
        message = _("The report is for another kind of period.")
        raise Invalid({"period": message}, message)
    if not owing.of(session, organisation).fills(template, period):
        raise Conflict(_("This organisation does not fill in this report."))
    if template.origin not in standings.ancestors_on(session, organisation, period.end):
        raise Conflict(
            _("On the last day of this period, this organisation was not below the body that set the report.")
        )
    if today < period.start:
        raise Conflict(_("This period has not begun."))
    found = progress.of(session, organisation, template.code, period.code)
    if calendar.is_locked(template, period, today) and not found.returned:
        raise LockedPeriod
    return found


def checked(
    template: Template, computed: Collection[str], indicator: str, dimension: str, one: Entered
) -> Entered:
    """The entry, if the figure takes it.

    Raises:
        Invalid: an unknown, derived or computed figure, or a value that its kind does not allow.
        WrongKind, WrongUnit, BasisMismatch: a value of another kind, unit or basis than the figure's.
    """
    line = next((line for line in template.lines if line.indicator == indicator), None)
    if line is None or dimension:
        raise _refused(Invalid, _("The template has no figure ${code}.", mapping={"code": indicator}))
    words, explanation = clean_words(one.words), clean_words(one.explanation) or ""
    if one.status is None:
        return Entered(explanation=explanation)
    if line.kind is None:
        raise _refused(WrongKind, _DERIVED)
    if indicator in computed:
        raise _refused(WrongKind, _COMPUTED)
    if one.unit and one.unit != line.unit:
        raise _refused(
            WrongUnit,
            _("This figure is counted in ${unit}; convert it first.", mapping={"unit": _(line.unit)}),
        )
    if one.basis is not None and one.basis != line.basis:
        raise _refused(BasisMismatch, _BASES[line.basis])
    if line.kind is Kind.DISTINCT and one.status is Status.REPORTED:
        raise _refused(WrongKind, _COUNTED)
    value = 0 if one.status is Status.NIL and one.value is None else one.value
    kinds.checked(figures.said(line, one.status, value, qualifier=one.qualifier, words=words))
    if value is not None and abs(value) > arrival.LIMIT:
        raise _refused(Invalid, TOO_LARGE)
    if value is not None and value < 0 and not line.negative:
        raise _refused(Invalid, _NEGATIVE)
    return Entered(one.status, value, one.qualifier, words, explanation)


_BASES = {
    Basis.INCREMENT: _("This figure counts its own period; a figure so far cannot stand here."),
    Basis.YTD: _("This figure counts the year so far; no other stretch of time can stand here."),
    Basis.CUMULATIVE: _("This figure counts everything so far; that of one period cannot stand here."),
}


def _refused(error: type[Invalid], message: str) -> Invalid:
    return error({"value": message}, message)


def clean_words(text: str | None) -> str | None:
    """A remark, note or explanation as it is kept; None for nothing.

    Raises:
        Invalid: it is too long, or has characters that nobody types.
    """
    try:
        found: str | None = WORDS.clean(text)
    except Rejected as error:
        raise _refused(Invalid, error.message) from None
    return found


def _keep(
    session: Session,
    scope: tuple[str, str, str],
    entries: Mapping[tuple[str, str], Entered],
    author: uuid.UUID | None,
    now: datetime,
) -> None:
    held = typed(session, *scope)
    for place, one in entries.items():
        row = held.get(place)
        if one.status is None and not one.explanation:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            organisation, template, period = scope
            row = Entry(
                organisation=organisation,
                template=template,
                period=period,
                indicator=place[0],
                dimension=place[1],
            )
            session.add(row)
        row.status = one.status or ""
        row.value, row.qualifier, row.words = one.value, int(one.qualifier), one.words
        row.explanation, row.changed_at, row.author = one.explanation, now, author
    engine.save(session)


def typed(session: Session, organisation: str, template: str, period: str) -> dict[tuple[str, str], Entry]:
    """What was typed for a report (codes of template and period), by indicator and dimension."""
    place = (Entry.organisation == organisation, Entry.template == template, Entry.period == period)
    # What this session loaded before it held the lock may be older than what stands now.
    fresh = select(Entry).where(*place).execution_options(populate_existing=True)
    with figures.only(session, organisation):
        rows = session.scalars(fresh)
        return {(row.indicator, row.dimension): row for row in rows}
