import pytest
from sqlalchemy import select

from renda.errors import Conflict, NotFound
from renda.indicators.kinds import Kind
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import definitions, templates
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, FOUNDED, TRAINING


def revisions(session, code=TRAINING):
    statement = select(LedgerDocument.hash).where(LedgerDocument.subject == f"definition:{code}")
    return len(session.scalars(statement).all())


def test_the_body_says_each_figure_in_both_languages_and_fixes_what_it_means(registry):
    body = templates.body(registry, TRAINING)
    definitions.check(body)
    assert [line["indicator"] for line in body["lines"]] == ["T01", "T02", "T03", "R02", "T04"]
    first = body["lines"][0]
    assert first["titles"]["en"] == "Training classes held"
    assert set(first["titles"]) == set(first["texts"]) == {"en", "zh_Hans"}
    assert first["meaning"] == registry.declared.indicators["T01"].meaning
    assert body["lines"][-1]["kind"] is None


def test_the_calendar_of_the_tier_that_sets_it_decides_when_it_is_due_and_locked(registry):
    found = {tier: templates.body(registry, TRAINING, tier)["lock_days"] for tier in ("city", "county")}
    assert found == {tier: registry.profiles[tier].calendar["bimonth"].lock_days for tier in found}
    assert templates.body(registry, TRAINING)["lock_days"] == found["city"]


def test_publishing_the_same_again_issues_nothing(founded):
    template = chain.template(founded)
    assert (template.origin, template.line("T03").kind) == (CITY, Kind.DISTINCT)
    assert templates.publish(founded, CITY, TRAINING, now=FOUNDED) == template.document
    assert revisions(founded) == 1


def test_a_changed_calendar_is_a_new_revision(founded, registry, monkeypatch):
    before = chain.template(founded).document
    monkeypatch.setattr(templates, "body", lambda *said: {**original(*said), "due_days": 9})
    assert templates.publish(founded, CITY, TRAINING, now=FOUNDED) != before
    assert chain.template(founded).due_days == 9
    assert revisions(founded) == 2


original = templates.body


def test_nobody_sets_what_is_not_declared_or_not_his(founded):
    with pytest.raises(NotFound):
        templates.publish(founded, CITY, "none", now=FOUNDED)
    with pytest.raises(NotFound):
        templates.publish(founded, "999999", TRAINING, now=FOUNDED)
    with pytest.raises(Conflict):
        templates.publish(founded, CAO, TRAINING, now=FOUNDED)
    assert revisions(founded) == 1
