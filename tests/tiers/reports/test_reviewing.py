"""Only the direct parent decides, about one exact revision."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.security.models import AuditEntry
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import progress, reviewing
from renda_tiers.reports.models import ENDORSED, LATEST, Review
from renda_tiers.reports.standings import ENDORSE, RETURN
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN


@pytest.fixture
def decide(founded, clock):
    def say(reviewer, report, decision=ENDORSE, **more):
        return reviewing.decide(founded, reviewer, report, decision, actor=None, now=clock(), **more)

    return say


def reviews(session):
    return session.scalar(select(func.count()).select_from(Review))


def test_a_review_names_the_exact_report_and_goes_where_the_report_went(founded, clock, decide):
    report = chain.submit(founded, TOWN, now=clock())
    hash_ = decide(
        CAO, report, RETURN, reason=" 请核对 ", notes=[("T02", "", "与签到表不符"), ("T01", "", " ")]
    )
    found = decode(founded.scalars(select(LedgerDocument.payload).where(LedgerDocument.hash == hash_)).one())
    assert (found.origin, found.subject) == (CAO, f"review:{report.hex()}")
    assert set(found.audience) == {TOWN, CAO, CITY}
    assert found.body == {
        "report": report.hex(),
        "decision": "return",
        "reason": "请核对",
        "notes": [["T02", "", "与签到表不符"]],
    }
    decision = progress.decision_on(founded, report)
    assert (decision.reviewer, decision.notes) == (CAO, (("T02", "", "与签到表不符"),))
    founded.flush()
    entry = founded.scalars(select(AuditEntry).where(AuditEntry.action == "report.return")).one()
    assert (entry.organisation, json.loads(entry.detail)["organisation"]) == (CAO, TOWN)


def test_nobody_but_the_direct_parent_decides(founded, clock, decide):
    report = chain.submit(founded, TOWN, now=clock())
    with pytest.raises(Forbidden):
        decide(CITY, report)
    with pytest.raises(Forbidden):
        decide(TOWN, report)
    with pytest.raises(NotFound):
        decide(SHAN, report)
    with pytest.raises(NotFound):
        decide(CAO, b"\0" * 32)
    assert reviews(founded) == 0


@pytest.mark.parametrize(
    ("decision", "more"),
    [
        (RETURN, {}),
        (RETURN, {"reason": "  "}),
        (RETURN, {"notes": [("T01", "", " ")]}),
        (RETURN, {"notes": [("T99", "", "没有这一项")]}),
        (RETURN, {"notes": [("T01", "", "长" * 2001)]}),
        ("praise", {"reason": "好"}),
    ],
)
def test_what_is_no_decision_is_refused(founded, clock, decide, decision, more):
    report = chain.submit(founded, TOWN, now=clock())
    with pytest.raises(Invalid) as refused:
        decide(CAO, report, decision, **more)
    assert refused.value.errors
    assert reviews(founded) == 0


def test_only_the_current_revision_is_decided_about(founded, clock, decide):
    first = chain.submit(founded, TOWN, now=clock())
    chain.explain(founded, TOWN, "集中办班", now=clock())
    second = chain.submit(founded, TOWN, now=clock(), reason="更正")
    with pytest.raises(Conflict):
        decide(CAO, first)
    decide(CAO, second)
    assert chain.standing(founded, TOWN, ENDORSED) == second


def test_the_same_again_changes_nothing_and_another_decision_takes_its_place(founded, clock, decide):
    report = chain.submit(founded, TOWN, now=clock())
    first = decide(CAO, report)
    assert decide(CAO, report) == first
    assert reviews(founded) == 1
    second = decide(CAO, report, RETURN, seen=first.hex(), reason="看错了")
    assert chain.standing(founded, TOWN, ENDORSED) is None
    assert progress.of(founded, TOWN, chain.TRAINING, "2026-b2").returned
    decide(CAO, report, seen=second.hex())
    assert chain.standing(founded, TOWN, ENDORSED) == report
    assert reviews(founded) == 3


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({}, {"decision": RETURN, "reason": "请核对"}),
        ({}, {"reason": "很好"}),
        ({"decision": RETURN, "reason": "请核对"}, {}),
        ({"decision": RETURN, "reason": "请核对"}, {"decision": RETURN, "reason": "另有他故"}),
    ],
)
def test_nobody_overturns_what_they_have_not_seen(founded, clock, decide, first, then):
    report = chain.submit(founded, TOWN, now=clock())
    stands = decide(CAO, report, **first)
    for seen in ("", "00" * 32, "x"):
        with pytest.raises(reviewing.Decided) as refused:
            decide(CAO, report, seen=seen, **then)
        assert refused.value.decision.document == stands
        assert refused.value.detail == {"report": report.hex(), "decision": stands.hex()}
    assert reviews(founded) == 1
    decide(CAO, report, seen=stands.hex(), **then)
    assert reviews(founded) == 2


@pytest.mark.parametrize("first", [{"reason": "很好"}, {"notes": [("T02", "", "已核对")]}])
def test_who_endorses_unseen_what_is_endorsed_takes_no_word_from_it(founded, clock, decide, first):
    report = chain.submit(founded, TOWN, now=clock())
    stands = decide(CAO, report, **first)
    assert decide(CAO, report) == stands
    assert reviewing.endorse_many(founded, CAO, [report], actor=None, now=clock()) == [stands]
    assert decide(CAO, report, seen=stands.hex()) != stands


def test_what_was_returned_is_not_endorsed_among_many(founded, clock, decide):
    reports = [chain.submit(founded, code, now=clock()) for code in (TOWN, STREET)]
    decide(CAO, reports[1], RETURN, reason="请核对")
    with pytest.raises(reviewing.Decided) as refused:
        reviewing.endorse_many(founded, CAO, reports, actor=None, now=clock())
    assert refused.value.report == reports[1]
    assert chain.standing(founded, TOWN, ENDORSED) is None


def test_many_are_endorsed_at_once_all_or_none(founded, clock):
    reports = [chain.submit(founded, code, now=clock()) for code in (TOWN, STREET)]
    other = chain.submit(founded, SHAN, now=clock())

    def endorse(documents):
        return reviewing.endorse_many(founded, CAO, documents, actor=None, now=clock())

    with pytest.raises(NotFound):
        endorse([*reports, other])
    assert reviews(founded) == 0
    first = endorse([reports[0], reports[0]])
    assert first[0] == first[1]
    both = endorse(reports)
    assert both[0] == first[0]
    assert reviews(founded) == 2
    assert [chain.standing(founded, code, ENDORSED) for code in (TOWN, STREET)] == reports


STEPS = st.lists(st.sampled_from(["submit", "endorse", "return"]), min_size=1, max_size=6)


def test_a_review_is_valid_only_for_the_hash_that_it_names(founded, clock):
    """Invariant 7."""

    def play(steps):
        """What stands, played by hand: the newest submission, and the newest one whose last review endorses."""
        submitted, decided = [], {}
        for step in steps:
            if step == "submit":
                chain.explain(founded, TOWN, f"第{len(submitted)}次", now=clock())
                submitted.append(chain.submit(founded, TOWN, now=clock(), reason="更正"))
            elif submitted:
                decision = ENDORSE if step == "endorse" else RETURN
                stands = progress.decision_on(founded, submitted[-1])
                seen = stands.document.hex() if stands else ""
                reviewing.decide(
                    founded, CAO, submitted[-1], decision, seen=seen, reason="核对", actor=None, now=clock()
                )
                decided[submitted[-1]] = decision
            assert chain.standing(founded, TOWN, LATEST) == (submitted[-1] if submitted else None)
            endorsed = [one for one in submitted if decided.get(one) == ENDORSE]
            assert chain.standing(founded, TOWN, ENDORSED) == (endorsed[-1] if endorsed else None)

    @given(STEPS)
    def holds(steps):
        undone = founded.begin_nested()
        try:
            play(steps)
        finally:
            undone.rollback()

    holds()
