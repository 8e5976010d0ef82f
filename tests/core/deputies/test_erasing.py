"""Erasing personal data: audited, by two persons where administrators are kept apart, and never by itself."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from renda.builtin import _deputies
from renda.declarations import Span
from renda.directory.models import Erasure, Mandate, Person, PersonReading, PersonSecret
from renda.records.drafts import NEW, Draft
from renda.security.models import Account, AuditEntry
from tests.core.deputies.conftest import CITY, COUNTY, DEPUTIES, TOWNSHIP, WANG, add, rows, words
from tests.core.security import town
from tests.core.security.town import post

DATA = f"/o/{COUNTY}/m/core/data"


def end(work, day=date(2020, 1, 1)):
    with work() as session:
        for seat in session.scalars(select(Mandate)):
            seat.starts_on, seat.ended_on, seat.ended_because = date(2017, 1, 1), day, "term_over"


@pytest.fixture
def address(clerk):
    return add(clerk, name="王小明", identity=WANG, phone="13805301234", position="村支书")


def erased(work):
    with work() as session:
        return session.scalars(select(Person)).one().erased_at is not None


def ask(app, address, reason="保存期限已满", *, what="person", status=303, do="ask"):
    return post(app, f"{address}/erase", {"do": do, "what": what, "reason": reason}, status=status)


def test_who_holds_a_seat_is_not_erased(clerk, address, work):
    assert "holds a seat" in words(clerk.get(f"{address}/erase"))
    ask(clerk, address, status=409)
    assert not erased(work)


def test_one_asks_and_another_carries_it_out(as_, clerk, address, work):
    end(work)
    assert "Fill this in." in words(ask(clerk, address, "", status=422))
    ask(clerk, address)
    ask(clerk, address, status=409)
    ask(clerk, address, do="erase", status=409)
    assert not erased(work)
    home = f"/o/{COUNTY}"
    assert "Erase personal data" not in words(clerk.get(home))
    app = as_("zhao")
    page = app.get(home).click("Erase personal data")
    assert "li 同志 asked for it" in words(page)
    ask(app, address, do="erase")
    assert erased(work)


def test_nothing_that_tells_who_it_was_is_left_and_figures_stay(as_, clerk, address, work):
    span = Span(COUNTY, date(2018, 1, 1), date(2018, 12, 31))
    end(work)
    with work() as session:
        before = [(row.value, row.key) for row in session.execute(_deputies(span))]
    ask(clerk, address)
    ask(as_("zhao"), address, do="erase")
    with work() as session:
        person = session.scalars(select(Person)).one()
        left = (person.name, person.gender, person.born_on, person.position)
        assert left == ("***", None, None, None)
        assert session.scalars(select(PersonSecret)).all() == []
        assert session.scalars(select(PersonReading)).all() == []
        assert [(row.value, row.key) for row in session.execute(_deputies(span))] == before
        assert len(before) == 1
        trail = session.scalars(select(AuditEntry.action).where(AuditEntry.target == str(person.id)))
        assert {"person.erase_asked", "person.erase"} <= set(trail)


def test_unfinished_input_that_names_the_person_goes_too(as_, clerk, address, work, clock):
    end(work)
    with work() as session:
        person = session.scalars(select(Person)).one()
        account = session.scalars(select(Account)).first()
        said = {"chosen": str(person.id), "typed": "王小明", "other": "王小明明"}
        session.add_all(
            Draft(
                organisation=COUNTY,
                account=account.id,
                type=kind,
                about=NEW,
                typed=json.dumps({"leader": text, "title": "走访"}),
                lock=0,
                saved_at=clock(),
            )
            for kind, text in said.items()
        )
    ask(clerk, address)
    with work() as session:
        assert len(session.scalars(select(Draft)).all()) == 3
    ask(as_("zhao"), address, do="erase")
    with work() as session:
        assert session.scalars(select(Draft.type)).all() == ["other"]


def test_what_one_body_keeps_sealed_is_erased_alone(as_, clerk, address, work):
    add(as_("zhang"), place=CITY, name="王小明", identity=WANG, phone="13805301234")
    end(work)
    ask(as_("li"), address, what="contact")
    app = as_("zhao")
    ask(app, address, do="erase")
    shown = words(app.get(address))
    assert "王小明" in shown
    assert "村支书" in shown
    assert "138****1234" not in shown
    with work() as session:
        assert {row.organisation for row in session.scalars(select(PersonSecret))} == {CITY}


def test_every_body_whose_seats_the_person_held_is_told_in_its_trail(as_, clerk, address, work):
    add(as_("zhang"), place=CITY, name="王小明", identity=WANG)
    end(work)
    ask(as_("li"), address)
    ask(as_("zhao"), address, do="erase")
    with work() as session:
        rows = select(AuditEntry.organisation).where(AuditEntry.action == "person.erase")
        assert set(session.scalars(rows)) == {CITY, COUNTY}


def test_it_is_declined_and_asked_for_again(as_, clerk, address, work):
    end(work)
    ask(clerk, address)
    ask(as_("zhao"), address, do="decline")
    assert not erased(work)
    ask(as_("li"), address)
    with work() as session:
        assert [one.erased for one in session.scalars(select(Erasure).order_by(Erasure.id))] == [False, None]


def test_what_waits_is_declined_though_a_seat_stands_against_it_by_now(as_, clerk, address, work):
    end(work)
    ask(clerk, address)
    add(clerk, name="王小明", identity=WANG, term="20", starts_on="2026-05-01")
    zhao = as_("zhao")
    page = zhao.get(f"/o/{COUNTY}").click("Erase personal data")
    assert "holds a seat" in words(page)
    assert [one["value"] for one in page.html.find_all("button", {"name": "do"})] == ["decline"]
    ask(zhao, address, do="erase", status=409)
    ask(zhao, address, do="decline")
    assert "Erase personal data" not in words(zhao.get(f"/o/{COUNTY}"))
    assert not erased(work)


def test_the_history_tells_who_asked_who_declined_and_who_erased(as_, clerk, address, work):
    end(work)
    ask(clerk, address)
    ask(as_("zhao"), address, do="decline")
    ask(as_("li"), address)
    ask(as_("zhao"), address, do="erase")
    told = words(as_("zhao").get(address))
    for said in ("asked for", "declined", "Personal data erased"):
        assert said in told


def test_nothing_is_published_of_who_was_erased(as_, clerk, address, work):
    end(work)
    ask(clerk, address)
    zhao = as_("zhao")
    ask(zhao, address, do="erase")
    assert "were erased" in words(zhao.get(f"{address}/public", status=409))


def test_where_one_person_may_do_it_alone_it_is_done_at_once(as_, placed, app, work, clock):
    with work() as session:
        town.person(session, "sun", clock(), (TOWNSHIP, "clerk"))
    sun = as_("sun")
    address = add(sun, place=TOWNSHIP, name="李梅")
    end(work)
    ask(sun, address)
    assert erased(work)


def test_an_erased_person_is_changed_opened_and_published_no_more(as_, clerk, address, work):
    end(work)
    ask(clerk, address)
    ask(as_("zhao"), address, do="erase")
    post(as_("zhao"), f"{address}/public", {"name": "true"}, status=409)
    app = as_("li")
    post(app, f"{address}/edit", {"name": "王小明"}, status=409)
    post(app, f"{address}/open", {"purpose": "duty", "words": "联系"}, status=409)
    assert "***" in app.get(address).text


def test_who_is_elected_again_is_entered_anew_by_the_same_number(as_, clerk, address, work):
    end(work)
    ask(clerk, address)
    ask(as_("zhao"), address, do="erase")
    again = add(as_("li"), name="王小明", identity=WANG)
    assert again == address
    assert "王小明" in [row[0] for row in rows(as_("li").get(f"{DEPUTIES}?q=wxm"))]


@pytest.mark.parametrize(
    ("years", "kinds"),
    [
        (0, []),
        (2, ["Identity number, phone and address"]),
        (6, ["Identity number, phone and address", "Particulars"]),
    ],
)
def test_the_page_lists_what_is_due_and_nothing_is_erased_by_itself(as_, address, work, years, kinds):
    end(work, date(2026, 5, 6) - timedelta(days=365 * years + 10))
    page = as_("zhao").get(DATA)
    assert sorted(row[1] for row in rows(page, "due")) == kinds
    assert not erased(work)


def test_who_may_not_erase_is_refused(as_, address):
    app = as_("wang")
    app.get(f"{address}/erase", status=403)
    post(app, f"{address}/erase", {"do": "ask", "reason": "x"}, status=403)
