"""What an administrator does about links: each act works, is written down, and is refused to others."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from renda.i18n import freeze
from renda.tasks.models import TaskRow
from renda_tiers.links import answering, entering, gate, joining, managing, waking
from renda_tiers.links.joining import Code
from renda_tiers.links.models import Invitation, Link, LinkDocument
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.web.conftest import row, submit_form, text
from tests.tiers.web.node.conftest import NODE, act, audited, link_page

INVITE = f"{NODE.format(CITY)}/invite"
ACTS = (
    managing.CALL,
    managing.COMPARE,
    managing.CLOSE,
    managing.REOPEN,
    managing.ACKNOWLEDGE,
    managing.WAIVE,
)


def alarm(node, peer):
    with node.work() as session:
        session.get(Link, peer).alarm = freeze(answering._STALE)


def due(node, task):
    with node.work() as session:
        return session.scalars(select(TaskRow.due).where(TaskRow.name == task)).all()


def test_an_alarm_is_shown_until_it_is_acknowledged_and_the_trace_says_which(city, county, reader):
    del county
    alarm(city, CAO)
    admin = reader(city, "admin", CITY)
    page = admin.get(NODE.format(CITY))
    assert "it was restored from a backup, or a copy of it is running" in text(page)
    done = submit_form(page, "do=acknowledge", then="overview").follow()
    assert "The alarm is acknowledged" in text(done)
    assert "Alarms" not in text(done)
    assert audited(city, "link.acknowledge") == [("link.acknowledge", CITY, CAO, True)]
    act(admin, CITY, CAO, "acknowledge", status=409)


def test_a_restored_child_raises_the_alarm_by_itself(network, city, county, reader):
    with county.work() as session:
        session.get(Link, CITY).token = "an old one"
    network.dial(CAO)
    page = reader(city, "admin", CITY).get(NODE.format(CITY))
    assert "restored from a backup" in text(page)
    assert row(page, "曹县")


def test_the_parent_is_called_at_once(county, clock, reader):
    with county.work() as session:
        session.execute(update(TaskRow).values(due=clock() + timedelta(minutes=9)))
    admin = reader(county, "admin", CAO)
    done = act(admin, CAO, CITY, "call", status=303).follow()
    assert "The node above is being called" in text(done)
    assert due(county, waking.DIAL) == [clock()]
    assert audited(county, "link.call") == [("link.call", CAO, CITY, True)]


def test_a_child_cannot_be_called(city, county, reader):
    del county
    admin = reader(city, "admin", CITY)
    assert "Call now" not in text(admin.get(link_page(CITY, CAO)))
    act(admin, CITY, CAO, "call", status=409)


def test_over_a_closed_link_nothing_goes_and_reopened_all_of_it_does(network, city, county, clock, reader):
    admin = reader(city, "admin", CITY)
    done = act(admin, CITY, CAO, "close", status=303).follow()
    assert "The link is closed" in text(done)
    with city.work() as session:
        chain.typed_template(session, chain.typed_line("X1"), now=city.clock())
    clock.forward(minutes=11)
    network.settle()
    assert county.documents("definition") < city.documents("definition")
    refused = row(reader(county, "admin", CAO).get(NODE.format(CAO)), "菏泽市")
    assert "refused" in refused
    assert "The administrator of the node above has closed the link with 371721." in refused
    assert "closed" in row(admin.get(NODE.format(CITY)), "曹县")
    act(admin, CITY, CAO, "close", status=409)
    assert "The link is open again" in text(act(admin, CITY, CAO, "reopen", status=303).follow())
    network.settle()
    assert county.documents("definition") == city.documents("definition")
    assert county.link(CITY).state == "open"
    assert audited(city, "link.close", "link.reopen") == [
        ("link.close", CITY, CAO, True),
        ("link.reopen", CITY, CAO, True),
    ]


def test_a_child_that_closed_its_link_calls_again_once_it_is_reopened(network, city, county, reader):
    admin = reader(county, "admin", CAO)
    act(admin, CAO, CITY, "close", status=303)
    before = network.calls
    network.settle()
    assert network.calls == before
    act(admin, CAO, CITY, "call", status=409)
    act(admin, CAO, CITY, "reopen", status=303)
    assert min(due(county, waking.DIAL)) == county.clock()
    network.settle()
    assert county.link(CITY).level
    assert city.link(CAO).level


def test_a_link_that_the_node_waits_for_is_not_closed(network, city, county, reader):
    del network, city
    with county.work() as session:
        gate.close(session)
    admin = reader(county, "admin", CAO)
    assert "Close the link" not in text(admin.get(link_page(CAO, CITY)))
    act(admin, CAO, CITY, "close", status=409)


def test_asking_for_the_full_list_heals_what_a_wrong_mark_kept_back(network, city, county, reader):
    with city.work() as session:
        chain.typed_template(session, chain.typed_line("X1"), now=city.clock())
        # The sums stay as they were, so that the city believes that both agree.
        session.execute(update(LinkDocument).where(LinkDocument.theirs.is_(None)).values(theirs="applied"))
    network.settle()
    assert county.documents("definition") < city.documents("definition")
    admin = reader(city, "admin", CITY)
    done = act(admin, CITY, CAO, "compare", status=303).follow()
    assert "asked for its full list" in text(done)
    assert "it calls here 0 0" in row(admin.get(NODE.format(CITY)), "曹县"), (
        "nothing is sent again for nothing"
    )
    assert due(city, waking.POKE)
    network.settle()
    assert county.documents("definition") == city.documents("definition")
    assert city.link(CAO).level
    assert audited(city, "link.compare") == [("link.compare", CITY, CAO, True)]


def test_asking_where_all_is_well_changes_nothing_and_ends(network, city, county, reader):
    act(reader(county, "admin", CAO), CAO, CITY, "compare", status=303)
    assert not county.link(CITY).level
    network.settle()
    assert county.link(CITY).level
    assert city.link(CAO).level
    before = network.calls
    network.dial(CAO)
    assert network.calls == before + 1


@pytest.mark.parametrize("name", ["", "rename", "__init__", "call now"])
def test_what_is_no_act_is_not_found(city, county, reader, name):
    del county
    act(reader(city, "admin", CITY), CITY, CAO, name, status=404)


@pytest.mark.parametrize("role", ["auditor", "clerk", "reviewer", "leader"])
def test_only_administrators_act(city, county, reader, role):
    del county
    alarm(city, CAO)
    app = reader(city, role, CITY)
    for name in ACTS:
        act(app, CITY, CAO, name, status=403)
    post(app, INVITE, {"organisation": TOWN}, status=403)
    post(app, f"{NODE.format(CITY)}/documents", status=403)
    assert city.link(CAO).alarm
    assert [one for one in audited(city, *(f"link.{name}" for name in ACTS), "node.invite") if one[3]] == []


def test_a_code_is_shown_once_and_lets_the_node_below_in(network, start, city, reader):
    admin = reader(city, "admin", CITY)
    page = submit_form(admin.get(NODE.format(CITY)), organisation=CAO)
    code = page.html.find(class_="secret").get_text(strip=True)
    commands = [one.get_text() for one in page.html.find(class_="commands").find_all("li")]
    assert commands == [
        f"renda init node.ini --org {CAO} --above http://371700.example/ --code {code}",
        "renda serve node.ini",
    ]
    assert "2026-05-13 09:00" in text(page)
    assert code not in admin.get(NODE.format(CITY)).text
    assert [one[:3] for one in audited(city, "node.invite")] == [("node.invite", CITY, CAO)]
    county = start(CAO)
    with county.work() as session:
        asked = entering.ask(session, Code.read(code), CAO, address="", now=county.clock())
    with city.work() as session:
        joining.accept(session, asked, now=city.clock())
    assert city.link(CAO).state == "open"
    del network


def test_a_withdrawn_code_lets_nobody_in(start, city, reader):
    with city.work() as session:
        code = joining.invite(session, CAO, now=city.clock())
    admin = reader(city, "admin", CITY)
    page = admin.get(NODE.format(CITY))
    form = next(one for one in page.forms.values() if one.action.endswith("/withdraw"))
    assert "worthless" in text(form.submit().follow())
    assert "Open invitations" not in text(admin.get(NODE.format(CITY)))
    county = start(CAO)
    with county.work() as session:
        asked = entering.ask(session, code, CAO, address="", now=county.clock())
    with city.work() as session, pytest.raises(joining.WrongCode):
        joining.accept(session, asked, now=city.clock())
    assert [one[:3] for one in audited(city, "node.withdraw")] == [("node.withdraw", CITY, CAO)]
    post(admin, f"{NODE.format(CITY)}/withdraw", {"organisation": CAO}, status=404)


def test_those_without_a_link_whose_superior_is_here_can_be_invited(city, county, reader):
    def offered(node, code):
        page = reader(node, "admin", code).get(NODE.format(code))
        values = [
            one["value"]
            for one in page.html.find("select", attrs={"name": "organisation"}).find_all("option")
        ]
        return [one for one in values if one]

    assert offered(city, CITY) == [SHAN, VILLAGE]
    assert offered(county, CAO) == [STREET, TOWN]


@pytest.mark.parametrize("organisation", ["", CITY, CAO, STREET, "371799", "x" * 500])
def test_nobody_else_is_invited(city, county, reader, organisation):
    del county
    refused = post(reader(city, "admin", CITY), INVITE, {"organisation": organisation}, status=422)
    assert "Choose an organisation below this node" in text(refused)
    with city.work() as session:
        count = session.scalar(select(func.count()).select_from(Invitation))
    assert count == 1


def test_a_page_of_another_site_cannot_act(city, county, reader):
    del county
    reader(city, "admin", CITY).post(link_page(CITY, CAO), {"do": "close"}, status=400)
    assert city.link(CAO).state == "open"


def test_the_pages_speak_chinese(network, city, county, clock, reader):
    alarm(city, CAO)
    clock.forward(hours=2)
    del network
    admin = reader(city, "admin", CITY, english=False)
    for page in (
        NODE.format(CITY),
        link_page(CITY, CAO),
        f"{NODE.format(CITY)}/documents",
        f"{NODE.format(CITY)}/forks",
    ):
        words = re.findall(r"[A-Za-z]{4,}", admin.get(page).html.find("main").get_text(" "))
        assert set(words) <= {"http", "example"}, page
    del county
