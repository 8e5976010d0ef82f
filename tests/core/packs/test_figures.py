"""Figures of a pack: counts and sums over a day within the period, with their filter."""

from datetime import date

import pytest

from renda.declarations import Span
from renda.records import engine, parts, workflow
from tests.core.packs.files import NAME, TYPE, values
from tests.core.security.town import COUNTY, OTHER

SPRING = (date(2026, 3, 1), date(2026, 4, 30))
VERBS = frozenset({f"{NAME}:write", f"{NAME}:decide"})


@pytest.fixture
def figure(registry, work, kind):
    """What a figure's contributions say for an organisation in March and April."""
    kind()

    def count(code, organisation=COUNTY):
        with work() as session:
            session.connection()
            measure = registry.declared.indicators[f"{NAME}-{code}"].measure
            rows = session.execute(measure.select(Span(organisation, *SPRING))).all()
        assert len({row.record for row in rows}) == len(rows)
        return sum(row.value for row in rows) if code != "persons" else len({row.key for row in rows})

    return count


@pytest.fixture
def visit(work, kind, clock):
    def make(came=(), absent=(), *, held=True, issues=0, **given):
        with work() as session:
            who = {"now": clock(), "actor": None}
            row = engine.create(session, kind(), COUNTY, values(**given), now=clock(), author=None)
            if held:
                workflow.move(session, kind(), row, "hold", permissions=VERBS, **who)
            for number in range(issues):
                said, issue = {"words": f"问题{number}"}, kind(f"{NAME}_issue")
                engine.create(session, issue, COUNTY, said, now=clock(), author=None, whole=row)
            taking = kind(f"{TYPE}_attendance")
            for names, state in ((came, "attended"), (absent, "absent")):
                rows = parts.add_participants(session, taking, row, names, "member", **who)
                ids = {one.id for one in rows}
                parts.mark(session, taking, row, ids, state, permissions=VERBS, **who)

    return make


def test_a_count_counts_what_its_filter_lets_through_within_the_period(figure, visit):
    visit()
    visit(held_on="2026-03-01")
    visit(held_on="2026-05-01")
    visit(held=False)
    assert figure("visits") == 2
    assert figure("visits", OTHER) == 0


def test_a_sum_adds_up_whole_numbers_and_passes_over_what_is_empty(figure, visit):
    visit(amount="90071992547409")
    visit(amount="8")
    visit()
    assert figure("amount") == 90_071_992_547_417


def test_what_is_inside_a_record_has_the_day_of_its_whole(figure, visit):
    visit(issues=2)
    visit(issues=1, held_on="2026-05-01")
    assert figure("issues") == 2


def test_those_who_came_count_each_time_or_once(figure, visit, deputies):
    visit(came=deputies)
    visit(came=deputies[:1], absent=deputies[1:])
    assert (figure("times"), figure("persons")) == (3, 2)
