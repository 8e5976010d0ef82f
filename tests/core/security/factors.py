"""Accounts with a second factor, and the phone that makes its codes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from renda.security import second_factor, totp
from renda.security.models import Account


@dataclass(frozen=True)
class Factor:
    """What the holder has: the phone's secret, and the recovery codes on paper."""

    secret: bytes
    recovery: list[str]

    def code(self, now: datetime, steps: int = 0) -> str:
        """What the phone shows, some steps from now."""
        return totp.code(self.secret, totp.step_at(now) + steps)


def enrol(session: Session, account: Account, now: datetime) -> Factor:
    """Turn an account's second factor on some time ago, so that the present codes are unused."""
    sealed = second_factor.offered(session, account.id)
    codes = second_factor.turn_on(session, account, sealed, totp.step_at(now) - 9, now)
    return Factor(second_factor.secret_of(session, account.id, sealed), codes)
