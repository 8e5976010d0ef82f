"""Documents that have no effect: found, opened, judged again; and revisions that were signed twice."""

from dataclasses import replace

import pytest

from renda.database import new_id
from renda.declarations import DocumentKind
from renda_tiers.documents import issuing, opened, unapplied
from renda_tiers.documents.envelope import Outcome, decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.documents.signing import make_part
from renda_tiers.web.node import said
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SPRING, TOWN, TRAINING
from tests.tiers.web.conftest import row, text
from tests.tiers.web.node.conftest import NODE, Said, audited, receive, stranger

DOCUMENTS = f"{NODE.format(CITY)}/documents"
FORKS = f"{NODE.format(CITY)}/forks"
REPORT = f"report:{TOWN}:{TRAINING}:{SPRING.code}"


def declare(node, name):
    """A module that understands a kind is installed; the bodies that it is given."""
    heard = []
    kind = DocumentKind(name, 1, lambda _body: None, lambda _session, said: heard.extend(said))
    declared = node.registry.declared
    kinds = {**declared.document_kinds, name: kind}
    # Packs are merged into what the components declare.
    node.registry.plugins = node.registry.declared = replace(declared, document_kinds=kinds)
    return heard


def hrefs(page):
    """Addresses of the documents in the list."""
    return [one["href"] for one in page.html.find(id="documents").select("tbody th a")]


def test_parked_and_set_aside_are_listed_with_their_reasons(city, reader):
    receive(city, Said(TOWN), {"words": "修路"})
    receive(city, Said(CAO, subject="petition:2", revision=3), key=stranger())
    page = reader(city, "auditor", CITY).get(DOCUMENTS)
    parked, aside = row(page, "petition:1"), row(page, "petition:2")
    assert "庄寨镇 Parked No module here understands documents of kind petition, version 1." in parked
    assert "petition:1 1 2026-05-06 09:00" in parked
    assert f"曹县 Set aside The key is not granted to {CAO}." in aside
    overview = text(reader(city, "auditor", CITY).get(NODE.format(CITY)))
    assert "Parked 1 Set aside 1 Forks 0" in overview


def test_a_document_that_waits_for_another_says_for_which(city, reader):
    body = {
        "report": "ab" * 32,
        "decision": "endorse",
        "reason": "",
        "notes": [],
    }
    receipt = receive(city, Said(CAO, kind="review", subject=f"review:{'ab' * 32}"), body)
    assert receipt.outcome is Outcome.PARKED
    page = reader(city, "admin", CITY).get(DOCUMENTS)
    assert "waits for ABAB ABAB ABAB ABAB ABAB" in row(page, "Review")
    assert "ab" * 32 in text(reader(city, "admin", CITY).get(hrefs(page)[0]))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("outcome=parked", {"petition:1", "request:1"}),
        ("outcome=aside", {"petition:2"}),
        ("kind=request", {"request:1"}),
        (f"origin={CAO}", {"petition:2"}),
        (f"outcome=aside&origin={TOWN}", set()),
        ("outcome=applied", set()),
        ("kind=%27%3B--&origin=..", set()),
    ],
)
def test_the_list_is_filtered(city, reader, query, found):
    receive(city, Said(TOWN))
    receive(city, Said(TOWN, kind="request", subject="request:1"))
    receive(city, Said(CAO, subject="petition:2"), key=stranger())
    page = text(reader(city, "admin", CITY).get(f"{DOCUMENTS}?{query}"))
    assert {one for one in ("petition:1", "petition:2", "request:1") if one in page} == found


def test_fifty_are_on_a_page(city, reader):
    for number in range(unapplied.SIZE + 2):
        receive(city, Said(TOWN, subject=f"petition:{number}"))
    admin = reader(city, "admin", CITY)
    first = admin.get(f"{DOCUMENTS}?outcome=parked")
    assert len(hrefs(first)) == unapplied.SIZE
    second = admin.get(first.html.find("a", rel="next")["href"])
    assert len(hrefs(second)) == 2
    assert set(hrefs(first)).isdisjoint(hrefs(second))
    assert "52 in total" in text(second)


@pytest.mark.parametrize("page", ["0", "-1", "999999999999999999999", "x", "²", "99", ""])
def test_a_page_that_is_none_is_the_nearest(city, reader, page):
    receive(city, Said(TOWN))
    found = reader(city, "admin", CITY).get(DOCUMENTS, {"page": page})
    assert len(hrefs(found)) == 1


def test_an_opened_document_shows_what_it_says_and_never_what_a_part_holds(city, reader):
    body = {"words": "<script>alert(1)</script>", "turned": "abc\u202edcba", "list": [1, {"deep": "修路"}]}
    parts = [make_part("identity.txt", "王某某 13812345678".encode())]
    receive(city, Said(TOWN), body, parts=parts)
    admin = reader(city, "admin", CITY)
    found = admin.get(hrefs(admin.get(DOCUMENTS))[0])
    assert "<script>alert" not in found.text
    shown = found.html.find("pre").get_text()
    assert '"words": "<script>alert(1)</script>"' in shown
    assert '"deep": "修路"' in shown
    assert "\\u202e" in shown
    assert "\u202e" not in found.text
    assert "identity.txt · 21 bytes · held here" in text(found)
    assert "13812345678" not in found.text
    assert "granted: it speaks for the origin" in text(found)
    assert "Audience 371700" in text(found)


def test_a_part_that_did_not_come_is_said_to_be_elsewhere(city, reader):
    reference, part = make_part("photo.jpg", b"x" * 1500)
    receive(city, Said(TOWN), parts=[(reference, replace(part, salt=b"", content=None))])
    admin = reader(city, "admin", CITY)
    assert "photo.jpg · 1,500 bytes · not delivered here" in text(admin.get(hrefs(admin.get(DOCUMENTS))[0]))


def test_signatures_of_closed_and_of_strange_keys_are_told_apart(network, start, city, reader):
    receive(city, Said(CAO, subject="petition:kept"))
    with city.work() as session:
        old = issuing.private_keys(session, {CAO})[CAO]
    start(CAO)
    network.join(CAO, CITY)
    network.settle()
    receive(city, Said(CAO, subject="petition:late"), key=old)
    receive(city, Said(CAO, subject="petition:strange"), key=stranger())
    admin = reader(city, "admin", CITY)
    page = admin.get(DOCUMENTS)
    links = page.html.select("tbody th a")
    said_of = {one.get_text(" ").split()[-2]: text(admin.get(one["href"])) for one in links}
    assert "closed; this document still counts" in said_of["petition:kept"]
    assert "closed: it speaks for the origin no longer" in said_of["petition:late"]
    assert "not granted: it does not speak for the origin" in said_of["petition:strange"]


def test_a_long_payload_is_cut(city, reader, monkeypatch):
    monkeypatch.setattr(opened, "MOST", 50)
    receive(city, Said(TOWN), {"words": "字" * 200})
    admin = reader(city, "admin", CITY)
    found = admin.get(hrefs(admin.get(DOCUMENTS))[0])
    assert len(found.html.find("pre").get_text()) <= 50
    assert "The rest is left out here" in text(found)


def test_only_what_needs_a_look_can_be_opened(city, reader):
    admin = reader(city, "admin", CITY)
    applied = min(city.documents("definition"))
    for name in (applied.hex(), "00" * 32, "x", "00", "ZZ" * 32):
        admin.get(f"{DOCUMENTS}/{name}", status=404)


def test_judging_again_applies_what_a_new_module_understands_and_says_how_many(city, reader):
    for number in range(3):
        receive(city, Said(TOWN, subject=f"petition:{number}"))
    receive(city, Said(CAO, subject="petition:9"), key=stranger())
    heard = declare(city, "petition")
    admin = reader(city, "admin", CITY)
    done = post(admin, DOCUMENTS, status=303).follow()
    assert "Judged again: 3 documents are applied now" in text(done)
    assert len(heard) == 3
    assert len(hrefs(done)) == 1
    assert audited(city, "ledger.reconsider") == [("ledger.reconsider", CITY, CITY, True)]
    again = post(admin, DOCUMENTS, status=303).follow()
    assert "Judged again: 0 documents" in text(again)
    assert len(heard) == 3


def test_a_fork_shows_both_and_which_counts_until_a_higher_revision_ends_it(city, clock, reader):
    declare(city, "petition")
    first = receive(city, Said(TOWN), {"words": "one"})
    clock.forward(minutes=1)
    second = receive(city, Said(TOWN), {"words": "two"})
    assert first.outcome is second.outcome is Outcome.APPLIED
    admin = reader(city, "admin", CITY)
    page = admin.get(FORKS)
    branches = [" ".join(one.get_text(" ").split()) for one in page.html.select(".branches li")]
    assert len(branches) == 2
    assert branches[0].startswith(said.short(second.hash))
    assert branches[0].endswith("counts 2026-05-06 09:01")
    assert branches[1].startswith(said.short(first.hash))
    assert "does not count" in branches[1]
    assert "goes on" in row(page, "petition:1")
    assert "Forks 1" in text(admin.get(NODE.format(CITY)))
    assert '"two"' in admin.get(page.html.select(".branches a")[0]["href"]).html.find("pre").get_text()
    receive(city, Said(TOWN, revision=2), {"words": "three"})
    ended = row(admin.get(FORKS), "petition:1")
    assert "ended by revision 2" in ended
    assert ended.count("does not count") == 2
    assert "Forks 0" in text(admin.get(NODE.format(CITY)))


def test_the_branch_that_counts_is_the_one_whose_report_stands(city, clock, reader):
    with city.work() as session:
        chain.training(session, TOWN, now=clock())
        original = chain.submit(session, TOWN, now=clock())
        body = decode(session.get(LedgerDocument, original).payload).body
    for minutes in (-5, 5):
        clock.forward(minutes=minutes)
        receive(city, Said(TOWN, kind="report", subject=REPORT), body)
        clock.forward(minutes=-minutes)
    with city.work() as session:
        standing = chain.standing(session, TOWN)
    page = reader(city, "admin", CITY).get(FORKS)
    counting = [one for one in page.html.select(".branches li") if "does not" not in one.get_text()]
    assert [said.short(standing)] == [one.find("code").get_text() for one in counting]


def test_two_documents_with_one_id_are_a_fork(city, reader):
    declare(city, "petition")
    id_ = new_id()
    receive(city, Said(TOWN, id=id_), {"words": "one"})
    receive(city, Said(TOWN, subject="petition:2", id=id_), {"words": "two"})
    found = row(reader(city, "admin", CITY).get(FORKS), str(id_))
    assert "goes on" in found
    assert found.count("counts") == 2


def test_the_alarm_of_a_fork_leads_to_the_forks(city, county, reader):
    declare(city, "petition")
    with county.work() as session:
        key = issuing.private_keys(session, {CAO})[CAO]
    for words in ("one", "two"):
        receive(city, Said(CAO), {"words": words}, key=key)
    page = reader(city, "admin", CITY).get(f"{NODE.format(CITY)}/links/{CAO}")
    assert "曹县 has signed two different documents in one place" in text(page)
    assert page.html.find("a", href=lambda href: href and href.endswith("/node/forks"))


def test_what_a_stranger_signs_makes_no_fork(city, reader):
    declare(city, "petition")
    receive(city, Said(TOWN), {"words": "one"})
    receive(city, Said(TOWN), {"words": "two"}, key=stranger())
    receive(city, Said(CAO), {"words": "three"})
    assert "There is no fork" in text(reader(city, "admin", CITY).get(FORKS))
