"""A record leaves as a Word file that says what its page says."""

import json

from sqlalchemy import select

from renda.records import attaching, details, engine, parts
from renda.records.participation import participation_type
from renda.security.models import AuditEntry
from tests.core.files.samples import PDF
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW
from tests.core.records.probe import COMPANY, STOPS, VISITS
from tests.core.word.reading import cells, everything, opened, texts

BASE = f"/o/{COUNTY}/r/probe_visit"


def exports(work):
    with work() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.export"))
        return [(one.target, one.organisation, json.loads(one.detail).get("record")) for one in found]


def sent_from(page):
    return opened(page.click("Export to Word").body)


def test_it_says_what_the_page_says(sign_in, stored_visit):
    page = sign_in("clerk").get(f"{BASE}/{stored_visit}")
    paper = sent_from(page)
    assert texts(paper)[:2] == ["Visits", "走访孙老家镇"]
    facts, stops, end = cells(paper)
    shown = [
        [one.get_text(" ", strip=True) for one in fact.find_all(["dt", "dd"])]
        for fact in page.html.find("dl", class_="facts").find_all("div")
    ]
    assert facts == [*(one for one in shown if one[1] != "—"), ["State", "Planned"]]
    assert stops[1][0] == "孙老家村"
    assert end[0][0].endswith(f"http://localhost{BASE}/{stored_visit}")


def test_who_takes_part_and_what_is_attached_are_named(sign_in, stored_visit, work, people):
    with work() as session:
        row = engine.find(session, VISITS, COUNTY, str(stored_visit))
        kind = participation_type(VISITS, COMPANY)
        parts.add_participants(session, kind, row, [people.county], "host", now=NOW, actor=people.clerk)
        given = [attaching.Given(name, PDF) for name in ("通知.pdf", "名单.pdf")]
        limits = {"attachments_mb": 10, "attachment_days": 30}
        attaching.add(session, VISITS, row, given, settings=limits, now=NOW, actor=people.clerk)
    paper = sent_from(sign_in("clerk").get(f"{BASE}/{stored_visit}"))
    assert [row[0] for row in cells(paper)[2]][1:] == ["李梅"]
    assert [one for one in texts(paper) if ".pdf" in one] == ["Attachments：1. 名单.pdf", "2. 通知.pdf"]


def test_that_it_left_is_audited(sign_in, stored_visit, work):
    sign_in("clerk").get(f"{BASE}/{stored_visit}/record.docx")
    assert exports(work) == [("probe_visit", COUNTY, str(stored_visit))]


def test_a_masked_number_stays_masked(sign_in, work, people):
    values = {"title": "甲", "kind": "village", "starts_on": "2026-05-06", "phone": "13812341234"}
    with work() as session:
        row = engine.create(session, VISITS, COUNTY, values, now=NOW, author=people.clerk).id
    said = everything(opened(sign_in("clerk").get(f"{BASE}/{row}/record.docx").body))
    assert "138****1234" in said
    assert "13812341234" not in said


def test_who_may_not_export_or_asks_elsewhere_gets_nothing(sign_in, stored_visit, work):
    browser = sign_in("auditor")
    page = browser.get(f"{BASE}/{stored_visit}")
    assert "record.docx" not in page.text
    browser.get(f"{BASE}/{stored_visit}/record.docx", status=403)
    sign_in("clerk").get(f"/o/{NEIGHBOUR}/r/probe_visit/{stored_visit}/record.docx", status=404)
    assert exports(work) == []


def test_what_is_left_out_of_a_long_record_is_said_on_the_page_and_on_paper(
    sign_in, stored_visit, work, people, monkeypatch
):
    monkeypatch.setattr(details, "SHOWN_PARTS", 1)
    with work() as session:
        row = engine.find(session, VISITS, COUNTY, str(stored_visit))
        more = {"place": "庄寨镇", "minutes": 10}
        engine.create(session, STOPS, COUNTY, more, now=NOW, author=people.clerk, whole=row)
    page = sign_in("clerk").get(f"{BASE}/{stored_visit}")
    said = "1 of 2 are shown; the list has them all."
    assert said in page.text
    assert said in texts(sent_from(page))


def test_its_address_begins_as_the_node_says(sign_in, stored_visit, registry, monkeypatch):
    monkeypatch.setitem(registry.values, "pages_url", "https://rd.example.cn/")
    page = sign_in("clerk").get(f"{BASE}/{stored_visit}")
    assert cells(sent_from(page))[-1][0][0].endswith(f"https://rd.example.cn{BASE}/{stored_visit}")
