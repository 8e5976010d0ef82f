"""What is done at an organisation is told once, signed, and told again while nobody takes it."""

import base64
import hashlib
import hmac
import json
from functools import partial

import pytest
from sqlalchemy import select

from renda.errors import Conflict
from renda.records import engine
from renda.security.models import Account, AuditEntry
from renda.tasks.models import TaskRow
from renda.webhooks import registering
from renda.webhooks.following import TELL
from renda.webhooks.models import Webhook
from renda.webhooks.tasks import PAUSES
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, VALUES, cleaned
from tests.core.records.probe import VISITS
from tests.core.tasks.support import run_tasks


@pytest.fixture
def hook(admin, receiver, work, registry):
    """A webhook for records of the county; its secret."""
    with work() as session:
        account = session.scalar(select(Account.id).where(Account.login == "admin"))
        _made, secret = registering.register(
            session,
            account=account,
            organisation=COUNTY,
            address=receiver.address,
            topics=["record"],
            hosts=registry.values["webhook_hosts"],
            now=NOW,
        )
    return base64.b64decode(secret.removeprefix("whsec_"))


@pytest.fixture
def visited(hook, work, people):
    """A visit that is entered while somebody is told."""
    with work() as session:
        return engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=people.clerk).id


def only_hook(session):
    (found,) = session.scalars(select(Webhook))
    return found


@pytest.fixture
def waiting(work):
    """The calls that wait."""

    def look():
        with work() as session:
            return session.scalars(select(TaskRow).where(TaskRow.name == TELL)).all()

    return look


@pytest.fixture
def tell(registry):
    """Makes the calls that wait, due or not."""
    return partial(run_tasks, registry, TELL)


def test_a_call_says_where_to_look_and_is_signed(visited, hook, receiver, work, tell):
    tell()
    ((headers, body),) = receiver.got
    assert json.loads(body) == {
        "type": "record.create",
        "timestamp": "2026-05-06T01:00:00.000+00:00",
        "data": {"organisation": COUNTY, "target": f"{VISITS.name}/{visited}"},
    }
    content = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    signature = base64.b64encode(hmac.new(hook, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    with work() as session:
        entry = session.scalar(select(AuditEntry.id).where(AuditEntry.action == "record.create"))
        assert headers["webhook-id"] == str(entry)
        assert only_hook(session).told_at == NOW


def test_each_of_many_that_are_made_at_once_is_told(hook, work, people, waiting):
    with work() as session:
        engine.create_many(session, VISITS, COUNTY, cleaned([VALUES, VALUES]), now=NOW, author=None)
        told = [json.dumps(str(one)) for one in session.scalars(select(AuditEntry.id))]
    assert len([one for one in waiting() if any(entry in one.args for entry in told)]) == 2


def test_nothing_is_told_of_what_was_not_committed_and_of_what_was_done_elsewhere(
    hook, work, people, waiting
):
    def fail() -> None:
        with work() as session:
            engine.create(session, VISITS, COUNTY, VALUES, now=NOW, author=people.clerk)
            raise Conflict

    with pytest.raises(Conflict):
        fail()
    with work() as session:
        engine.create(session, VISITS, NEIGHBOUR, VALUES, now=NOW, author=people.clerk)
    assert not waiting()


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_call_that_is_not_taken_is_repeated_later_under_the_same_id(
    visited, receiver, tell, waiting, status
):
    receiver.status = status
    tell()
    (again,) = waiting()
    assert again.due == NOW + PAUSES[0]
    receiver.status = 204
    tell()
    first, second = receiver.got
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert not waiting()


def test_the_page_says_since_when_and_why_calls_fail_until_one_is_taken(visited, receiver, tell, admin):
    receiver.status = 503
    tell()
    page = admin.get(f"/o/{COUNTY}/m/core/webhooks").text
    assert "Failing since" in page
    assert "503" in page
    receiver.status = 204
    tell()
    assert "Failing since" not in admin.get(f"/o/{COUNTY}/m/core/webhooks").text


def test_after_the_last_try_it_is_given_up(visited, receiver, tell, waiting):
    receiver.status = 500
    for _try in range(len(PAUSES) + 1):
        tell()
    assert not waiting()
    assert len(receiver.got) == len(PAUSES) + 1


def test_a_host_that_is_registered_no_more_gets_nothing(visited, receiver, work, registry, monkeypatch):
    tell = partial(run_tasks, registry, TELL)
    monkeypatch.setitem(registry.values, "webhook_hosts", ())
    tell()
    assert not receiver.got
    with work() as session:
        assert "not registered" in only_hook(session).trouble


def test_a_closed_webhook_is_told_nothing_not_even_what_waits(visited, receiver, work, tell, waiting):
    with work() as session:
        hook = only_hook(session)
        registering.close(session, COUNTY, str(hook.id), now=NOW, actor=hook.account)
    tell()
    assert not receiver.got
    assert not waiting()


def test_a_receiver_whose_certificate_nobody_vouches_for_is_not_told(
    visited, receiver, tell, waiting, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    tell()
    assert not receiver.got
    assert len(waiting()) == 1
