"""Nobody is born tomorrow, and nobody holds a seat who is not yet eighteen on its first day."""

from datetime import date

import pytest
from sqlalchemy import update

from renda.deputies.ages import not_born, too_young
from renda.directory.models import Person
from tests.core.deputies.conftest import COUNTY, add, number, words
from tests.core.security.town import form_of

TODAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("born_on", "wrong"), [(None, False), (date(2026, 5, 5), False), (TODAY, True), (date(2030, 1, 1), True)]
)
def test_a_day_of_birth_lies_in_the_past(born_on, wrong):
    assert bool(not_born(born_on, TODAY)) == wrong


@pytest.mark.parametrize(
    ("born_on", "starts_on", "wrong"),
    [
        (date(2004, 1, 8), date(2022, 1, 8), False),
        (date(2004, 1, 9), date(2022, 1, 8), True),
        (date(2004, 2, 29), date(2022, 2, 28), True),
        (date(2004, 2, 29), date(2022, 3, 1), False),
        (None, date(2022, 1, 8), False),
        (date(2004, 1, 9), None, False),
    ],
)
def test_who_holds_a_seat_is_eighteen_on_its_first_day(born_on, starts_on, wrong):
    assert bool(too_young(born_on, starts_on)) == wrong


def test_nobody_is_entered_who_is_not_born_yet(clerk):
    page = add(clerk, name="王小明", born_on="2030-01-01", status=422)
    assert "in the past" in page.html.select_one("#f-born_on-error").get_text()
    page = add(clerk, name="王小明", identity=number("20300101", 1), status=422)
    assert "in the past" in page.html.select_one("#f-born_on-error").get_text()


def test_nobody_is_given_a_seat_before_being_eighteen(clerk):
    page = add(clerk, name="王小明", born_on="2005-03-01", status=422)
    error = page.html.select_one("#f-starts_on-error").get_text()
    assert "not yet 18 on 2022-01-08" in error
    assert "宪法第三十四条" in error
    add(clerk, name="王小明", born_on="2005-03-01", starts_on="2023-03-01")


def test_a_day_of_birth_is_not_changed_to_one_that_is_too_late_for_a_seat(clerk):
    address = add(clerk, name="王小明", born_on="1975-05-05")
    form = form_of(clerk.get(f"{address}/edit"), "born_on")
    for wrong, said in (("2031-01-01", "in the past"), ("2010-05-05", "not yet 18 on 2022-01-08")):
        form["born_on"] = wrong
        assert said in form.submit(status=422).html.select_one("#f-born_on-error").get_text()
    assert "1975-05-05" in words(clerk.get(address))


def test_what_was_wrong_before_it_was_looked_at_hinders_nobody_from_correcting_the_rest(clerk, work):
    address = add(clerk, name="王小明", born_on="1975-05-05")
    with work() as session:
        session.execute(update(Person).values(born_on=date(2010, 5, 5)))
    form = form_of(clerk.get(f"{address}/edit"), "born_on")
    form["position"] = "曹城街道办事处"
    form.submit(status=303)
    assert "曹城街道办事处" in words(clerk.get(address))


def test_who_is_known_by_number_is_not_born_later_for_it(clerk, work):
    add(clerk, name="王小明", identity=number("19750505", 1))
    page = add(clerk, name="王小明", identity=number("19750505", 1), born_on="2030-01-01", status=422)
    assert "1975-05-05" in page.html.select_one("#f-born_on-error").get_text()
    assert clerk.get(f"/api/v1/organisations/{COUNTY}/core/deputies").json["total"] == 1
