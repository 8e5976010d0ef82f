"""A period beside the one before it, the same of the year before, and the year so far.

Figures of another meaning stand beside each other and are never subtracted. Nothing is divided here: rates
of change are computed when they are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from renda.indicators.folds import EMPTY
from renda.indicators.periods import MONTHS, Period, PeriodKind, comparable
from renda_tiers.reports import catalogue
from renda_tiers.reports.models import Definition
from renda_tiers.reports.template import Line, Template
from renda_tiers.rollup.coverage import Coverage
from renda_tiers.rollup.explain import Total, arranged, totals
from renda_tiers.rollup.over_time import over_time

Place = tuple[str, str, str]
"""Indicator, dimension and meaning of a figure."""

YEARS = 6
"""How many years a line of yearly figures goes back."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure in several stretches of time; None where nothing of this meaning belongs to one of them.

    Attributes:
        before: of the period before (环比).
        year_before: of the same period of the year before (同比).
        so_far: of this year's periods up to this one, folded as its kind and basis demand.
        apart: whether the same figure has values of another meaning, too.
    """

    line: Line
    dimension: str
    meaning: str
    now: Total | None
    before: Total | None
    year_before: Total | None
    so_far: Total | None
    apart: bool


def compared(
    session: Session, organisation: str, template: Template, period: Period, standing: str
) -> list[Compared]:
    """Every figure of an organisation's subtree in a period and in those it is compared with."""
    at = catalogue.read(session, organisation, Definition.code == template.code).at(template.code)
    columns = [
        _placed(totals(session, organisation, template, period, standing)),
        *(
            _placed(totals(session, organisation, revision, one, standing))
            if one and (revision := at(one))
            else {}
            for one in comparable(period)
        ),
        _placed(so_far(session, organisation, template, period, standing)),
    ]
    lines = {place: one.line for column in columns for place, one in column.items()}
    said = {place for column in columns for place, one in column.items() if _is_said(one)}
    meanings: dict[tuple[str, str], set[str]] = {}
    for indicator, dimension, meaning in said:
        meanings.setdefault((indicator, dimension), set()).add(meaning)
    order = {line.indicator: number for number, line in enumerate(template.lines)}
    known = {line.meaning for line in template.lines}
    return [
        Compared(
            line=lines[place],
            dimension=place[1],
            meaning=place[2],
            now=columns[0].get(place),
            before=columns[1].get(place),
            year_before=columns[2].get(place),
            so_far=columns[3].get(place),
            apart=len(meanings.get(place[:2], ())) > 1,
        )
        for place in sorted(
            (place for place in lines if place in said or place in columns[0]),
            key=lambda place: (order.get(place[0], len(order)), place[1], place[2] not in known, place[2]),
        )
    ]


def _placed(found: Iterable[Total]) -> dict[Place, Total]:
    return {(one.line.indicator, one.dimension, one.meaning): one for one in found}


def _is_said(one: Total) -> bool:
    return one.figure.status is not None or one.ratio is not None


def so_far(
    session: Session, organisation: str, template: Template, period: Period, standing: str
) -> list[Total]:
    """The figures of the year up to a period, with the derived ones divided from them.

    Coverage counts what was owed and said in all of these periods. Empty for terms and spans.
    """
    at = catalogue.read(session, organisation, Definition.code == template.code).at(template.code)
    periods = [one for one in of_year(period) if at(one)]
    series = over_time(session, organisation, template.code, periods, standing)
    cells = [Total(one.line, one.dimension, one.meaning, one.figure or EMPTY, one.coverage) for one in series]
    return arranged(template, cells)


def of_year(period: Period) -> list[Period]:
    """The periods of its kind from the beginning of its year up to it; none for terms and spans."""
    if period.kind not in MONTHS:
        return []
    year = Period.of(PeriodKind.YEAR, period.start)
    return [one for one in year.parts(period.kind) if one <= period]


def leading_to(period: Period) -> list[Period]:
    """The periods that a line of time shows: this year's and last year's up to it, or some years of it.

    Of a term or a span, which nothing precedes, it is the only one.
    """
    if period.kind is PeriodKind.YEAR:
        first = max(period.start.year - YEARS + 1, date.min.year)
        return [Period.of(period.kind, date(year, 1, 1)) for year in range(first, period.start.year + 1)]
    if period.kind not in MONTHS:
        return [period]
    last_year = period.year_before()
    first_of = Period.of(PeriodKind.YEAR, last_year.start).parts(period.kind) if last_year else ()
    return [*first_of, *of_year(period)]


@dataclass(frozen=True, slots=True)
class Point:
    """One figure in one period of a line of time.

    Attributes:
        total: None where nobody said anything of it.
        apart: whether it has another meaning than the figure that was asked for.
    """

    period: Period
    total: Total | None
    apart: bool = False

    @property
    def coverage(self) -> Coverage:
        """Its coverage; of nothing where nothing was said."""
        return self.total.coverage if self.total else Coverage()


def trend(
    session: Session, organisation: str, template: Template, period: Period, standing: str, *, place: Place
) -> list[Point]:
    """One figure of an organisation's subtree in the periods that lead to one; in time order."""
    indicator, dimension, meaning = place
    at = catalogue.read(session, organisation, Definition.code == template.code).at(template.code)
    found = []
    for one in leading_to(period):
        revision = template if one == period else at(one)
        if revision is None:
            found.append(Point(one, None))
            continue
        held = [
            total
            for total in totals(session, organisation, revision, one, standing, indicator=indicator)
            if total.dimension == dimension
        ]
        same = next((total for total in held if total.meaning == meaning), None)
        if same is not None and _is_said(same):
            found.append(Point(one, same))
            continue
        other = next((total for total in held if _is_said(total)), None)
        found.append(Point(one, other or same, apart=other is not None))
    return found
