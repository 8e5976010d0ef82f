"""A term runs from first session to first session; what follows for its day and its seats is worked out."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from renda.directory import persons, terms
from renda.directory.models import Mandate
from renda.directory.persons import Seated
from renda.directory.terms import TERMS, years_later
from renda.errors import Conflict, Invalid
from renda.records import engine
from renda.security.models import AuditEntry
from tests.core.directory.bodies import COUNTY, NOW, STREET, ZONE


def begin(session, number, starts_on, ends_on="", place=COUNTY):
    values = {"number": number, "starts_on": starts_on, "ends_on": ends_on}
    return engine.create(session, TERMS, place, values, now=NOW, author=None)


def expected(session, row):
    return [fact.value for fact in TERMS.facts(session, row)]


def test_the_last_day_is_expected_after_the_years_of_the_profile(db, placed, with_profile):
    row = begin(db, 19, "2022-01-05")
    assert expected(db, row) == ["2027-01-04"]
    with_profile("county", lambda text: text.replace("years = 5", "years = 3"))
    assert expected(db, row) == ["2025-01-04"]
    assert expected(db, begin(db, 18, "2017-01-05", "2022-01-04")) == []


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2024, 2, 29), 5, date(2029, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2022, 1, 5), 5, date(2027, 1, 5)),
    ],
)
def test_years_later(day, years, later):
    assert years_later(day, years) == later


def test_the_current_term_runs_until_the_next_begins(db, placed):
    begin(db, 18, "2017-01-05", "2022-01-04")
    begin(db, 19, "2022-01-05")
    numbers = [
        term.number if (term := terms.current(db, COUNTY, day)) else None
        for day in (date(2017, 1, 4), date(2022, 1, 4), date(2022, 1, 5), date(2028, 1, 1))
    ]
    assert numbers == [None, 18, 19, 19]


def test_what_cannot_be_is_refused(db, placed):
    with pytest.raises(Invalid) as refused:
        begin(db, 19, "2022-01-05", "2022-01-04")
    assert list(refused.value.errors) == ["ends_on"]
    begin(db, 19, "2022-01-05")
    with pytest.raises(Conflict):
        begin(db, 19, "2022-01-06")


@pytest.mark.parametrize("place", [STREET, ZONE])
def test_where_there_is_no_congress_there_are_no_terms(db, placed, place):
    with pytest.raises(Conflict, match="不设人民代表大会"):
        begin(db, 19, "2022-01-05", place=place)


def test_the_home_page_names_the_current_term(clerk, work):
    assert "Current term" not in clerk.get(f"/o/{COUNTY}").text
    with work() as session:
        begin(session, 19, "2022-01-05")
    clerk.set_cookie("renda-language", "zh_Hans")
    card = clerk.get(f"/o/{COUNTY}").html.select_one(".card")
    assert (card.h2.text, card.b.text) == ("本届", "第十九届")
    assert "第十九届" in clerk.get(card.a["href"]).html.h1.text


def add(session, term, first, *names):
    seated = [
        Seated(line, name, f"{name}的身份", date.fromisoformat(first)) for line, name in enumerate(names)
    ]
    return persons.add_mandates(session, COUNTY, term, seated, now=NOW)


def seats(session):
    rows = session.scalars(select(Mandate).order_by(Mandate.term, Mandate.seat)).all()
    return [(row.term, row.ended_on, row.ended_because) for row in rows]


def test_seats_of_earlier_terms_end_when_the_deputies_of_the_next_are_entered(db, placed):
    add(db, 18, "2017-01-05", "甲", "乙")
    begin(db, 19, "2022-01-05")
    add(db, 19, "2022-01-05", "甲")
    db.flush()
    day = date(2022, 1, 5)
    assert seats(db) == [(18, day, "term_over"), (18, day, "term_over"), (19, None, "")]
    told = [json.loads(row.detail) for row in db.scalars(select(AuditEntry)) if row.action == "mandate.add"]
    assert [one.get("ended") for one in told] == [None, 2]
    assert [person.name for person in persons.in_office(db, COUNTY, day)] == ["甲"]


def test_nothing_is_guessed_where_the_term_is_not_entered(db, placed):
    add(db, 18, "2017-01-05", "甲")
    add(db, 19, "2022-01-05", "甲")
    assert [ended for _term, ended, _why in seats(db)] == [None, None]


def test_seats_of_a_term_that_is_over_end_with_it(db, placed):
    begin(db, 18, "2017-01-05", "2022-01-04")
    add(db, 18, "2017-01-05", "甲")
    assert seats(db) == [(18, date(2022, 1, 5), "term_over")]
