"""What clerks see when a template is revised while they fill in a period."""

from datetime import UTC, datetime

from tests.tiers import chain
from tests.tiers.chain import CITY, SPRING, TOWN, TYPED
from tests.tiers.web.conftest import text

AUTUMN = SPRING.next().next()
FORM = f"/o/{TOWN}/m/tiers/reports/{TYPED}"


def revise(work, clock, *lines, **said):
    with work() as session:
        chain.typed_template(
            session, *map(chain.typed_line, lines), now=clock(), since=AUTUMN.start.isoformat(), **said
        )


def test_each_period_has_the_form_and_the_due_day_of_its_own_revision(typed, signed_in, work, clock):
    revise(work, clock, "X1", "X7", due_days=9)
    browser = signed_in("clerk", TOWN)
    assert "X2" in text(browser.get(f"{FORM}/{SPRING.code}"))
    clock.now = datetime(2026, 7, 1, 1, tzinfo=UTC)
    browser = signed_in("clerk", TOWN)
    autumn = browser.get(f"{FORM}/{AUTUMN.code}")
    assert "X7" in text(autumn)
    assert "X2" not in text(autumn)
    page = browser.get(f"/o/{TOWN}/m/tiers/reports")
    rows = [" ".join(one.get_text(" ").split()) for one in page.html.select("section table")[1].select("tr")]
    assert rows[1].startswith("Months 7–8 of 2026 Not reported can be sent from 2026-08-31 on 2026-09-09")
    assert rows[2].startswith("Months 5–6 of 2026 Not reported 2026-07-05")


def test_a_tier_that_owes_nothing_any_more_still_sends_what_has_ended(typed, signed_in, work, clock):
    revise(work, clock, "X1", tiers=["county"])
    clock.now = datetime(2026, 7, 1, 1, tzinfo=UTC)
    browser = signed_in("clerk", TOWN)
    reports = text(browser.get(f"/o/{TOWN}/m/tiers/reports"))
    assert "Months 5–6 of 2026" in reports
    assert browser.get(f"{FORM}/{SPRING.next().code}").status_int == 200
    browser.get(f"{FORM}/{AUTUMN.code}", status=404)
    clock.now = datetime(2026, 9, 1, 1, tzinfo=UTC)
    browser = signed_in("clerk", TOWN)
    assert "Typed" not in text(browser.get(f"/o/{TOWN}/m/tiers/reports"))
    assert "This period is locked" in text(browser.get(f"{FORM}/{SPRING.next().code}"))


def test_totals_of_each_period_have_the_lines_of_its_own_revision(typed, signed_in, work, clock):
    revise(work, clock, "X1", "X7")
    clock.now = datetime(2026, 7, 1, 1, tzinfo=UTC)
    browser = signed_in("leader", CITY)
    address = f"/o/{CITY}/m/tiers/rollup?template={TYPED}&period="
    assert "X2" in text(browser.get(address + SPRING.code))
    autumn = text(browser.get(address + AUTUMN.code))
    assert "X7" in autumn
    assert "X2" not in autumn
