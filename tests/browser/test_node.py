"""The pages of a node among others, at the width of an office screen and of a phone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, expect
from pyramid.router import Router

from renda.i18n import freeze
from renda.security import accounts, grants, passwords
from renda.testing.plugin import VirtualClock
from renda_tiers.documents import signing
from renda_tiers.links import answering, gate
from renda_tiers.links.models import Link
from tests.browser.chromium import DESKTOP, PHONE, served
from tests.browser.pages import pattern_of, patterns
from tests.browser.test_pages import AXE, NARROWEST, OF_LINKS, RULES, width_at_the_narrowest
from tests.browser.touch import too_small
from tests.browser.visiting import Node as Served
from tests.browser.world import NOW, PASSWORD
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN
from tests.tiers.links.network import Network, Node, found_city
from tests.tiers.web.node.conftest import Said, receive

pytestmark = pytest.mark.browser

NODE = "/o/{}/m/tiers/node"
AT = {"desktop": DESKTOP, "phone": PHONE}
PAGES = {
    "links": ("cao", NODE.format(CAO)),
    "a link": ("cao", f"{NODE.format(CAO)}/links/{TOWN}"),
    "a hosted organisation": ("street", NODE.format(STREET)),
    "documents": ("cao", f"{NODE.format(CAO)}/documents"),
    "forks": ("cao", f"{NODE.format(CAO)}/forks"),
}


@pytest.fixture(scope="module")
def county(browser: Browser, databases: Any, tmp_path_factory: Any) -> Iterator[Served]:
    """曹县's node while it recovers, with a silent town that was restored, and documents that need a look."""
    passwords.configure(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    clock, network, urls = VirtualClock(NOW - timedelta(hours=3)), Network(), []
    folder: Path = tmp_path_factory.mktemp("nodes")
    for code in (CITY, CAO, TOWN):
        urls.append(databases.fresh())
        network.add(Node(folder / code, urls[-1], code, clock))
    found_city(network.node(CITY))
    for code, parent in ((CAO, CITY), (TOWN, CAO)):
        network.join(code, parent)
        network.settle()
    node = network.node(CAO)
    clock.forward(hours=3)
    network.dial(CAO)
    _trouble(node)
    with served(Router(node.registry)) as address:
        nothing: Any = None
        yield Served(browser, address, nothing)
    network.close()
    for url in urls:
        databases.drop(url)


def _trouble(node: Node) -> None:
    """What an administrator may find in the morning."""
    receive(node, Said(CAO, subject="petition:1"), {"words": "村口道路积水，请修路。"})
    receive(node, Said(SHAN, subject="petition:2"), {"words": "无"}, key=signing.generate()[0])
    edge = {
        "organisation": "371721102",
        "name": "普连集镇",
        "kind": "town",
        "tier": "township",
        "congress": True,
    }
    for day in ("2025-01-01", "2025-02-01"):
        body = {**edge, "edges": [[CAO, day, None]]}
        receive(node, Said(CAO, kind="organisation", subject="organisation:371721102"), body)
    with node.work() as session:
        for login, code in (("cao", CAO), ("street", STREET)):
            account = accounts.create_account(session, login=login, name="管理员", now=NOW, password=PASSWORD)
            grants.grant(session, account=account, organisation=code, role="admin", now=NOW)
        gate.close(session)
        link = session.get(Link, TOWN)
        assert link is not None
        link.alarm = freeze(answering._STALE)


@pytest.fixture(params=[(name, size) for size in AT for name in PAGES], ids=" at ".join)
def looked(request: pytest.FixtureRequest, county: Served) -> Iterator[Any]:
    name, size = request.param
    login, address = PAGES[name]
    with county.visit(login, AT[size]) as visit:
        answer = visit.page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == 200
        yield SimpleNamespace(size=size, visit=visit)


def test_a_page_is_well_made(looked: Any) -> None:
    """No complaint, nothing for axe, no sideways scroll, targets for a thumb, and Chinese words."""
    check(looked.visit, looked.size)
    shown = re.sub(r"[0-9A-F]{4}( [0-9A-F]{4}){4}", "", looked.visit.page.inner_text("body"))
    words = set(re.findall(r"(?<![\w.])[A-Za-z_]{3,}(?!\w)", shown))
    assert words - {"petition", "organisation", "http", "example"} == set()


def test_every_page_of_links_is_looked_at(registry: Any) -> None:
    there = {one for one in patterns(registry) if one.startswith(OF_LINKS)}
    seen = {pattern_of(address, there) for _login, address in PAGES.values()}
    assert there - seen == {f"{OF_LINKS}/documents/{{document}}"}


@pytest.mark.parametrize("size", AT)
def test_a_document_is_well_shown(county: Served, size: str) -> None:
    with county.visit("cao", AT[size]) as visit:
        visit.page.goto(f"{NODE.format(CAO)}/documents")
        visit.page.click("#documents tbody th a")
        visit.page.wait_for_selector("pre.payload")
        check(visit, size)


@pytest.mark.parametrize("size", AT)
def test_a_code_is_made_with_the_keyboard_alone(county: Served, size: str) -> None:
    with county.visit("cao", AT[size]) as visit:
        page = visit.page
        page.goto(NODE.format(CAO))
        page.focus("select[name=organisation]")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".secret code")
        expect(page.locator(".commands li")).to_have_count(2)
        check(visit, size)


def check(visit: Any, size: str) -> None:
    """What holds for every page."""
    page = visit.page
    assert visit.complaints == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [one["id"] for one in found if set(one["tags"]) & set(RULES)] == []
    wide, seen = page.evaluate(
        "[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"
    )
    assert wide <= seen
    assert width_at_the_narrowest(page) <= NARROWEST
    assert too_small(page, size) == []
