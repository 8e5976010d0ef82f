"""A directive issued anew: what was answered counts on while the same is asked, not earlier than before."""

from datetime import date, timedelta

import pytest

from renda.directory import service
from renda.directory.divisions import Body
from renda.directory.models import ModuleUse
from renda.errors import Conflict, Invalid, NotFound
from renda_tiers.directives import held, selections, versions
from renda_tiers.directives.files import File
from renda_tiers.directives.models import TargetProgress
from renda_tiers.directives.selections import Selection
from tests.core.files.samples import PDF
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.directives.desk import DUE, STEPS, TEXT, named

EARLIER, LATER = DUE - timedelta(days=2), DUE + timedelta(days=9)


@pytest.fixture
def begun(desk):
    """曹县 has acknowledged and 单县 is done."""
    subject = desk.issue(files=[File("通知.pdf", PDF)])
    desk.deliver()
    desk.respond(CAO, subject, "progress", steps=(0,), note="方案已印发")
    desk.done(SHAN, subject)
    return subject


def test_a_later_day_leaves_everybody_where_they_are(desk, begun):
    found = desk.revise(CITY, begun, due=LATER)
    assert (found.current.revision, found.due) == (2, LATER)
    assert desk.phases(begun) == {CAO: "progress", SHAN: "done"}
    assert desk.deliver() == 0


def test_an_earlier_day_is_to_be_read_by_those_who_are_not_done(desk, begun):
    desk.revise(CITY, begun, due=EARLIER)
    assert desk.phases(begun) == {CAO: "issued", SHAN: "done"}
    assert desk.deliver() == 1
    assert desk.phases(begun) == {CAO: "received", SHAN: "done"}
    last = desk.session.get(TargetProgress, (begun, CAO)).response
    assert held.document(desk.session, last).body["steps"] == [0]


def test_other_steps_are_to_be_done_anew_by_all(desk, begun):
    desk.revise(CITY, begun, steps=[*STEPS, "报送总结"])
    desk.deliver()
    assert desk.phases(begun) == {CAO: "received", SHAN: "received"}


def test_attachments_stay(desk, begun):
    found = desk.revise(CITY, begun, due=LATER)
    assert [(ref.name, part.content) for ref, part in held.parts(desk.session, found.current)] == [
        ("通知.pdf", PDF)
    ]


def test_targets_may_join_and_leave(desk, begun):
    found = desk.revise(CITY, begun, targets=[SHAN, TOWN])
    assert found.body["targets"] == [TOWN, SHAN]
    assert desk.phases(begun) == {SHAN: "done", TOWN: "issued"}
    with pytest.raises(NotFound):
        desk.respond(CAO, begun)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, Conflict),
        ({"due": DUE}, Conflict),
        ({"due": date(2026, 5, 5)}, Invalid),
        ({"title": ""}, Invalid),
        ({"targets": []}, Invalid),
        ({"targets": ["999999"]}, NotFound),
    ],
)
def test_a_version_that_is_none_is_refused(desk, begun, changes, error):
    with pytest.raises(error):
        desk.revise(CITY, begun, **changes)
    assert held.own(desk.session, begun, CITY).current.revision == 1


def test_a_break_down_follows_its_parent_in_one_step(desk):
    outer = desk.issue()
    inner = desk.assign(CAO, outer, TOWN, text=f"{TEXT}\n另报照片。", steps=(*STEPS, "总结"))
    with pytest.raises(Conflict, match="Nothing"):
        desk.revise(CAO, inner)
    desk.revise(CITY, outer, due=EARLIER, text=f"{TEXT}请抓紧。", steps=["动员", *STEPS])
    found = desk.revise(CAO, inner)
    assert found.due == EARLIER
    assert found.body["text"] == f"{TEXT}请抓紧。\n另报照片。"
    assert found.body["steps"] == ["动员", *STEPS, "总结"]
    with pytest.raises(Conflict, match="due later"):
        desk.revise(CAO, inner, due=DUE)


def test_who_joins_the_selection_later_is_named_and_asked_in_one_step(desk, clock):
    subject = desk.issue(selection=Selection("children"))
    desk.deliver()
    today = clock().date()
    assert versions.joining(desk.session, held.own(desk.session, subject, CITY), today) == []
    service.place(desk.session, [Body("371723", "成武县", "county", "county", CITY, congress=True)], today)
    assert versions.joining(desk.session, held.own(desk.session, subject, CITY), today) == ["371723"]
    found = versions.join(desk.session, CITY, subject, **desk.when)
    assert found.body["targets"] == [CAO, SHAN, "371723"]
    assert desk.phases(subject) == {CAO: "received", SHAN: "received", "371723": "issued"}
    desk.deliver()
    assert desk.phase(subject, "371723") == "received"
    with pytest.raises(Conflict, match="Nothing"):
        versions.join(desk.session, CITY, subject, **desk.when)


def test_a_selection_may_ask_for_a_module_or_be_a_saved_list(desk, clock):
    today = clock().date()
    use = desk.session.get(ModuleUse, (STREET, "training", chain.SINCE))
    use.until = today
    desk.session.flush()

    def chosen(**said):
        return selections.resolve(desk.session, CITY, Selection(**said), today)

    assert chosen(rule="tier", tier="township", module="training") == [TOWN, VILLAGE]
    assert chosen(rule="children") == [CAO, SHAN]
    selections.save(desk.session, CITY, "先行县乡", [CAO, VILLAGE])
    assert chosen(rule="list", name="先行县乡") == [CAO, VILLAGE]
    subject = desk.issue(selection=Selection("list", name="先行县乡"))
    selections.save(desk.session, CITY, "先行县乡", [CAO, VILLAGE, TOWN])
    assert selections.names(desk.session, CITY) == ["先行县乡"]
    assert versions.joining(desk.session, held.own(desk.session, subject, CITY), today) == [TOWN]
    for wrong, error in (
        ({"rule": "all"}, Invalid),
        ({"rule": "tier", "tier": "none"}, Invalid),
        ({"rule": "list"}, Invalid),
        ({"rule": "list", "name": "没有"}, NotFound),
        ({"rule": "list", "codes": (CITY,)}, NotFound),
    ):
        with pytest.raises(error):
            chosen(**wrong)
    with pytest.raises(Invalid):
        selections.save(desk.session, CITY, "", [CAO])


def test_of_a_plain_list_nobody_joins(desk):
    found = held.own(desk.session, desk.issue(selection=named(CAO)), CITY)
    assert versions.joining(desk.session, found, DUE) == []
