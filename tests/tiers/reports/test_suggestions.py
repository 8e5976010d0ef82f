"""The yearly report on suggestions: computed at each body, folded over the tree, rates divided afterwards."""

from datetime import UTC, date, datetime

import pytest

from renda.clock import local_day
from renda.indicators.periods import Period
from renda.records import engine, workflow
from renda_suggestions.acting import OWN
from renda_suggestions.records import SUGGESTIONS
from renda_tiers.reports import filling, submission, templates
from renda_tiers.rollup import explain
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN

CODE = "suggestions-year"
YEAR = Period.parse("2026")
AFTERWARDS = datetime(2027, 1, 5, 2, tzinfo=UTC)


@pytest.fixture
def suggest(founded):
    """`suggest(organisation, name, replied_on, level)`: assigned in March, replied to and rated on a day."""

    def make(organisation, name, replied_on=None, level="satisfied"):
        (person,) = chain.persons_named(founded, [name])
        day = replied_on.isoformat() if replied_on else ""
        said = {
            "title": "关于修复道路的建议",
            "text": "路面破损。",
            "category": "suggestion",
            "subject": "transport",
            "raised_in": "session",
            "made_on": "2026-03-01",
            "lead_deputy": str(person),
            "assigned_on": "2026-03-10",
            "due_on": "2026-06-10",
            "lead_handler": "交通运输局",
            "replied_on": day,
            "outcome_class": "A" if day else "",
            "reply": "已修复。" if day else "",
            "attitude": level if day else "",
            "result": level if day else "",
            "rated_on": day,
        }
        row = engine.create(founded, SUGGESTIONS, organisation, said, now=AFTERWARDS, author=None)
        workflow.move(founded, SUGGESTIONS, row, "submit", now=AFTERWARDS, actor=None, permissions=OWN)
        return row

    return make


def test_a_year_is_computed_from_records_and_folded_before_rates_are_divided(founded, suggest):
    templates.publish(founded, CITY, CODE, now=chain.FOUNDED)
    suggest(CAO, "共", date(2026, 3, 20))
    suggest(CAO, "丙", date(2026, 7, 1), level="dissatisfied")
    suggest(CAO, "丙")
    suggest(TOWN, "共", date(2026, 4, 9))
    draft = filling.fill(founded, CAO, chain.template(founded, CODE), YEAR, today=local_day(AFTERWARDS))
    found = {one.line.indicator: one.value for one in draft.cells}
    assert {code: found[code] for code in ("S01", "S03", "S06D", "S06N", "S07", "S14", "S19N", "S20")} == {
        "S01": 3,
        "S03": 2,
        "S06D": 3,
        "S06N": 1,
        "S07": 2,
        "S14": 1,
        "S19N": 123,
        "S20": 113,
    }
    assert (draft.ratios["S06"].value, draft.ratios["S13"].value) == (3333, 5000)
    assert draft.ratios["S19"].value == 615
    for code in (CAO, TOWN):
        submission.submit(founded, code, CODE, YEAR, actor=None, now=AFTERWARDS)
    totals = {
        one.line.indicator: one.figure.value
        for one in explain.totals(founded, CAO, CODE, YEAR.code, "latest")
    }
    assert (totals["S01"], totals["S03"], totals["S20"]) == (4, 2, 113)
    assert (totals["S06N"], totals["S06D"], totals["S19N"], totals["S19D"]) == (2, 4, 153, 3)
