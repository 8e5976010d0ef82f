"""A county's practice from its file to the city's total, and from the total back to the records."""

import pytest

from renda.security.accounts import create_account
from renda.security.grants import grant
from tests.core.security.town import PASSWORD, form_of
from tests.tiers.chain import CAO, CITY, SHAN
from tests.tiers.web.conftest import people, row, signed_in, submit_form, text

__all__ = ["people", "signed_in"]

NAME = f"{CAO}-visits"
FILE = f"""
id = "{NAME}"
version = 1
title = "走访日"
summary = "代表每月走访选民。"
menu = "topics"

[[registers]]
name = "visit"
title = "走访记录"
columns = ["title", "held_on"]
evidence = ["title", "held_on"]

[[registers.fields]]
name = "title"
kind = "text"
label = "主题"

[[registers.fields]]
name = "held_on"
kind = "day"
label = "日期"

[[indicators]]
code = "visits"
title = "走访次数"
definition = "期内的走访，每次计一次。"
unit = "次"
register = "visit"
date = "held_on"

[report]
title = "走访日情况"
period = "month"
tiers = ["county"]
"""
DAYS = {CAO: ["2026-05-01", "2026-05-06"], SHAN: ["2026-04-30", "2026-05-02", "2026-05-03", "2026-05-04"]}
"""Of each county's visits; one lies in the month before the pack came."""


@pytest.fixture
def administrator(people, work, clock, signed_in):
    with work() as session:
        for code in (CITY, CAO, SHAN):
            said = {"login": f"admin-{code}", "name": "管理员", "password": PASSWORD}
            grant(
                session,
                account=create_account(session, **said, now=clock()),
                organisation=code,
                role="admin",
                now=clock(),
            )
    return lambda code: signed_in("admin", code)


@pytest.fixture
def published(administrator):
    """The county has made the pack and sent it up; the city has published it."""
    browser = administrator(CAO)
    given = form_of(browser.get(f"/o/{CAO}/m/core/packs"), "file")
    given["file"] = ("走访日.toml", FILE.encode())
    form_of(given.submit(status=200), "text").submit(status=303)
    for code, way in ((CAO, "send"), (CITY, "publish")):
        page = administrator(code).get(f"/o/{code}/m/tiers/packs").click("Send or publish")
        submit_form(page, f"do={way}").follow(status=200)


@pytest.fixture
def entered(published, administrator, signed_in):
    """Both counties use the pack, and have entered their visits."""
    for code, days in DAYS.items():
        page = administrator(code).get(f"/o/{code}/m/core/packs").click("走访日")
        assert "走访日情况 for Month 5 of 2026 is owed." in text(page)
        assert "Month 4" not in text(page)
        submit_form(page, "do=enable").follow(status=200)
        browser = signed_in("clerk", code)
        for number, day in enumerate(days):
            form = browser.get(f"/o/{code}/r/{NAME}_visit/new")
            submit_form(form, title=f"走访{number}", held_on=day).follow(status=200)


@pytest.fixture
def reported(entered, clock, signed_in):
    """Both have reported on May in June, as their lists of what to do asked them to."""
    clock.forward(days=30)
    for code in DAYS:
        browser = signed_in("clerk", code)
        form = browser.get(f"/o/{code}").click("走访日情况 Month 5 of 2026")
        submit_form(submit_form(form, "do=check").follow()).follow(status=200)


def test_who_enables_the_pack_is_asked_for_the_running_month_and_not_for_the_one_before(entered, signed_in):
    for code in DAYS:
        browser = signed_in("clerk", code)
        listed = text(browser.get(f"/o/{code}/m/tiers/reports"))
        assert "Month 5 of 2026" in listed
        assert "Month 4 of 2026" not in listed
        assert "走访日情况" not in text(browser.get(f"/o/{code}"))
    matrix = signed_in("leader", CITY).get(f"/o/{CITY}/m/tiers/matrix?template={NAME}&period=2026-04")
    assert "owes no report" in row(matrix, "曹县")
    assert "owes no report" in row(matrix, "单县")


def test_the_city_sees_the_total_and_the_records_behind_it(reported, signed_in):
    browser = signed_in("leader", CITY)
    total = browser.get(f"/o/{CITY}/m/tiers/rollup?template={NAME}")
    assert " 5 counted 2 of 2" in row(total, "走访次数")
    counties = total.click(href="/figure.*-visits-visits")
    for code, name in ((CAO, "曹县"), (SHAN, "单县")):
        days = [day for day in DAYS[code] if day >= "2026-05-01"]
        county = counties.click(href=f"at={code}", index=0)
        records = county.click(href="/cell")
        assert name in text(records)
        assert f"These {len(days)} records" in text(records)
        for day in days:
            assert day in text(records)
        assert "2026-04-30" not in text(records)


def test_the_county_opens_the_records_themselves(reported, signed_in):
    form = signed_in("clerk", CAO).get(f"/o/{CAO}/m/tiers/reports/{NAME}/2026-05")
    records = form.click(href="/cell.*visits-visits")
    assert "走访0" in text(records.click(href=f"/r/{NAME}_visit/", index=0))
