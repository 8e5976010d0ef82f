"""What an account wants to be sent: through which channels, of which kinds, and when not."""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda.notices import sending
from renda.notices.kinds import KINDS
from renda.notices.models import ChannelChoice, QuietHours
from renda.security import audit, vault

_ADDRESS = re.compile(r"[A-Za-z0-9_.+@-]{1,254}")
_MAIL = re.compile(r"[^@]+@[^@]+\.[^@]+")
HOURS = range(24)


@dataclass(frozen=True)
class Choice:
    """Where notices go through one channel, and of which kinds."""

    address: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Choices:
    """What an account wants.

    Attributes:
        channels: by name; a channel that is not there is not used.
        quiet: the hours (from, up to) in which nothing is sent, or None.
    """

    channels: Mapping[str, Choice]
    quiet: tuple[int, int] | None = None


def of(session: Session, account: uuid.UUID) -> Choices:
    """What an account has chosen."""
    secret = None
    found = {}
    for row in session.scalars(select(ChannelChoice).where(ChannelChoice.account == account)):
        secret = secret or vault.sealing_secret(session)
        address = vault.unseal(row.address, secret, sending.owner(account, row.channel)).decode()
        found[row.channel] = Choice(address, frozenset(row.kinds.split()))
    hours = session.get(QuietHours, account)
    return Choices(found, (hours.start, hours.end) if hours else None)


def choose(session: Session, account: uuid.UUID, wanted: Choices, *, now: datetime) -> None:
    """Keep what an account wants in the place of what it had chosen before.

    Raises:
        Invalid: an address is none, a channel or kind does not exist here, or an hour is none of a day.
    """
    _check(wanted, sending.channels(session.info["registry"]))
    session.execute(delete(ChannelChoice).where(ChannelChoice.account == account))
    session.execute(delete(QuietHours).where(QuietHours.account == account))
    for channel, one in wanted.channels.items():
        secret = vault.sealing_secret(session)
        sealed = vault.seal(one.address.encode(), secret, sending.owner(account, channel))
        kinds = " ".join(sorted(one.kinds))
        session.add(ChannelChoice(account=account, channel=channel, address=sealed, kinds=kinds))
    if wanted.quiet is not None:
        session.add(QuietHours(account=account, start=wanted.quiet[0], end=wanted.quiet[1]))
    session.flush()
    audit.record(
        session,
        actor=account,
        organisation=None,
        action="notice.choose",
        target=account,
        now=now,
        detail={channel: sorted(one.kinds) for channel, one in sorted(wanted.channels.items())},
    )


def _check(wanted: Choices, known: Collection[str]) -> None:
    errors = {}
    for channel, one in wanted.channels.items():
        mail = channel != "mail" or _MAIL.fullmatch(one.address)
        if not (_ADDRESS.fullmatch(one.address) and mail):
            errors[f"address-{channel}"] = _("This is no address to which anything can be sent.")
        if channel not in known or not one.kinds <= KINDS.keys():
            errors[f"kinds-{channel}"] = _("Choose among the kinds that are offered.")
    if wanted.quiet is not None and not (
        set(wanted.quiet) <= set(HOURS) and wanted.quiet[0] != wanted.quiet[1]
    ):
        errors["quiet_start"] = _("Choose two different hours.")
    if errors:
        raise Invalid(errors)
