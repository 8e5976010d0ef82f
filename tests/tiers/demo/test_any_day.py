"""On whatever day the demonstration is started, everything that it is about can be walked."""

from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from renda.clock import LOCAL, local_day
from renda.deputies.registers import HandlingUnit
from renda.directory import divisions, service
from renda.directory.meetings import CongressMeeting
from renda.directory.models import Mandate, Person
from renda.directory.terms import Term
from renda.i18n import Translator
from renda.security.models import Account, Grant
from renda_suggestions.records import SUGGESTIONS
from renda_tiers.demo import check, cycle, directives, plan
from renda_tiers.demo.plan import Calendar
from renda_tiers.directives import boards, lists
from renda_tiers.reports import definitions, filling, nudging, progress, reviewing, standings, submission
from renda_tiers.web import words

pytestmark = pytest.mark.simulation

DAY = datetime(2026, 11, 1, 0, 3, tzinfo=LOCAL)
"""Just after a period has ended, when nothing can have happened long ago."""


@pytest.mark.parametrize("minute", [1, 12 * 60, 24 * 60 - 1])
def test_whatever_happened_happened_before_in_its_order_and_nothing_is_locked(minute):
    for day in range(366 + 365):
        now = datetime(2027, 1, 1, tzinfo=LOCAL) + timedelta(days=day, minutes=minute)
        calendar = Calendar(now)
        for period in (calendar.before, calendar.period):
            steps = [calendar.after(period, number) for number in range(plan.LAST_STEP + 1)]
            assert steps == sorted(set(steps))
            assert steps[-1] < now
            assert local_day(steps[0]) >= period.end
        assert local_day(now) <= calendar.period.end + timedelta(days=plan.LOCK_DAYS)


@pytest.fixture
def visit(started):
    """`visit(organisation)` is a session on the node that hosts it, and the calendar.

    What the visitor does is thrown away.
    """
    with ExitStack() as open_:

        def enter(organisation):
            session = open_.enter_context(started(DAY)[0].work(organisation))
            open_.callback(session.begin_nested().rollback)
            return session, Calendar(DAY)

        yield enter


def draft(session, calendar, organisation):
    template = definitions.current(session, plan.BIMONTH, plan.CITY)
    return filling.fill(session, organisation, template, calendar.period, today=local_day(calendar.now))


def test_one_report_can_be_filled_in_and_sent(visit):
    session, calendar = visit(plan.SILENT[0])
    found = draft(session, calendar, plan.SILENT[0])
    assert (found.state in {"missing", "overdue"}, found.locked, found.missing) == (True, False, ())
    assert [one.by for one in nudging.received(session, plan.SILENT[0])] == [plan.SILENT[0][:6]]
    scope = (session, plan.SILENT[0], plan.BIMONTH, calendar.period)
    assert submission.submit(*scope, actor=None, now=calendar.now)


def test_one_report_came_back_over_two_nodes_with_a_note_and_can_be_corrected(visit):
    session, calendar = visit(plan.RETURNED)
    found = draft(session, calendar, plan.RETURNED)
    assert (found.state, found.locked) == ("returned", False)
    assert [note[0] for note in found.returned] == ["T02"]
    scope = (session, plan.RETURNED, plan.BIMONTH, calendar.period)
    assert submission.submit(*scope, reason="已核对", actor=None, now=calendar.now)


def test_one_report_waits_for_its_review(visit):
    session, calendar = visit(plan.WAITING)
    document = cycle.latest(session, plan.WAITING, plan.BIMONTH, calendar.period)
    assert progress.decision_on(session, document) is None
    county = plan.WAITING[:6]
    reviewing.decide(session, county, document, standings.ENDORSE, actor=None, now=calendar.now)
    corrected = progress.of(session, plan.CORRECTED, plan.BIMONTH, calendar.period.code)
    assert (corrected.revision, corrected.endorsed) == (2, True)


def test_a_county_has_reports_to_review_on_a_node_of_its_own(visit):
    session, calendar = visit(plan.UNREVIEWED)
    template = definitions.current(session, plan.BIMONTH, plan.CITY)
    owing = [one.code for one in divisions.bodies(divisions.shipped(), plan.UNREVIEWED)[1:]]
    waiting = [cycle.latest(session, code, template.code, calendar.period) for code in owing]
    assert len(waiting) == 22
    assert not progress.decisions_on(session, waiting)


def test_one_town_can_be_reminded(visit):
    town = plan.SILENT[-1]
    session, calendar = visit(town)
    scope = (session, town[:6], [town], plan.BIMONTH, calendar.period)
    assert nudging.nudge(*scope, actor=None, now=calendar.now) == [town]


def test_a_directive_is_under_way_and_another_one_closed(visit):
    session, calendar = visit(plan.CITY)
    today = local_day(calendar.now)
    (running,), (closed,) = (
        lists.issued(session, plan.CITY, today, ended=ended)[0] for ended in (False, True)
    )
    assert (running.title, closed.title) == (directives.RUNNING.title, directives.CLOSED.title)
    board = boards.board(session, plan.CITY, running.subject, today)
    phases = {row.organisation: row.phase for row in board.rows}
    assert (phases[plan.WAITING[:6]], phases[plan.UNREVIEWED]) == ("returned", "progress")
    session, _calendar = visit(plan.RETURNED)
    (received,), _count = lists.received(session, plan.RETURNED, today)
    assert (received.title, received.issuer) == (running.title, plan.PLAIN)


def test_it_reconciles_before_anybody_visits_it(started):
    chain, course = started(DAY)
    found = list(check.findings(chain, Calendar(DAY), course))
    assert {one.name: one.wrong for one in found if one.wrong} == {}
    assert len(found) == 15


def test_every_account_is_where_its_organisation_is(started):
    chain, _course = started(DAY)
    logins = {}
    for code in chain.nodes:
        with chain.work(code) as session:
            logins[code] = set(session.scalars(select(Account.login)))
    assert {login for many in logins.values() for login in many} == {one[0] for one in plan.ACCOUNTS}
    assert logins[plan.RETURNED] == {"zhen-luru"}


def test_one_account_of_the_city_opens_the_records_of_one_county_and_no_other_does(visit):
    session, _calendar = visit(plan.CITY)
    rows = session.execute(select(Account.login, Grant.organisation, Grant.role).join(Grant)).all()
    below = {(row.organisation[:6], row.role) for row in rows if row.login == "shi-ducha"}
    assert below == {(plan.CITY, "leader"), (plan.WAITING[:6], "leader")}
    others = {row.login for row in rows if row.login.startswith("shi-") and row.organisation != plan.CITY}
    assert others == {"shi-ducha"}


def test_every_body_has_met_and_every_congress_has_a_term(started):
    chain, _course = started(DAY)
    meetings, terms = Counter(), set()
    for code in chain.nodes:
        with chain.work(code) as session:
            meetings.update(session.scalars(select(CongressMeeting.organisation)))
            terms |= set(session.scalars(select(Term.organisation)))
    assert meetings.keys() == {one.code for one in chain.bodies}
    # One has met once more, when it found the class that it had forgotten.
    assert Counter(meetings.values()) == {2: 178, 3: 1}
    assert terms == {one.code for one in chain.bodies if one.congress}


def test_a_person_of_two_congresses_is_the_same_on_every_node(started):
    chain, _course = started(DAY)
    keys = {}
    for code in (plan.PLAIN, plan.RETURNED):
        with chain.work(code) as session:
            seated = select(Person.key).join(Mandate).where(Mandate.organisation == code)
            keys[code] = set(session.scalars(seated))
    assert len(keys[plan.PLAIN] & keys[plan.RETURNED]) == 2


def test_a_county_without_the_module_sits_between_two_nodes_that_have_it(started):
    chain, _course = started(DAY)
    assert "training" not in chain.nodes[plan.PLAIN].declared.modules
    with chain.work(plan.PLAIN) as session:
        line = definitions.current(session, plan.BIMONTH, plan.PLAIN).line("T01")
        assert words.unit(line, Translator(["renda", "renda_tiers"], "zh_Hans")) == "期"
    with chain.work(plan.RETURNED) as session:
        assert "training" in service.modules_in_use(session, plan.RETURNED, local_day(DAY))
    with chain.work(plan.CITY) as session:
        assert cycle.latest(session, plan.RETURNED, plan.BIMONTH, Calendar(DAY).period)
        assert cycle.latest(session, plan.PLAIN, plan.BIMONTH, Calendar(DAY).period) is None


def test_stations_reception_days_and_opinions_are_there_from_the_city_down_to_a_town(started):
    chain, _course = started(DAY)
    types = chain.nodes[plan.CITY].declared.record_types
    registers = [types[f"liaison_{name}"] for name in ("station", "reception_day", "public_opinion_item")]
    for code in (plan.CITY, plan.PLAIN, plan.RETURNED):
        with chain.work(code) as session:
            assert "liaison" in service.modules_in_use(session, code, local_day(DAY)), code
            for kind in registers:
                assert session.scalar(select(kind.model).limit(1)) is not None, (code, kind.name)


def test_a_deputy_can_rate_a_reply_at_once_and_a_unit_has_something_to_handle(started):
    chain, _course = started(DAY)
    rows, today = SUGGESTIONS.model, local_day(DAY)
    with chain.work(plan.PLAIN) as session:
        held = {
            login: session.scalars(select(Grant.subject).join(Account).where(Account.login == login)).one()
            for login in ("caoxian-daibiao", "caoxian-jiaotong")
        }
        to_rate = select(rows.title).where(
            rows.organisation == plan.PLAIN,
            rows.state == "replied",
            rows.lead_deputy == held["caoxian-daibiao"],
        )
        assert session.scalars(to_rate).all()
        unit = session.get_one(HandlingUnit, held["caoxian-jiaotong"])
        assert (unit.name, unit.organisation) == (plan.HANDLES, plan.PLAIN)
        codes = [one.code for one in chain.bodies if (one.parent or one.code) == plan.PLAIN]
        for code in (plan.PLAIN, *codes[:3]):
            assert "suggestions" in service.modules_in_use(session, code, today)
    with chain.work(plan.CITY) as session:
        found = session.execute(select(rows.organisation, rows.state)).all()
        assert {"replied", "assigned", "submitted"} <= {row.state for row in found}
        assert not {row.organisation for row in found} & {plan.WAITING}
