"""Accounts: what administrators and commands do with them. Everything is audited."""

import hashlib
import re
import secrets
import unicodedata
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.security import audit, passwords, sessions, tokens
from renda.security.models import Account

CODE_FOR = timedelta(hours=24)
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 16
_LOGIN = re.compile(r"[\w.@-]{2,64}")
_LONGEST_NAME = 64


def folded(login: str) -> str:
    """A login as it is kept: one spelling, however it is typed."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def find_account(session: Session, login: str) -> Account:
    """The account of this login.

    Raises:
        NotFound: there is none.
    """
    account = session.scalar(select(Account).where(Account.login == folded(login)))
    if account is None:
        raise NotFound(_("There is no account ${login}.", mapping={"login": login}))
    return account


def create_account(
    session: Session,
    *,
    login: str,
    name: str,
    now: datetime,
    password: str | None = None,
    actor: uuid.UUID | None = None,
) -> Account:
    """A new account without any role; without a password it needs `issue_code`.

    Raises:
        Invalid: login, name or password are not acceptable.
        Conflict: the login is taken.
    """
    login, name = folded(login), name.strip()
    if not _LOGIN.fullmatch(login):
        raise Invalid({"login": _("Use 2 to 64 letters, digits, and the signs . _ - @")})
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise Invalid({"name": _("Enter a name of at most 64 characters.")})
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise Conflict(_("The account ${login} exists already.", mapping={"login": login}))
    account = Account(login=login, name=name, active=True, created_at=now)
    if password is not None:
        passwords.check(password, login)
        account.password, account.password_changed_at = passwords.hashed(password), now
    session.add(account)
    session.flush()
    audit.record(
        session,
        actor=actor,
        organisation=None,
        action="account.create",
        target=account.id,
        now=now,
        detail={"login": login},
    )
    return account


def set_password(
    session: Session, account: Account, password: str, *, now: datetime, actor: uuid.UUID | None
) -> None:
    """Replace a password; every session and every one-time code of the account ends.

    Raises:
        Invalid: the password is not acceptable.
    """
    passwords.check(password, account.login)
    account.password, account.password_changed_at = passwords.hashed(password), now
    account.code, account.code_expires_at = None, None
    session.flush()
    sessions.close_sessions(session, account.id, now)
    audit.record(
        session, actor=actor, organisation=None, action="account.password", target=account.id, now=now
    )


def issue_code(session: Session, account: Account, *, now: datetime, actor: uuid.UUID | None = None) -> str:
    """A one-time code with which its owner chooses a password within a day; it replaces older codes."""
    code = "".join(secrets.choice(_CODE_LETTERS) for _number in range(_CODE_LENGTH))
    account.code, account.code_expires_at = code_hash(code), now + CODE_FOR
    session.flush()
    audit.record(session, actor=actor, organisation=None, action="account.code", target=account.id, now=now)
    return "-".join(code[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def code_hash(code: str) -> bytes:
    """What is kept of a code; it is random enough for a fast hash. Case, blanks and dashes do not matter."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode("utf-8", "replace")).digest()


def set_active(
    session: Session, account: Account, *, active: bool, now: datetime, actor: uuid.UUID | None
) -> None:
    """Close an account, with all its sessions and tokens, or open it again."""
    account.active = active
    session.flush()
    if not active:
        sessions.close_sessions(session, account.id, now)
        tokens.close_all(session, account.id, now)
    action = "account.open" if active else "account.close"
    audit.record(session, actor=actor, organisation=None, action=action, target=account.id, now=now)


def forget(session: Session, account: Account, name: str, *, now: datetime, actor: uuid.UUID | None) -> None:
    """Let a closed account bear `name` and no login that tells whose it was; the audit trail names its id."""
    account.name, account.login = name, f"erased-{account.id.hex}"
    account.password, account.code, account.code_expires_at = None, None, None
    session.flush()
    audit.record(session, actor=actor, organisation=None, action="account.forget", target=account.id, now=now)
