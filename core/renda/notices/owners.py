"""What the owner of an account is told of what others did to it, on a page or on the command line.

Who asked for none of it learns that somebody else may come in, or why a door is shut.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from renda.directory.kinds import profile_of
from renda.i18n import _
from renda.notices import kinds, telling
from renda.security.models import Account, Grant

GIVEN, TAKEN, CODE, RESET = "give", "take", "code", "reset"
_NEWS: Mapping[str, str] = {
    GIVEN: _("An administrator gave you the role ${role}."),
    TAKEN: _("An administrator took the role ${role} from you."),
    CODE: _("An administrator issued a new sign-in code for your account."),
    RESET: _("An administrator turned your two-step verification off."),
}


def tell(
    session: Session, account: Account, done: str, *, now: datetime, organisation: str = "", role: str = ""
) -> None:
    """Tell an account's owner what was done to it; anything but GIVEN, TAKEN, CODE and RESET is no news.

    Nor is a role that it had before.

    Args:
        session: that of the change.
        account: whose owner is told.
        done: what was done.
        now: when.
        organisation: code of the one where; "" for one where the account plays a role, or last played one.
            Who never had any has no inbox either.
        role: name of the role that was given or taken.
    """
    place = organisation or session.scalar(_last_place(account)) if done in _NEWS else None
    if not place or (done == GIVEN and not _is_new(session, account, place, role, now)):
        return
    news = telling.News(
        organisation=place,
        roles=(),
        accounts=[account.id],
        kind=kinds.ACCOUNT,
        title=_(_NEWS[done], mapping={"role": _label(session, place, role)}),
        path="notices",
        key=f"account/{place}/{done}/{role}/{now.isoformat()}",
    )
    telling.tell(session, [news], now)


def _last_place(account: Account) -> Select[str]:
    latest = (Grant.until.is_not(None), Grant.since.desc(), Grant.organisation)
    return select(Grant.organisation).where(Grant.account == account.id).order_by(*latest).limit(1)


def _is_new(session: Session, account: Account, place: str, role: str, now: datetime) -> bool:
    return session.get(Grant, (account.id, place, role, now)) is not None


def _label(session: Session, place: str, role: str) -> str:
    return profile_of(session, place).roles.labels.get(role, role)
