"""Publishing from the totals' page, what stays as it was, and what a correction leaves behind."""

import pytest

from renda_tiers.publications import publishing
from renda_tiers.reports.models import LATEST
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, TOWN, TRAINING, VILLAGE
from tests.tiers.web.conftest import row, submit_form, text

QUERY = f"template={TRAINING}&period={SPRING.code}"
TOTALS = f"/o/{CITY}/m/tiers/rollup?{QUERY}"


@pytest.fixture
def leader(signed_in):
    return signed_in("leader", CITY)


def publish(browser):
    return submit_form(browser.get(TOTALS).click("Publish", href="rollup/publish")).follow()


def correct(work, clock, name="庚"):
    clock.forward(minutes=5)
    with work() as session:
        chain.training(session, TOWN, [name], now=clock(), title="第二期")
        return chain.submit(session, TOWN, now=clock(), reason="漏报第二期培训班")


def test_the_totals_are_published_after_a_last_look(reported, leader):
    page = leader.get(TOTALS).click("Publish", href="rollup/publish")
    assert "Reports that count 1 Expected 6 5 missing 1 not endorsed" in text(page)
    assert "leader 371700 publishes this for 菏泽市" in text(page)
    done = submit_form(page).follow()
    assert "The totals are published." in done.text
    assert "Vintage 1" in done.html.find("h1").get_text()
    assert "2 counted 1 of 6 1 late 5 missing 1 not endorsed" in row(done, "Person-times trained")
    assert "Computed anew from the reports: the same" in text(done)
    assert leader.get(TOTALS).html.find("a", string="Vintage 1") is not None


def test_the_page_opens_the_exact_reports(reported, leader):
    done = publish(leader)
    link = done.html.find("table", id="counted").find("a")
    assert link["href"].endswith(reported.hex())
    assert "庄寨镇" in leader.get(link["href"]).html.find("h1").get_text()


def test_a_second_click_leads_to_the_same_vintage(reported, leader):
    page = leader.get(TOTALS).click("Publish", href="rollup/publish")
    first, second = submit_form(page), submit_form(page)
    assert first.location.split("?")[0] == second.location.split("?")[0]
    assert "nothing was published" in second.follow().text
    again = leader.get(TOTALS).click("Publish", href="rollup/publish")
    assert "there is nothing to publish" in text(again)
    assert again.html.find("button", string="Publish") is None


def test_what_changed_since_the_last_look_is_not_published(reported, leader, work, clock):
    page = leader.get(TOTALS).click("Publish", href="rollup/publish")
    correct(work, clock)
    refused = submit_form(page)
    assert refused.status_int == 409
    assert "The totals changed since you looked" in text(refused)
    assert "3" in row(refused, "Person-times trained")
    assert "Vintage 1" in submit_form(refused).follow().text


def test_nothing_is_published_while_nothing_was_reported(trained, leader):
    page = leader.get(f"/o/{CITY}/m/tiers/rollup/publish?{QUERY}")
    assert "there is nothing to publish" in text(page)
    assert page.html.find("button", string="Publish") is None


def test_a_correction_marks_the_vintage_and_makes_the_next(reported, leader, work, clock):
    first = publish(leader).request.url
    correct(work, clock)
    page = leader.get(first)
    assert "1 reports were corrected or came in since this vintage" in text(page)
    assert "2 counted" in row(page, "Person-times trained")
    assert "were corrected or came in since" in text(leader.get(TOTALS))
    confirm = page.click("Publish vintage 2")
    assert "1 reports changed since the last vintage" in text(confirm)
    second = submit_form(confirm).follow()
    changes = " ".join(second.html.find(class_="changes").get_text(" ").split())
    assert "庄寨镇 corrected" in changes
    assert "Reason: 漏报第二期培训班" in changes
    assert "Deputies trained （person） : 2 → 3 0 not counted any more, 1 counted now" in changes
    assert "were corrected" not in text(second)
    assert "2 counted" in row(leader.get(first), "Person-times trained")


def test_two_vintages_stand_beside_each_other(reported, leader, work, clock):
    publish(leader)
    correct(work, clock)
    second = publish(leader)
    page = second.click("Compare with this one")
    compared = row(page, "Person-times trained")
    assert "2 counted" in compared
    assert "3 counted" in compared
    assert "1（50.0%） more" in compared
    assert "What changed with Vintage 2, and why" in text(page)
    assert "漏报第二期培训班" in text(page)
    assert page.html.find("h1").get_text().endswith("Vintage 1 → Vintage 2")


def test_all_that_concern_a_body_are_listed(reported, leader, work, clock, signed_in):
    publish(leader)
    with work() as session:
        publishing.publish(session, CAO, TRAINING, SPRING, standing=LATEST, actor=None, now=clock())
    both = signed_in("leader", TOWN).get(f"/o/{TOWN}/m/tiers/publications")
    rows = [" ".join(one.get_text(" ").split()) for one in both.html.select("#publications tbody tr")]
    assert [("曹县" in one, "菏泽市" in one) for one in rows] == [(False, True), (True, False)]
    assert "Vintage 1" in rows[0]
    one = both.click("Vintage 1", index=0)
    assert "2 counted" in row(one, "Person-times trained")
    alone = signed_in("leader", VILLAGE).get(f"/o/{VILLAGE}/m/tiers/publications?template={TRAINING}")
    assert len(alone.html.select("#publications tbody tr")) == 1
    counted = alone.click("Vintage 1").html.find("table", id="counted")
    assert counted.find("a") is None
    none = signed_in("leader", SHAN).get(f"/o/{SHAN}/m/tiers/publications?template=none")
    assert "Nothing has been published yet" in text(none)


def test_who_may_not_publish_is_refused(reported, signed_in):
    browser = signed_in("clerk", CITY)
    assert browser.get(TOTALS).html.find("a", string="Publish") is None
    browser.get(f"/o/{CITY}/m/tiers/rollup/publish?{QUERY}", status=403)


@pytest.mark.parametrize(
    "address",
    [
        f"/o/{CITY}/m/tiers/rollup/publish?{QUERY}&at={CAO}",
        f"/o/{CITY}/m/tiers/publication/{'0' * 64}",
        f"/o/{CITY}/m/tiers/publication/x",
        f"/o/{CITY}/m/tiers/publication/{'0' * 64}/compare?with={'1' * 64}",
    ],
)
def test_what_is_not_there_is_not_found(reported, leader, address):
    leader.get(address, status=404)


def test_vintages_of_different_roll_ups_are_not_compared(reported, leader, work, clock):
    city = publish(leader)
    with work() as session:
        county = publishing.publish(session, CAO, TRAINING, SPRING, actor=None, now=clock())
    leader.get(f"{city.request.path}/compare?with={county.document.hex()}", status=404)
    leader.get(f"{city.request.path}/compare", status=404)
