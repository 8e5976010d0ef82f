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
