"""A city and a county with nodes of their own, and administrators and auditors who look at their pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from pyramid.router import Router
from sqlalchemy import select
from webtest import TestApp

from renda.database import new_id
from renda.security import accounts, grants, passwords
from renda.security.models import AuditEntry
from renda_tiers.documents import issuing, ledger, signing
from renda_tiers.documents.envelope import encode
from renda_tiers.documents.ledger import Receipt
from tests.core.security.town import PASSWORD, post, sign_in
from tests.tiers.chain import CITY
from tests.tiers.links.network import Node

NODE = "/o/{}/m/tiers/node"


@pytest.fixture(autouse=True)
def _quick_passwords() -> None:
    passwords.configure(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def reader() -> Callable[..., Any]:
    """`reader(node, "admin", code)` gives a browser of somebody who plays that role there, in English."""

    def browser(node: Node, role: str, code: str, *, english: bool = True) -> Any:
        app = TestApp(Router(node.registry))
        login = f"{role}-{code}-{uuid4().hex[:6]}"
        with node.work() as session:
            account = accounts.create_account(
                session, login=login, name=role, password=PASSWORD, now=node.clock()
            )
            grants.grant(session, account=account, organisation=code, role=role, now=node.clock())
        sign_in(app, login)
        if english:
            post(app, "/language", {"locale": "en", "next": "/help"}, status=303)
        return app

    return browser


def link_page(code: str, peer: str) -> str:
    """Where one link is shown and acted on."""
    return f"{NODE.format(code)}/links/{peer}"


def act(app: Any, code: str, peer: str, name: str, **options: Any) -> Any:
    """Press one of a link's buttons."""
    return post(app, link_page(code, peer), {"do": name}, **options)


def audited(node: Node, *actions: str) -> list[tuple[str, str | None, str, bool]]:
    """(Action, organisation, target, whether somebody did it) of these audit rows, by time."""
    with node.work() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id)
        )
        return [(row.action, row.organisation, row.target, row.actor is not None) for row in rows]


@dataclass
class Said:
    """What is put into a document of the tests; the rest is the same for all."""

    origin: str
    kind: str = "petition"
    subject: str = "petition:1"
    revision: int = 1
    id: UUID | None = None


def receive(
    node: Node, said: Said, body: Any = None, *, key: bytes | None = None, parts: Any = ()
) -> Receipt:
    """A node receives what an organisation says, signed with its own key there or with another one."""
    with node.work() as session:
        payload = encode(
            id=said.id or new_id(),
            kind=said.kind,
            schema=1,
            origin=said.origin,
            audience=[CITY],
            subject=said.subject,
            revision=said.revision,
            previous=None,
            issued=node.clock(),
            body=body or {},
            parts=[reference for reference, _part in parts],
        )
        private = key or issuing.private_keys(session, {said.origin})[said.origin]
        signed = signing.sign(payload, private, [part for _reference, part in parts])
        (receipt,) = ledger.receive(session, [signed], now=node.clock())
        return receipt


def stranger() -> bytes:
    """A private key that nobody has granted."""
    return signing.generate()[0]
