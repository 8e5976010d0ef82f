"""The administrator's page of modules: states, consequences, and switching."""

import pytest
from sqlalchemy import insert, text

from renda.clock import local_day
from renda.directory.models import ModuleRule
from renda.directory.modules import FORBID, REQUIRE
from renda.records import engine
from renda_training.records import CLASSES
from tests.core.security.town import CITY, COUNTY, OTHER, post, sign_in

MODULES = f"/o/{COUNTY}/m/core/modules"
REGISTER = f"/o/{COUNTY}/r/training_class"


@pytest.fixture
def admin(app, people, work, clock):
    """A browser of somebody who is administrator and clerk of the county, in English."""
    with work() as session:
        people.person(session, "admin", clock(), (COUNTY, "admin"), (COUNTY, "clerk"))
    sign_in(app, "admin")
    post(app, "/language", {"locale": "en", "next": "/help"}, status=303)
    return app


@pytest.fixture
def ruled(work, clock):
    def say(module, rule):
        with work() as session:
            row = {"organisation": COUNTY, "module": module, "since": local_day(clock()), "until": None}
            session.execute(insert(ModuleRule), {**row, "rule": rule, "by": CITY, "reason": "全市统一"})

    return say


def words(page):
    return " ".join(page.html.find("main").get_text(" ").split())


def card(page, title):
    return next(
        " ".join(one.get_text(" ").split())
        for one in page.html.find_all(class_="card")
        if title in one.get_text()
    )


def test_only_administrators_see_it(app, people):
    sign_in(app, "li")
    assert MODULES not in app.get(f"/o/{COUNTY}").text
    app.get(MODULES, status=403)
    app.get(f"/o/{OTHER}/m/core/modules", status=404)


def test_a_module_is_disabled_and_enabled_after_a_look_at_the_consequences(admin):
    assert MODULES in admin.get(f"/o/{COUNTY}").text
    page = admin.get(MODULES)
    assert "Enabled" in card(page, "Training")
    assert "The profile of this tier requires it." in card(page, "Reporting")
    page = page.click(href="/modules/training$")
    shown = words(page)
    assert "Registers Training classes" in shown
    assert "T01" in shown
    assert "Its data stay" in shown
    done = post(admin, f"{MODULES}/training", {"do": "disable"}, status=303).follow()
    assert "The module is disabled" in words(done)
    admin.get(REGISTER, status=404)
    assert "Can be enabled" in card(admin.get(MODULES), "Training")
    post(admin, f"{MODULES}/training", {"do": "enable"}, status=303)
    admin.get(REGISTER, status=200)


def test_who_requires_and_who_forbids_is_said_and_cannot_be_undone_here(admin, ruled):
    ruled("training", FORBID)
    ruled("votes", REQUIRE)
    page = admin.get(MODULES)
    assert "Forbidden by 菏泽市人大: 全市统一" in card(page, "Training")
    assert "Not installed" in card(page, "votes")
    assert "Required by 菏泽市人大: 全市统一 This node does not have it" in card(page, "votes")
    one = admin.get(f"{MODULES}/training")
    assert not one.html.find("main").find("button", attrs={"name": "do"})
    post(admin, f"{MODULES}/training", {"do": "enable"}, status=422)
    post(admin, f"{MODULES}/votes", {"do": "enable"}, status=404)
    assert "This node does not have it" in words(admin.get(f"{MODULES}/votes"))
    admin.get(REGISTER, status=404)


def test_a_required_module_is_there_at_once(admin, ruled):
    post(admin, f"{MODULES}/training", {"do": "disable"}, status=303)
    ruled("training", REQUIRE)
    admin.get(REGISTER, status=200)
    assert "Required by" in words(admin.get(f"{MODULES}/training"))
    post(admin, f"{MODULES}/training", {"do": "disable"}, status=409)


@pytest.mark.parametrize("name", ["core", "nothing", "votes"])
def test_what_is_no_module_has_no_page(admin, name):
    admin.get(f"{MODULES}/{name}", status=404)
    post(admin, f"{MODULES}/{name}", {"do": "enable"}, status=404)


def test_anything_but_enabling_and_disabling_is_refused(admin):
    post(admin, f"{MODULES}/training", {"do": "burn"}, status=422)
    post(admin, f"{MODULES}/training", {}, status=422)


def test_how_many_records_vanish_and_return_is_said_before(admin, work, clock):
    values = {"title": "预算审查", "kind": "topic", "starts_on": "2026-05-06"}
    with work() as session:
        for _number in range(2):
            engine.create(session, CLASSES, COUNTY, values, now=clock(), author=None)
    address = f"{MODULES}/training"
    assert "Records of Training classes that are no longer shown: 2" in words(admin.get(address))
    post(admin, address, {"do": "disable"}, status=303)
    assert "Records of Training classes that are shown again: 2" in words(admin.get(address))


def test_a_module_whose_tables_are_old_can_be_upgraded(admin, registry):
    with registry.engine.begin() as connection:
        connection.execute(text("DELETE FROM training_alembic_version"))
    assert "Can be upgraded" in card(admin.get(MODULES), "Training")
    page = admin.get(f"{MODULES}/training")
    assert "Ask the node's operator to run renda upgrade." in words(page)
    assert not page.html.find("main").find("button", attrs={"name": "do"})
