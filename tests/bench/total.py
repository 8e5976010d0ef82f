"""A city's total, beside one SELECT of its row, with little and with much history around it.

Both run on the same connection; the SELECT is SQLAlchemy Core, built once, so that what is compared is what
`explain.totals` adds: the line, the state of the fold, and the coverage.
"""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.indicators.periods import Period
from renda_tiers.reports import definitions
from renda_tiers.reports.models import LATEST
from renda_tiers.rollup import explain
from renda_tiers.rollup.models import RollupCell
from tests.bench import city
from tests.bench.city import CELLS, CITY, INDICATOR, PERIODS, TEMPLATE, City
from tests.bench.databases import fresh
from tests.bench.figures import Figure, alternate
from tests.bench.receive import take

_HISTORY = (
    """
    INSERT INTO tiers_report (document, organisation, template, period, ends_on, definition, revision, issued,
                              late)
    SELECT sha256(convert_to(r.organisation || n, 'UTF8')), r.organisation, r.template, 'history-' || n,
           r.ends_on, r.definition, 1, r.issued, r.late
    FROM tiers_report r, generate_series(1, :periods) n WHERE r.period = :period
    """,
    """
    INSERT INTO tiers_standing (organisation, template, period, standing, report)
    SELECT organisation, template, period, 'latest', document FROM tiers_report WHERE period LIKE 'history-%'
    """,
    """
    INSERT INTO tiers_cell (report, indicator, dimension, status, value, qualifier)
    SELECT sha256(convert_to(r.organisation || n, 'UTF8')), c.indicator, c.dimension, c.status, c.value,
           c.qualifier
    FROM generate_series(1, :periods) n, tiers_report r JOIN tiers_cell c ON c.report = r.document
    WHERE r.period = :period
    """,
    """
    INSERT INTO tiers_rollup
    SELECT organisation, template, 'history-' || n, standing, indicator, dimension, meaning, kind, value,
           holder, qualifier, reported, nil, not_applicable, late, unendorsed
    FROM tiers_rollup, generate_series(1, :periods) n WHERE period = :period
    """,
)


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """A database with 100 thousand cells of history and one with 10 million (quick: 1 million), in turns."""
    little, much = 100_000, 1_000_000 if quick else 10_000_000
    with ExitStack() as stack:
        reads: list[Callable[[], object]] = []
        for cells in (little, much):
            node = _node(folder, stack.enter_context(fresh(folder, "postgresql")), cells)
            reads += _reads(stack.enter_context(unit_of_work(node.registry)))
        young, old, row = alternate([(reads[0], reads[4], reads[5])] * (500 if quick else 2000))
        all_, rows = alternate([(reads[6], reads[7])] * 50)
    name = f"A total of a city with {much:,} cells of history"
    return [
        Figure(name, "ms", old * 1000, row * 1000, at_most=3, beside="one indexed SELECT"),
        Figure(name, "ms", old * 1000, young * 1000, at_most=1.2, beside=f"the same with {little:,} cells"),
        Figure(f"All {CELLS} totals of its report (a SELECT takes {rows * 1000:.2g})", "ms", all_ * 1000),
    ]


def _node(folder: Path, url: str, cells: int) -> City:
    """A node with one period that was really received, and copies of it."""
    node = city.found(folder, url)
    take(node, city.period_of_reports(node, PERIODS[0]))
    periods = cells // (CELLS * len(node.townships))
    with unit_of_work(node.registry) as session:
        for statement in _HISTORY:
            session.execute(text(statement), {"period": PERIODS[0], "periods": periods})
    city.analyse(node.registry)
    return node


def _reads(session: Session) -> list[Callable[[], object]]:
    """A total and a SELECT of its row; all totals and a SELECT of theirs."""
    template, period = definitions.current(session, TEMPLATE, CITY), Period.parse(PERIODS[0])
    connection, columns = session.connection(), RollupCell.__table__.columns
    scope = (
        RollupCell.organisation == CITY,
        RollupCell.template == TEMPLATE,
        RollupCell.period == period.code,
        RollupCell.standing == LATEST,
    )
    rows = select(*columns).where(*scope)
    row = rows.where(RollupCell.indicator == INDICATOR, RollupCell.dimension == "")
    totals = partial(explain.totals, session, CITY, template, period, LATEST)
    total = partial(totals, indicator=INDICATOR)
    assert len(total()) == 1
    assert len(totals()) == CELLS
    return [total, lambda: connection.execute(row).all(), totals, lambda: connection.execute(rows).all()]
