"""Sealed data are opened for a purpose that is written down, by those who may, and shown once."""

import json

import pytest
from sqlalchemy import select

from renda.security.models import Account, AuditEntry
from tests.core.deputies.conftest import DEPUTIES, WANG, add, words
from tests.core.security.town import form_of, post


@pytest.fixture
def address(clerk):
    return add(clerk, name="王小明", identity=WANG, phone="13805301234")


def opened(work):
    with work() as session:
        rows = session.execute(
            select(AuditEntry.detail, AuditEntry.target, Account.login)
            .join(Account, Account.id == AuditEntry.actor)
            .where(AuditEntry.action == "person.open")
        )
        return [(json.loads(row.detail), row.target, row.login) for row in rows]


def test_it_is_shown_once_and_written_down(clerk, address, work):
    form = form_of(clerk.get(f"{address}/open"), "purpose")
    form["purpose"], form["words"] = "certificate", "办理代表证"
    page = form.submit(status=200)
    assert WANG in words(page)
    assert "13805301234" in words(page)
    assert "no-store" in page.headers["Cache-Control"]
    said = {"fields": ["identity", "phone"], "purpose": "certificate", "words": "办理代表证"}
    assert opened(work) == [(said, address.rpartition("/")[2], "li")]
    assert WANG not in clerk.get(f"{address}/open").text
    assert "Certificates, insurance and travel for deputies' work；办理代表证" in words(clerk.get(address))


@pytest.mark.parametrize("fields", [{}, {"purpose": "duty"}, {"purpose": "curiosity", "words": "想看看"}])
def test_without_a_purpose_nothing_is_shown(clerk, address, work, fields):
    page = post(clerk, f"{address}/open", fields, status=422)
    assert WANG not in page.text
    assert opened(work) == []


def test_who_may_not_open_is_refused(as_, address, work):
    app = as_("zhao")
    app.get(f"{address}/open", status=403)
    post(app, f"{address}/open", {"purpose": "duty", "words": "联系"}, status=403)
    assert "Open in full" not in words(app.get(address))
    assert opened(work) == []


def test_it_is_not_offered_where_nothing_is_sealed(clerk, address):
    assert "Open in full" in words(clerk.get(address))
    assert "Open in full" not in words(clerk.get(add(clerk, name="李梅")))


def test_of_who_never_sat_here_nothing_is_opened(clerk, address):
    clerk.get(f"{DEPUTIES}/00000000-0000-7000-8000-000000000000/open", status=404)
