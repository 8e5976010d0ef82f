"""The second step of a sign-in, and turning it on and off: what counts and audits as passwords do.

As in `renda.security.entrance`, the caller catches `SignInRefused` (`CodeRefused` among them) and
`SignInLocked` and answers with a page, so that what was counted is committed.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from renda.security import attempts, passwords, second_factor, sessions, totp
from renda.security.entrance import Ticket, begin_attempt, code_refused, enter, let_in
from renda.security.models import Account


def give_code(session: Session, account: Account, typed: str, *, address: str, now: datetime) -> str:
    """Finish a sign-in with a code; returns the token of the session.

    Args:
        session: where it is counted and kept.
        account: whom `half_way.find` has found.
        typed: a code of the authenticator, or a recovery code.
        address: where the request comes from.
        now: when.

    Raises:
        CodeRefused: it is wrong, expired or used already.
        SignInLocked: too many failures in a row, wrong passwords among them.
    """
    counted = begin_attempt(session, account, account.login, address, now)
    if not second_factor.proves(session, account, typed, now):
        raise code_refused(session, account, address, now)
    attempts.succeeded(session, counted, now)
    return _finish(session, account, address, now)


def set_up(
    session: Session, account: Account, sealed: bytes, typed: str, *, address: str, now: datetime
) -> tuple[str, list[str]]:
    """Finish a sign-in by turning the second factor on; returns the session's token and the recovery codes.

    Raises:
        CodeRefused, SignInLocked: see `give_code`.
        Conflict: it has been turned on meanwhile.
    """
    codes = _turn_on(session, account, sealed, typed, address=address, now=now)
    sessions.close_sessions(session, account.id, now)
    return _finish(session, account, address, now), codes


def turn_on(
    session: Session,
    account: Account,
    sealed: bytes,
    *,
    password: str,
    typed: str,
    address: str,
    now: datetime,
    here: bytes,
) -> list[str]:
    """Turn the second factor on; returns the recovery codes. Sessions end except the one with the key `here`.

    Raises:
        CodeRefused: the password is wrong, or the code is not the one of this secret.
        SignInLocked: see `give_code`.
        Conflict: it is on already.
    """
    codes = _turn_on(session, account, sealed, typed, password=password, address=address, now=now)
    sessions.close_sessions(session, account.id, now, but=here)
    return codes


def turn_off(
    session: Session, account: Account, *, password: str, typed: str, address: str, now: datetime
) -> str | Ticket:
    """Turn the second factor off; all sessions end, and what is returned begins anew as after `sign_in`.

    Raises:
        CodeRefused, SignInLocked: see `give_code`; the password may be what is wrong.
    """
    counted = begin_attempt(session, account, account.login, address, now)
    if not passwords.matches(account.password, password) or not second_factor.proves(
        session, account, typed, now
    ):
        raise code_refused(session, account, address, now)
    second_factor.turn_off(session, account, now)
    sessions.close_sessions(session, account.id, now)
    return let_in(session, account, counted, address, now)


def _turn_on(
    session: Session,
    account: Account,
    sealed: bytes,
    typed: str,
    *,
    address: str,
    now: datetime,
    password: str | None = None,
) -> list[str]:
    """A password of None was given already, by which its holder is half-way in."""
    counted = begin_attempt(session, account, account.login, address, now)
    step = totp.matching_step(second_factor.secret_of(session, account.id, sealed), typed, now)
    right = password is None or passwords.matches(account.password, password)
    if step is None or not right:
        raise code_refused(session, account, address, now)
    codes = second_factor.turn_on(session, account, sealed, step, now)
    attempts.succeeded(session, counted, now)
    return codes


def _finish(session: Session, account: Account, address: str, now: datetime) -> str:
    """Its tickets are worth nothing from here on; sessions that it has elsewhere stay."""
    sessions.forget_half_way(session, account.id)
    return enter(session, account, address, now)
