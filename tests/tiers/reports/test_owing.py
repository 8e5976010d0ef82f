"""Which reports a body owes, which its superior expects, and that these are the same."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from renda.indicators.kinds import Status
from renda.indicators.periods import Period
from renda_tiers.documents import issuing
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import catalogue, entering, filling, nudging, owing, templates
from renda_tiers.reports.entering import Entered
from renda_tiers.rollup import coverage
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, FOUNDED, SHAN, SPRING, TOWN, TRAINING, VILLAGE

DAY = date(2026, 4, 30)
LAST = SPRING.end
NEXT = LAST + timedelta(days=1)


def test_a_report_is_owed_by_tier_and_module(founded):
    typed = chain.typed_template(founded, chain.typed_line("X1"), now=FOUNDED, tiers=["county"])
    assert {one.code for one in owing.applying(founded, CAO, DAY)} == {TRAINING, chain.TYPED}
    assert {one.code for one in owing.applying(founded, TOWN, DAY)} == {TRAINING}
    assert owing.of(founded, CAO).owes(typed, SPRING)
    assert not owing.of(founded, TOWN).owes(chain.template(founded), Period.parse("2019-b6"))


def test_who_is_not_here_owes_nothing(founded):
    assert not owing.of(founded, "999999").owes(chain.template(founded), SPRING)


def test_what_a_body_sets_is_for_those_below_it(founded):
    body = {**templates.body(founded.info["registry"], TRAINING), "code": "own"}
    statement = Statement("definition", CAO, "definition:own", body, frozenset({"*"}))
    issuing.issue(founded, [statement], now=FOUNDED)
    assert "own" in {one.code for one in owing.applying(founded, TOWN, DAY)}
    assert "own" not in {one.code for one in owing.applying(founded, VILLAGE, DAY)}


@pytest.fixture
def agreed(founded, clock):
    """Called with days of use: whether the town owes spring, by its own list, by the matrix and by a nudge."""

    def ask(since, until=None):
        chain.uses_only(founded, TOWN, since, until)
        own, held = owing.of(founded, TOWN), catalogue.read(founded, TOWN)
        rows = coverage.matrix(founded, CAO, TRAINING, SPRING, today=clock().date())
        reminded = nudging.nudge(founded, CAO, [TOWN], TRAINING, SPRING, actor=None, now=clock())
        (said,) = {
            SPRING in own.open(held, chain.template(founded), clock().date()),
            next(row.owes for row in rows if row.organisation == TOWN),
            reminded == [TOWN],
        }
        return said

    return ask


@pytest.mark.parametrize(
    ("since", "until", "owed"),
    [
        pytest.param(chain.SINCE, None, True, id="it always had the module"),
        pytest.param(LAST, None, True, id="enabled on the period's last day"),
        pytest.param(NEXT, None, False, id="enabled after the period"),
        pytest.param(chain.SINCE, LAST, False, id="disabled on the period's last day"),
        pytest.param(chain.SINCE, NEXT, True, id="disabled after the period"),
    ],
)
def test_what_was_in_use_on_the_period_s_last_day_says_what_is_owed_whoever_asks(agreed, since, until, owed):
    assert agreed(since, until) is owed


def test_what_is_asked_for_is_owed_by_tier_and_module_too(founded):
    typed = chain.typed_template(founded, chain.typed_line("X1"), now=FOUNDED, tiers=["county"], asked=True)
    asked = {chain.TYPED: {SPRING.code}}
    held = catalogue.read(founded, TOWN)
    for tier, periods in (("county", [SPRING]), ("township", [])):
        owed = owing.Owing(tier, asked, lambda _day: ())
        assert owed.open(held, typed, DAY) == periods
        assert (typed in owing.templates(owed, held, DAY)) == bool(periods)


def test_of_many_it_is_asked_in_as_many_statements_as_of_one(founded, clock):
    asked: list[str] = []
    event.listen(founded.get_bind(), "before_cursor_execute", lambda _c, _u, said, *_more: asked.append(said))
    several = []
    for wanted in ([CAO], [CAO, SHAN]):
        asked.clear()
        nudging.nudge(founded, CITY, wanted, TRAINING, SPRING, actor=None, now=clock())
        several.append(sum("core_module_use" in one for one in asked))
    assert several == [1, 1]


def test_of_the_running_period_a_body_owes_from_the_day_on_which_it_enables_the_module(founded, clock):
    today = clock().date()
    chain.uses_only(founded, TOWN, today)
    own, held = owing.of(founded, TOWN), catalogue.read(founded, TOWN)
    assert own.open(held, chain.template(founded), today) == [SPRING.next()]


def test_a_report_that_was_sent_although_none_was_owed_can_be_corrected(founded, clock):
    assert chain.submit(founded, TOWN, now=clock())
    chain.uses_only(founded, TOWN, NEXT)
    draft = filling.fill(founded, TOWN, chain.template(founded), SPRING, today=clock().date())
    entries = {(one.line.indicator, ""): Entered(Status.NIL) for one in draft.missing}
    entering.enter(founded, TOWN, draft.template, SPRING, entries, author=None, now=clock())
    assert chain.submit(founded, TOWN, now=clock(), reason="looked again")
