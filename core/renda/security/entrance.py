"""Coming in and going out: sign-in, first password, change of password, sign-out.

Who has or must have a second factor is let half-way in by a password, see `renda.security.second_step`.

A refusal is an answer like any other: what it counted and audited is committed. So the caller catches
`SignInRefused` and `SignInLocked` and returns a page instead of letting them abort the transaction.
"""

import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Invalid
from renda.i18n import _
from renda.security import attempts, audit, half_way, passwords, second_factor, sessions
from renda.security.accounts import code_hash, folded, set_password
from renda.security.errors import CodeRefused, SignInLocked, SignInRefused
from renda.security.models import Account, Attempt


@dataclass(frozen=True)
class Ticket:
    """What somebody gets for a password who has or must have a second factor; see `half_way`."""

    text: str


def sign_in(session: Session, *, login: str, password: str, address: str, now: datetime) -> str | Ticket:
    """Begin a session; returns the token for the cookie, or a ticket where a second factor is asked for.

    Raises:
        SignInRefused: unknown, closed or without a password, or the password is wrong: all look alike and
            take equally long.
        SignInLocked: too many failures in a row.
    """
    account = _account(session, login)
    counted = begin_attempt(session, account, login, address, now)
    right = passwords.matches(account.password if account else None, password)
    if account is None or not right or not account.active:
        raise _refused(session, account, address, now)
    if account.password is not None and passwords.outdated(account.password):
        account.password = passwords.hashed(password)
    return let_in(session, account, counted, address, now)


def redeem_code(
    session: Session, *, login: str, code: str, password: str, address: str, now: datetime
) -> str | Ticket:
    """Choose a first password with a one-time code; returns the same as `sign_in`.

    Raises:
        Invalid: the new password is not acceptable; the code can still be used.
        SignInRefused: unknown or closed account, or a code that is wrong, used or expired.
        SignInLocked: too many failures in a row.
    """
    passwords.check(password, folded(login))
    account = _account(session, login)
    counted = begin_attempt(session, account, login, address, now)
    right = hmac.compare_digest(code_hash(code), (account.code if account else None) or bytes(32))
    expires = account.code_expires_at if account else None
    if account is None or not right or expires is None or expires <= now or not account.active:
        raise _refused(session, account, address, now)
    set_password(session, account, password, now=now, actor=account.id)
    return let_in(session, account, counted, address, now)


def change_password(
    session: Session, *, account_id: uuid.UUID, old: str, new: str, address: str, now: datetime
) -> str:
    """Replace one's own password; all sessions end, and the returned token begins a new one.

    Raises:
        Invalid: the new password is not acceptable.
        SignInRefused: the old password is wrong.
        SignInLocked: too many failures in a row.
    """
    account = session.get_one(Account, account_id)
    passwords.check(new, account.login, "new")
    if old == new:
        raise Invalid({"new": _("Choose a password that differs from the old one.")})
    counted = begin_attempt(session, account, account.login, address, now)
    if not passwords.matches(account.password, old):
        raise _refused(session, account, address, now)
    attempts.succeeded(session, counted, now)
    set_password(session, account, new, now=now, actor=account.id)
    return enter(session, account, address, now)


def sign_out(session: Session, current: sessions.Current, now: datetime) -> None:
    """End a session."""
    sessions.close_session(session, current.key, now)
    account = current.identity.account
    audit.record(session, actor=account, organisation=None, action="session.close", target=account, now=now)


def _account(session: Session, login: str) -> Account | None:
    kept = folded(login)
    return None if "\x00" in kept else session.scalar(select(Account).where(Account.login == kept))


def let_in(
    session: Session, account: Account, counted: Iterable[Attempt], address: str, now: datetime
) -> str | Ticket:
    """A session for somebody whose password is right; or a ticket, where that is not enough."""
    if second_factor.find(session, account.id) or second_factor.required(session, account.id, now):
        attempts.undone(session, counted)
        _audit(session, "session.half", account, address, now, actor=account.id)
        return Ticket(half_way.begin(session, account.id, now))
    attempts.succeeded(session, counted, now)
    return enter(session, account, address, now)


def begin_attempt(
    session: Session, account: Account | None, login: str, address: str, now: datetime
) -> list[Attempt]:
    """Count an attempt, see `attempts.begin`; one that is refused is audited."""
    try:
        return attempts.begin(session, folded(login), address, now)
    except SignInLocked:
        _audit(session, "session.locked", account, address, now)
        raise


def _refused(session: Session, account: Account | None, address: str, now: datetime) -> SignInRefused:
    _audit(session, "session.refused", account, address, now)
    return SignInRefused()


def code_refused(session: Session, account: Account, address: str, now: datetime) -> CodeRefused:
    """What to raise where a second factor was not proved; it is audited."""
    _audit(session, "second_factor.refused", account, address, now)
    return CodeRefused()


def enter(session: Session, account: Account, address: str, now: datetime) -> str:
    """Begin a session for somebody who has proved all that is asked; returns its token."""
    token = sessions.open_session(session, account.id, now)
    _audit(session, "session.open", account, address, now, actor=account.id)
    return token


def _audit(
    session: Session,
    action: str,
    account: Account | None,
    address: str,
    now: datetime,
    *,
    actor: uuid.UUID | None = None,
) -> None:
    """What was typed as a login is not written down: it may be a password."""
    audit.record(
        session,
        actor=actor,
        organisation=None,
        action=action,
        target=account.id if account else "",
        now=now,
        detail={"address": address},
    )
    session.flush()
