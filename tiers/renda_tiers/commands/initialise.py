"""`renda init`: from an ini file to a node that somebody can sign in to, in one go.

Files are written before the database, and everything in the database in one transaction: after a crash at
any point, the same command does what is left.
"""

import os
import secrets
import tempfile
from collections.abc import Sequence
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
from renda_tiers.documents import issuing
from renda_tiers.documents.models import Anchor, ThisNode
from renda_tiers.links import entering
from renda_tiers.links.joining import Code
from renda_tiers.reports import templates

FILES = ("secret_file", "key_file")
"""Settings that name the files of secrets."""
ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class Above:
    """The node above: its address, and the one-time code that it gave."""

    address: str
    code: Code


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
    registry: Registry,
    organisation: str,
    *,
    since: date,
    login: str,
    name: str,
    now: datetime,
    apart: Sequence[str] = (),
    above: Above | None = None,
) -> Initialised:
    """Make a node of an install: secrets, tables, the tree below a division, its keys, an administrator.

    Without a node above, the organisation is the root of a chain of its own. With one it joins that chain:
    the tree, the report templates and the key for hashing persons come from there.

    Args:
        registry: of the node.
        organisation: code of the division at the top; all below it is hosted here.
        since: from when on the tree and its modules are as they are now.
        login: of the first administrator.
        name: of the first administrator, as others see it.
        now: when.
        apart: codes of organisations below that are to have nodes of their own; they get no keys here.
        above: the node above that has given a one-time code.

    Raises:
        Unreachable, Rejected, WrongCode: the node above does not answer, or refuses the code.
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
        top = session.scalar(select(ThisNode.organisation))
    if top not in {None, organisation}:
        raise Conflict(_("This node was founded for ${code}.", mapping={"code": top}))
    _write_secrets(registry, founded=top is not None)
    if above is not None:
        entering.join(registry, organisation, above.address, above.code)
        entering.catch_up(registry)
    with app.unit_of_work(registry) as session:
        offered = () if above else _found(session, registry, bodies, since=since, now=now, apart=apart)
        code = _administrator(session, organisation, login, name, now)
        count = len(issuing.hosted(session))
    return Initialised(organisation, bodies[0].full_name, count, offered, login, code)


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
    session: Session,
    registry: Registry,
    bodies: list[Body],
    *,
    since: date,
    now: datetime,
    apart: Sequence[str],
) -> tuple[str, ...]:
    """Place the bodies and found the chain, as far as that is not done; the templates that are offered."""
    root = bodies[0].code
    service.place(session, bodies, since)
    service.use_defaults(session, registry.profiles, [body.code for body in bodies], since)
    if session.scalar(select(Anchor.organisation)) is None:
        founding.found(session, root, now=now)
    founding.declare(session, [body.code for body in bodies], now=now, apart=apart)
    for code in registry.plugins.templates:
        templates.publish(session, root, code, now=now)
    return tuple(registry.plugins.templates)


def _administrator(session: Session, organisation: str, login: str, name: str, now: datetime) -> str | None:
    """A one-time code for the administrator, made where there is none; None once they have a password."""
    try:
        account: Account = accounts.find_account(session, login)
    except NotFound:
        account = accounts.create_account(session, login=login, name=name, now=now)
    grants.grant(session, account=account, organisation=organisation, role="admin", now=now)
    return accounts.issue_code(session, account, now=now) if account.password is None else None


@click.command(help=_("Make a node: secrets, database, the bodies below a division, and an administrator."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the division at the top of this node."))
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help=_("First day of the tree; by default 1 January.")
)
@click.option(
    "--login", default=ADMINISTRATOR, show_default=True, help=_("Login of the first administrator.")
)
@click.option("--apart", multiple=True, help=_("Code of an organisation below that gets a node of its own."))
@click.option("--above", help=_("Address of the node above, where this one joins a chain."))
@click.option("--code", help=_("The one-time code that the node above gave."))
@json_option
def init(
    *,
    config: str,
    organisation: str,
    since: datetime | None,
    login: str,
    apart: tuple[str, ...],
    above: str | None,
    code: str | None,
    as_json: bool,
) -> None:
    """Make a node; safe to repeat."""
    if bool(above) != bool(code):
        raise click.UsageError(translator()(_("--above and --code go together.")))
    registry, say = app.load_node(config), translator()
    now = registry.clock()
    day = since.date() if since else local_day(now).replace(month=1, day=1)
    name = say(_("Administrator"))
    try:
        done = initialise(
            registry,
            organisation,
            since=day,
            login=login,
            name=name,
            now=now,
            apart=apart,
            above=Above(above, Code.read(code)) if above and code else None,
        )
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
