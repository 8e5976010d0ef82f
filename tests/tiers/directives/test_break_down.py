"""A county breaks a directive down to its townships: never later, never wider, nothing taken out."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert

from renda.errors import Conflict, Forbidden, Invalid, NotFound
from renda_tiers.directives import bounds, held
from renda_tiers.directives.files import File
from renda_tiers.directives.requirements import Figure, Requirement
from renda_tiers.directives.selections import Selection
from renda_tiers.documents.models import LedgerSignature
from tests.core.files.samples import PDF
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.directives.desk import DUE, STEPS, TEXT, named

EARLIER, LATER = date(2026, 5, 18), date(2026, 5, 21)
FIGURES = Requirement("2026-01-01..2026-05-20", figures=(Figure("查办问题数", "件"),))


def test_a_break_down_carries_what_it_breaks_down_and_goes_to_the_levels_above(desk):
    outer = desk.issue(files=[File("通知.pdf", PDF)])
    desk.deliver()
    inner = held.own(desk.session, desk.assign(CAO, outer, STREET, TOWN, text=f"{TEXT}\n另报照片。"), CAO)
    parent, _signed = bounds.carried(inner.current)
    assert parent.hash == held.own(desk.session, outer, CITY).current.hash
    assert set(inner.current.audience) == {CITY, STREET, TOWN}
    assert inner.above == {CAO, CITY}
    assert [one.name for one in inner.current.parts] == ["通知.pdf"]
    assert held.find(desk.session, inner.subject, CITY) == inner
    with pytest.raises(NotFound):
        held.find(desk.session, inner.subject, SHAN)
    with pytest.raises(NotFound):
        held.find(desk.session, outer, TOWN)


def test_the_signature_that_it_carries_is_one_of_the_issuer_s(desk):
    """Whoever sees a document may sign it, too; that lends it no authority and takes none away."""
    outer = desk.issue()
    document = held.own(desk.session, outer, CITY).current
    stranger = {"key": bytes(32), "algorithm": "ed25519-sha256", "signature": bytes(64)}
    desk.session.execute(insert(LedgerSignature), {"document": document.hash, **stranger})
    inner = held.own(desk.session, desk.assign(CAO, outer, TOWN), CAO)
    assert bounds.carried(inner.current)[1].key != stranger["key"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"due": LATER}, "due later"),
        ({"text": "另一件事"}, "leaves out"),
        ({"text": TEXT[:-1]}, "leaves out"),
        ({"steps": STEPS[:1]}, "leaves out"),
        ({"steps": STEPS[::-1]}, "leaves out"),
        ({"steps": ("别的",)}, "leaves out"),
    ],
)
def test_what_is_later_or_less_is_refused_with_the_reason(desk, said, why):
    outer = desk.issue()
    with pytest.raises(Conflict, match=why):
        desk.assign(CAO, outer, TOWN, **said)


@pytest.mark.parametrize(
    "said",
    [
        {"due": EARLIER},
        {"due": DUE},
        {"text": f"{TEXT}并附照片。"},
        {"steps": (STEPS[0], "动员", STEPS[1], "总结")},
        {"title": "曹县：营商环境联动监督"},
    ],
)
def test_what_is_earlier_or_more_is_a_break_down(desk, said):
    outer = desk.issue()
    desk.assign(CAO, outer, TOWN, **said)


def test_only_a_target_breaks_down_and_only_to_its_own(desk):
    outer = desk.issue(selection=named(CAO))
    with pytest.raises(NotFound):
        desk.assign(SHAN, outer, VILLAGE)
    with pytest.raises(Forbidden):
        desk.assign(CITY, outer, TOWN)
    with pytest.raises(NotFound):
        desk.assign(CAO, outer, VILLAGE)
    with_file = desk.issue(files=[File("a.pdf", PDF)])
    with pytest.raises(Invalid, match="same name"):
        desk.assign(CAO, with_file, TOWN, files=[File("a.pdf", PDF)])


def test_another_report_is_not_asked_for_in_the_name_of_the_level_above(desk):
    outer = desk.issue(report=FIGURES)
    asked = held.own(desk.session, outer, CITY).body["report"]
    same = Requirement(asked["period"], template=asked["template"])
    desk.assign(CAO, outer, TOWN, report=same)
    desk.assign(CAO, outer, STREET)
    with pytest.raises(Conflict, match="another report"):
        desk.assign(CAO, outer, TOWN, report=replace(FIGURES, figures=(Figure("别的", "件"),)))


def test_what_has_ended_is_not_broken_down(desk):
    outer = desk.issue()
    desk.cancel(CITY, outer)
    with pytest.raises(Conflict, match="ended"):
        desk.assign(CAO, outer, TOWN)


def test_responses_to_a_break_down_go_to_every_level(desk):
    outer = desk.issue()
    inner = desk.assign(CAO, outer, TOWN)
    desk.deliver()
    response = held.document(desk.session, desk.done(TOWN, inner))
    assert set(response.audience) == {TOWN, CAO, CITY}
    (decision,) = desk.decide(CAO, inner, response.hash)
    assert set(held.document(desk.session, decision).audience) == {TOWN, CAO, CITY}
    assert desk.phases(inner) == {TOWN: "verified"}
    assert desk.phase(outer) == "received"


def test_a_selection_by_rule_is_resolved_within_the_issuer_s_own_area(desk):
    outer = desk.issue()
    inner = desk.issue(CAO, parent=outer, selection=Selection("tier", tier="township"))
    assert held.own(desk.session, inner, CAO).body["targets"] == [STREET, TOWN]
