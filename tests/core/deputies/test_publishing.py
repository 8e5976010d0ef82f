"""A deputy's public page: nothing by itself, field by field, never what must not be, and taken back."""

import pytest

from tests.core.deputies.conftest import COUNTY, WANG, add, rows, words
from tests.core.security.town import post

LIST = f"/public/{COUNTY}/deputies"


@pytest.fixture
def address(clerk):
    return add(
        clerk, name="王小明", identity=WANG, phone="13805301234", position="村支书", constituency="第一选区"
    )


@pytest.fixture
def public(address):
    return f"{LIST}/{address.rpartition('/')[2]}"


@pytest.fixture
def stranger(app, address):
    """`stranger(address)` opens a page without having signed in."""
    from webtest import TestApp

    alone = TestApp(app.app)
    alone.set_cookie("renda-language", "en")
    return alone.get


def publish(app, address, *fields, status=303):
    return post(app, f"{address}/public", dict.fromkeys(fields, "true"), status=status)


def test_nothing_is_published_by_itself(stranger, public):
    assert "Nothing is published yet." in words(stranger(LIST))
    stranger(public, status=404)


def test_what_is_ticked_is_shown_to_everybody_and_nothing_else(as_, address, stranger, public):
    publish(as_("zhao"), address, "name", "constituency")
    assert rows(stranger(LIST), "deputies") == [["王小明", "第一选区", "—"]]
    shown = stranger(public).text
    assert "第一选区" in shown
    for hidden in ("村支书", WANG, "110****002X", "138****1234", "1949"):
        assert hidden not in shown


def test_it_is_withdrawn(as_, address, stranger, public):
    app = as_("zhao")
    publish(app, address, "name")
    stranger(public, status=200)
    assert "Public" in words(app.get(f"{address}/public"))
    publish(app, address)
    stranger(public, status=404)
    assert words(app.get(address)).count("Publication changed") == 2


@pytest.mark.parametrize("field", ["identity", "phone", "address", "born_on", "key"])
def test_some_things_are_never_published(as_, address, stranger, public, field):
    publish(as_("zhao"), address, "name", field, status=422)
    stranger(public, status=404)


def test_a_page_has_a_name(as_, address):
    publish(as_("zhao"), address, "position", status=422)


def test_only_who_may_publish_does(clerk, address):
    publish(clerk, address, "name", status=403)
    clerk.get(f"{address}/public", status=403)


def test_who_holds_no_seat_any_more_is_shown_no_more(as_, clerk, address, stranger, public):
    publish(as_("zhao"), address, "name")
    page = as_("li").get(address).click(href="/seats/")
    form = page.forms["end"]
    form["end.day"], form["end.reason"], form["end.decision"] = "2026-05-01", "resigned", "公告第5号"
    form.submit("do", value="end", status=303)
    stranger(public, status=404)


def test_of_a_body_that_is_not_there_nothing_is_shown(stranger):
    stranger("/public/999999/deputies", status=404)
