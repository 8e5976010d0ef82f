"""Everybody concerned is told once of everything that happens."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from renda.i18n import _, freeze, thaw
from renda.notices import telling
from renda.notices.models import Delivery, Notice
from renda.security.models import Account, Grant
from renda.tasks.declare import TASKS
from tests.core.notices.conftest import NOW, news


def notices(db):
    rows = db.execute(select(Notice.account, Notice.key).order_by(Notice.key, Notice.account))
    return [tuple(row) for row in rows]


def test_each_account_is_told_once_of_each_thing(db, people):
    assert telling.tell(db, [news("a"), news("a"), news("b")], NOW) == 2
    assert telling.tell(db, [news("a"), news("c")], NOW) == 1
    assert notices(db) == [(people.clerk, "a"), (people.clerk, "b"), (people.clerk, "c")]


def test_all_who_play_one_of_the_roles_there_are_told(db, people):
    assert telling.tell(db, [news(roles=("clerk", "leader", "reviewer"))], NOW) == 2
    assert telling.tell(db, [news("b", organisation="371722")], NOW) == 0


def test_nobody_is_told_whose_role_or_account_has_ended(db, people):
    db.execute(update(Grant).where(Grant.account == people.clerk).values(until=NOW))
    db.execute(update(Account).where(Account.id == people.leader).values(active=False))
    assert telling.tell(db, [news(roles=("clerk", "leader"))], NOW) == 0


def test_roles_are_found_by_what_they_may_do(registry):
    assert telling.roles_that_may(registry.declared, "probe:write") == {"clerk"}
    assert telling.roles_that_may(registry.declared, "probe:write", "probe:decide") == {"clerk", "leader"}
    assert telling.roles_that_may(registry.declared, "nowhere:write") == set()


def test_a_message_within_a_message_is_shown_in_any_language():
    inner = _("${n} working days left", mapping={"n": 3})
    found = thaw(freeze(_("${register}: ${title}", mapping={"register": inner, "title": "甲"})))
    assert found.mapping["register"] == inner
    assert found.mapping["register"].mapping == {"n": "3"}
    assert found.mapping["title"] == "甲"


def test_plain_text_comes_back_as_it_was():
    assert thaw(freeze("走访 ${n}")).interpolate() == "走访 ${n}"


def test_what_was_read_long_ago_is_removed_with_what_was_sent_of_it(post, registry, work, people):
    post.choose()
    sent = post.tell(news("old"), news("late"), news("unread"))
    assert len(sent) == 3
    days = registry.values["notice_days"]
    read = {"old": NOW - timedelta(days=days, seconds=1), "late": NOW - timedelta(days=days)}
    with work() as session:
        for key, at in read.items():
            session.execute(update(Notice).where(Notice.key == key).values(read_at=at))
    with work() as session:
        TASKS["core.forget_notices"].function(registry, session, NOW)
    with work() as session:
        kept = dict(session.execute(select(Notice.key, Notice.id)).all())
        assert kept.keys() == {"late", "unread"}
        assert set(session.scalars(select(Delivery.notice))) == set(kept.values())


def test_an_account_is_told_itself_once_whatever_it_plays(db, people):
    own = replace(news("a", roles=()), accounts={people.auditor})
    assert telling.tell(db, [own], NOW) == 1
    both = replace(news("b", roles=("clerk",)), accounts={people.auditor, people.clerk})
    assert telling.tell(db, [both, own], NOW) == 2
    assert set(notices(db)) == {(people.auditor, "a"), (people.auditor, "b"), (people.clerk, "b")}
