"""A directive's course: issued, received, acknowledged, in progress, done, returned, verified, closed."""

import json

import pytest
from sqlalchemy import func, select

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.security.models import AuditEntry
from renda_tiers.directives import held
from renda_tiers.directives.files import File
from renda_tiers.directives.models import TargetProgress
from renda_tiers.documents import ledger
from renda_tiers.documents.models import LedgerDocument
from tests.core.files.samples import PDF, docx
from tests.tiers.chain import CAO, CITY, SHAN, TOWN, VILLAGE
from tests.tiers.directives.desk import DUE, STEPS, TEXT, TITLE, named


def test_the_body_freezes_what_is_asked_of_whom_until_when(desk):
    found = held.own(desk.session, desk.issue(), CITY)
    assert (found.body["title"], found.body["text"], found.body["steps"]) == (TITLE, TEXT, list(STEPS))
    assert (found.body["targets"], found.due) == ([CAO, SHAN], DUE)
    assert set(found.current.audience) == {CAO, SHAN}


def test_from_issue_to_close_out(desk):
    subject = desk.issue()
    assert desk.phases(subject) == {CAO: "issued", SHAN: "issued"}
    assert desk.deliver() == 1
    assert desk.phases(subject) == {CAO: "received", SHAN: "received"}
    desk.respond(CAO, subject)
    desk.respond(SHAN, subject)
    desk.respond(CAO, subject, "progress", steps=(0,), note="方案已印发")
    assert desk.phases(subject) == {CAO: "progress", SHAN: "acknowledged"}
    first = desk.done(CAO, subject, files=[File("总结.docx", docx())])
    desk.send_back(CITY, subject, first)
    assert desk.phase(subject) == "returned"
    desk.respond(CAO, subject, "progress", steps=(0, 1), note="已补充")
    assert desk.phase(subject) == "progress"
    second = desk.done(CAO, subject)
    assert second != first
    row = desk.session.scalar(select(TargetProgress).where(TargetProgress.organisation == CAO))
    assert (row.phase, row.round, row.response) == ("done", 2, second)
    desk.decide(CITY, subject, second, desk.done(SHAN, subject))
    assert set(desk.phases(subject).values()) == {"verified"}
    found = desk.close(CITY, subject, files=[File("结案报告.pdf", PDF)])
    assert (found.open, found.body["state"]) == (False, "closed")
    assert [one.name for one in found.current.parts] == ["结案报告.pdf"]


def test_each_step_is_written_into_the_audit_trail(desk):
    subject = desk.issue()
    desk.deliver()
    desk.decide(CITY, subject, desk.done(CAO, subject))
    desk.close(CITY, subject, reason="单县另行安排")
    desk.session.flush()
    entries = desk.session.scalars(select(AuditEntry).where(AuditEntry.action.like("directive.%"))).all()
    assert sorted((one.action, one.organisation) for one in entries) == [
        ("directive.close", CITY),
        ("directive.issue", CITY),
        ("directive.receive", CAO),
        ("directive.receive", SHAN),
        ("directive.respond", CAO),
        ("directive.verify", CITY),
    ]
    assert {json.loads(one.detail)["directive"] for one in entries} == {subject}


def test_receipts_are_signed_once_however_often_they_are_asked_for(desk):
    subject = desk.issue()
    desk.deliver()
    count = select(func.count()).select_from(LedgerDocument).where(LedgerDocument.kind == "response")
    assert desk.session.scalar(count) == 2
    ledger.rebuild(desk.session)
    assert desk.deliver() == 0
    desk.respond(CAO, subject)
    assert desk.deliver() == 0
    assert desk.session.scalar(count) == 3


def test_to_say_the_same_twice_changes_nothing(desk):
    subject = desk.issue()
    desk.deliver()
    assert desk.respond(CAO, subject) == desk.respond(CAO, subject)
    said = {"steps": (0,), "note": "方案已印发"}
    assert desk.respond(CAO, subject, "progress", **said) == desk.respond(CAO, subject, "progress", **said)
    response = desk.done(CAO, subject)
    assert desk.done(CAO, subject) == response
    assert desk.respond(CAO, subject) == response
    assert desk.decide(CITY, subject, response) == desk.decide(CITY, subject, response)


def test_done_needs_every_step_and_says_which_is_missing(desk):
    subject = desk.issue()
    with pytest.raises(Invalid, match="Not all steps") as refused:
        desk.respond(CAO, subject, "done", steps=(0,))
    assert refused.value.message.mapping == {"steps": STEPS[1]}
    assert desk.phase(subject) == "issued"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"state": "received"}, Invalid),
        ({"state": "verified"}, Invalid),
        ({"state": "progress"}, Invalid),
        ({"state": "progress", "note": "x" * 20_001}, Invalid),
        ({"state": "progress", "note": "a\x00b"}, Invalid),
        ({"state": "progress", "steps": (2,)}, Invalid),
        ({"state": "progress", "steps": (-1,)}, Invalid),
        ({"state": "progress", "files": [File("a", b"")]}, Invalid),
        ({"state": "progress", "files": [File("a", b"1"), File("x/a", b"2")]}, Invalid),
        ({"state": "progress", "files": [File("/", b"1")]}, Invalid),
        ({"state": "progress", "files": [File(str(one), b"1") for one in range(11)]}, Invalid),
    ],
)
def test_a_wrong_response_changes_nothing(desk, said, error):
    subject = desk.issue()
    desk.deliver()
    before = ledger.projections(desk.session)
    with pytest.raises(error):
        desk.respond(CAO, subject, **said)
    assert ledger.projections(desk.session) == before


WORSE = {
    "x.exe": (b"MZ\x90\x00", "not taken here"),
    "总结.pdf": (b"MZ\x90\x00", "not what the ending"),
    "总结.xlsx": (docx(), "not what the ending"),
    "宏.docx": (docx(word__vbaProject_dot_bin=b"x"), "contains macros"),
    "炸弹.docx": (docx(word__media__a_dot_xml=bytes(20 * 2**20)), "unpacks to far more"),
}


@pytest.mark.parametrize("name", WORSE)
def test_no_file_is_signed_that_no_record_would_take(desk, name):
    content, sentence = WORSE[name]
    files = [File("好.pdf", PDF), File(name, content)]
    subject = desk.issue()
    desk.deliver()
    before = ledger.projections(desk.session)
    for act in (
        lambda: desk.issue(files=files),
        lambda: desk.done(CAO, subject, files=files),
        lambda: desk.close(CITY, subject, reason="另行安排", files=files),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        message = refused.value.errors["files"]
        assert message.mapping["name"] == name
        assert sentence in message.mapping["problem"]
    assert ledger.projections(desk.session) == before


def test_only_targets_answer_and_only_the_issuer_decides(desk):
    subject = desk.issue(selection=named(CAO))
    with pytest.raises(NotFound):
        desk.respond(SHAN, subject)
    with pytest.raises(Forbidden):
        desk.respond(CITY, subject)
    with pytest.raises(NotFound):
        desk.respond(CAO, "directive:371700:none")
    response = desk.done(CAO, subject)
    for stranger in (CAO, SHAN, TOWN):
        with pytest.raises(NotFound):
            desk.decide(stranger, subject, response)
    with pytest.raises(NotFound):
        desk.close(CAO, subject, reason="x")


def test_what_is_decided_about_is_the_exact_last_word(desk):
    subject = desk.issue()
    first = desk.done(CAO, subject)
    second = desk.done(CAO, subject, note="补充说明")
    with pytest.raises(Conflict, match="newer response"):
        desk.decide(CITY, subject, first)
    with pytest.raises(NotFound):
        desk.decide(CITY, subject, b"x" * 32)
    with pytest.raises(Invalid):
        desk.decide(CITY, subject)
    with pytest.raises(Invalid):
        desk.decide(CITY, subject, second, decision="endorse")
    with pytest.raises(Invalid, match="why"):
        desk.send_back(CITY, subject, second, reason=" ")
    early = desk.respond(SHAN, subject)
    with pytest.raises(Conflict, match="all is done"):
        desk.decide(CITY, subject, second, early)
    assert desk.phases(subject) == {CAO: "done", SHAN: "acknowledged"}


def test_after_the_verification_nothing_more_is_said(desk):
    subject = desk.issue()
    desk.decide(CITY, subject, desk.done(CAO, subject))
    with pytest.raises(Conflict, match="verified"):
        desk.respond(CAO, subject, "progress", note="还有")


def test_a_directive_closes_with_reason_where_a_target_is_not_verified(desk):
    subject = desk.issue()
    desk.decide(CITY, subject, desk.done(CAO, subject))
    with pytest.raises(Invalid, match="not verified"):
        desk.close(CITY, subject)
    assert desk.close(CITY, subject, reason="单县另行安排").body["reason"] == "单县另行安排"
    assert desk.phases(subject) == {CAO: "verified", SHAN: "issued"}
    for act in (desk.close, desk.cancel):
        with pytest.raises(Conflict, match="ended"):
            act(CITY, subject, reason="又")
    with pytest.raises(Conflict, match="ended"):
        desk.respond(SHAN, subject)
    assert desk.deliver() == 1
    assert desk.phase(subject, SHAN) == "issued"


def test_a_directive_is_cancelled_with_a_reason(desk):
    subject = desk.issue()
    with pytest.raises(Invalid):
        desk.cancel(CITY, subject, reason="")
    assert desk.cancel(CITY, subject).body["state"] == "cancelled"


@pytest.mark.parametrize(
    "said",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"title": "a\nb"},
        {"text": "x" * 20_001},
        {"due": None},
        {"days": 10},
        {"due": None, "days": 0},
        {"due": DUE.replace(day=5)},
        {"steps": ("x" * 501,)},
        {"steps": ("同", "同")},
        {"steps": tuple(map(str, range(51)))},
        {"files": [File("a", b"")]},
    ],
)
def test_a_wrong_order_issues_nothing(desk, said):
    before = ledger.projections(desk.session)
    with pytest.raises(Invalid):
        desk.issue(**said)
    assert ledger.projections(desk.session) == before


def test_a_deadline_may_be_given_in_working_days(desk):
    found = held.own(desk.session, desk.issue(due=None, days=10), CITY)
    assert (found.body["due"], found.body["days"]) == ("2026-05-19", 10)


def test_a_body_gives_nobody_a_task_but_those_below_it(desk):
    for code in (CITY, VILLAGE, "999999"):
        with pytest.raises(NotFound):
            desk.issue(CAO, selection=named(TOWN, code))
