"""The lists of the home page beside what waits: what is done, and what others work at for the organisation."""

import pytest

from renda_tiers.matters import answering, handing
from renda_tiers.matters.answering import Reply
from renda_tiers.matters.handing import Handing
from tests.tiers.chain import CAO, CITY, SHAN, TOWN
from tests.tiers.directives.desk import TITLE, Desk
from tests.tiers.web.conftest import row, text


@pytest.fixture
def shown(signed_in):
    """One of the lists at an organisation, as somebody there reads it."""
    return lambda role, code, which: signed_in(role, code).get(f"/o/{code}", {"show": which})


def test_a_report_that_was_sent_is_done(reported, shown):
    said = row(shown("clerk", TOWN, "done"), "Bimonthly report on training")
    assert "Months 3–4 of 2026 Own reports 2026-05-05 To be reviewed" in said
    assert "Months 3–4 of 2026" not in text(shown("clerk", TOWN, "todo"))


def test_a_task_is_done_for_its_target_and_started_for_its_issuer(people, work, clock, shown):
    with work() as session:
        desk = Desk(session, clock)
        subject = desk.issue()
        desk.deliver()
        desk.done(CAO, subject)
    assert "Under way" in row(shown("clerk", CAO, "done"), TITLE)
    assert TITLE not in text(shown("clerk", SHAN, "done"))
    assert "Tasks issued from here 2026-05-20 Under way" in row(shown("leader", CITY, "started"), TITLE)


def test_a_matter_is_started_where_it_was_handed_on_and_done_where_it_was_answered(
    people, work, clock, shown
):
    with work() as session:
        said = Handing(CAO, "opinion", "增设公交站", "镇东头没有公交站。")
        case = handing.hand_over(session, TOWN, said, actor=None, now=clock())
    assert "增设公交站" in text(shown("clerk", TOWN, "started"))
    assert "增设公交站" not in text(shown("clerk", CAO, "done"))
    with work() as session:
        answering.reply(session, CAO, case, Reply("answer", "已列入计划。"), actor=None, now=clock())
    assert "增设公交站" in text(shown("clerk", CAO, "done"))
