"""The help: a page for each role, with the words of the product's own pages and buttons."""

import re
from functools import cache

import pytest

from renda import messages
from renda.i18n import catalogue
from renda.web import help as pages
from tests.core.security.town import COUNTY, sign_in

ROLES = ("admin", "clerk", "reviewer", "leader", "deputy", "handler")
NAME = re.compile(r"“([^”]*)”")
LONGEST = 1600
"""Characters of a page in Chinese: two screens, at most."""

said = cache(messages.said)


def lines(declared):
    """Every paragraph of the help."""
    return [line for one in declared.modules.values() for told in one.guide.values() for line in told]


def names(line):
    """The names of pages and buttons in a paragraph, as messages."""
    return [line.mapping[name.removeprefix("${").removesuffix("}")] for name in NAME.findall(line)]


def test_every_module_says_how_those_work_who_do_something_in_it(registry):
    told = {name for name, one in registry.declared.modules.items() if one.guide}
    assert {"core", "tiers", "suggestions", "liaison", "training"} <= told
    assert set(pages.roles(registry.declared)) == set(ROLES)


def test_what_stands_between_quotation_marks_is_a_page_or_a_button_of_the_product(registry):
    for line in lines(registry.declared):
        assert len(NAME.findall(line)) == line.count("“") == line.count("${"), line
        for name in names(line):
            places = {file for file, _line in said(name.domain).get(str(name)).locations}
            assert places - {"guide.py"}, f"{name} is nowhere but in the help"


def test_every_name_in_it_is_translated_by_the_component_that_shows_it(registry):
    for line in lines(registry.declared):
        for name in names(line):
            assert catalogue(name.domain, "zh_Hans").get(str(name)), name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_s_page_is_short_and_in_chinese_without_signing_in(app, people, role):
    page = app.get(f"/help/{role}").html.find("main")
    words = page.get_text(" ", strip=True)
    assert len(words) < LONGEST
    assert not re.findall(
        r"[A-Za-z$]{4,}", words.replace("Excel", "").replace("Word", "").replace("Office", "")
    )


def test_a_clerk_reads_the_words_of_the_buttons(app, people):
    words = app.get("/help/clerk").html.find("main").get_text()
    assert all(one in words for one in ("“我的待办”", "“暂存”", "“校验并提交…”", "“签收”"))


def test_the_help_leads_to_every_role_the_reader_s_own_first(app, people):
    sign_in(app, "li")
    page = app.get(f"/o/{COUNTY}").click("帮助", href="/help$")
    links = [one["href"] for one in page.html.select("main ul.lines a")]
    assert links[0] == "/help/clerk"
    assert sorted(links) == sorted(f"/help/{role}" for role in ROLES)
    assert page.click(href="/help/clerk$").html.find("h1").text == "帮助：录入员"


@pytest.mark.parametrize("role", ["auditor", "king", "%E4%BB%A3"])
def test_of_other_roles_there_is_no_page(app, people, role):
    app.get(f"/help/{role}", status=404)
