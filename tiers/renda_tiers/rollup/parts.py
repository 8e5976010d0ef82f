"""What a figure is made of: one part for each member of the organisation, whose fold is the figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from renda.indicators.folds import EMPTY, Folded
from renda.indicators.kinds import Kind
from renda.indicators.periods import Period
from renda_tiers.reports.models import LATEST
from renda_tiers.reports.template import Line, Template
from renda_tiers.rollup import coverage, expectation, statements
from renda_tiers.rollup.coverage import Coverage, asked
from renda_tiers.rollup.reading import bound, folded, lines_of, remarks


@dataclass(frozen=True, slots=True)
class Part:
    """What one member adds to a figure: a child, or the organisation's own report (`own`).

    Attributes:
        figure: with the keys of a distinct figure; `EMPTY` where the member has said nothing.
        report: hash of the document, where the part is one report's cell.
        has_children: whether it can be opened further.
    """

    organisation: str
    name: str
    own: bool
    figure: Folded
    coverage: Coverage
    report: bytes | None
    has_children: bool


def parts(  # noqa: PLR0917 - a figure has that many coordinates
    session: Session,
    organisation: str,
    template: Template | str,
    period: Period | str,
    standing: str,
    indicator: str,
    dimension: str,
    meaning: str,
) -> list[Part]:
    """What a figure is made of, the organisation's own report first; the fold of the parts is the figure.

    Members that have said nothing are there, too, with an empty figure.

    Raises:
        NotFound, Invalid: there is no such template, period or figure.
    """
    template, period = asked(session, organisation, template, period)
    lines = lines_of(session, template, [meaning])
    line = lines[meaning] if meaning in lines else template.line(indicator)
    asked_for = bound(organisation, template, period, standing)
    asked_for |= {"indicator": indicator, "dimension": dimension, "meaning": meaning}
    members = session.execute(statements.named_members(), asked_for).all()
    held = _held(session, asked_for)
    latest = {} if standing == LATEST else _held(session, {**asked_for, "standing": LATEST})
    codes = [row.child for row in members]
    owed = expectation.own_and_all(session, template, codes, period)
    more = _more(session, line, asked_for, codes)
    found = []
    for member in members:
        own = member.child == organisation
        expected = owed[member.child][0 if own else 1]
        row = held.get(member.child)
        figure = EMPTY if row is None else replace(folded(row, line), **more.get(member.child, {}))
        covered = coverage.of(row, expected, latest.get(member.child))
        found.append(
            Part(
                member.child, member.name, own, figure, covered, row.report if row else None, not member.leaf
            )
        )
    return sorted(found, key=lambda part: (not part.own, part.organisation))


def _held(session: Session, asked_for: Mapping[str, Any]) -> dict[str, Any]:
    return {row.member: row for row in session.execute(statements.opened(), asked_for)}


def _more(
    session: Session, line: Line, asked_for: Mapping[str, Any], codes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The keys or the remarks of each member, where the line's kind has such."""
    if line.kind is Kind.DISTINCT:
        keys: dict[str, set[int]] = {}
        for row in session.execute(statements.opened_keys(), asked_for):
            keys.setdefault(row.member, set()).add(row.key)
        return {member: {"keys": frozenset(many)} for member, many in keys.items()}
    if line.kind is not Kind.TEXT:
        return {}
    said = remarks(session, codes, asked_for)
    held = {code: said.get((code, line.meaning, asked_for["dimension"]), ()) for code in codes}
    # The organisation itself is its own leaf: its part is only what it said.
    own = asked_for["parents"][0]
    return {
        code: {"texts": tuple(one for one in texts if code != own or one[0] == own)}
        for code, texts in held.items()
    }
