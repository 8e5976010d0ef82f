"""Suspending and ending a seat, and what comes after: once it is so, and one open seat of a term at a time."""

import pytest

from tests.core.deputies.conftest import DEPUTIES, add, rows, words
from tests.core.security.town import form_of

ENDED = {"day": "2026-05-01", "reason": "resigned", "decision": "公告第5号"}


@pytest.fixture
def address(clerk):
    return add(clerk, name="王小明", seat="7")


def act(clerk, address, name, *, status=303, **fields):
    form = clerk.get(address).click(href=r"/seats/", index=-1).forms[name]
    for field, value in fields.items():
        form[f"{name}.{field}"] = value
    return form.submit("do", value=name, status=status)


@pytest.mark.parametrize(("name", "reason"), [("end", "resigned"), ("suspend", "detained")])
def test_nothing_is_written_down_before_it_is_so(clerk, address, name, reason):
    said = {"reason": reason, "decision": "公告第5号"}
    page = act(clerk, address, name, day="2026-05-07", status=422, **said)
    assert "still to come" in page.html.find(id=f"f-{name}.day-error").get_text()
    act(clerk, address, name, day="2026-05-06", **said)


def test_of_a_seat_that_has_not_begun_nothing_is_written_down(clerk):
    page = clerk.get(add(clerk, name="王小明", starts_on="2026-05-07")).click(href=r"/seats/")
    assert not {"end", "suspend"} & page.forms.keys()


def test_an_end_is_not_taken_back_once_the_person_was_elected_again(clerk, address):
    act(clerk, address, "end", **ENDED)
    form = form_of(clerk.get(f"{address}/seat"), "term")
    form["term"], form["starts_on"], form["by_election"] = "19", "2026-05-04", True
    form.submit(status=303)
    assert "another seat" in words(act(clerk, address, "reopen", decision="登记有误", status=409))
    assert [row[5] for row in rows(clerk.get(address), "seats")] == ["—", "2026-05-01"]


def test_who_is_elected_for_a_seat_that_ended_gets_a_number_of_their_own(clerk, address):
    act(clerk, address, "end", **ENDED)
    said = {"name": "李梅", "by_election": True, "starts_on": "2026-05-04"}
    page = add(clerk, seat="7", status=422, **said)
    assert "holds or held the seat 7" in page.html.select_one("#f-seat-error").get_text()
    assert "By-election" in words(clerk.get(add(clerk, **said)))
    assert [row[0] for row in rows(clerk.get(DEPUTIES))] == ["李梅"]
