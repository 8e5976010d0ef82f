"""What a figure is and what it is made from: totals, their parts, and the evidence below a cell.

`template` and `period` may be given as such or by their codes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from renda.indicators.derived import Ratio, ratio
from renda.indicators.folds import EMPTY, Folded
from renda.indicators.kinds import Kind
from renda.indicators.periods import Period
from renda_tiers.reports.models import LATEST
from renda_tiers.reports.template import Line, Template
from renda_tiers.rollup import coverage, expectation, statements
from renda_tiers.rollup.coverage import Coverage, asked
from renda_tiers.rollup.opening import Evidence, EvidenceRow, evidence
from renda_tiers.rollup.parts import Part, parts
from renda_tiers.rollup.reading import bound, folded, lines_of, remarks

__all__ = ["Evidence", "EvidenceRow", "Part", "Total", "evidence", "parts", "totals"]


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of an organisation's subtree.

    Attributes:
        line: what it is; of an older definition where `meaning` is not the current one.
        figure: its fold; of a distinct figure with the number alone, without the keys.
        ratio: the quotient of a derived line; its own `figure` is empty.
        side_by_side: whether the same figure has values of another meaning, too, which are not added.
    """

    line: Line
    dimension: str
    meaning: str
    figure: Folded
    coverage: Coverage
    ratio: Ratio | None = None
    side_by_side: bool = False


def totals(
    session: Session,
    organisation: str,
    template: Template | str,
    period: Period | str,
    standing: str,
    *,
    indicator: str = "",
) -> list[Total]:
    """All figures of an organisation's subtree, in the order of the template's lines; or one indicator's.

    Lines of which nobody has said anything are there, too, with an empty figure. Ratios are divided here, at
    the end, by whole figures and by each dimension that both sides have.

    Raises:
        NotFound, Invalid: there is no such template, or no such period.
    """
    template, period = asked(session, organisation, template, period)
    asked_for = bound(organisation, template, period, standing)
    if indicator:
        template = _narrowed(template, indicator)
    rows = _rows(session, asked_for, template, indicator)
    expected = getattr(rows[0], "expected", None) if rows else None
    if expected is None:
        expected = expectation.counted(session, template, [organisation], period)[organisation]
    latest = {}
    if standing != LATEST:
        anything = _rows(session, {**asked_for, "standing": LATEST}, template, indicator)
        latest = {(row.meaning, row.dimension): row for row in anything}
    lines = lines_of(session, template, {row.meaning for row in rows})
    known = {line.meaning for line in template.lines}
    found = [
        Total(
            lines[row.meaning],
            row.dimension,
            row.meaning,
            folded(row, lines[row.meaning]),
            coverage.of(row, expected, latest.get((row.meaning, row.dimension))),
        )
        for row in rows
    ]
    found = _with_remarks(session, found, asked_for)
    said = {total.line.indicator for total in found if total.meaning in known}
    found += [
        Total(line, "", line.meaning, EMPTY, coverage.of(None, expected, latest.get((line.meaning, ""))))
        for line in template.cells
        if line.indicator not in said
    ]
    return [one for one in arranged(template, found) if indicator in ("", one.line.indicator)]


def arranged(template: Template, cells: Sequence[Total]) -> list[Total]:
    """Figures in the order of a template's lines, with the derived ones divided from them.

    Figures of which there are several of different meaning are marked.
    """
    known = {line.meaning for line in template.lines}
    whole = {(one.line.indicator, one.dimension): one for one in cells if one.meaning in known}
    found = [*cells, *_derived(template, whole)]
    order = {line.indicator: number for number, line in enumerate(template.lines)}
    found.sort(
        key=lambda one: (order.get(one.line.indicator, len(order)), one.dimension, one.meaning not in known)
    )
    return list(_side_by_side(found))


def _narrowed(template: Template, indicator: str) -> Template:
    """The template with the lines alone that one indicator needs: itself and what it is divided from."""
    needed = {indicator}
    for line in template.lines:
        if line.indicator == indicator:
            needed |= {line.numerator, line.denominator}
    return replace(template, lines=tuple(line for line in template.lines if line.indicator in needed))


def _rows(
    session: Session, asked_for: Mapping[str, Any], template: Template, indicator: str
) -> Sequence[Any]:
    """What is folded already; of a leaf, the cells of its own report."""
    place = zip(("organisation", "template", "period"), asked_for["scopes"][0], strict=True)
    wanted = {indicator, *(line.indicator for line in template.lines)}
    values = {**dict(place), "standing": asked_for["standing"], "indicators": sorted(wanted)}
    found = session.connection().execute(statements.folds(some=bool(indicator)), values).all()
    if found:
        return found
    rows = session.execute(statements.whole(), asked_for)
    return [row for row in rows if not indicator or row.indicator in wanted]


def _derived(template: Template, whole: Mapping[tuple[str, str], Total]) -> Iterator[Total]:
    for line in template.lines:
        if line.kind is not None:
            continue
        dimensions = {dimension for indicator, dimension in whole if indicator == line.numerator}
        for dimension in sorted(dimensions):
            above = whole[line.numerator, dimension]
            below = whole.get((line.denominator, dimension))
            if below is not None:
                weaker = max(above.coverage, below.coverage, key=lambda one: one.missing)
                quotient = ratio(above.figure, below.figure, line.scale)
                yield Total(line, dimension, line.meaning, EMPTY, weaker, quotient)


def _side_by_side(found: Sequence[Total]) -> Iterator[Total]:
    meanings: dict[tuple[str, str], set[str]] = {}
    for one in found:
        meanings.setdefault((one.line.indicator, one.dimension), set()).add(one.meaning)
    for one in found:
        several = len(meanings[one.line.indicator, one.dimension]) > 1
        yield replace(one, side_by_side=True) if several else one


def _with_remarks(session: Session, found: list[Total], asked_for: Mapping[str, Any]) -> list[Total]:
    if not any(one.line.kind is Kind.TEXT for one in found):
        return found
    organisation = asked_for["parents"][0]
    said = remarks(session, [organisation], asked_for)
    return [
        replace(
            one, figure=replace(one.figure, texts=said.get((organisation, one.meaning, one.dimension), ()))
        )
        for one in found
    ]
