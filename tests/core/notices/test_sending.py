"""A notice goes out once through each channel that its owner chose, and says nothing of what it is about."""

from datetime import UTC, datetime, timedelta

import pytest

from renda.backup import Restored
from renda.notices import sending, telling
from renda.notices.kinds import OVERDUE, TASK
from renda.notices.models import Delivery
from renda.notices.sending import Sending
from renda.security.models import Account
from tests.core.notices.conftest import COUNTY, news


def test_the_message_has_number_kind_and_address_and_nothing_else(post):
    post.choose()
    first, second = post.tell(news("a"), news("b"))
    post.send(first)
    text = f"新任务：2 条未读通知\nhttps://rd.example.cn/o/{COUNTY}/notices"
    assert post.sent == [("li@example.cn", "新任务：2 条未读通知", text)]
    assert (post.state(first), post.state(second)) == (("sent", 1), ("sent", 0))


def test_of_many_that_wait_together_one_message_goes_out_that_counts_them(post):
    post.choose(quiet=(8, 18))
    many = post.tell(*(news(key) for key in "abcde"), news("f", kind=OVERDUE))
    for one in many:
        post.send(one)
    assert sorted(said for _to, said, _text in post.sent) == ["已逾期：1 条未读通知", "新任务：5 条未读通知"]
    assert {post.state(one)[0] for one in many} == {"sent"}


def test_what_comes_after_a_message_has_one_of_its_own(post):
    post.choose()
    for key in "ab":
        for one in post.tell(news(key)):
            post.send(one)
    assert len(post.sent) == 2


def test_where_the_message_fails_the_others_still_wait(post):
    post.choose()
    first, second = post.tell(news("a"), news("b"))
    post.failures.append(OSError("no route"))
    post.send(first)
    assert (post.state(first), post.state(second)) == (("waiting", 1), ("waiting", 0))
    post.send(second)
    assert (post.state(first), post.state(second)) == (("sent", 1), ("sent", 1))
    assert len(post.sent) == 1


def test_what_was_sent_is_not_sent_again(post):
    post.choose()
    (one,) = post.tell()
    post.send(one)
    post.send(one)
    assert len(post.sent) == 1


def test_only_chosen_kinds_go_out(post):
    post.choose(kinds=[OVERDUE])
    assert post.tell(news("a", kind=TASK)) == []
    assert len(post.tell(news("b", kind=OVERDUE))) == 1


def test_who_has_chosen_nothing_is_sent_nothing(post):
    assert post.tell() == []


def test_a_node_without_the_channel_sends_nothing(post, registry):
    post.choose()
    registry.values = {**registry.values, "mail_url": ""}
    assert post.tell() == []


def test_in_quiet_hours_a_message_waits_for_their_end(post, clock):
    post.choose(quiet=(20, 8))
    post.tell(news("a"))
    clock.forward(hours=13)
    post.tell(news("b"))
    assert post.due() == [datetime(2026, 5, 6, 1, tzinfo=UTC), datetime(2026, 5, 7, 0, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("start", "end", "hour", "waits"),
    [
        (12, 14, 11, 0),
        (12, 14, 12, 2),
        (12, 14, 13, 1),
        (12, 14, 14, 0),
        (22, 7, 21, 0),
        (22, 7, 22, 9),
        (22, 7, 0, 7),
        (22, 7, 6, 1),
        (22, 7, 7, 0),
    ],
)
def test_quiet_hours_may_lie_over_midnight(start, end, hour, waits):
    """China is eight hours before UTC."""
    now = datetime(2026, 5, 6, hour, tzinfo=UTC) - timedelta(hours=8)
    assert sending.after_quiet(start, end, now) - now == timedelta(hours=waits)


def test_a_failure_is_tried_again_and_given_up_in_the_end(post, work):
    post.choose()
    (one,) = post.tell()
    tries = len(sending.WAITS) + 1
    post.failures.extend(OSError("no route") for _try in range(tries))
    seen = []
    for _try in range(tries + 1):
        post.send(one)
        seen.append(post.state(one))
    waiting = [("waiting", number) for number in range(1, tries)]
    assert seen == [*waiting, ("failed", tries), ("failed", tries)]
    assert post.sent == []
    with work() as session:
        assert session.get_one(Delivery, one).error == "OSError"


def test_a_process_that_dies_while_sending_sends_nothing_twice(post):
    post.choose()
    (one,) = post.tell()
    post.failures.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        post.send(one)
    assert post.state(one) == ("sending", 1)
    post.send(one)
    post.send(one)
    assert (post.sent, post.state(one)) == ([], ("unknown", 1))


def test_what_its_owner_has_read_is_not_sent(post, work, people, clock):
    post.choose()
    (one,) = post.tell()
    with work() as session:
        telling.mark_read(session, people.clerk, [one[0]], clock())
    post.send(one)
    assert (post.sent, post.state(one)) == ([], ("dropped", 0))


def test_what_its_owner_wants_no_more_is_not_sent(post):
    post.choose()
    (one,) = post.tell()
    post.choose(kinds=())
    post.send(one)
    assert (post.sent, post.state(one)) == ([], ("dropped", 0))


def test_whose_account_was_closed_meanwhile_is_sent_nothing(post, work, people):
    post.choose(quiet=(8, 18))
    (one,) = post.tell()
    with work() as session:
        session.get_one(Account, people.clerk).active = False
    post.send(one)
    assert (post.sent, post.state(one)) == ([], ("dropped", 0))


@pytest.fixture
def hold(registry):
    """Lets the node send nothing from now on."""

    def held(event):
        event.held = True

    yield lambda: registry.registerHandler(held, [Sending])
    registry.unregisterHandler(held, [Sending])


def test_a_node_that_is_held_plans_nothing(post, hold):
    post.choose()
    hold()
    assert post.tell() == []


def test_a_node_that_is_held_drops_what_waits(post, hold):
    post.choose()
    (one,) = post.tell()
    hold()
    post.send(one)
    assert (post.sent, post.state(one)) == ([], ("dropped", 0))


def test_after_a_restore_nothing_that_waited_is_sent(post, work, registry):
    post.choose()
    (one,) = post.tell()
    with work() as session:
        registry.notify(Restored(session))
    post.send(one)
    assert (post.sent, post.state(one)) == ([], ("dropped", 0))
