"""The pages on which a body hands practice packs on, and finds those that it received."""

import pytest
from sqlalchemy import delete

from renda.directory.models import Edge
from renda.packs import keeping
from renda.packs.reading import read
from tests.core.packs import files
from tests.core.packs.files import NAME
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.web.conftest import people, row, signed_in, submit_form, text
from tests.tiers.web.test_policies import admin as _admin

__all__ = ["people", "signed_in"]
admin = _admin


@pytest.fixture
def installed(people, work, clock):
    with work() as session:
        keeping.install(session, CAO, files.pack(), actor=None, now=clock())


@pytest.fixture
def plain(people, work, clock):
    """The county has a pack of registers alone: neither a report nor figures."""
    text = files.FILE.partition("[[indicators]]")[0]
    with work() as session:
        keeping.install(session, CAO, read(text.encode(), "走访日.toml"), actor=None, now=clock())


def address(code, more=""):
    return f"/o/{code}/m/tiers/packs{more}"


def test_a_county_sends_its_pack_up_and_the_city_publishes_it(admin, installed):
    browser = admin(CAO)
    page = browser.get(address(CAO)).click("Send or publish")
    assert "Send to 菏泽市" in text(page)
    done = submit_form(page, "do=send").follow()
    assert "The pack is sent to the body above." in text(done)
    browser = admin(CITY)
    assert "曹县" in row(browser.get(f"/o/{CITY}/m/core/packs"), "走访日")
    page = browser.get(address(CITY)).click("Send or publish")
    assert "Send to" not in text(page)
    done = submit_form(page, "do=publish").follow()
    assert "published to all below" in text(done)
    browser = admin(TOWN)
    received = browser.get(f"/o/{TOWN}/m/core/packs")
    assert "Can be enabled 1 菏泽市" in row(received, "走访日")
    page = received.click("走访日")
    done = submit_form(page, "do=enable").follow()
    assert "The module is enabled" in text(done)
    browser.get(f"/o/{TOWN}/r/{NAME}_visit", status=200)


def test_of_a_pack_without_a_report_nobody_says_that_it_has_one(admin, plain):
    browser = admin(CAO)
    page = browser.get(address(CAO, f"/{NAME}"))
    assert "It has no report: its records are not added up above." in text(page)
    assert "its report is set" not in text(page)
    assert "走访发现的问题" in text(page), "what it holds are its registers"
    done = submit_form(page, "do=publish").follow()
    assert "The pack is published to all below." in text(done)


def test_who_may_not_hand_it_on_is_told_so(admin, installed, work, clock):
    with work() as session:
        keeping.install(session, TOWN, files.pack(), actor=None, now=clock())
    page = admin(TOWN).get(address(TOWN, f"/{NAME}"))
    assert "another one made it" in text(page)
    admin(CITY).get(address(CITY, f"/{NAME}"), status=404)


def test_who_stands_alone_is_not_told_that_another_made_it(admin, installed, work):
    with work() as session:
        session.execute(delete(Edge))
    page = admin(CAO).get(address(CAO, f"/{NAME}"))
    assert "There is no body above or below to hand it on to." in text(page)
    assert "another one made it" not in text(page)


def todo(browser, code):
    return [one for one in browser.get(f"/o/{code}").html.select("#todo tbody tr") if "走访日" in one.text]


@pytest.fixture
def sent(admin, installed):
    """The county has sent its pack to the city."""
    submit_form(admin(CAO).get(address(CAO, f"/{NAME}")), "do=send").follow()


@pytest.fixture
def published(admin, sent):
    """And the city has published it."""
    submit_form(admin(CITY).get(address(CITY, f"/{NAME}")), "do=publish").follow()


def test_the_city_is_asked_what_to_do_with_a_pack_until_it_publishes_it(admin, sent):
    browser = admin(CITY)
    (line,) = todo(browser, CITY)
    assert "曹县" in line.text
    page = browser.get(f"/o/{CITY}").click("走访日")
    assert "handed on version 1 of this pack" in text(page)
    assert "Publishing it decides on it, too." in text(page)
    submit_form(page, "do=publish").follow()
    assert todo(browser, CITY) == []
    assert todo(admin(CAO), CAO) == [], "its author has decided"


def test_who_received_a_published_pack_is_asked_until_it_is_enabled(admin, published):
    browser = admin(TOWN)
    (line,) = todo(browser, TOWN)
    assert "To be enabled or declined" in line.text
    page = browser.get(f"/o/{TOWN}").click("走访日").click("Enable it…")
    submit_form(page, "do=enable").follow()
    assert todo(browser, TOWN) == []


def test_a_pack_that_is_declined_is_not_asked_about_until_a_newer_version_comes(
    admin, published, work, clock
):
    browser = admin(TOWN)
    done = submit_form(browser.get(address(TOWN, f"/{NAME}")), "do=decline").follow()
    assert "The pack is not used here." in text(done)
    assert todo(browser, TOWN) == []
    with work() as session:
        newer = read(files.other(("version = 1", "version = 2")).encode(), "走访日.toml")
        keeping.install(session, CAO, newer, actor=None, now=clock())
    for code, way in ((CAO, "send"), (CITY, "publish")):
        submit_form(admin(code).get(address(code, f"/{NAME}")), f"do={way}").follow()
    assert len(todo(admin(TOWN), TOWN)) == 1


def test_administrators_alone_are_told_of_it_once(admin, sent, signed_in, clock):
    assert todo(signed_in("clerk", CITY), CITY) == []
    assert "走访日" not in text(signed_in("clerk", CITY).get(f"/o/{CITY}/notices"))
    clock.forward(hours=1)
    submit_form(admin(CAO).get(address(CAO, f"/{NAME}")), "do=send").follow()
    page = admin(CITY).get(f"/o/{CITY}/notices")
    assert text(page).count("Practice pack: 走访日") == 1
