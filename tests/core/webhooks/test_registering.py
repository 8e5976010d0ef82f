"""Who administers an organisation says where programs are told of it, among the hosts of the node."""

import pytest
from sqlalchemy import select

from renda.errors import Conflict
from renda.security.models import Account, AuditEntry
from renda.webhooks import registering
from renda.webhooks.models import Webhook
from renda.webhooks.registering import host_of
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW

PAGE = f"/o/{COUNTY}/m/core/webhooks"


def form(page):
    return next(one for one in page.forms.values() if one.action == PAGE)


def send(app, address, *topics, status=200):
    one = form(app.get(PAGE))
    one["address"] = address
    for box in one.fields["topics"]:
        box.checked = box._value in topics
    return one.submit(status=status)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://oa.example.cn/renda?x=1", "oa.example.cn"),
        ("https://OA.example.cn:443/", "oa.example.cn"),
        ("https://10.0.0.8:8443/renda", "10.0.0.8:8443"),
        ("http://oa.example.cn/", ""),
        ("https://user:secret@oa.example.cn/", ""),
        ("https://oa.example.cn\\@elsewhere.cn/", ""),
        ("https://oa.example.cn/#part", ""),
        ("https://oa.example.cn:99999/", ""),
        ("https:///renda", ""),
        ("https://oa.example.cn/a b", ""),
        ("https://oa.example.cn/\r\nHost: elsewhere.cn", ""),
        ("https://人大.cn/", ""),
        ("file:///etc/passwd", ""),
        ("", ""),
    ],
)
def test_calls_go_over_https_to_a_plain_host(address, host):
    assert host_of(address) == host


def test_the_secret_is_shown_once_and_lies_sealed(admin, receiver, work):
    page = send(admin, receiver.address, "record")
    secret = page.html.select_one("#secret").text
    assert secret.startswith("whsec_")
    assert secret not in admin.get(PAGE).text
    with work() as session:
        (hook,) = session.scalars(select(Webhook))
        assert (hook.organisation, hook.address, hook.topics) == (COUNTY, receiver.address, "record")
        assert registering.secret_of(session, hook) not in hook.sealed
        assert (
            session.scalar(select(AuditEntry.action).where(AuditEntry.target == str(hook.id)))
            == "webhook.add"
        )


def test_an_address_elsewhere_is_refused_with_what_to_do(admin, receiver, work):
    page = send(admin, "https://elsewhere.cn/", "record", status=422)
    assert "elsewhere.cn is not registered" in page.text
    assert form(page)["address"].value == "https://elsewhere.cn/"
    assert "https://" in send(admin, receiver.address.replace("https", "http"), "record", status=422).text
    assert "Choose at least one" in send(admin, receiver.address, status=422).text
    with work() as session:
        assert session.scalar(select(Webhook.id)) is None


def test_only_who_administers_the_organisation_sees_them(sign_in):
    sign_in("clerk").get(PAGE, status=403)
    sign_in("clerk").get(PAGE.replace(COUNTY, NEIGHBOUR), status=404)


def test_there_are_not_too_many(receiver, db, admin, registry):
    account = db.scalar(select(Account.id).where(Account.login == "admin"))
    more = {
        "account": account,
        "organisation": COUNTY,
        "address": receiver.address,
        "topics": ["record"],
        "hosts": registry.values["webhook_hosts"],
        "now": NOW,
    }
    for _number in range(registering.MOST):
        registering.register(db, **more)
    with pytest.raises(Conflict):
        registering.register(db, **more)


def test_one_that_is_closed_is_listed_no_more(admin, receiver):
    send(admin, receiver.address, "record")
    page = admin.get(PAGE)
    closing = next(one for one in page.forms.values() if one.action.endswith("/close"))
    assert receiver.address not in closing.submit().follow().text
    closing.submit(status=404)
