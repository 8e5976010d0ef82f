"""Two people change the particulars of one person: none of them writes over the other without seeing it."""

import pytest
from sqlalchemy import select

from renda.directory.models import Person
from tests.core.deputies.conftest import add, words
from tests.core.security.town import form_of


@pytest.fixture
def address(clerk):
    return add(clerk, name="王小明", position="村支书", party="群众")


@pytest.fixture
def form(clerk, address):
    """The form of the person as it was before somebody else saved theirs."""
    return form_of(clerk.get(f"{address}/edit"), "identity")


@pytest.fixture
def other(clerk, address):
    """Saves other values meanwhile."""

    def save(**values):
        theirs = form_of(clerk.get(f"{address}/edit"), "identity")
        for name, value in values.items():
            theirs[name] = value
        theirs.submit(status=303)

    return save


def stored(work):
    with work() as session:
        person = session.scalars(select(Person)).one()
        return person.name, person.position, person.party


def choices(page):
    return {one["name"]: one["value"] for one in page.html.select("input[type=radio][checked]")}


def test_both_are_seen_and_nothing_is_saved(form, other, work):
    other(position="村主任")
    form["position"] = "会计"
    page = form.submit(status=409)
    assert all(word in words(page) for word in ("村主任", "会计"))
    assert choices(page) == {}
    assert stored(work) == ("王小明", "村主任", "群众")


@pytest.mark.parametrize(("whose", "position"), [("mine", "会计"), ("theirs", "村主任")])
def test_the_writer_chooses(form, other, work, whose, position):
    other(position="村主任")
    form["position"] = "会计"
    again = form_of(form.submit(status=409), "identity")
    again["take.position"] = whose
    again.submit(status=303)
    assert stored(work) == ("王小明", position, "群众")


def test_the_word_of_who_alone_changed_a_field_is_chosen_beforehand(form, other, work):
    other(position="村主任")
    form["party"] = "中共党员"
    page = form.submit(status=409)
    assert choices(page) == {"take.position": "theirs", "take.party": "mine"}
    form_of(page, "identity").submit(status=303)
    assert stored(work) == ("王小明", "村主任", "中共党员")


def test_who_changes_it_once_more_is_seen_again(form, other, work):
    other(position="村主任")
    form["position"] = "会计"
    again = form_of(form.submit(status=409), "identity")
    other(position="教师")
    again["take.position"] = "mine"
    assert "教师" in words(again.submit(status=409))
    assert stored(work)[1] == "教师"


def test_a_mistake_does_not_lose_what_the_form_has_seen(form, other, work):
    other(position="村主任")
    form["name"], form["position"] = "", "会计"
    again = form_of(form.submit(status=422), "identity")
    again["name"] = "王小明"
    again.submit(status=409)
    assert stored(work)[1] == "村主任"


def test_where_nobody_else_wrote_it_is_saved(form, work):
    form["position"] = "会计"
    form.submit(status=303)
    assert stored(work)[1] == "会计"
