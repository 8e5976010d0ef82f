"""Reports and directives leave as Word files, set as official papers."""

from datetime import date

import pytest

from renda_tiers.directives.requirements import Requirement
from renda_tiers.web import words
from tests.core.word.reading import cells, everything, opened, texts
from tests.tiers.chain import CAO, CITY, SHAN, TOWN, VILLAGE
from tests.tiers.directives.desk import STEPS, TEXT, TITLE
from tests.tiers.web.conftest import submit_form
from tests.tiers.web.test_directives import page_of
from tests.tiers.web.test_publications import correct, publish

WORD = "Export to Word"


def report_of(organisation, document):
    return f"/o/{organisation}/m/tiers/report/{document.hex()}"


class TestReport:
    @pytest.fixture
    def page(self, reported, signed_in):
        return signed_in("clerk", TOWN).get(report_of(TOWN, reported))

    def test_it_says_what_its_page_says(self, page, reported):
        made = opened(page.click(WORD).body)
        facts, figures, end = cells(made)
        assert texts(made)[0] == "Bimonthly report on training"
        assert end[0][1].splitlines() == ["庄寨镇人民代表大会主席团", "May 6, 2026"]
        assert dict(facts)["Receipt number"] == words.receipt_number(reported)
        assert dict(facts)["State"] == "To be reviewed"
        shown = page.html.select("#cells tbody tr")
        assert len(figures) - 1 == len(shown)
        for row, one in zip(figures[1:], shown, strict=True):
            value = one.select_one("td[data-label='This period']").get_text(" ", strip=True)
            assert row[2].replace("（", " ").rstrip("）") == value

    def test_it_leads_to_where_it_can_be_compared(self, page, reported):
        notes = cells(opened(page.click(WORD).body))[-1][0][0].split("\n")[1:]
        assert notes[0] == f"Receipt number：{words.receipt_number(reported)}"
        assert notes[-1] == f"http://localhost{report_of(TOWN, reported)}"

    def test_what_was_decided_stands_on_it(self, reported, signed_in):
        browser = signed_in("reviewer", CAO)
        page = browser.get(report_of(CAO, reported))
        done = submit_form(page, "decision=return", reason="人数请核对").follow()
        facts = dict(cells(opened(done.click(WORD).body))[0])
        assert facts["State"] == "Returned"
        assert facts["Review"] == "Returned 2026-05-06 09:00，人数请核对"

    def test_nobody_gets_it_who_may_not_open_its_page(self, reported, signed_in):
        for code, status in ((TOWN, 200), (CAO, 200), (CITY, 200), (SHAN, 404), (VILLAGE, 404)):
            signed_in("leader", code).get(f"{report_of(code, reported)}/report.docx", status=status)

    def test_its_name_says_period_report_and_body(self, page):
        named = page.click(WORD).headers["Content-Disposition"]
        assert named.startswith('attachment; filename="training-bimonth-2026-b2.docx"; filename*=UTF-8')


class TestDirective:
    def test_it_is_set_as_a_notice(self, issued, signed_in):
        made = opened(signed_in("clerk", CAO).get(page_of(CAO, issued)).click(WORD).body)
        assert texts(made) == [
            TITLE,
            "",
            "曹县人民代表大会常务委员会、单县人民代表大会常务委员会：",
            TEXT,
            "Steps：",
            *(f"{number}. {step}" for number, step in enumerate(STEPS, 1)),
            "Due：May 20, 2026",
            "",
            "Attachments：通知.pdf",
            "",
        ]
        ((origin, signature),) = cells(made)[-1]
        assert origin.endswith(page_of(CAO, issued))
        assert signature.splitlines() == ["菏泽市人民代表大会常务委员会", "May 6, 2026"]

    def test_of_one_that_was_cancelled_it_says_so(self, issued, at_desk, signed_in):
        at_desk(lambda desk: desk.cancel(CITY, issued))
        said = everything(opened(signed_in("leader", CAO).get(page_of(CAO, issued)).click(WORD).body))
        assert "State：Cancelled" in said
        assert "Reason：情况有变" in said

    def test_of_one_that_was_issued_anew_it_says_which_version_it_is(self, issued, at_desk, signed_in):
        at_desk(lambda desk: desk.revise(CITY, issued, due=date(2026, 5, 25), reason="时间延后"))
        said = everything(opened(signed_in("leader", CAO).get(page_of(CAO, issued)).click(WORD).body))
        assert "Version：2" in said

    def test_the_report_that_it_asks_for_is_named(self, at_desk, signed_in):
        asked = Requirement("2026-b2", "training-bimonth")
        subject = at_desk(lambda desk: desk.issue(report=asked))
        made = opened(signed_in("leader", CITY).get(page_of(CITY, subject)).click(WORD).body)
        assert [
            one
            for one in texts(made)
            if one.startswith("Report that is asked for：Bimonthly report on training")
        ]

    def test_nobody_gets_it_who_does_not_hold_it(self, issued, signed_in):
        for code, status in ((CITY, 200), (CAO, 200), (TOWN, 404)):
            signed_in("leader", code).get(page_of(code, issued, "/directive.docx"), status=status)


class TestPublication:
    def test_it_says_what_was_published_and_what_changed_since(self, reported, signed_in, work, clock):
        browser = signed_in("leader", CITY)
        publish(browser)
        correct(work, clock)
        page = publish(browser)
        made = opened(page.click(WORD).body)
        facts, figures, end = cells(made)
        assert texts(made)[1] == "（Months 3–4 of 2026 Vintage 2）"
        assert end[0][1].startswith("菏泽市人民代表大会常务委员会")
        assert dict(facts)["Check"].startswith("Agrees")
        assert len(figures) - 1 == len(page.html.select("#figures tbody tr"))
        assert "庄寨镇：corrected（漏报第二期培训班）" in texts(made)
        assert "Deputies trained：2 → 3（0 not counted any more, 1 counted now）" in texts(made)
        assert end[0][0].splitlines()[-1] == page.request.url.partition("?")[0]
