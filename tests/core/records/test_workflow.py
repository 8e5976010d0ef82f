"""A record takes the steps of its workflow and no others; each is kept with who, when and why."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda.records import workflow
from renda.records.models import TransitionLog
from renda.security.models import AuditEntry
from tests.core.records.conftest import ALL_VERBS, NOW
from tests.core.records.probe import VISITS


@pytest.fixture
def move(db, people):
    def go(row, transition, reason="", **options):
        options = {"now": NOW, "actor": people.clerk, "permissions": ALL_VERBS, **options}
        return workflow.move(db, VISITS, row, transition, reason, **options)

    return go


def test_a_step_changes_the_state_and_is_kept(db, people, visit, move):
    later = NOW + timedelta(days=1)
    row = move(visit(), "hold", " 如期 ", now=later)
    assert (row.state, row.changed_at, row.lock) == ("held", later, 2)
    ((step, who),) = workflow.history(db, VISITS, row)
    assert (step.name, step.source, step.target, step.reason) == ("hold", "planned", "held", "如期")
    assert (step.at, step.actor, who) == (later, people.clerk, "账户clerk")
    db.flush()
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "record.hold")).one()
    assert json.loads(entry.detail) == {"to": "held", "reason": "如期"}
    assert entry.target == f"probe_visit/{row.id}"


def test_the_latest_step_comes_first(db, visit, move):
    row = move(visit(), "cancel", "下雨")
    move(row, "reopen", "放晴")
    assert [step.name for step, _who in workflow.history(db, VISITS, row)] == ["reopen", "cancel"]


def test_the_system_takes_steps_without_a_name(db, visit, move):
    row = move(visit(), "hold", actor=None)
    assert [who for _step, who in workflow.history(db, VISITS, row)] == [None]


def refused(db, row, error, move, *arguments, **options):
    with pytest.raises(error) as caught:
        move(row, *arguments, **options)
    assert row.state == "planned"
    assert db.scalar(select(func.count()).select_from(TransitionLog)) == 0
    return caught.value


def test_a_step_that_does_not_exist_is_not_found(db, visit, move):
    refused(db, visit(), NotFound, move, "fly")


def test_a_step_leads_out_of_its_sources_only(db, visit, move):
    assert refused(db, visit(), Conflict, move, "reopen", "为何").detail == {"state": "planned"}


def test_a_step_needs_its_verb(db, visit, move):
    refused(db, visit(), Forbidden, move, "hold", permissions={"probe:read", "other:write"})


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_step_that_needs_a_reason_gets_one(db, visit, move, reason):
    assert refused(db, visit(), Invalid, move, "cancel", reason).errors == {"reason": "Say why."}


def test_a_reason_is_text(db, visit, move):
    assert refused(db, visit(), Invalid, move, "cancel", "\x00").errors.keys() == {"reason"}


def test_a_guard_may_forbid_it(db, visit, move):
    refused(db, visit(title="to the moon"), Conflict, move, "hold")


def test_whoever_looks_at_an_older_state_is_refused(db, visit, move):
    assert refused(db, visit(), Conflict, move, "hold", lock=7).detail == {"lock": 1}
    assert move(visit(), "hold", lock=1).state == "held"


def test_a_page_offers_the_steps_that_its_reader_may_take():
    def names(state, permissions):
        return [step.name for step in workflow.open_steps(VISITS, state, permissions)]

    assert names("planned", ALL_VERBS) == ["hold", "cancel"]
    assert names("held", ALL_VERBS) == ["reopen"]
    assert names("held", {"probe:write"}) == []
    assert names("planned", set()) == []


def test_a_step_sets_what_follows_from_it_once_nothing_forbids_it(db, visit):
    seen = []

    def effect(_session, row, now):
        seen.append((row.state, now))
        row.notes = "如期"

    steps = (replace(VISITS.workflow.transitions[0], effect=effect),)
    kind = replace(VISITS, workflow=replace(VISITS.workflow, transitions=steps))
    options = {"now": NOW, "actor": None, "permissions": ALL_VERBS}
    wrong = visit(title="moon")
    with pytest.raises(Conflict):
        workflow.take(db, kind, {steps[0]: [visit(), wrong]}, "", **options)
    assert seen == []
    row = workflow.move(db, kind, visit(), "hold", **options)
    assert seen == [("planned", NOW)]
    db.refresh(row)
    assert (row.state, row.notes) == ("held", "如期")
