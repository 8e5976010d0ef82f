"""The inbox of each account: what it was told, until it is marked as read."""

import uuid

import pytest

from renda.notices import sending, telling
from tests.core.notices.conftest import COUNTY, NOW, news
from tests.core.security.town import post as posted

INBOX = f"/o/{COUNTY}/notices"


@pytest.fixture
def told(work, people):
    """The clerk was told of two things, the leader of one of them."""
    with work() as session:
        both = news("a", roles=("clerk", "leader"), kind="overdue")
        telling.tell(session, [both, news("b", title="走访单县")], NOW)


def rows(page):
    return [" ".join(row.get_text(" ").split()) for row in page.html.select("#notices tbody tr")]


def count(page):
    found = page.html.select_one("header .told .count")
    return found.text.split()[0] if found else ""


def test_it_says_what_of_which_kind_where_and_when_and_leads_there(told, sign_in):
    page = sign_in("clerk").get(INBOX)
    assert len(rows(page)) == 2
    (row,) = [row for row in page.html.select("#notices tbody tr") if "走访孙老家镇" in row.text]
    assert "Past the last day 曹县 2026-05-06 09:00" in " ".join(row.get_text(" ").split())
    assert row.a["href"] == f"/o/{COUNTY}/r/probe_visit"


def test_how_many_are_unread_stands_on_every_page(told, sign_in):
    app = sign_in("clerk")
    assert [count(app.get(path)) for path in (INBOX, f"/o/{COUNTY}/r/probe_visit")] == ["2", "2"]
    assert count(sign_in("leader").get(INBOX)) == "1"
    assert count(sign_in("auditor").get(INBOX)) == ""


def test_ticked_notices_are_marked_as_read(told, sign_in):
    form = sign_in("clerk").get(INBOX).forms["told"]
    form.fields["notice"][0].checked = True
    page = form.submit("do", value="selected").follow()
    assert (len(rows(page)), count(page)) == (1, "1")
    assert len(rows(page.click("All"))) == 2


def test_all_are_marked_as_read_at_once(told, sign_in):
    app = sign_in("clerk")
    page = posted(app, INBOX, {"do": "all"}).follow()
    assert (rows(page), count(page)) == ([], "")
    assert count(sign_in("leader").get(INBOX)) == "1"


def test_nobody_marks_what_another_was_told(told, sign_in, work, people):
    from sqlalchemy import select

    from renda.notices.models import Notice

    with work() as session:
        other = session.scalars(select(Notice.id).where(Notice.account == people.leader)).one()
    app = sign_in("clerk")
    for one in (other, uuid.uuid4(), "nothing"):
        posted(app, INBOX, {"do": "selected", "notice": str(one)})
    assert count(sign_in("leader").get(INBOX)) == "1"
    assert count(sign_in("clerk").get(INBOX)) == "2"


def test_pages_have_fifty_notices(work, people, sign_in):
    with work() as session:
        telling.tell(session, [news(f"{number:02}", title=f"走访{number:02}") for number in range(51)], NOW)
    page = sign_in("clerk").get(INBOX)
    assert len(rows(page)) == 50
    assert len(rows(page.click("Next page"))) == 1


def test_what_could_not_be_sent_says_so(post, sign_in):
    post.choose()
    (one,) = post.tell()
    post.failures.extend(OSError() for _try in range(len(sending.WAITS) + 1))
    for _try in range(len(sending.WAITS) + 1):
        post.send(one)
    (row,) = rows(sign_in("clerk").get(INBOX))
    assert row.endswith("E-mail could not be sent")
