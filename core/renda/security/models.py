"""Accounts, second factors, sessions, tokens, grants, counted attempts and the audit trail."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, new_id
from renda.declarations.personal import held
from renda.i18n import _

_ENTRANCE = _("Letting people in who work with the system (网络安全法, art. 21)")
_TRAIL = _("Saying afterwards who did what (个人信息保护法, art. 54; 网络安全法, art. 21)")


class Account(Base):
    """Somebody who may sign in.

    Attributes:
        login: what they type, folded by `renda.security.accounts.folded`.
        name: what others see.
        password: Argon2id hash, or None until the first sign-in.
        active: False closes every way in; accounts are never deleted, because audit rows name them.
        code: SHA-256 of the one-time code that lets its owner choose a password, or None.
        code_expires_at: when that code stops working.
    """

    __tablename__ = "core_account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(
        unique=True, info=held(_ENTRANCE, "account", label=_("Account: login name"))
    )
    name: Mapped[str] = mapped_column(info=held(_ENTRANCE, "account", label=_("Account: name")))
    password: Mapped[str | None] = mapped_column(
        info=held(_ENTRANCE, "account", label=_("Account: hash of the password"), sensitive=True)
    )
    password_changed_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    code: Mapped[bytes | None]
    code_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignIn(Base):
    """A session: from one sign-in to its sign-out, kept on the server.

    Attributes:
        id: SHA-256 of the token in the cookie, so that reading this table opens no session.
        csrf: token that every form of this session sends back.
        seen_at: last use, exact to five minutes.
        closed_at: when it was ended by its owner, a new password or an administrator.
    """

    __tablename__ = "core_sign_in"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    account: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_account.id"), index=True, info=held(_ENTRANCE, "account", label=_("Sign-in: whose"))
    )
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class HalfWay(Base):
    """That somebody has given the right password and still owes the second factor; it opens no page.

    Attributes:
        id: SHA-256 of the ticket in the browser's cookie.
    """

    __tablename__ = "core_half_way"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    account: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_account.id"),
        index=True,
        info=held(_ENTRANCE, "account", label=_("Sign-in that owes a second step: whose")),
    )
    created_at: Mapped[datetime]


class SecondFactor(Base):
    """What makes the codes of an account's authenticator; a row is there only after one of them was right.

    Attributes:
        sealed: the secret, see `renda.security.second_factor`.
        last_step: the latest time step (30 s since 1970) whose code was taken; it and those before are void.
    """

    __tablename__ = "core_second_factor"

    account: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_account.id"),
        primary_key=True,
        info=held(_ENTRANCE, "account", label=_("Two-step verification: whose")),
    )
    sealed: Mapped[bytes] = mapped_column(
        info=held(_ENTRANCE, "account", label=_("Two-step verification: sealed key"), sensitive=True)
    )
    last_step: Mapped[int]
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code that stands in for the authenticator once; the row goes when it is used.

    Attributes:
        hash: keyed with the node's key file, so that reading this table opens nothing.
    """

    __tablename__ = "core_recovery_code"

    account: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("core_account.id"),
        primary_key=True,
        info=held(_ENTRANCE, "account", label=_("Recovery code: whose")),
    )
    hash: Mapped[bytes] = mapped_column(primary_key=True)


class Token(Base):
    """What a program shows in the place of an account's password: at one organisation, for some permissions.

    Attributes:
        hash: SHA-256 of the token, so that reading this table opens nothing.
        name: what it is for, in its owner's words.
        permissions: full names, with blanks between; it never allows more than its account may do.
        expires_at: the first instant at which it opens nothing any more.
        used_at: last use, exact to five minutes.
        closed_at: when its owner or an administrator closed it.
    """

    __tablename__ = "core_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hash: Mapped[bytes] = mapped_column(unique=True)
    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"), index=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("core_organisation.code"), index=True)
    name: Mapped[str]
    permissions: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Grant(Base):
    """That an account plays a role at an organisation, from one instant up to and not including another.

    Attributes:
        subject: whom it plays the role for: the person who is the deputy, or the handling unit; None for a
            role that is played for the organisation itself.
    """

    __tablename__ = "core_grant"

    account: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(
        ForeignKey("core_organisation.code"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    subject: Mapped[uuid.UUID | None] = mapped_column(
        index=True, info=held(_ENTRANCE, "account", label=_("Role: deputy or unit for whom it is played"))
    )


class Attempt(Base):
    """Failed sign-ins in a row, by login and by address, whether or not such an account exists.

    Attributes:
        subject: SHA-256 of what is counted; people type passwords into the wrong field.
        locked_until: nothing is tried before this instant.
    """

    __tablename__ = "core_attempt"

    subject: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to what, and when; written with the change itself, never changed, never deleted.

    Attributes:
        actor: account that acted, or None for the system and for strangers.
        organisation: where, or None for the node as a whole.
        action: `<thing>.<verb>`, such as `grant.add`.
        target: identity of what was acted on.
        detail: further facts as a JSON object.
        request: number of the request, as in the log and on error pages.
        token: the token through which a program acted for the actor, or None.
    """

    __tablename__ = "core_audit"
    __table_args__ = (Index(None, "organisation", "at"), Index(None, "target", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("core_account.id"), info=held(_TRAIL, "audit", label=_("Audit trail: who acted"))
    )
    organisation: Mapped[str | None] = mapped_column(ForeignKey("core_organisation.code"))
    action: Mapped[str]
    target: Mapped[str]
    detail: Mapped[str] = mapped_column(default="{}")
    request: Mapped[str] = mapped_column(default="")
    token: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_token.id"))


class AuditLink(Base):
    """A link of the chain over the audit trail, see `renda.security.trail`; only ever inserted.

    Attributes:
        number: place in the chain, from 1, without gaps.
        entry: the entry that it vouches for.
        digest: SHA-256 over the digest before it and the entry's content.
    """

    __tablename__ = "core_audit_link"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[uuid.UUID] = mapped_column(ForeignKey("core_audit.id"), unique=True)
    digest: Mapped[bytes]


class Secret(Base):
    """A secret of the node, sealed."""

    __tablename__ = "core_secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
