"""Who may open what where: the matrix of readers, organisations and pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from renda.clock import local_day
from renda.database import everything
from renda.directory.models import Edge, ModuleUse
from tests.core.security.town import CITY, COUNTY, OTHER, TOWNSHIP, sign_in

REGISTER = "/r/training_class"


@pytest.mark.parametrize(
    ("login", "organisation", "page", "status"),
    [
        (None, COUNTY, "", 302),
        (None, COUNTY, REGISTER, 302),
        (None, "999999", "", 302),
        ("li", COUNTY, "", 200),
        ("li", COUNTY, REGISTER, 200),
        ("li", COUNTY, "/r/nonsense", 404),
        ("li", COUNTY, f"{REGISTER}/nonsense", 404),
        ("li", COUNTY, f"{REGISTER}/0190b6a0-0000-7000-8000-000000000000", 404),
        ("li", CITY, "", 404),
        ("li", OTHER, "", 404),
        ("li", TOWNSHIP, REGISTER, 404),
        ("li", "999999", "", 404),
        ("zhang", CITY, REGISTER, 200),
        ("zhang", COUNTY, REGISTER, 404),
        ("zhao", CITY, REGISTER, 200),
        ("zhao", COUNTY, REGISTER, 200),
        ("zhao", OTHER, REGISTER, 404),
        ("qian", COUNTY, "", 404),
    ],
)
def test_matrix(app, people, *, login, organisation, page, status):
    if login:
        sign_in(app, login)
    app.get(f"/o/{organisation}{page}", status=status)


def test_where_one_has_no_role_looks_like_where_nothing_is(app, people):
    """Invariant 17."""
    sign_in(app, "li")
    pages = [app.get(f"/o/{code}", status=404).html for code in (OTHER, "999999")]
    assert pages[0].main.text == pages[1].main.text


def test_a_role_that_a_module_grants_nothing_is_told_so(app, people, work, registry, clock):
    granted = registry.declared.modules["training"].grants
    role = next(name for name in registry.declared.roles if "read" not in granted.get(name, ()))
    with work() as session:
        people.person(session, "sun", clock(), (COUNTY, role))
    sign_in(app, "sun")
    app.get(f"/o/{COUNTY}", status=200)
    app.get(f"/o/{COUNTY}{REGISTER}", status=403)


def test_a_disabled_module_vanishes_and_returns(app, people, work, clock):
    sign_in(app, "li")
    assert REGISTER in app.get(f"/o/{COUNTY}").text
    with work() as session:
        use = session.scalars(
            select(ModuleUse).where(ModuleUse.organisation == COUNTY, ModuleUse.module == "training")
        ).one()
        use.until = local_day(clock())
    assert REGISTER not in app.get(f"/o/{COUNTY}").text
    app.get(f"/o/{COUNTY}{REGISTER}", status=404)
    with work() as session:
        session.add(ModuleUse(organisation=COUNTY, module="training", since=local_day(clock())))
    app.get(f"/o/{COUNTY}{REGISTER}", status=200)


def test_the_path_is_todays(app, people, work, clock):
    sign_in(app, "li")

    def crumbs():
        return [step.text for step in app.get(f"/o/{COUNTY}").html.select(".crumbs li")]

    assert crumbs() == ["菏泽市人大", "曹县人大"]
    tomorrow = local_day(clock()) + timedelta(days=1)
    with work() as session, everything(session):
        edge = session.scalars(select(Edge).where(Edge.child == COUNTY)).one()
        edge.valid_to = tomorrow
    assert crumbs() == ["菏泽市人大", "曹县人大"]
    clock.forward(days=1)
    sign_in(app, "li")
    assert crumbs() == ["曹县人大"]


def test_only_ancestors_that_are_open_to_the_reader_are_links(app, people):
    sign_in(app, "zhao")
    links = [link["href"] for link in app.get(f"/o/{COUNTY}").html.select(".crumbs a")]
    assert links == [f"/o/{CITY}", f"/o/{COUNTY}"]


def test_who_works_in_several_places_chooses(app, people):
    page = sign_in(app, "zhao").follow()
    links = [link["href"] for link in page.html.select("#main table a")]
    assert links == [f"/o/{CITY}", f"/o/{COUNTY}"]


def test_who_has_no_role_yet_is_told_whom_to_ask(app, people):
    page = sign_in(app, "qian").follow()
    assert page.html.find(class_="empty")


def test_a_loop_in_the_tree_keeps_nobody_waiting(app, people, work):
    with work() as session:
        session.add(Edge(child=CITY, parent=TOWNSHIP, valid_from=people.FROM))
    sign_in(app, "li")
    app.get(f"/o/{COUNTY}", status=200)
