"""Bodies of documents that are not what their kind says: refused by their form alone, each with a sentence."""

from copy import deepcopy

import pytest

from renda.declarations import meaning_of
from renda.errors import Conflict, Invalid, NotFound
from renda_tiers.documents import issuing
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import arrival, definitions, reviews, templates
from tests.tiers import chain

REPORT = {
    "template": "t",
    "period": "2026-b2",
    "definition": "0" * 64,
    "reason": "",
    "cells": [
        ["T01", "", "reported", 3, "="],
        ["T03", "", "reported", 2, "=", [1, -5]],
        ["T05", "", "reported", None, "=", "备注"],
        ["T06", "", "nil", 0, "="],
        ["T07", "", "not_applicable", None, "="],
    ],
    "explanations": [["T01", "", "集中办班"]],
}
REVIEW = {"report": "0" * 64, "decision": "return", "reason": "", "notes": [["T01", "", "核对"]]}

BAD_CELLS = [
    "T01",
    ["T01", "", "reported", 3],
    ["T01", "", "reported", 3, "=", [1], 2],
    [1, "", "reported", 3, "="],
    ["T01", None, "reported", 3, "="],
    ["T01", "", "said", 3, "="],
    ["T01", "", None, 3, "="],
    ["T01", "", "reported", 3, "<"],
    ["T01", "", "reported", 3.5, "="],
    ["T01", "", "reported", True, "="],
    ["T01", "", "reported", "3", "="],
    ["T01", "", "reported", None, "="],
    ["T01", "", "reported", arrival.LIMIT + 1, "="],
    ["T01", "", "nil", 1, "="],
    ["T01", "", "nil", False, "="],
    ["T01", "", "nil", 0, "=", []],
    ["T01", "", "not_applicable", 0, "="],
    ["T01", "", "not_applicable", None, "=", "x"],
    ["T01", "", "reported", 2, "=", [1, 1]],
    ["T01", "", "reported", 1, "=", [1, 2]],
    ["T01", "", "reported", 1, "=", ["1"]],
    ["T01", "", "reported", 1, "=", "x"],
    ["T01", "", "reported", 1, "=", {}],
]


def test_a_report_may_say_all_that_a_cell_can_be():
    arrival.check(REPORT)


@pytest.mark.parametrize("cell", BAD_CELLS, ids=str)
def test_a_cell_that_is_none_is_refused(cell):
    with pytest.raises(Invalid) as refused:
        arrival.check({**REPORT, "cells": [cell]})
    assert refused.value.errors.keys() == {"cells"}


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"template": 5},
        {"period": "2026-b9"},
        {"cells": {}},
        {"cells": [["T01", "", "nil", 0, "="], ["T01", "", "nil", 0, "="]]},
        {"explanations": {}},
        {"explanations": [["T01", ""]]},
        {"explanations": [["T01", "", 5]]},
    ],
    ids=str,
)
def test_a_body_that_is_no_report_is_refused(change):
    with pytest.raises(Invalid):
        arrival.check({**REPORT, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"report": 5},
        {"report": "0" * 63},
        {"report": "Z" * 64},
        {"decision": "praise"},
        {"reason": None},
        {"notes": {}},
        {"notes": [["T01", ""]]},
        {"notes": [["T01", "", 5]]},
    ],
    ids=str,
)
def test_a_body_that_is_no_review_is_refused(change):
    reviews.check(REVIEW)
    with pytest.raises(Invalid):
        reviews.check({**REVIEW, **change})


@pytest.fixture
def definition(registry):
    return deepcopy(templates.body(registry, chain.TRAINING))


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"code": 5},
        {"lines": []},
        {"period": "fortnight"},
        {"due_days": "5"},
        {"lock_days": True},
        {"tiers": [5]},
        {"tiers": 5},
        {"module": None},
        {"titles": {}},
        {"titles": {"en": 5}},
        {"lines": [5]},
    ],
    ids=str,
)
def test_a_body_that_is_no_template_is_refused(definition, change):
    definitions.check(definition)
    with pytest.raises(Invalid):
        definitions.check({**definition, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"scale": "1"},
        {"unit": 5},
        {"units": {}},
        {"units": {"en": 5}},
        {"titles": {}},
        {"texts": {"en": None}},
        {"texts": {"zh_Hans": "缺少英文"}},
        {"kind": "average"},
        {"basis": "weekly"},
        {"unit": "other"},
        {"meaning": "0" * 64},
    ],
    ids=str,
)
def test_a_line_that_does_not_mean_what_it_says_is_refused(definition, change):
    definition["lines"][0] |= change
    with pytest.raises(Invalid):
        definitions.check(definition)


def test_a_figure_stands_once_and_has_what_it_is_divided_from(definition):
    lines = definition["lines"]
    with pytest.raises(Invalid):
        definitions.check({**definition, "lines": [lines[0], lines[0]]})
    with pytest.raises(Invalid):
        definitions.check({**definition, "lines": [lines[-1]]})
    assert meaning_of(
        code="T04", definition=lines[-1]["texts"]["en"], unit="percent", kind=None, basis="increment",
        numerator="T03", denominator="R02", scale=10_000,
    ) == lines[-1]["meaning"]  # fmt: skip


def test_cells_fit_the_template_that_their_report_names(founded):
    template = chain.template(founded)

    def fits(*cells, **more):
        said = {**REPORT, "template": chain.TRAINING, "cells": list(cells), **more}
        arrival.fits(template, said)

    fits(["T01", "", "reported", 3, "="], ["T03", "", "reported", 1, "=", [7]], ["R02", "", "nil", 0, "="])
    for cell in (
        ["T04", "", "reported", 3, "="],
        ["X1", "", "nil", 0, "="],
        ["T01", "", "reported", 1, "=", [7]],
        ["T01", "", "reported", None, "=", "很多"],
        ["T03", "", "reported", 3, "="],
        ["T01", "", "reported", -1, "="],
    ):
        with pytest.raises(Invalid):
            fits(cell)
    with pytest.raises(Invalid):
        fits(period="2026-04")
    with pytest.raises(Invalid):
        fits(template="other")


def test_a_report_with_a_figure_below_zero_is_not_applied(founded, clock):
    lines = [chain.typed_line("X1"), {**chain.typed_line("X2", kind="low"), "negative": True}]
    template = chain.typed_template(founded, *lines, now=chain.FOUNDED)
    said = {**REPORT, "template": chain.TYPED, "definition": template.document.hex(), "explanations": []}

    def arrives(*cells):
        subject = arrival.subject(chain.TOWN, chain.TYPED, "2026-b2")
        body = {**said, "cells": list(cells)}
        statement = Statement("report", chain.TOWN, subject, body, frozenset({chain.TOWN}))
        return issuing.issue(founded, [statement], now=clock())

    arrives(["X2", "", "reported", -3, "="])
    with pytest.raises(Conflict, match="is below zero"):
        arrives(["X1", "", "reported", -3, "="])


@pytest.mark.parametrize("flag", ["typed", "negative"])
def test_a_line_says_of_itself_only_what_is_true(definition, flag):
    definition["lines"][0][flag] = True
    definitions.check(definition)
    definition["lines"][0][flag] = False
    with pytest.raises(Invalid):
        definitions.check(definition)


def test_what_is_not_here_is_told(founded):
    template = chain.template(founded)
    with pytest.raises(NotFound):
        template.line("X1")
    with pytest.raises(NotFound):
        definitions.load(founded, b"\0" * 32)
    with pytest.raises(NotFound):
        definitions.current(founded, "none", chain.CITY)
