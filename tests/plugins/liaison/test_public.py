"""A stranger scans a QR code and tells the deputies something: no sign-in, no cookie, no script."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from renda.directory import service
from renda.directory.models import Person
from renda.errors import Conflict
from renda.records import attachments
from renda.records.attachments import Attachment
from renda.records.models import Participant
from renda.security.calls import Buckets
from renda.security.models import AuditEntry
from renda_liaison import giving
from renda_liaison.limits import Limits
from renda_liaison.stations import Station
from tests.core.files.samples import HTML, PDF, PNG
from tests.plugins.liaison.conftest import CODE, COUNTY, reception, station, words
from tests.plugins.liaison.pictures import PLACE, exif, jpeg

HEAVIEST = 120 * 1024


def test_an_opinion_is_kept_under_its_receipt_code(phone, items):
    page = phone.give(kind="traffic", phone="138 0530 1234")
    assert re.fullmatch(r"(?:[A-Z2-7]{4}-){4}[A-Z2-7]{4}", page.html.select_one(".code code").text)
    (item,) = items()
    assert (item.content, item.kind, item.source, item.state) == (
        "村口路灯坏了两个月。", "traffic", "station_code", "received",
    )  # fmt: skip
    assert item.place == "庄寨代表联络站"
    assert item.received_on.isoformat() == "2026-05-06"
    assert item.author is None
    assert "路灯" not in item.subject


def test_neither_cookie_nor_address_nor_database_holds_the_code(phone, items, work):
    page = phone.give()
    code = page.html.select_one(".code code").text
    assert "Set-Cookie" not in page.headers
    assert code not in page.request.url
    assert page.headers["Cache-Control"] == "no-store"
    letters = code.replace("-", "").encode()
    with work() as session:
        kept = [repr(vars(row)).encode() for row in (*items(), *session.scalars(select(AuditEntry)))]
    assert [one for one in kept if letters in one or code.encode() in one] == []


def test_the_audit_trail_keeps_neither_words_nor_number(phone, work):
    phone.give(content="张三家的院墙塌了", phone="13805301234")
    with work() as session:
        told = " ".join(session.scalars(select(AuditEntry.detail)))
    assert "院墙" not in told
    assert "1234" not in told


def test_a_form_that_is_sent_twice_is_one_opinion_with_one_receipt(phone, items):
    form = phone.scan().forms[0]
    form["content"] = "路灯坏了"
    first, second = form.submit(), form.submit()
    assert first.html.select_one(".code code").text == second.html.select_one(".code code").text
    assert len(items()) == 1


def test_who_goes_back_and_writes_something_else_gives_a_second_opinion(phone, items):
    form = phone.scan().forms[0]
    form["content"] = "路灯坏了"
    first = form.submit()
    form["content"] = "井盖也破了"
    second = form.submit()
    assert first.html.select_one(".code code").text != second.html.select_one(".code code").text
    assert {item.content for item in items()} == {"路灯坏了", "井盖也破了"}


def test_of_two_at_once_both_see_the_receipt(phone, items, monkeypatch):
    """The second finds what the first has written after it looked."""
    real, calls = giving.give, []

    def late(*arguments, **more):
        calls.append(real(*arguments, **more))
        if len(calls) == 1:
            raise Conflict
        return calls[-1]

    form = phone.scan().forms[0]
    form["content"] = "路灯坏了"
    monkeypatch.setattr(giving, "give", late)
    assert form.submit(status=200).html.select_one(".code code")
    assert len(calls) == 2
    assert len(items()) == 1


def test_no_name_of_a_station_is_too_long_for_lists(phone, place, work, items):
    with work() as session:
        session.get_one(Station, place).name = "很长的站名" * 16
    form = phone.scan().forms[0]
    form["content"], form["kind"] = "路灯坏了", "housing"
    phone.app.set_cookie("renda-language", "en")
    form.submit(status=200)
    assert items()[0].subject.startswith("05-06 09:00 Housing and property management · 很长的站名")


def test_the_page_names_who_is_on_duty_once_the_day_was_announced(phone, place, work, clock):
    with work() as session:
        here = session.get_one(Station, place)
        persons = {row.name: row.id for row in session.scalars(select(Person))}
        day = reception(session, clock, here, persons=persons.values())
    assert "今天没有代表值班" in words(phone.scan())
    with work() as session:
        reception(session, clock, here, "announce", persons=[persons["李梅"]])
        reception(session, clock, here, "announce", held_on="2026-06-10")
    page = words(phone.scan())
    assert "李梅" in page
    assert "王小明" not in page
    assert "下一个接待日：2026-06-10" in page
    with work() as session:
        for row in session.scalars(select(Participant).where(Participant.whole != day.id)):
            row.state = "leave"
    assert "李梅" not in words(phone.scan())


def test_a_photo_is_attached_and_anything_else_is_refused(phone, items, work):
    phone.give(photo=("IMG_0001.JPG", jpeg(exif())))
    with work() as session:
        (kept,) = session.scalars(select(Attachment))
        assert PLACE not in attachments.content(session, kept)
    assert (kept.kind, kept.added_by) == ("jpeg", None)
    for name, content in (
        *(("现场.png", HTML), ("现场.html", HTML), ("现场.pdf", PDF), ("现场.png", b"")),
        ("现场.png", PNG),
    ):
        page = phone.give(photo=(name, content), status=422)
        assert page.html.find(id="f-photo-error"), name
        assert "村口路灯坏了两个月。" in page.text
    assert len(items()) == 1


def test_photos_of_strangers_leave_half_of_the_room_to_the_staff(phone, registry, items, monkeypatch):
    photo = ("现场.jpg", jpeg(after=bytes(400_000)))
    monkeypatch.setitem(registry.values, "attachments_mb", 1)
    phone.give(photo=photo)
    with_more = ("再来.jpg", jpeg(after=bytes(600_000)))
    assert "请不带照片提交" in phone.give(photo=with_more, status=422).text
    phone.give(content="不带照片")
    assert len(items()) == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"content": ""}, "content"),
        ({"content": "　 \n"}, "content"),
        ({"content": "长" * 2001}, "content"),
        ({"content": "坏\x00的"}, "content"),
        ({"content": "倒\u202e写"}, "content"),
        ({"phone": "1" * 21}, "phone"),
        ({"phone": "138\x07"}, "phone"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(phone, items, said, field):
    page = phone.give(status=422, **said)
    assert page.html.find(id=f"f-{field}-error")
    assert items() == []


def test_a_kind_that_nobody_offered_is_refused(phone, items):
    form = phone.scan().forms[0]
    form["content"] = "路灯"
    form["kind"].force_value("nonsense")
    assert form.submit(status=422).html.find(id="f-kind-error")
    assert items() == []


@pytest.mark.parametrize(
    "body", [b"content=%ff%fe&ticket=x", b"content=\xff\xfe", b"%ff=1", b"ticket=%C3%28.9.%C3%A9", b"\x00"]
)
def test_bytes_that_are_no_text_are_refused(phone, items, body):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    page = phone.app.post(f"{phone.base}/{CODE}", body, headers=kind, expect_errors=True)
    assert page.status_int in {400, 422}
    assert items() == []


@pytest.mark.parametrize("bounds", ["", "; boundary=", "; boundary=x"])
def test_a_form_whose_parts_are_in_pieces_is_refused(phone, items, bounds):
    kind = {"Content-Type": f"multipart/form-data{bounds}"}
    for body in (
        b"",
        b"xx",
        b"--x",
        b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n\xff\r\n--x--',
    ):
        page = phone.app.post(f"{phone.base}/{CODE}", body, headers=kind, expect_errors=True)
        assert page.status_int in {400, 422}, body
    assert items() == []


def test_a_form_needs_its_ticket(phone, items, clock):
    for ticket in ("", "x", "a.1.b", "..", "é.é.é", "1" * 5000):
        form = phone.scan().forms[0]
        form["content"], form["ticket"] = "路灯", ticket
        assert "再提交一次" in form.submit(status=422).text
    form = phone.scan().forms[0]
    form["content"] = "路灯"
    clock.forward(hours=25)
    again = form.submit(status=422)
    assert items() == []
    again.forms[0].submit()
    assert len(items()) == 1


def test_a_ticket_is_good_at_its_own_station_alone(phone, items, work, clock):
    with work() as session:
        station(session, clock, name="另一站", code="b" * 16)
    ticket = phone.scan().forms[0]["ticket"].value
    other = {"content": "路灯", "ticket": ticket}
    phone.app.post(f"{phone.base}/{'b' * 16}", other, status=422)
    assert items() == []


def test_whoever_fills_in_what_nobody_sees_is_refused(phone, items):
    assert "留给程序" in phone.give(website="http://spam.example", status=422).text
    assert items() == []


def test_a_flood_from_one_address_is_stopped_and_says_so_without_losing_the_words(phone, items):
    for _number in range(20):
        phone.give()
    page = phone.give(content="第二十一条", status=429)
    assert "过几分钟再试" in page.text
    assert "第二十一条" in page.text
    assert len(items()) == 20
    form = phone.scan().forms[0]
    form["content"] = "别处"
    form.submit(extra_environ={"REMOTE_ADDR": "203.0.113.9"}, status=200)
    phone.app.get("/help", status=200)


def test_a_flood_at_one_station_is_stopped_wherever_it_comes_from(phone, registry, items):
    registry.__dict__["liaison_limits"] = Limits(given_at=Buckets(rate=0.0, size=2))
    for number in range(3):
        form = phone.scan().forms[0]
        form["content"] = "路灯"
        form.submit(extra_environ={"REMOTE_ADDR": f"203.0.113.{number}"}, status=200 if number < 2 else 429)
    assert len(items()) == 2


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_cannot_send_it(phone, items, headers):
    form = phone.scan().forms[0]
    form["content"] = "路灯"
    form.submit(headers=headers, status=400)
    assert items() == []


def test_only_an_open_station_of_a_body_that_uses_the_module_has_a_page(phone, place, work, clock, registry):
    for address in (
        f"/public/999999/liaison/{CODE}",
        f"/public/371722/liaison/{CODE}",
        f"{phone.base}/{'z' * 16}",
    ):
        phone.app.get(address, status=404)
    with work() as session:
        session.get_one(Station, place).state = "closed"
    phone.scan(status=404)
    with work() as session:
        session.get_one(Station, place).state = "open"
        service.disable(session, COUNTY, "liaison", clock().date())
    phone.scan(status=404)
    phone.app.get(f"{phone.base}/progress", status=404)
    phone.app.post(f"{phone.base}/progress", {"code": "x"}, status=404)


def test_who_scans_a_code_that_was_stopped_is_not_told_of_a_to_do_list(phone, place, work):
    with work() as session:
        session.get_one(Station, place).state = "closed"
    said = phone.scan(status=404).html.find("main")
    assert "待办" not in said.text
    assert [link["href"] for link in said.select("a")] == ["/help#complaints"]


def test_the_page_is_light_and_runs_nothing_of_its_own(phone):
    page = phone.scan()
    loaded = {one["href"] for one in page.html.select("link[rel=stylesheet]")}
    loaded |= {one["src"] for one in page.html.select("script[src]")}
    assert len(page.body) + sum(len(phone.app.get(one).body) for one in loaded) <= HEAVIEST
    assert not page.html.select("script:not([src]), [style], [onclick]")
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_what_a_stranger_types_is_never_drawn_as_a_page(phone, as_, items):
    phone.give(content="<script>alert(1)</script>")
    page = as_("clerk").get(f"/o/{COUNTY}/r/liaison_public_opinion_item/{items()[0].id}")
    assert "<script>alert" not in page.text
    assert "alert(1)" in words(page)


def test_nothing_is_written_for_what_is_refused(phone, work):
    with work() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    phone.give(content="", status=422)
    phone.app.get(f"{phone.base}/{quote('二维码')}", status=404)
    with work() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before
