"""Coverage: how many organisations a figure counts, and who has not reported."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from renda.indicators.periods import Period
from renda_tiers.reports import definitions, progress
from renda_tiers.reports.models import LATEST, Report, Standing
from renda_tiers.reports.standings import RETURN
from renda_tiers.reports.template import Template
from renda_tiers.rollup import expectation, statements


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many organisations stand behind a figure, or behind the reports of a subtree.

    Attributes:
        expected: how many owe the report.
        reported, nil, not_applicable: how many said so; of reports, `reported` counts them all.
        late: how many of those who said anything said it after the due day.
        missing: how many of the expected have said nothing at all, whatever the standing.
        not_endorsed: how many of those who said anything have a latest revision that is not endorsed; in the
            endorsed standing an older revision of theirs may count.
    """

    expected: int = 0
    reported: int = 0
    nil: int = 0
    not_applicable: int = 0
    late: int = 0
    missing: int = 0
    not_endorsed: int = 0

    @property
    def counted(self) -> int:
        """How many said anything."""
        return self.reported + self.nil + self.not_applicable


def added(*many: Coverage) -> Coverage:
    """The coverage of several periods or disjoint subtrees together: so many cells were owed, and said."""
    return Coverage(*(sum(counts) for counts in zip(*map(astuple, (Coverage(), *many)), strict=True)))


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One organisation in the table of who has reported.

    Attributes:
        owes: whether a report is expected of it.
        state: missing, overdue, reported, returned or endorsed.
        report: hash of its latest report.
        below: of the reports of those below it; None where there is nobody, and for the one who asks.
    """

    organisation: str
    name: str
    tier: str
    kind: str
    owes: bool
    state: str
    late: bool
    report: bytes | None
    below: Coverage | None


def of(row: Any, expected: int, latest: Any = None) -> Coverage:
    """The coverage of a folded figure, or of one cell: rows with the counts of `RollupCell`, or None.

    Args:
        row: what is counted in a standing.
        expected: how many owe the report.
        latest: what was said whatever its standing, where that is another row: who has reported and waits
            for the review is not endorsed, and not missing.
    """
    # Who took a figure back in a revision that waits for its review still counts in the endorsed standing.
    said = max((_counted(one) for one in (row, latest) if one), default=0)
    waits = latest if latest is not None else row
    return Coverage(
        expected,
        row.reported if row else 0,
        row.nil if row else 0,
        row.not_applicable if row else 0,
        row.late if row else 0,
        max(0, expected - said),
        waits.unendorsed if waits else 0,
    )


def _counted(row: Any) -> int:
    return int(row.reported + row.nil + row.not_applicable)


def asked(
    session: Session, organisation: str, template: Template | str, period: Period | str
) -> tuple[Template, Period]:
    """Template and period, each of which may be named by its code, as they stand for an organisation.

    Raises:
        NotFound, Invalid: there is no such template, or no such period, or it does not apply to that one.
    """
    when = Period.parse(period) if isinstance(period, str) else period
    if isinstance(template, str):
        return definitions.current(session, template, organisation, when), when
    return template, when


def matrix(
    session: Session, organisation: str, template: Template | str, period: Period | str, *, today: date
) -> list[MatrixRow]:
    """Who has reported: the organisation itself, then its direct children on the period's last day."""
    template, period = asked(session, organisation, template, period)
    bound = {"parents": [organisation], "day": period.end}
    members = session.execute(statements.named_members(), bound).all()
    codes = [row.child for row in members]
    owed = expectation.own_and_all(session, template, codes, period)
    latest = progress.latest().where(
        Standing.organisation.in_(codes), Standing.template == template.code, Standing.period == period.code
    )
    sent = {row.organisation: row for row in session.execute(latest)}
    below = of_reports(session, codes, template, period)
    unsent = progress.state_before(template, period, today)
    rows = [
        MatrixRow(
            row.child,
            row.name,
            row.tier,
            row.kind,
            bool(owed[row.child][0]),
            _state(sent[row.child]) if row.child in sent else unsent,
            row.child in sent and sent[row.child].late,
            sent[row.child].report if row.child in sent else None,
            None if row.leaf else below[row.child],
        )
        for row in members
    ]
    return sorted(rows, key=lambda row: (row.organisation != organisation, row.organisation))


def _state(sent: Any) -> str:
    return progress.state_after(endorsed=sent.endorsed, returned=sent.decision == RETURN)


def of_reports(
    session: Session, roots: Sequence[str], template: Template, period: Period
) -> dict[str, Coverage]:
    """For each root, the coverage of the reports owed strictly below it."""
    owed = expectation.owing(session, template, roots, period).subquery()
    latest, endorsed = aliased(Standing), aliased(Standing)
    here = latest.report.is_not(None)
    rows = session.execute(
        select(
            owed.c.root,
            func.count().label("expected"),
            func.sum(case((here, 1), else_=0)).label("reported"),
            func.sum(case((Report.late, 1), else_=0)).label("late"),
            func.sum(case((here & endorsed.report.is_distinct_from(latest.report), 1), else_=0)).label(
                "unendorsed"
            ),
        )
        .outerjoin(
            latest,
            and_(
                latest.organisation == owed.c.code,
                latest.template == template.code,
                latest.period == period.code,
                latest.standing == LATEST,
            ),
        )
        .outerjoin(Report, Report.document == latest.report)
        .outerjoin(endorsed, progress.endorsed_of(endorsed, latest))
        .where(owed.c.root != owed.c.code)
        .group_by(owed.c.root)
    )
    found = {
        row.root: Coverage(
            row.expected,
            int(row.reported),
            late=int(row.late),
            missing=row.expected - int(row.reported),
            not_endorsed=int(row.unendorsed),
        )
        for row in rows
    }
    return dict.fromkeys(roots, Coverage()) | found
