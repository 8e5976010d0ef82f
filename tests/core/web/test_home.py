from dataclasses import replace

import pytest

from renda.declarations import Card, MenuEntry
from tests.core.security.town import COUNTY, sign_in


@pytest.fixture
def declare(registry):
    """Put cards and menu entries in the place of the declared ones for one test."""
    before = registry.declared

    def put(**declared):
        registry.declared = replace(before, **declared)

    yield put
    registry.declared = before


def test_cards_show_figures_and_what_waits(app, people, declare):
    def content(request):
        return {
            "title": f"Training at {request.context.organisation.name}",
            "lines": [{"label": "Classes", "figure": 130, "href": "/here"}],
            "tasks": [
                {"title": "Report", "due": "5 月 10 日", "light": "todo", "state": "open", "href": "/there"}
            ],
        }

    declare(cards=(("training", Card("figures", "read", content)),))
    sign_in(app, "li")
    page = app.get(f"/o/{COUNTY}").html
    assert "130" in page.select_one(".card").text
    row = page.select_one("#todo tbody tr")
    assert "Training at 曹县人大" in row.text
    assert row.a["href"] == "/there"


def test_cards_without_permission_or_content_stay_away(app, people, declare):
    def never(_request):
        raise AssertionError

    declare(
        cards=(
            ("training", Card("secret", "core:administer", never)),
            ("training", Card("nothing", "read", lambda _request: None)),
        )
    )
    sign_in(app, "li")
    assert not app.get(f"/o/{COUNTY}").html.select(".card")


def test_the_menu_has_what_the_reader_may_open_in_fixed_groups(app, people, declare):
    declare(
        menu=(
            ("training", MenuEntry("administration", "Accounts", "m/core/accounts", "core:administer")),
            ("training", MenuEntry("deputies", "Second", "r/second", "read", weight=2)),
            ("training", MenuEntry("deputies", "First", "r/training_class", "training:read", weight=1)),
            ("training", MenuEntry("reporting", "Reports", "m/x", "read")),
        )
    )
    sign_in(app, "li")
    menu = app.get(f"/o/{COUNTY}/r/training_class").html.select_one("nav.side")
    assert [link["href"].removeprefix(f"/o/{COUNTY}") for link in menu.find_all("a")] == [
        "",
        "/calendar",
        "/m/x",
        "/r/training_class",
        "/r/second",
    ]
    assert [link.text for link in menu.select("[aria-current=page]")] == ["First"]


def test_the_to_do_list_is_marked_on_its_own_page_alone(app, people, declare):
    sign_in(app, "li")

    def marked(address):
        return [link.text for link in app.get(address).html.select("nav.side [aria-current=page]")]

    assert marked(f"/o/{COUNTY}") == ["我的待办"]
    assert marked(f"/o/{COUNTY}/r/training_class/new") == ["培训班"]
    declare(menu=())
    assert marked(f"/o/{COUNTY}/r/training_class/new") == []


def test_the_notice_stands_on_every_page(app, people, registry):
    before = registry.values
    registry.values = {**before, "notice": "演示数据均为虚构"}
    try:
        assert "演示数据均为虚构" in app.get("/sign-in").text
        assert "演示数据均为虚构" in app.get("/nowhere", status=404).text
    finally:
        registry.values = before


CONTACT = "曹县人大办公室 0530-1234567"


def test_complaints_go_to_whom_the_node_names(app, people, registry, monkeypatch):
    monkeypatch.setattr(registry, "values", {**registry.values, "contact": f"{CONTACT}\n工作日 9:00—17:00"})
    found = app.get("/help").html
    assert [one.text for one in found.select("#complaints ~ p")] == [CONTACT, "工作日 9:00—17:00"]
    assert CONTACT in app.get("/sign-in").html.select_one(".foot").text


def test_where_nobody_is_named_complaints_go_to_the_administrator(app, people):
    found = app.get("/help").html
    assert "请联系本单位管理员" in found.select_one("#complaints ~ p").text
    assert found.select_one(".foot ul").get_text(" ", strip=True) == "投诉建议 帮助"
