"""Journeys by keyboard alone, in no more activations than were promised: tasks through three tiers, modules, packs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from renda.app import unit_of_work
from renda.testing.plugin import VirtualClock
from tests.browser.keyboard import Keyboard
from tests.browser.visiting import Node
from tests.browser.world import CAO, CITY, NOW, PACK
from tests.tiers.directives.desk import Desk

pytestmark = pytest.mark.browser

TITLE = "开展学前教育立法调研"
TASK = "/m/tiers/directives/"


@contextmanager
def _working(node: Node, login: str, most: int, start: str = "/") -> Iterator[Keyboard]:
    """Somebody at the first page, who may activate so much and is told in the end that it was done."""
    with node.visit(login) as visit:
        visit.page.goto(start)
        keyboard = Keyboard(visit.page)
        yield keyboard
        expect(visit.page.locator(".flash.ok").first).to_be_visible()
        assert visit.complaints == []
        assert keyboard.activations <= most


def _deliver(node: Node) -> None:
    """Let every organisation have what was sent to it, as a worker does."""
    assert node.registry is not None
    with unit_of_work(node.registry) as session:
        Desk(session, VirtualClock(NOW)).deliver()


def test_a_task_goes_down_to_a_township_and_comes_back_verified(own_node: Node) -> None:
    with _working(own_node, "city", 5) as keyboard:
        keyboard.activate(f".side a[href='/o/{CITY}/m/tiers/directives']")
        keyboard.activate(".actions a[href$='/directives/new']")
        keyboard.write("[name=title]", TITLE)
        keyboard.activate("button[name=do][value=check]")
        keyboard.activate("button[name=do][value=issue]")
        address = keyboard.page.url.partition(TASK)[2].partition("?")[0]
    _deliver(own_node)
    with _working(own_node, "caoclerk", 2) as keyboard:
        keyboard.activate(f"#todo a[href*='{address}']")
        keyboard.activate("button[name=state][value=acknowledged]")
    with _working(own_node, "cao", 3, f"/o/{CAO}{TASK}{address}") as keyboard:
        keyboard.activate("#desk .head a.button")
        keyboard.activate("button[name=do][value=check]")
        keyboard.activate("button[name=do][value=issue]")
        inner = keyboard.page.url.partition(TASK)[2].partition("?")[0]
    _deliver(own_node)
    with _working(own_node, "town", 3) as keyboard:
        keyboard.activate(f"#todo a[href*='{inner}']")
        keyboard.write("[name=note]", "已组织代表调研。")
        keyboard.activate("button[name=state][value=done]")
    with _working(own_node, "cao", 2) as keyboard:
        keyboard.activate(f"#todo a[href*='{inner}']")
        keyboard.activate("button[name=do][value=verify]")
    with _working(own_node, "caoclerk", 3) as keyboard:
        keyboard.activate(f"#todo a[href*='{address}']")
        keyboard.write("[name=note]", "全县已完成。")
        keyboard.activate("button[name=state][value=done]")
    with _working(own_node, "city", 3) as keyboard:
        keyboard.activate(f"#todo a[href*='{address}']")
        keyboard.activate("button[name=do][value=verify]")


def test_a_county_installs_and_enables_a_practice_pack(own_node: Node) -> None:
    with _working(own_node, "caoadmin", 4) as keyboard:
        keyboard.activate(f".side a[href='/o/{CAO}/m/core/packs']")
        keyboard.activate(f"main a[href$='/packs/shipped/{PACK}']")
        keyboard.activate("main form button.primary")
        keyboard.activate("button[name=do][value=enable]")


def test_an_administrator_enables_a_module(own_node: Node) -> None:
    with _working(own_node, "admin", 4) as keyboard:
        keyboard.activate(f".side a[href='/o/{CITY}/m/core/modules']")
        keyboard.activate(f"main a[href$='/modules/{PACK}']")
        keyboard.activate("button[name=do][value=enable]")
