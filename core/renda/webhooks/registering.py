"""Webhooks are registered and closed; both are audited."""

import base64
import os
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.database import new_id
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit, vault
from renda.webhooks.models import Webhook

TOPICS: Mapping[str, str] = {
    "record": _("Records: entered, changed, taken a step further"),
    "report": _("Reports: submitted, reviewed, published"),
    "directive": _("Directives: received and responded to"),
    "matter": _("Matters handed on"),
}
"""What a webhook may be told, by the first word of the audit trail's action."""

MOST = 10
"""Webhooks that one organisation may have."""

_LONGEST = 500
_SECRET = 32
_PORTS = range(1, 65536)


def host_of(address: str) -> str:
    """The `host` or `host:port` of an address that calls may go to, as the setting writes it; "" for none.

    Only `https` will do; a name and password, a fragment, spaces or control characters will not.
    """
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        return ""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or "\\" in address:
        return ""
    if parts.fragment or (port is not None and port not in _PORTS):
        return ""
    return parts.hostname if port in {None, 443} else f"{parts.hostname}:{port}"


def register(
    session: Session,
    *,
    account: uuid.UUID,
    organisation: str,
    address: str,
    topics: Iterable[str],
    hosts: Collection[str],
    now: datetime,
) -> tuple[Webhook, str]:
    """A new webhook; returns its row, and the secret that is shown once, as `whsec_…`.

    Args:
        session: where it is kept.
        account: who registers it.
        organisation: whose doings it is told.
        address: where calls go.
        topics: names of `TOPICS`, at least one.
        hosts: what the setting `webhook_hosts` allows.
        now: when.

    Raises:
        Invalid: the address or the topics are not acceptable.
        Conflict: the organisation has as many as it may have.
    """
    address, wanted = address.strip(), sorted(set(topics))
    errors = {}
    host = host_of(address)
    if not host:
        errors["address"] = _("Enter an address that begins with https://.")
    elif host not in hosts:
        errors["address"] = _(
            "${host} is not registered. Ask the node's administrator to add it to the setting webhook_hosts.",
            mapping={"host": host},
        )
    if not wanted or not TOPICS.keys() >= set(wanted):
        errors["topics"] = _("Choose at least one.")
    if errors:
        raise Invalid(errors)
    if len(listed(session, organisation)) >= MOST:
        raise Conflict(_("There are ${count} webhooks already. Close one first.", mapping={"count": MOST}))
    secret, identifier = os.urandom(_SECRET), new_id()
    made = Webhook(
        id=identifier,
        organisation=organisation,
        account=account,
        address=address,
        topics=" ".join(wanted),
        sealed=vault.seal(secret, vault.sealing_secret(session), _owner(identifier)),
        created_at=now,
    )
    session.add(made)
    session.flush()
    _audit(session, made, "webhook.add", now, account)
    return made, "whsec_" + base64.b64encode(secret).decode()


def secret_of(session: Session, hook: Webhook) -> bytes:
    """The secret that signs a webhook's calls.

    Raises:
        CannotUnseal: the node's key file is another one now.
    """
    return vault.unseal(hook.sealed, vault.sealing_secret(session), _owner(hook.id))


def _owner(identifier: uuid.UUID) -> str:
    return f"webhook:{identifier}"


def listed(session: Session, organisation: str) -> Sequence[Webhook]:
    """The webhooks of an organisation that are not closed, the newest first."""
    open_ = select(Webhook).where(Webhook.organisation == organisation, Webhook.closed_at.is_(None))
    return session.scalars(open_.order_by(Webhook.id.desc())).all()


def find(session: Session, organisation: str, identifier: str) -> Webhook:
    """One of them.

    Raises:
        NotFound: there is no such webhook there, or it is closed.
    """
    for one in listed(session, organisation):
        if str(one.id) == identifier:
            return one
    raise NotFound


def close(session: Session, organisation: str, identifier: str, *, now: datetime, actor: uuid.UUID) -> None:
    """Close a webhook: it is told nothing more, not even what waits.

    Raises:
        NotFound: see `find`.
    """
    hook = find(session, organisation, identifier)
    hook.closed_at = now
    session.flush()
    _audit(session, hook, "webhook.close", now, actor)


def _audit(session: Session, hook: Webhook, action: str, now: datetime, actor: uuid.UUID) -> None:
    audit.record(
        session,
        actor=actor,
        organisation=hook.organisation,
        action=action,
        target=hook.id,
        now=now,
        detail={"address": hook.address, "topics": hook.topics},
    )
