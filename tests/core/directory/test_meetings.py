"""Who may meet says the profile; who attended makes the quorum, and the law's numbers are shown."""

from datetime import date

import pytest
from sqlalchemy import func, select

from renda.directory.meetings import ATTENDANCE, MEETINGS, CongressMeeting, attendance
from renda.errors import Conflict, Invalid
from renda.records import engine, parts, workflow
from renda.records.models import Participant
from renda.records.participation import participation_type
from tests.core.directory.bodies import COUNTY, MEETING, NOW, SESSION, STREET, TOWN, ZONE, seat

KIND = participation_type(MEETINGS, ATTENDANCE)
ALL_VERBS = frozenset({"core:read", "core:write", "core:decide"})
AS_SYSTEM = {"now": NOW, "actor": None}


def make(session, place, **values):
    return engine.create(session, MEETINGS, place, {**MEETING, **values}, now=NOW, author=None)


def told(call, *arguments, error=Invalid, **values):
    with pytest.raises(error) as refused:
        call(*arguments, **values)
    return refused.value


def address(place):
    return f"/o/{place}/r/core_meeting"


def form_of(page, place):
    return next(form for form in page.forms.values() if form.action == address(place))


def entries(page):
    return [link["href"] for link in page.html.select("nav a") if "/r/core_" in link.get("href", "")]


@pytest.mark.parametrize(
    ("place", "organs"),
    [
        (
            COUNTY,
            ["人民代表大会", "常务委员会", "主任会议", "专门委员会", "代表工作委员会"],
        ),
        (TOWN, ["人民代表大会", "主席团"]),
        (STREET, ["街道人大工委"]),
        (ZONE, ["人大工委"]),
    ],
)
def test_the_form_offers_the_organs_that_meet_there(clerk, place, organs):
    form = form_of(clerk.get(f"{address(place)}/new"), place)
    assert [text for value, _selected, text in form["organ"].options if value] == organs


def test_a_session_is_entered_listed_and_shown(clerk, work):
    form = form_of(clerk.get(f"{address(COUNTY)}/new"), COUNTY)
    for name, value in SESSION.items():
        form[name] = value
    page = form.submit(status=303).follow()
    assert "人民代表大会" in page.html.select_one(".facts").text
    listed = clerk.get(address(COUNTY)).html
    cells = [cell.text for cell in listed.select("#records tbody td:not(.pick)")]
    assert cells[:3] == ["人民代表大会", "Term 19", "Session 5"]
    assert listed.select_one("#f-organ")
    clerk.set_cookie("renda-language", "zh_Hans")
    assert "第十九届" in clerk.get(address(COUNTY)).html.select_one("#records tbody").text
    assert clerk.get(f"{address(COUNTY)}/export.xlsx").status_int == 200


@pytest.mark.parametrize("organ", ["congress", "standing_committee", "presidium"])
@pytest.mark.parametrize(("place", "who"), [(STREET, "街道不设人民代表大会"), (ZONE, "不设人民代表大会")])
def test_where_there_is_no_congress_nothing_that_votes_meets(db, placed, place, who, organ):
    error = told(make, db, place, organ=organ, term=19)
    assert who in error.errors["organ"]
    assert error.status == 422
    assert db.scalar(select(func.count()).select_from(CongressMeeting)) == 0


def test_the_reason_names_the_article_in_the_form_too(clerk):
    form = form_of(clerk.get(f"{address(STREET)}/new"), STREET)
    form["title"], form["opens_on"] = "会议", "2026-02-03"
    form["organ"].force_value("congress")
    page = form.submit(status=422)
    assert "地方组织法第五十九条" in page.html.select_one("#f-organ-error").text


def test_a_street_s_work_committee_meets(db, placed):
    row = make(db, STREET, organ="street_work_committee")
    assert (row.term, row.state) == (None, "planned")
    assert MEETINGS.facts(db, row) == []


def test_a_profile_that_lets_streets_hold_sessions_is_followed(db, placed, with_profile):
    def sessions(text):
        before, kind, after = text.partition("[kinds.street]")
        after = after.replace("congress = false", "congress = true", 1)
        after = after.replace("may_hold_sessions = false", "may_hold_sessions = true", 1)
        after = after.replace('why_not = "', '# "', 1)
        after = after.replace("[kinds.street.organs]", "[kinds.street.organs]\npresidium.name = '主席团'", 1)
        return (
            before + kind + after.replace("name = '主席团'", "name = '主席团'\npresidium.decides = true", 1)
        )

    told(make, db, STREET, organ="presidium")
    with_profile("township", sessions)
    assert make(db, STREET, organ="presidium").organ == "presidium"


def test_a_profile_that_takes_sessions_from_towns_is_followed(clerk, db, with_profile):
    def none(text):
        before, kind, after = text.partition("[kinds.town]")
        after = after.replace("may_hold_sessions = true", 'may_hold_sessions = false\nwhy_not = "试点"', 1)
        return before + kind + after

    place = address(TOWN)
    assert place in entries(clerk.get(f"/o/{TOWN}"))
    assert f"{place}/new" in [link["href"] for link in clerk.get(place).html.select(".actions a")]
    form = form_of(clerk.get(f"{place}/new"), TOWN)
    with_profile("township", none)
    assert place not in entries(clerk.get(f"/o/{TOWN}"))
    assert f"{place}/new" not in [link["href"] for link in clerk.get(place).html.select(".actions a")]
    assert "试点" in clerk.get(f"{place}/new", status=409).text
    form["title"], form["organ"], form["opens_on"] = "会议", "presidium", "2026-02-03"
    assert "试点" in form.submit(status=409).text
    assert told(make, db, TOWN, organ="presidium", error=Conflict).message == "试点"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"organ": "senate"}, "organ"),
        ({"organ": ""}, "organ"),
        ({"organ": "congress"}, "term"),
        ({"organ": "standing_committee", "closes_on": "2026-02-02"}, "closes_on"),
    ],
)
def test_what_cannot_be_is_told(db, placed, values, field):
    assert list(told(make, db, COUNTY, **values).errors) == [field]


def test_a_change_that_cannot_be_leaves_the_meeting_as_it_was(db, placed):
    row = make(db, COUNTY, **SESSION)
    wrong = told(engine.update, db, MEETINGS, row, {"closes_on": "2026-02-01"}, lock=row.lock, **AS_SYSTEM)
    assert list(wrong.errors) == ["closes_on"]
    assert (row.closes_on, db.is_modified(row)) == (None, False)


@pytest.fixture
def held(db, placed):
    """`held(in_office, present)` gives a session of the county that was held with so many deputies."""

    def hold(in_office, present, **values):
        row = make(db, COUNTY, **{**SESSION, **values})
        who = [seat(db, number).id for number in range(1, in_office + 1)]
        members = parts.add_participants(db, KIND, row, who, "member", **AS_SYSTEM)
        for state, some in (("attended", members[:present]), ("leave", members[present:])):
            parts.mark(db, KIND, row, {one.id for one in some}, state, permissions=ALL_VERBS, **AS_SYSTEM)
        workflow.move(db, MEETINGS, row, "hold", permissions=ALL_VERBS, **AS_SYSTEM)
        return row

    return hold


def facts(db, row):
    return [(str(fact.label), str(getattr(fact.value, "interpolate", lambda f=fact: f.value)()), fact.light)
            for fact in MEETINGS.facts(db, row)]  # fmt: skip


@pytest.mark.parametrize(("present", "reached"), [(4, ("Reached", "done")), (3, ("Not reached", "todo"))])
def test_quorum_and_majority_of_a_session_that_was_held(db, held, present, reached):
    assert facts(db, held(6, present)) == [
        ("Deputies in office", "6", ""),
        ("Deputies present", str(present), ""),
        ("Needed for the quorum", "4", ""),
        ("Quorum", *reached),
        ("Votes that a resolution needs", "4 of 6", ""),
    ]


def test_the_numbers_are_those_of_the_profile(db, held, with_profile):
    row = held(6, 3)
    with_profile(
        "county",
        lambda text: text.replace('quorum = "2/3"', 'quorum = "1/2"').replace(
            'majority_of = "all"', 'majority_of = "present"'
        ),
    )
    assert facts(db, row)[2:] == [
        ("Needed for the quorum", "3", ""),
        ("Quorum", "Reached", "done"),
        ("Votes that a resolution needs", "2 of 3", ""),
    ]


def test_only_deputies_of_the_term_on_that_day_count(db, held):
    row = held(3, 2)
    before = seat(db, 7, term=18).id
    gone = seat(db, 8, ended_on=date(2026, 2, 3)).id
    later = seat(db, 9, starts_on=date(2026, 2, 4)).id
    guest = seat(db, 1, place=TOWN).id
    observer = seat(db, 10).id
    for person, role in (
        (before, "member"),
        (gone, "member"),
        (later, "member"),
        (guest, "member"),
        (observer, "observer"),
    ):
        db.add(
            Participant(
                organisation=COUNTY, type=KIND.name, whole=row.id, person=person, role=role,
                state="attended", author=None, created_at=NOW, changed_at=NOW,
            )
        )  # fmt: skip
    db.flush()
    assert attendance(db, row) == (2, 4)


def test_nothing_is_worked_out_before_it_was_held_or_for_other_organs(db, held):
    assert MEETINGS.facts(db, make(db, COUNTY, **SESSION)) == []
    assert MEETINGS.facts(db, held(3, 3, organ="standing_committee")) == []


def test_without_deputies_the_page_says_what_is_missing(db, held):
    assert facts(db, held(0, 0)) == [
        ("Deputies in office", "0", ""),
        ("Quorum", "No deputies of this term are entered.", "todo"),
    ]


def test_the_page_shows_them_with_words_and_a_sign(clerk, work):
    with work() as session:
        for number in (1, 2, 3):
            seat(session, number)
        row = make(session, COUNTY, **SESSION)
        workflow.move(session, MEETINGS, row, "hold", permissions=ALL_VERBS, **AS_SYSTEM)
        place = f"{address(COUNTY)}/{row.id}"
    shown = clerk.get(place).html.select_one("#worked-out")
    sign = shown.select_one(".status.warn")
    assert (sign.text, sign.i is not None) == ("Not reached", True)
    assert "2 of 3" in shown.text
