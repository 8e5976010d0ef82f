"""An account's second factor: who has one, who must, and what proves it.

What proves it is used up in the same statement that finds it unused, so that it never counts twice. The
secret is sealed with the node's key file, recovery codes are hashed with it.
"""

import hmac
import secrets
import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CursorResult, delete, exists, func, select, update
from sqlalchemy.orm import Session

from renda.directory.validity import valid_at
from renda.errors import Conflict, Misconfigured, NotFound
from renda.i18n import _
from renda.security import audit, sessions, totp, vault
from renda.security.models import Account, Grant, RecoveryCode, SecondFactor
from renda.types import Registry

ROLES = "second_factor_roles"
"""The setting that names the roles whose holders must have a second factor."""
RECOVERY_CODES = 10
_RECOVERY_DIGITS = 16


def check_roles(registry: Registry) -> None:
    """Stop the start where the setting names a role that is none: nobody would have to have a factor.

    Raises:
        Misconfigured: it does.
    """
    known: Collection[str] = registry.declared.roles
    unknown = sorted(set(registry.values[ROLES]) - set(known))
    if unknown:
        raise Misconfigured(
            _(
                "The setting renda.second_factor_roles names no role: ${names}. Known roles: ${known}.",
                mapping={"names": ", ".join(unknown), "known": ", ".join(known)},
            )
        )


def find(session: Session, account: uuid.UUID) -> SecondFactor | None:
    """The second factor of an account, or None; as it is in the database now."""
    return session.get(SecondFactor, account, populate_existing=True)


def required(session: Session, account: uuid.UUID, now: datetime) -> bool:
    """Whether an account plays a role now, at any organisation, that needs a second factor."""
    roles = session.info["registry"].values[ROLES]
    held = exists().where(
        Grant.account == account, Grant.role.in_(roles), valid_at(Grant.since, Grant.until, now)
    )
    return bool(roles) and bool(session.scalar(select(held)))


def codes_left(session: Session, account: uuid.UUID) -> int:
    """How many recovery codes are not used yet."""
    counted = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account == account)
    return session.scalar(counted) or 0


def offered(session: Session, account: uuid.UUID) -> bytes:
    """A new secret for an account, sealed; nothing is kept before `turn_on`."""
    return vault.seal(totp.new_secret(), vault.sealing_secret(session), _owner(account))


def secret_of(session: Session, account: uuid.UUID, sealed: bytes) -> bytes:
    """The secret that was sealed for an account.

    Raises:
        CannotUnseal: these bytes were sealed by another node or for another account.
    """
    return vault.unseal(sealed, vault.sealing_secret(session), _owner(account))


def turn_on(session: Session, account: Account, sealed: bytes, step: int, now: datetime) -> list[str]:
    """Keep a secret of which one code was right; returns the recovery codes, which are kept nowhere.

    Args:
        session: where it is kept.
        account: whose it is.
        sealed: see `offered`.
        step: of the code that was right; it is used up.
        now: when.

    Raises:
        Conflict: the account has a second factor.
    """
    if find(session, account.id) is not None:
        raise Conflict(_("Two-step verification is on already."))
    session.add(SecondFactor(account=account.id, sealed=sealed, last_step=step, created_at=now))
    codes = [
        f"{secrets.randbelow(10**_RECOVERY_DIGITS):0{_RECOVERY_DIGITS}d}" for _n in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(account=account.id, hash=_hash(session, account.id, one)) for one in codes)
    session.flush()
    _audit(session, "second_factor.on", account, account.id, now)
    return [" ".join(one[start : start + 4] for start in range(0, _RECOVERY_DIGITS, 4)) for one in codes]


def turn_off(session: Session, account: Account, now: datetime) -> None:
    """Forget an account's second factor, as its holder wishes."""
    _forget(session, account.id)
    _audit(session, "second_factor.off", account, account.id, now)


def reset(session: Session, account: Account, *, now: datetime, actor: uuid.UUID | None) -> None:
    """Forget the second factor of somebody who has lost it; every session of the account ends.

    Raises:
        NotFound: the account has none.
    """
    if find(session, account.id) is None:
        raise NotFound(_("Two-step verification of ${login} is not on.", mapping={"login": account.login}))
    _forget(session, account.id)
    sessions.close_sessions(session, account.id, now)
    _audit(session, "second_factor.reset", account, actor, now)


def proves(session: Session, account: Account, typed: str, now: datetime) -> bool:
    """Whether a typed code is the authenticator's or a recovery code; a right one is used up by this."""
    factor = find(session, account.id)
    if factor is None:
        return False
    step = totp.matching_step(secret_of(session, account.id, factor.sealed), typed, now)
    return (step is not None and _take_step(session, account, step)) or _take_code(
        session, account, typed, now
    )


def _take_step(session: Session, account: Account, step: int) -> bool:
    unused = update(SecondFactor).where(SecondFactor.account == account.id, SecondFactor.last_step < step)
    return _changed(session.execute(unused.values(last_step=step)))


def _take_code(session: Session, account: Account, typed: str, now: datetime) -> bool:
    kept = _hash(session, account.id, totp.bare(typed))
    this = (RecoveryCode.account == account.id, RecoveryCode.hash == kept)
    taken = _changed(session.execute(delete(RecoveryCode).where(*this)))
    if taken:
        _audit(session, "second_factor.recovery", account, account.id, now)
    return taken


def _changed(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1


def _forget(session: Session, account: uuid.UUID) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account == account))
    session.execute(delete(SecondFactor).where(SecondFactor.account == account))


def _hash(session: Session, account: uuid.UUID, code: str) -> bytes:
    """Ten to the sixteen codes could be tried in vain only while the key is not known."""
    key = hmac.digest(vault.sealing_secret(session), b"renda recovery code", "sha256")
    return hmac.digest(key, account.bytes + code.encode("utf-8", "replace"), "sha256")


def _owner(account: uuid.UUID) -> str:
    return f"second factor:{account}"


def _audit(session: Session, action: str, account: Account, actor: uuid.UUID | None, now: datetime) -> None:
    audit.record(session, actor=actor, organisation=None, action=action, target=account.id, now=now)
    session.flush()
