"""From records to a signed report, and from there to the totals of every tier above."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from renda.database import scope_to
from renda.directory import service
from renda.errors import Conflict, Invalid, NotFound
from renda.indicators.kinds import Status
from renda.indicators.periods import Period
from renda.security.models import AuditEntry
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.reports import filling, reviewing, shown, standings, submission
from renda_tiers.reports.calendar import LockedPeriod, RunningPeriod
from renda_tiers.reports.filling import Entered
from renda_tiers.reports.models import ENDORSED, LATEST, Report, ReportCell
from renda_tiers.reports.submission import NothingChanged, ReasonNeeded
from renda_tiers.rollup.models import RollupCell
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, STREET, TOWN, VILLAGE


def totals(session, organisation, standing=LATEST):
    rows = session.execute(
        select(RollupCell.indicator, RollupCell.value).where(
            RollupCell.organisation == organisation,
            RollupCell.template == chain.TRAINING,
            RollupCell.standing == standing,
        )
    )
    return {row.indicator: row.value for row in rows}


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def document(session, hash_):
    return decode(session.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == hash_)).one())


def test_a_person_trained_in_two_townships_is_one_person_in_the_county_above(founded, clock):
    chain.training(founded, TOWN, ["己", "共"], now=clock())
    chain.training(founded, CAO, ["丙", "共"], now=clock())
    chain.training(founded, VILLAGE, ["辛", "共"], now=clock())
    for code in (STREET, TOWN, CAO, VILLAGE, SHAN, CITY):
        chain.submit(founded, code, now=clock())
    assert totals(founded, CAO) == {"T01": 2, "T02": 4, "T03": 3, "R02": 5}
    assert totals(founded, SHAN) == {"T01": 1, "T02": 2, "T03": 2, "R02": 3}
    assert totals(founded, CITY) == {"T01": 3, "T02": 6, "T03": 4, "R02": 9}


def test_a_report_says_what_it_is(founded, clock):
    template = chain.template(founded)
    chain.training(founded, TOWN, ["己"], now=clock())
    entries = {("T01", ""): Entered(explanation="集中办班")}
    filling.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
    found = document(founded, chain.submit(founded, TOWN, now=clock()))
    assert (found.kind, found.origin, found.revision) == ("report", TOWN, 1)
    assert found.subject == f"report:{TOWN}:{chain.TRAINING}:2026-b2"
    assert set(found.audience) == {TOWN, CAO, CITY}
    body = dict(found.body)
    cells = body.pop("cells")
    assert body == {
        "template": chain.TRAINING,
        "period": "2026-b2",
        "definition": template.document.hex(),
        "reason": "",
        "explanations": [["T01", "", "集中办班"]],
    }
    assert cells[:2] == [["T01", "", "reported", 1, "="], ["T02", "", "reported", 1, "="]]
    assert cells[2][:5] == ["T03", "", "reported", 1, "="]
    assert len(cells[3][5]) == cells[3][3] == 3
    assert [part.name for part in found.parts] == ["evidence"]


def test_no_report_holds_the_id_or_name_of_a_person(founded, clock):
    ids = [str(one) for one in chain.persons_named(founded, ["己", "庚", "共"])]
    chain.training(founded, TOWN, ["己", "庚", "共"], now=clock())
    hash_ = chain.submit(founded, TOWN, now=clock())
    content = founded.scalars(select(LedgerPart.content).where(LedgerPart.document == hash_)).one()
    said = document(founded, hash_).payload + content
    assert not [one for one in [*ids, "己", "庚", "共"] if one.encode() in said]


def test_it_is_late_by_the_day_on_which_it_was_signed(founded, clock):
    clock.now -= timedelta(days=1)
    punctual = chain.submit(founded, TOWN, now=clock())
    clock.now += timedelta(days=1)
    late = chain.submit(founded, VILLAGE, now=clock())
    found = {row.document: row.late for row in founded.scalars(select(Report))}
    assert found == {punctual: False, late: True}


def test_twice_in_a_row_needs_a_reason(founded, clock):
    first = chain.submit(founded, TOWN, now=clock())
    with pytest.raises(ReasonNeeded):
        chain.submit(founded, TOWN, now=clock())
    with pytest.raises(Invalid):
        chain.submit(founded, TOWN, now=clock(), reason="长" * 1001)
    assert count(founded, Report) == 1
    chain.training(founded, TOWN, ["己"], now=clock())
    second = chain.submit(founded, TOWN, now=clock(), reason="漏报一期")
    found = document(founded, second)
    assert (found.revision, found.previous, found.body["reason"]) == (2, first, "漏报一期")
    assert totals(founded, CAO)["T01"] == 1
    assert chain.standing(founded, TOWN) == second


def test_a_correction_that_corrects_nothing_is_refused(founded, clock):
    held = chain.training(founded, TOWN, ["己"], now=clock())
    first = chain.submit(founded, TOWN, now=clock())
    with pytest.raises(NothingChanged):
        chain.submit(founded, TOWN, now=clock(), reason="再报")
    assert count(founded, Report) == 1
    entries = {("T01", ""): Entered(explanation="集中办班")}
    filling.enter(founded, TOWN, chain.template(founded), SPRING, entries, author=None, now=clock())
    second = chain.submit(founded, TOWN, now=clock(), reason="补充说明")
    reviewing.decide(founded, CAO, second, standings.ENDORSE, actor=None, now=clock())
    with pytest.raises(NothingChanged):
        chain.submit(founded, TOWN, now=clock(), reason="再报")
    held.title = "代表法和履职培训班"
    founded.flush()
    third = chain.submit(founded, TOWN, now=clock(), reason="班名写错了")
    assert document(founded, third).body["cells"] == document(founded, first).body["cells"]


def test_who_was_asked_again_may_answer_that_the_figures_are_right(founded, clock):
    first = chain.submit(founded, TOWN, now=clock())
    reviewing.decide(founded, CAO, first, standings.RETURN, reason="请核对", actor=None, now=clock())
    again = chain.submit(founded, TOWN, now=clock(), reason="已核对，无误")
    assert document(founded, again).revision == 2
    with pytest.raises(NothingChanged):
        chain.submit(founded, TOWN, now=clock(), reason="再报")


def test_a_correction_moves_the_latest_at_once_and_the_endorsed_when_it_is_reviewed(founded, clock):
    chain.training(founded, TOWN, ["己"], now=clock())
    first = chain.submit(founded, TOWN, now=clock())
    reviewing.decide(founded, CAO, first, standings.ENDORSE, actor=None, now=clock())
    chain.training(founded, TOWN, ["庚"], now=clock())
    second = chain.submit(founded, TOWN, now=clock(), reason="补录")
    assert (chain.standing(founded, TOWN), chain.standing(founded, TOWN, ENDORSED)) == (second, first)
    assert (totals(founded, CAO)["T01"], totals(founded, CAO, ENDORSED)["T01"]) == (2, 1)
    reviewing.decide(founded, CAO, second, standings.ENDORSE, actor=None, now=clock())
    assert chain.standing(founded, TOWN, ENDORSED) == second
    assert totals(founded, CAO, ENDORSED) == totals(founded, CAO)


def test_returned_corrected_and_endorsed(founded, clock):
    chain.training(founded, TOWN, ["己"], now=clock())
    first = chain.submit(founded, TOWN, now=clock())
    note = ("T02", "", "与签到表不符")
    reviewing.decide(founded, CAO, first, standings.RETURN, notes=[note], actor=None, now=clock())
    assert chain.standing(founded, TOWN, ENDORSED) is None
    clock.forward(days=30)
    chain.training(founded, TOWN, ["庚"], now=clock())
    second = chain.submit(founded, TOWN, now=clock(), reason="已核对")
    reviewing.decide(founded, CAO, second, standings.ENDORSE, actor=None, now=clock())
    assert totals(founded, CAO, ENDORSED) == {"T01": 2, "T02": 2, "T03": 2, "R02": 3}
    with pytest.raises(LockedPeriod):
        chain.submit(founded, TOWN, now=clock(), reason="又改")


def test_a_running_period_takes_drafts_and_no_report_before_its_last_day(founded, clock):
    summer = SPRING.next()
    clock.now = datetime(2026, 6, 29, 15, 59, tzinfo=UTC)
    entries = {("T01", ""): Entered(explanation="先写好")}
    filling.enter(founded, TOWN, chain.template(founded), summer, entries, author=None, now=clock())
    with pytest.raises(RunningPeriod) as refused:
        chain.submit(founded, TOWN, now=clock(), period=summer)
    assert refused.value.message.mapping == {"day": "2026-06-30"}
    assert count(founded, Report) == 0
    clock.forward(minutes=1)
    chain.submit(founded, TOWN, now=clock(), period=summer)
    assert count(founded, Report) == 1


def test_a_locked_period_takes_nothing(founded, clock):
    clock.forward(days=30)
    with pytest.raises(LockedPeriod) as refused:
        chain.submit(founded, TOWN, now=clock())
    assert refused.value.status == 409
    assert count(founded, Report) == 0


def test_what_is_missing_is_named_and_not_applicable_answers_it(founded, clock):
    service.disable(founded, TOWN, "training", date(2026, 4, 1))
    with pytest.raises(Invalid) as refused:
        chain.submit(founded, TOWN, now=clock())
    assert refused.value.errors.keys() == {"T01", "T02", "T03"}
    assert count(founded, Report) == 0
    entries = {(code, ""): Entered(Status.NOT_APPLICABLE) for code in ("T01", "T02", "T03")}
    filling.enter(founded, TOWN, chain.template(founded), SPRING, entries, author=None, now=clock())
    hash_ = chain.submit(founded, TOWN, now=clock())
    assert [cell[2] for cell in document(founded, hash_).body["cells"]] == [
        *["not_applicable"] * 3,
        "reported",
    ]


def test_nil_and_missing_stay_apart_on_the_way_up(founded, clock):
    lines = (chain.typed_line("X1"), chain.typed_line("X2", kind="text"))
    template = chain.typed_template(founded, *lines, now=chain.FOUNDED)

    def report(organisation, entry):
        entries = {("X1", ""): entry, ("X2", ""): Entered(Status.REPORTED, words="无重大问题")}
        filling.enter(founded, organisation, template, SPRING, entries, author=None, now=clock())
        return submission.submit(founded, organisation, chain.TYPED, SPRING, actor=None, now=clock())

    nil = report(TOWN, Entered(Status.NIL))
    report(STREET, Entered(Status.NOT_APPLICABLE))
    cells = {
        (row.indicator, row.status, row.value, row.words)
        for row in founded.scalars(select(ReportCell).where(ReportCell.report == nil))
    }
    assert cells == {("X1", "nil", 0, None), ("X2", "reported", None, "无重大问题")}
    row = founded.scalars(
        select(RollupCell).where(
            RollupCell.organisation == CAO, RollupCell.indicator == "X1", RollupCell.standing == LATEST
        )
    ).one()
    assert (row.value, row.reported, row.nil, row.not_applicable) == (0, 0, 1, 1)


SAID = st.sampled_from([None, *Status])


def test_nil_is_never_missing_and_missing_never_nil_on_any_round_trip(founded, clock):
    lines = [chain.typed_line(code) for code in ("X1", "X2", "X3")]
    template = chain.typed_template(founded, *lines, now=chain.FOUNDED)

    def play(said, rebuilt):
        entries = {
            (code, ""): Entered(status, 7 if status is Status.REPORTED else None)
            for code, status in zip(("X1", "X2", "X3"), said, strict=True)
        }
        filling.enter(founded, TOWN, template, SPRING, entries, author=None, now=clock())
        missing = {code for (code, _dimension), one in entries.items() if one.status is None}
        if missing:
            with pytest.raises(Invalid) as refused:
                submission.submit(founded, TOWN, chain.TYPED, SPRING, actor=None, now=clock())
            assert refused.value.errors.keys() == missing
            return
        hash_ = submission.submit(founded, TOWN, chain.TYPED, SPRING, actor=None, now=clock())
        if rebuilt:
            ledger.rebuild(founded)
        cells = shown.report(founded, CAO, hash_).cells
        assert tuple(one.status for one in cells) == said
        row = {
            one.indicator: (one.reported, one.nil, one.not_applicable)
            for one in founded.scalars(
                select(RollupCell).where(RollupCell.organisation == CAO, RollupCell.standing == LATEST)
            )
        }
        wanted = [tuple(int(status is one) for one in Status) for status in said]
        assert row == dict(zip(("X1", "X2", "X3"), wanted, strict=True))

    @given(st.tuples(SAID, SAID, SAID), st.booleans())
    def holds(said, rebuilt):
        undone = founded.begin_nested()
        try:
            play(said, rebuilt)
        finally:
            undone.rollback()

    holds()


def test_of_two_clerks_who_submit_at_once_one_is_asked_for_a_reason(stored, work, clock):
    together = Barrier(2)

    def submit(_number):
        together.wait()
        try:
            with work() as session:
                return chain.submit(session, TOWN, now=clock())
        except ReasonNeeded:
            return None

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(submit, range(2)))
    assert done.count(None) == 1
    with work() as session:
        assert [row.revision for row in session.scalars(select(Report))] == [1]


def test_bodies_and_periods_that_cannot_report_are_refused(founded, clock):
    for organisation, period, error in (
        ("371700999", SPRING, Conflict),
        (TOWN, Period.parse("2026-b4"), Conflict),
        (TOWN, Period.parse("2026-03"), Invalid),
    ):
        with pytest.raises(error):
            chain.submit(founded, organisation, now=clock(), period=period)
    with pytest.raises(NotFound):
        submission.submit(founded, TOWN, "none", SPRING, actor=None, now=clock())
    assert count(founded, Report) == 0


def test_who_was_not_in_the_tree_on_the_last_day_is_told_so(founded, clock):
    template = chain.typed_template(
        founded, chain.typed_line("X1"), now=chain.FOUNDED, due_days=None, lock_days=None
    )
    past = Period.parse("2024-b1")
    entries = {("X1", ""): Entered(Status.NIL)}
    with pytest.raises(Conflict) as refused:
        filling.enter(founded, TOWN, template, past, entries, author=None, now=clock())
    assert "last day of this period" in refused.value.message
    with pytest.raises(Conflict):
        submission.submit(founded, TOWN, chain.TYPED, past, actor=None, now=clock())
    assert count(founded, Report) == 0


def test_it_is_audited_and_takes_nothing_away(founded, clock, work):
    entries = {("T01", ""): Entered(explanation="集中办班")}
    filling.enter(founded, TOWN, chain.template(founded), SPRING, entries, author=None, now=clock())
    hash_ = chain.submit(founded, TOWN, now=clock())
    founded.flush()
    entry = founded.scalars(select(AuditEntry).where(AuditEntry.action == "report.submit")).one()
    assert (entry.organisation, entry.target) == (TOWN, hash_.hex())
    assert json.loads(entry.detail) == {"template": chain.TRAINING, "period": "2026-b2", "revision": 1}
    chain.training(founded, TOWN, ["己"], now=clock())
    chain.submit(founded, TOWN, now=clock(), reason="补录")
    assert document(founded, chain.standing(founded, TOWN)).body["explanations"] == [["T01", "", "集中办班"]]


def test_an_incomplete_draft_never_becomes_a_body(founded, clock):
    service.disable(founded, TOWN, "training", date(2026, 4, 1))
    draft = filling.fill(founded, TOWN, chain.template(founded), SPRING, today=date(2026, 5, 6))
    with pytest.raises(Conflict):
        submission.body(draft, "")


def test_a_clerk_of_one_body_submits_for_that_body(founded, clock):
    chain.training(founded, TOWN, ["己"], now=clock())
    scope_to(founded, {TOWN})
    chain.submit(founded, TOWN, now=clock())
    founded.flush()
    assert totals(founded, CAO)["T01"] == 1
    founded.info["scope"] = None
