"""`renda init`: from an ini file to a node that somebody can sign in to, in one go.

Files are written before the database, and everything in the database in one transaction: after a crash at
any point, the same command does what is left.
"""

import os
import secrets
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda import app
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.directory import divisions, service
from renda.directory.divisions import Body
from renda.errors import Conflict, Misconfigured, NotFound
from renda.i18n import _
from renda.security import accounts, grants
from renda.security.models import Account
from renda.types import Registry
from renda_tiers import founding
from renda_tiers.documents.models import Anchor
from renda_tiers.reports import templates

FILES = ("secret_file", "key_file")
"""Settings that name the files of secrets."""
ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class Initialised:
    """What there is afterwards.

    Attributes:
        bodies: how many organisations the node hosts.
        code: the administrator's one-time code; None where they have chosen a password already.
    """

    organisation: str
    name: str
    bodies: int
    templates: tuple[str, ...]
    login: str
    code: str | None


def initialise(
    registry: Registry, organisation: str, *, since: date, login: str, name: str, now: datetime
) -> Initialised:
    """Make a node of an install: secrets, tables, the tree below a division, its keys, an administrator.

    Args:
        registry: of the node.
        organisation: code of the division at the top; all below it is hosted here.
        since: from when on the tree and its modules are as they are now.
        login: of the first administrator.
        name: of the first administrator, as others see it.
        now: when.

    Raises:
        Invalid: there is no such division.
        Conflict: the ini file is for another tier, or the node was founded for another organisation.
        Misconfigured: the node was founded, and a file of secrets is gone.
    """
    bodies = divisions.bodies(divisions.shipped(), organisation)
    tier = registry.values["profile"]
    if bodies[0].tier != tier:
        raise Conflict(
            _(
                "The configuration is for the tier ${tier}, and ${code} is not of it.",
                mapping={"tier": tier, "code": organisation},
            )
        )
    app.upgrade(registry)
    with app.unit_of_work(registry) as session:
        root = session.scalar(select(Anchor.organisation))
    if root not in {None, organisation}:
        raise Conflict(_("This node was founded for ${code}.", mapping={"code": root}))
    _write_secrets(registry, founded=root is not None)
    with app.unit_of_work(registry) as session:
        offered = _found(session, registry, bodies, since, now)
        code = _administrator(session, organisation, login, name, now)
    return Initialised(organisation, bodies[0].full_name, len(bodies), offered, login, code)


def _write_secrets(registry: Registry, *, founded: bool) -> None:
    for setting in FILES:
        path = Path(registry.values[setting])
        if path.exists():
            continue
        if founded:
            raise Misconfigured(
                _(
                    "The file ${path} is gone, and this node's keys cannot be opened without it. "
                    "Restore it from the backup.",
                    mapping={"path": str(path)},
                )
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, secrets.token_hex(32))


def _write_whole(path: Path, text: str) -> None:
    """Write a file that only its owner reads; after a crash it is there as a whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)


def _found(
    session: Session, registry: Registry, bodies: list[Body], since: date, now: datetime
) -> tuple[str, ...]:
    """Place the bodies and found the chain, as far as that is not done; the templates that are offered."""
    root = bodies[0].code
    service.place(session, bodies, since)
    service.use_defaults(session, registry.profiles, [body.code for body in bodies], since)
    if session.scalar(select(Anchor.organisation)) is None:
        founding.found(session, root, now=now)
    founding.declare(session, [body.code for body in bodies], now=now)
    for code in registry.declared.templates:
        templates.publish(session, root, code, now=now)
    return tuple(registry.declared.templates)


def _administrator(session: Session, organisation: str, login: str, name: str, now: datetime) -> str | None:
    """A one-time code for the administrator, made where there is none; None once they have a password."""
    try:
        account: Account = accounts.find_account(session, login)
    except NotFound:
        account = accounts.create_account(session, login=login, name=name, now=now)
    grants.grant(session, account=account, organisation=organisation, role="admin", now=now)
    return accounts.issue_code(session, account, now=now) if account.password is None else None


@click.command(help="Make a node: secrets, database, the bodies below a division, and an administrator.")
@config_argument
@click.option("--org", "organisation", required=True, help="Code of the division at the top of this node.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the tree; by default 1 January."
)
@click.option("--login", default=ADMINISTRATOR, show_default=True, help="Login of the first administrator.")
@json_option
def init(config: str, organisation: str, since: datetime | None, login: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Make a node; safe to repeat."""
    registry, say = app.load_node(config), translator()
    now = registry.clock()
    day = since.date() if since else local_day(now).replace(month=1, day=1)
    name = say(_("Administrator"))
    try:
        done = initialise(registry, organisation, since=day, login=login, name=name, now=now)
    finally:
        registry.engine.dispose()
    result: dict[str, Any] = {
        "organisation": done.organisation,
        "bodies": done.bodies,
        "since": day.isoformat(),
        "templates": list(done.templates),
        "login": done.login,
    }
    if done.code is not None:
        result["code"] = done.code
    emit(result, as_json=as_json, lines=[say(line) for line in _told(done)])


def _told(done: Initialised) -> list[str]:
    lines = [
        _(
            "The node of ${name} is ready; it hosts ${count} bodies.",
            mapping={"name": done.name, "count": done.bodies},
        ),
        _("Account ${login} is ready.", mapping={"login": done.login}),
    ]
    if done.code is not None:
        lines.append(
            _(
                "One-time code, good for 24 hours, to be entered at /first-sign-in: ${code}",
                mapping={"code": done.code},
            )
        )
    return lines
