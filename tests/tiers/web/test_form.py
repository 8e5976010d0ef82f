"""The form of a report: computed figures, typed ones, and the way to a signed report."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import reviewing, standings
from renda_tiers.reports.models import Entry
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, SPRING, TOWN, TRAINING, TYPED, VILLAGE
from tests.tiers.web.conftest import row, submit_form, text

SCRIPT = "<script>alert(1)</script>"


def form(organisation=TOWN, template=TRAINING, period=SPRING.code):
    return f"/o/{organisation}/m/tiers/reports/{template}/{period}"


def ledger(work):
    with work() as session:
        return session.scalar(select(func.count()).select_from(LedgerDocument))


def test_computed_figures_lead_to_their_records_and_cannot_be_typed(trained, signed_in):
    page = signed_in("clerk", TOWN).get(form())
    assert "2 computed from 2 records" in row(page, "Person-times trained")
    assert page.html.find("a", href=f"http://localhost/o/{TOWN}/r/training_class") or page.html.find(
        "a", href=f"/o/{TOWN}/r/training_class"
    )
    assert "value.T01" not in page.text
    assert "66.67%" in row(page, "Training coverage")
    assert "Attendance of deputies at classes of T01" in text(page)


def test_the_period_before_stands_beside_it_and_a_jump_is_marked_in_words(trained, work, clock, signed_in):
    with work() as session:
        winter = SPRING.previous()
        clock.now -= timedelta(days=60)
        chain.submit(session, TOWN, now=clock(), period=winter)
        clock.now += timedelta(days=60)
    page = signed_in("clerk", TOWN).get(form())
    found = row(page, "Person-times trained")
    assert "0 2 more" in found
    assert page.html.find("tr", id="T02").find(class_="status warn")
    assert "differences without an explanation" in text(page)


def test_a_report_is_checked_confirmed_and_sent(trained, work, signed_in):
    browser = signed_in("clerk", TOWN)
    page = browser.get(form())
    before = ledger(work)
    confirm = submit_form(page, "do=check", **{"why.T02": "A class was brought forward"}).follow()
    assert "A class was brought forward" in text(confirm)
    assert f"clerk {TOWN} sends this report" in text(confirm)
    assert ledger(work) == before
    sent = submit_form(confirm).follow()
    assert "Receipt number" in text(sent)
    assert chain_hash(work).hex()[:12].upper() in text(sent)
    assert ledger(work) == before + 1


def chain_hash(work, organisation=TOWN, code=TRAINING):
    with work() as session:
        return chain.standing(session, organisation, code=code)


def test_a_correction_needs_a_reason(reported, work, clock, signed_in):
    changes(work, clock, "庚")
    browser = signed_in("clerk", TOWN)
    confirm = browser.get(f"{form()}/confirm")
    refused = submit_form(confirm, reason="")
    assert refused.status_int == 422
    assert "Say why it is corrected" in text(refused)
    assert chain_hash(work) == reported
    sent = submit_form(refused, reason=f"One class more {SCRIPT}").follow()
    assert "Revision 2" in text(sent)
    assert chain_hash(work) != reported
    shown = browser.get(f"/o/{TOWN}/m/tiers/report/{chain_hash(work).hex()}")
    assert SCRIPT not in shown.text
    assert SCRIPT in text(shown)


def confirming(page):
    """The form of a confirmation; sending it again is a second click."""
    return next(one for one in page.forms.values() if "seen" in one.fields)


def changes(work, clock, *names):
    with work() as session:
        chain.training(session, TOWN, names, now=clock(), title="临时加的班")


def test_figures_that_changed_since_the_confirmation_are_not_signed_unseen(trained, work, clock, signed_in):
    confirm = signed_in("clerk", TOWN).get(f"{form()}/confirm")
    changes(work, clock, "庚")
    refused = submit_form(confirm)
    assert refused.status_int == 409
    assert "These figures changed since you looked" in text(refused)
    assert "Person-times trained" in refused.html.find(role="alert").get_text()
    assert "Deputies in office" not in refused.html.find(role="alert").get_text()
    assert refused.html.find("a", href="#f-seen") is None
    assert chain_hash(work) is None
    assert "Receipt number" in text(submit_form(refused).follow())
    assert chain_hash(work) is not None


def test_words_that_changed_since_the_confirmation_are_not_signed_unseen(trained, work, signed_in):
    browser = signed_in("clerk", TOWN)
    page = browser.get(form())
    confirm = submit_form(page, "do=check", **{"why.T02": "as I wrote it"}).follow()
    submit_form(browser.get(form()), "do=save", **{"why.T02": "as somebody else did"})
    refused = submit_form(confirm)
    assert refused.status_int == 409
    assert "as somebody else did" in text(refused)


def test_a_second_click_leads_to_the_same_receipt(trained, work, signed_in):
    confirm = confirming(signed_in("clerk", TOWN).get(f"{form()}/confirm"))
    before = ledger(work)
    first, second = confirm.submit(status=303), confirm.submit(status=303)
    assert first.location == second.location
    assert chain_hash(work).hex()[:12].upper() in text(second.follow())
    assert ledger(work) == before + 1


def test_a_second_click_on_a_correction_makes_no_second_one(reported, work, clock, signed_in):
    changes(work, clock, "庚")
    confirm = confirming(signed_in("clerk", TOWN).get(f"{form()}/confirm"))
    confirm["reason"] = "One class more"
    before = ledger(work)
    confirm.submit(status=303)
    assert "Revision 2" in text(confirm.submit(status=303).follow())
    assert ledger(work) == before + 1


def test_a_revision_that_came_in_between_is_not_overwritten_unseen(reported, work, clock, signed_in):
    changes(work, clock, "庚")
    confirm = confirming(signed_in("clerk", TOWN).get(f"{form()}/confirm"))
    confirm["reason"] = "Mine"
    changes(work, clock, "庚")
    with work() as session:
        theirs = chain.submit(session, TOWN, now=clock(), reason="Theirs")
    assert confirm.submit(expect_errors=True).status_int == 409
    assert chain_hash(work) == theirs


@pytest.mark.parametrize("token", ["", "x", "=%ff&T01%0A=1", "&" * 500])
def test_who_saw_nothing_is_shown_the_report_first(trained, work, signed_in, token):
    refused = post(signed_in("clerk", TOWN), f"{form()}/confirm", {"seen": token}, status=409)
    assert "These figures changed since you looked" in text(refused)
    assert chain_hash(work) is None


def test_a_file_in_place_of_a_text_is_no_text(reported, typed, work, signed_in):
    browser = signed_in("clerk", TOWN)
    token = browser.get(form()).html.find("input", attrs={"name": "csrf_token"})["value"]

    def upload(address, *names, **fields):
        files = [(name, "a.txt", b"figures") for name in names]
        return browser.post(address, {"csrf_token": token, **fields}, upload_files=files, expect_errors=True)

    assert upload(f"{form()}/confirm", "reason").status_int == 422
    assert upload(f"{form()}/confirm", "seen", reason="why").status_int == 409
    assert upload(form(template=TYPED), "value.X3", "why.X1", "do").status_int == 303
    with work() as session:
        assert session.scalars(select(Entry)).all() == []


def test_typed_figures_are_read_as_people_write_them(typed, work, signed_in):
    page = signed_in("clerk", TOWN).get(form(template=TYPED))
    saved = submit_form(
        page, "do=save", **{"value.X1": "约3.5万", "value.X2": "０", "value.X3": SCRIPT}
    ).follow()
    assert "Your entries are saved" in text(saved)
    named = next(one for one in saved.forms.values() if "value.X1" in one.fields)
    assert named["value.X1"].value == "约35000"
    assert named["value.X2"].value == "0"
    assert SCRIPT not in saved.text
    with work() as session:
        assert session.scalar(select(Entry.status).where(Entry.indicator == "X2")) == "nil"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("12 classes", "Write the number alone"),
        ("many", "Write a whole number"),
        ("1.5", "Only whole numbers"),
    ],
)
def test_what_cannot_be_read_is_shown_again_and_nothing_is_kept(typed, work, signed_in, value, sentence):
    page = signed_in("clerk", TOWN).get(form(template=TYPED))
    refused = submit_form(page, "do=save", **{"value.X1": value, "value.X2": "7", "why.X2": "because"})
    assert refused.status_int == 422
    assert sentence in text(refused)
    assert refused.html.find("a", href="#f-value.X1")
    named = next(one for one in refused.forms.values() if "value.X1" in one.fields)
    assert (named["value.X1"].value, named["why.X2"].value) == (value, "because")
    with work() as session:
        assert session.scalars(select(Entry)).all() == []


def test_what_is_missing_is_not_sent(typed, work, signed_in):
    browser = signed_in("clerk", TOWN)
    confirm = submit_form(browser.get(form(template=TYPED)), "do=check", **{"value.X1": "5"}).follow()
    assert "2 without a figure" in text(confirm)
    refused = post(browser, f"{form(template=TYPED)}/confirm", status=422)
    assert "nil or not applicable" in text(refused)
    assert chain_hash(work, code=TYPED) is None


def test_a_locked_period_is_read_only_until_it_is_returned(trained, work, clock, signed_in):
    clock.forward(days=30)
    browser = signed_in("clerk", TOWN)
    page = browser.get(form())
    assert "nothing was sent that could be returned. Only 菏泽市, which set this report" in text(page)
    assert "nothing was sent that could be returned" in text(browser.get(f"{form()}/confirm"))
    assert "why.T01" not in page.text
    refused = post(browser, form(), {"why.T01": "late"}, status=409)
    assert "This report is locked" in text(refused)


def test_what_was_sent_is_corrected_by_that_name_and_only_by_something_new(reported, work, clock, signed_in):
    browser = signed_in("clerk", TOWN)
    page = browser.get(form())
    (button,) = page.html.find_all("button", attrs={"name": "do", "value": "check"})
    assert button.get_text() == "Check and correct…"
    assert "primary" not in button["class"]
    assert "What is sent now corrects it" in text(page)
    confirm = submit_form(page, "do=check").follow()
    assert "Nothing has changed since this report was sent" in text(confirm)
    assert "seen" not in {name for one in confirm.forms.values() for name in one.fields}
    changes(work, clock, "庚")
    confirm = confirming(browser.get(f"{form()}/confirm"))
    confirm["reason"] = "One class more"
    assert "Revision 2" in text(confirm.submit(status=303).follow())


def test_a_report_that_came_back_is_corrected_first_of_all(reported, work, clock, signed_in):
    with work() as session:
        reviewing.decide(
            session, CAO, reported, standings.RETURN, reason="Look again", actor=None, now=clock()
        )
    browser = signed_in("clerk", TOWN)
    page = browser.get(form())
    (button,) = page.html.find_all("button", attrs={"name": "do", "value": "check"})
    assert (button.get_text(), "primary" in button["class"]) == ("Check and correct…", True)
    assert "What is sent now corrects it" not in text(page)
    assert "seen" in confirming(browser.get(f"{form()}/confirm")).fields


def test_a_running_period_is_drafted_and_the_page_says_from_when_on_it_is_sent(trained, work, signed_in):
    browser = signed_in("clerk", TOWN)
    address, sentence = form(period=SPRING.next().code), "can be sent from 2026-06-30 on"
    page = browser.get(address)
    assert sentence in text(page)
    assert "Check and send" not in text(page)
    assert "Your entries are saved" in text(submit_form(page, "do=save", **{"why.T01": "early"}).follow())
    confirm = browser.get(f"{address}/confirm")
    assert sentence in text(confirm)
    assert "seen" not in {name for one in confirm.forms.values() for name in one.fields}
    assert sentence in text(post(browser, f"{address}/confirm", status=409))
    assert sentence.removeprefix("can be ") not in text(browser.get(form()))
    assert "can be sent from 2026-06-30 on" in row(browser.get(f"/o/{TOWN}/m/tiers/reports"), "Months 5–6")


@pytest.fixture
def locked(people, work, clock):
    """The reports of the town and of the city, sent and then locked."""
    with work() as session:
        for organisation in (TOWN, CITY):
            chain.submit(session, organisation, now=clock())
    clock.forward(days=30)


@pytest.mark.parametrize(
    ("organisation", "sentence"),
    [
        (TOWN, "It opens again when the level above returns the report"),
        (CITY, "there is no level above that could return the report"),
    ],
)
def test_a_locked_report_says_who_can_open_it(locked, signed_in, organisation, sentence):
    assert sentence in text(signed_in("clerk", organisation).get(form(organisation)))


def test_a_returned_report_shows_why_and_the_note_at_its_figure(people, work, clock, signed_in):
    with work() as session:
        sent = chain.submit(session, VILLAGE, now=clock())
        notes = [("T02", "", f"Guests, too? {SCRIPT}")]
        reviewing.decide(
            session, SHAN, sent, standings.RETURN, reason=SCRIPT, notes=notes, actor=None, now=clock()
        )
    clock.forward(days=30)
    page = signed_in("clerk", VILLAGE).get(form(VILLAGE))
    assert "This report was returned" in text(page)
    assert "Guests, too?" in page.html.find("tr", id="T02").find(class_="pinned").get_text()
    assert SCRIPT not in page.text
    assert "why.T01" in page.text


def test_who_may_only_read_sees_no_entries_and_posts_nothing(trained, signed_in):
    for role in ("leader", "reviewer"):
        browser = signed_in(role, TOWN)
        assert "why.T01" not in browser.get(form()).text
        post(browser, form(), {"why.T01": "x"}, status=403)
        browser.get(f"{form()}/confirm", status=403)
        post(browser, f"{form()}/confirm", status=403)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (form(CAO), 404),
        (form(template="none"), 404),
        (form(period="2026-05"), 404),
        (form(period="2026-b9"), 422),
        (form(period="%00"), 422),
        (form(period="9999-b6"), 422),
        (form(period="2201-b1"), 422),
        (form(period="1899-b6"), 422),
        (form(period="9999-b6") + "/confirm", 422),
    ],
)
def test_other_organisations_and_unknown_reports_are_not_found(people, signed_in, address, status):
    signed_in("clerk", TOWN).get(address, status=status)


def test_looking_changes_nothing(trained, work, signed_in):
    browser, before = signed_in("clerk", TOWN), ledger(work)
    for address in (form(), f"{form()}/confirm", f"/o/{TOWN}/m/tiers/reports"):
        browser.get(address)
    with work() as session:
        assert session.scalars(select(Entry)).all() == []
    assert ledger(work) == before
