"""What the staff do: take down, assign, answer, close; open a phone number; give out QR codes."""

import json

import pytest
from sqlalchemy import select

from renda.deputies.inventory import entries
from renda.errors import Invalid
from renda.records import engine, workflow
from renda.security.models import AuditEntry
from renda_liaison.opinions import OPINIONS, PublicOpinionItem
from renda_liaison.stations import DAYS, STATIONS, Station
from tests.plugins.liaison.conftest import COUNTY, VERBS, opinion, reception, station, take, words

REGISTER = f"/o/{COUNTY}/r/{OPINIONS.name}"
NUMBER = "13805301234"


@pytest.fixture
def item(place, work, clock):
    """An opinion with a phone number; its id."""
    with work() as session:
        return opinion(session, clock, phone=NUMBER).id


def _post(page, field, value, status=303, **more):
    form = next(one for one in page.forms.values() if field in one.fields)
    for name, said in more.items():
        form[name] = said
    return form.submit(field, value=value, status=status)


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("clerk", (200, 200, 200)),
        ("reviewer", (200, 403, 403)),
        ("leader", (200, 403, 403)),
        ("auditor", (200, 403, 403)),
        ("admin", (403, 403, 403)),
        ("deputy", (403, 403, 403)),
        ("handler", (403, 403, 403)),
        ("stranger", (404, 404, 404)),
    ],
)
def test_each_role_opens_what_it_needs(as_, item, place, role, statuses):
    app, (read, write, opened) = as_(role), statuses
    app.get(f"{REGISTER}/{item}", status=read)
    app.get(f"{REGISTER}/{item}/edit", status=write)
    app.get(f"/o/{COUNTY}/m/liaison/opinions/{item}/phone", status=opened)
    app.get(f"/o/{COUNTY}/m/liaison/stations/{place}/poster", status=read)


def test_a_sibling_sees_nothing(as_, item, place):
    app = as_("stranger")
    assert "路灯" not in app.get(f"/o/371722/r/{OPINIONS.name}", status=200).text
    app.get(f"/o/371722/r/{OPINIONS.name}/{item}", status=404)
    app.get(f"/o/371722/m/liaison/opinions/{item}/phone", status=404)
    app.get(f"/o/371722/m/liaison/stations/{place}/poster", status=404)


def test_words_are_shown_in_full_and_kept_out_of_history_search_and_evidence(as_, item, work, clock):
    app = as_("clerk")
    assert "路灯坏了" in words(app.get(f"{REGISTER}/{item}"))
    page = app.get(f"{REGISTER}/{item}/edit")
    form = next(one for one in page.forms.values() if "content" in one.fields)
    assert form["content"].value == ""
    form["content"] = "东街张三家门口"
    form.submit(status=303)
    with work() as session:
        told = " ".join(session.scalars(select(AuditEntry.detail)))
        assert session.get_one(PublicOpinionItem, item).content == "东街张三家门口"
    assert "张三" not in told
    assert str(item) not in app.get(f"/o/{COUNTY}/search", {"q": "张三家门口"}).text
    assert "content" not in OPINIONS.evidence


def test_a_phone_number_is_masked_everywhere(as_, item):
    app = as_("clerk")
    for address in (REGISTER, f"{REGISTER}/{item}", f"{REGISTER}/{item}/edit"):
        assert NUMBER not in app.get(address).text
    assert "138****1234" in app.get(f"{REGISTER}/{item}").text
    assert NUMBER.encode() not in app.get(f"{REGISTER}/export.xlsx").body


def test_a_phone_number_is_opened_for_a_purpose_that_is_written_down(as_, item, work):
    app, address = as_("clerk"), f"/o/{COUNTY}/m/liaison/opinions/{item}/phone"
    page = app.get(address)
    assert NUMBER not in page.text
    form = next(one for one in page.forms.values() if "purpose" in one.fields)
    assert NUMBER not in form.submit(status=422).text
    form["purpose"] = "reply"
    form["words"] = "告知路灯已修好"
    shown = form.submit(status=200)
    assert NUMBER in words(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    with work() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.open_phone"))
    said = json.loads(entry.detail)
    assert (said["purpose"], said["words"], said["fields"]) == ("reply", "告知路灯已修好", ["phone"])
    assert entry.target == f"{OPINIONS.name}/{item}"


def test_a_phone_number_is_deleted(as_, item, work):
    app, address = as_("clerk"), f"/o/{COUNTY}/m/liaison/opinions/{item}/phone"
    page = _post(app.get(address), "do", "delete", status=200)
    assert "没有留下电话" in words(page)
    assert "138****1234" not in words(app.get(f"{REGISTER}/{item}"), ".facts")
    with work() as session:
        assert session.get_one(PublicOpinionItem, item).phone is None
        assert NUMBER not in " ".join(session.scalars(select(AuditEntry.detail)))


def test_the_inventory_names_words_and_number_with_their_purposes(registry):
    found = {one.column: one.personal for one in entries(registry.declared) if one.table == OPINIONS.name}
    assert found["content"].sensitive
    assert found["phone"].purpose == "Calling back whoever gave an opinion"
    assert {one.kept for one in found.values()} == {"record"}


def test_where_no_number_was_left_nothing_is_asked(as_, place, work, clock):
    with work() as session:
        bare = opinion(session, clock).id
    page = as_("clerk").get(f"/o/{COUNTY}/m/liaison/opinions/{bare}/phone")
    assert "没有留下电话" in words(page)
    assert not page.html.find("select", attrs={"name": "purpose"})


def test_steps_need_what_they_say(place, work, clock):
    with work() as session:
        row = opinion(session, clock)
        for step, field in (("assign", "handler"), ("answer", "reply")):
            with pytest.raises(Invalid) as refused:
                take(session, clock, row, step)
            assert [*refused.value.errors] == [field]
        with pytest.raises(Invalid):
            take(session, clock, row, "decline", reason="")
        row.handler, row.reply = "交通运输所", "已修好。"
        session.flush()
        take(session, clock, row, "assign", "return", "assign", "answer", "close", "reopen", "decline")
        assert row.state == "declined"


def test_an_opinion_waits_in_the_to_do_list_with_its_working_days(as_, item):
    home = as_("clerk").get(f"/o/{COUNTY}")
    assert f"{REGISTER}/{item}" in home.text
    assert "2026-05-09" in as_("clerk").get(f"{REGISTER}/{item}").text
    assert "待分办民意" in words(home)


def test_a_station_closes_on_a_day_and_opens_again_without_it(place, work, clock):
    with work() as session:
        row = session.get_one(Station, place)

        def step(name):
            who = {"now": clock(), "actor": None, "permissions": VERBS}
            workflow.move(session, STATIONS, row, name, "撤并", **who)

        with pytest.raises(Invalid):
            step("close")
        values = {"closed_on": "2020-01-01"}
        with pytest.raises(Invalid):
            engine.update(session, STATIONS, row, values, lock=row.lock, now=clock(), actor=None)
        values = {"closed_on": "2026-05-06"}
        engine.update(session, STATIONS, row, values, lock=row.lock, now=clock(), actor=None)
        step("close")
        with pytest.raises(Invalid):
            step("reopen")
        engine.update(session, STATIONS, row, {"closed_on": ""}, lock=row.lock, now=clock(), actor=None)
        step("reopen")
        assert row.state == "open"


def test_a_reception_day_is_held_once_it_says_how_many_came(place, work, clock):
    with work() as session:
        here = session.get_one(Station, place)
        with pytest.raises(Invalid):
            reception(session, clock, here, "hold")
        day = reception(session, clock, here, "announce", "hold", received=0)
        assert day.state == "held"


def test_reception_days_and_duty_are_kept_on_the_page_of_the_station(as_, place):
    app = as_("clerk")
    station_page = f"/o/{COUNTY}/r/{STATIONS.name}/{place}"
    form = app.get(f"/o/{COUNTY}/r/{DAYS.name}/new", {"whole": str(place)})
    form = next(one for one in form.forms.values() if "held_on" in one.fields)
    form["held_on"], form["topic"] = "2026-05-20", "农田水利"
    form.submit(status=303)
    assert "2026-05-20" in words(app.get(station_page))


def test_the_poster_is_a_qr_code_that_leads_to_the_public_page(as_, place, phone):
    page = as_("clerk").get(f"/o/{COUNTY}/m/liaison/stations/{place}/poster")
    poster = page.html.select_one("#poster")
    assert poster.select_one("svg.qr path")["d"]
    assert not poster.select_one("[style]")
    address = poster.select_one(".address code").text
    assert "村口" not in address
    phone.app.reset()
    phone.app.get(address.removeprefix("http://localhost"), status=200)


def test_a_code_is_made_renewed_and_withdrawn_by_those_who_publish(as_, work, clock, place, phone):
    with work() as session:
        bare = station(session, clock, name="新站", code=None).id
    address = f"/o/{COUNTY}/m/liaison/stations/{bare}/poster"
    assert not as_("leader").get(address).html.find("button", attrs={"name": "do"})
    app = as_("clerk")
    _post(app.get(address), "do", "make")
    first = app.get(address).html.select_one(".address code").text.removeprefix("http://localhost")
    app.get(first, status=200)
    _post(app.get(address), "do", "make")
    app.get(first, status=404)
    second = app.get(address).html.select_one(".address code").text.removeprefix("http://localhost")
    assert second != first
    _post(app.get(address), "do", "withdraw")
    app.get(second, status=404)
    assert app.get(address).html.select_one("#poster") is None
    with work() as session:
        done = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("record.code%")))
        assert sorted(done) == ["record.code_make", "record.code_make", "record.code_withdraw"]


def test_a_station_that_is_not_open_gets_no_code(as_, work, place):
    address = f"/o/{COUNTY}/m/liaison/stations/{place}/poster"
    page = as_("clerk").get(address)
    with work() as session:
        row = session.get_one(Station, place)
        row.state, row.code = "planned", None
    _post(page, "do", "make", status=409)
    _post(page, "do", "burn", status=404)
    assert "尚未开放" in words(as_("clerk").get(address))


def test_the_page_of_a_station_leads_to_its_poster(as_, place):
    page = as_("reviewer").get(f"/o/{COUNTY}/r/{STATIONS.name}/{place}")
    assert page.click("二维码和海报").status_int == 200


def test_the_rating_is_shown_to_the_staff_and_in_no_form_of_theirs(as_, item, work, clock):
    with work() as session:
        row = session.get_one(PublicOpinionItem, item)
        row.rating, row.rated_at = "dissatisfied", clock()
        row.state = "answered"
    app = as_("clerk")
    assert "评价不满意的答复 1" in words(app.get(f"/o/{COUNTY}"))
    assert "不满意" in words(app.get(f"{REGISTER}/{item}"), "#worked-out")
    form = next(one for one in app.get(f"{REGISTER}/{item}/edit").forms.values() if "content" in one.fields)
    assert not {"rating", "receipt", "station"} & form.fields.keys()


def test_a_page_of_its_own_is_offered_to_those_who_may_open_it(as_, item):
    for role, offered in (("clerk", True), ("leader", False)):
        page = as_(role).get(f"{REGISTER}/{item}")
        assert (page.html.find("a", string="查看完整电话") is not None) is offered, role
