"""Notices on their way through channels: planned with the notice, sent by a task, once for each channel.

A message says how many of its kind are unread. So of many that wait together, at the end of quiet hours or
after a day's reminders, one is sent, and the others have gone with it.

That a message is being sent is written down and committed before it leaves. So whatever dies, none is sent
twice; of one that was under way when its process died it is shown that nobody knows.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.clock import LOCAL
from renda.declarations import Channel
from renda.i18n import DEFAULT_LOCALE, Translator, _
from renda.notices.kinds import KINDS
from renda.notices.models import ChannelChoice, Delivery, Notice, QuietHours
from renda.security import vault
from renda.security.models import Account
from renda.slices import slices
from renda.tasks.queue import enqueue
from renda.types import Registry

SEND = "core.send_notice"

WAITING, SENDING, SENT, FAILED, DROPPED, UNKNOWN = (
    "waiting",
    "sending",
    "sent",
    "failed",
    "dropped",
    "unknown",
)
"""States of a delivery; dropped is what a node held back that was restored or has just joined."""

STATES: Mapping[str, tuple[str, str]] = {
    WAITING: ("busy", _("waits to be sent")),
    SENDING: ("busy", _("being sent")),
    SENT: ("ok", _("sent")),
    FAILED: ("bad", _("could not be sent")),
    DROPPED: ("off", _("not sent")),
    UNKNOWN: ("warn", _("may not have been sent")),
}
"""Lights and words of the states."""

WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long to wait after each failure; after one more it is given up."""
LONGEST = timedelta(days=1)
"""How far ahead quiet hours end at most."""

_log = logging.getLogger(__name__)


@dataclass
class Sending:
    """Said through the registry before anything leaves this node; a subscriber that forbids it sets `held`.

    Attributes:
        session: an open one.
        held: whether this node sends nothing now, and what waits is dropped.
    """

    session: Session
    held: bool = False


def is_held(session: Session) -> bool:
    """Whether this node sends nothing now."""
    said = Sending(session)
    session.info["registry"].notify(said)
    return said.held


def channels(registry: Registry) -> Mapping[str, Channel]:
    """The channels that this node has, by name."""
    declared: Mapping[str, Channel] = registry.declared.channels
    return {name: one for name, one in declared.items() if registry.values.get(one.setting)}


def owner(account: uuid.UUID, channel: str) -> str:
    """The name to which the address of an account in a channel is sealed."""
    return f"notice {channel} {account}"


def plan(session: Session, notices: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Have new notices (rows with id, account, kind) sent as their owners chose, after their quiet hours."""
    known = channels(session.info["registry"])
    accounts = {one["account"] for one in notices}
    if not known or is_held(session):
        return
    chosen: dict[uuid.UUID, list[Any]] = {}
    wanted = select(ChannelChoice.account, ChannelChoice.channel, ChannelChoice.kinds).where(
        ChannelChoice.account.in_(accounts), ChannelChoice.channel.in_(known)
    )
    for choice in session.execute(wanted):
        chosen.setdefault(choice.account, []).append(choice)
    quiet = {
        row.account: row for row in session.scalars(select(QuietHours).where(QuietHours.account.in_(chosen)))
    }
    rows = [
        {
            "notice": one["id"],
            "channel": choice.channel,
            "state": WAITING,
            "tries": 0,
            "error": "",
            "changed_at": now,
        }
        for one in notices
        for choice in chosen.get(one["account"], ())
        if one["kind"] in choice.kinds.split()
    ]
    if not rows:
        return
    session.execute(insert(Delivery), rows)
    whose = {one["id"]: one["account"] for one in notices}
    for row in rows:
        hours = quiet.get(whose[row["notice"]])
        due = after_quiet(hours.start, hours.end, now) if hours else now
        enqueue(session, SEND, row["notice"], row["channel"], now=now, due=due)


def after_quiet(start: int, end: int, now: datetime) -> datetime:
    """The present instant, or the end of the quiet hours in which it lies."""
    local = now.astimezone(LOCAL)
    inside = start <= local.hour < end if start < end else local.hour >= start or local.hour < end
    if start == end or not inside:
        return now
    day = local.date() + timedelta(days=local.hour >= end)
    return datetime.combine(day, time(end), LOCAL).astimezone(now.tzinfo)


def send(registry: Registry, notice: uuid.UUID, channel: str) -> None:
    """Send a notice through a channel, if it waits for that; a failure makes it wait again, or ends it."""
    message = _begin(registry, notice, channel)
    if message is None:
        return
    error = ""
    try:
        message.through.send(*message.arguments)
    except Exception as failure:  # noqa: BLE001 - other people's machines fail in all ways
        _log.warning("notice %s was not sent through %s", notice, channel, exc_info=True)
        error = type(failure).__name__
    _end(registry, notice, channel, error, message.counted)


@dataclass(frozen=True)
class _Message:
    """What is sent, and the other notices that wait for the same way and are counted in it."""

    through: Channel
    arguments: tuple[str, str, str, str]
    counted: Sequence[uuid.UUID]


def _begin(registry: Registry, notice: uuid.UUID, channel: str) -> _Message | None:
    """Write down that a message is about to leave, and what it says."""
    now = registry.clock()
    with unit_of_work(registry) as session:
        row = session.get(Delivery, (notice, channel), with_for_update=True)
        if row is None or row.state not in {WAITING, SENDING}:
            return None
        if row.state == SENDING:
            row.state, row.changed_at = UNKNOWN, now
            return None
        message = None if is_held(session) else _message(session, notice, channel)
        row.state, row.changed_at = (DROPPED if message is None else SENDING), now
        row.tries += message is not None
        return message


def _message(session: Session, notice: uuid.UUID, channel: str) -> _Message | None:
    """What is sent; None where its owner has read it, wants no more or has left, or there is no such way."""
    registry: Registry = session.info["registry"]
    through = channels(registry).get(channel)
    told = session.get_one(Notice, notice)
    chosen = session.get(ChannelChoice, (told.account, channel))
    is_open = session.get_one(Account, told.account).active
    if through is None or chosen is None or told.read_at is not None or not is_open:
        return None
    secret = vault.sealing_secret(session)
    address = vault.unseal(chosen.address, secret, owner(told.account, channel)).decode()
    counted = _waiting(session, told, channel)
    subject, text = words(session, told)
    return _Message(through, (registry.values[through.setting], address, subject, text), counted)


def _waiting(session: Session, told: Notice, channel: str) -> Sequence[uuid.UUID]:
    """The other unread notices of this kind that wait to be sent to the same account through a channel."""
    return session.scalars(
        select(Notice.id)
        .join(Delivery, Delivery.notice == Notice.id)
        .where(
            Notice.account == told.account,
            Notice.kind == told.kind,
            Notice.read_at.is_(None),
            Notice.id != told.id,
            Delivery.channel == channel,
            Delivery.state == WAITING,
        )
    ).all()


def words(session: Session, told: Notice) -> tuple[str, str]:
    """Subject and text of a message about a notice: how many of its kind wait, and where; nothing else."""
    registry: Registry = session.info["registry"]
    translate = Translator([one.package for one in registry.declared.components], DEFAULT_LOCALE)
    number = session.scalar(
        select(func.count()).where(
            Notice.account == told.account, Notice.kind == told.kind, Notice.read_at.is_(None)
        )
    )
    said = {"n": number, "kind": KINDS.get(told.kind, told.kind)}
    subject = translate(_("${kind}: ${n} unread notices", mapping=said))
    base = str(registry.values["pages_url"]).rstrip("/")
    return subject, f"{subject}\n{base}/o/{told.organisation}/notices" if base else subject


def _end(
    registry: Registry, notice: uuid.UUID, channel: str, error: str, counted: Sequence[uuid.UUID]
) -> None:
    """Write down what became of a message; those that it counted need none of their own."""
    now = registry.clock()
    with unit_of_work(registry) as session:
        row = session.get_one(Delivery, (notice, channel), with_for_update=True)
        row.error, row.changed_at = error, now
        if not error:
            row.state = SENT
            for some in slices(counted):
                session.execute(
                    update(Delivery)
                    .where(Delivery.notice.in_(some), Delivery.channel == channel, Delivery.state == WAITING)
                    .values(state=SENT, error="", changed_at=now),
                    execution_options={"synchronize_session": False},
                )
        elif row.tries > len(WAITS):
            row.state = FAILED
        else:
            row.state = WAITING
            enqueue(session, SEND, notice, channel, now=now, due=now + WAITS[row.tries - 1])


def drop(session: Session, now: datetime) -> None:
    """Send nothing of what waits: a restored node may have sent it before."""
    session.execute(
        update(Delivery).where(Delivery.state.in_((WAITING, SENDING))).values(state=DROPPED, changed_at=now),
        execution_options={"synchronize_session": False},
    )
