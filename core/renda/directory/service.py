"""Placing organisations in the tree, and which modules they use."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from renda.declarations.modules import CORE
from renda.directory import modules
from renda.directory.divisions import Body
from renda.directory.models import Edge, ModuleRule, ModuleUse, Organisation
from renda.directory.modules import OwnModules, Rule
from renda.directory.validity import valid_at
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.profile import Profile
from renda.security import audit
from renda.slices import slices

"""Rows that one statement deletes."""


@dataclass(frozen=True)
class DirectoryChanged:
    """Said through the registry, inside the transaction, when organisations were placed or changed."""

    session: Session
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class ModuleSwitched:
    """Said through the registry, inside the transaction, when an organisation itself switched one."""

    session: Session
    organisation: str


@dataclass(frozen=True)
class ModulesChanged:
    """Said through the registry, inside the transaction, when organisations began or ended a module."""

    session: Session
    organisations: tuple[str, ...]


def place(session: Session, bodies: Sequence[Body], since: date) -> tuple[str, ...]:
    """Add the bodies that the directory does not have, with their parents from a day on; their codes.

    Bodies that are there already stay as they are: a tree changes by documents, not by a second import.
    """
    known = set(session.scalars(select(Organisation.code)))
    new = [body for body in bodies if body.code not in known]
    if new:
        session.execute(
            insert(Organisation),
            [
                {
                    "code": body.code,
                    "name": body.name,
                    "kind": body.kind,
                    "tier": body.tier,
                    "congress": body.congress,
                }
                for body in new
            ],
        )
    edges = [
        {"child": body.code, "parent": body.parent, "valid_from": since, "valid_to": None}
        for body in new
        if body.parent
    ]
    if edges:
        session.execute(insert(Edge), edges)
    codes = tuple(body.code for body in new)
    session.info["registry"].notify(DirectoryChanged(session, codes))
    return codes


def use_defaults(
    session: Session, profiles: Mapping[str, Profile], organisations: Iterable[str], since: date
) -> None:
    """Let organisations that never used a module use those that their tier's profile has on by default.

    Those only that this node has installed: nobody uses what is not there.
    """
    installed = session.info["registry"].declared.modules
    tiers = {row.code: row.tier for row in session.execute(select(Organisation.code, Organisation.tier))}
    settled = set(session.scalars(select(ModuleUse.organisation).distinct()))
    rows = [
        {"organisation": code, "module": module, "since": since, "until": None}
        for code in organisations
        if code not in settled
        for module in profiles[tiers[code]].modules.default
        if module in installed
    ]
    if rows:
        session.execute(insert(ModuleUse), rows)


def modules_in_use(session: Session, organisation: str, day: date) -> frozenset[str]:
    """Names of the modules that an organisation uses on a day: see `modules.in_use`."""
    return modules.read(session, organisation, day).in_use


NO_MODULE = _("This node has no module ${module}.")


def enable(
    session: Session, organisation: str, module: str, day: date, *, actor: uuid.UUID | None = None
) -> None:
    """Let an organisation use a module from a day on; what it needs must be in use already.

    Raises:
        NotFound: this node has no such module, or there is no such organisation.
        Invalid: the tier's profile does not allow it, a body above forbids it, or a module that it needs is
            missing.
    """
    found = modules.read(session, organisation, day)
    if module not in found.modules:
        raise NotFound(_(NO_MODULE, mapping={"module": module}))
    if module in found.in_use:
        return
    message = obstacle_to_enabling(session, found, module)
    if message:
        raise Invalid({"module": message}, message)
    current = session.get(ModuleUse, (organisation, module, day))
    if current is not None:
        current.until = None
    else:
        session.add(ModuleUse(organisation=organisation, module=module, since=day, until=None))
    _switched(session, organisation, module, "module.enable", actor)


def obstacle_to_enabling(session: Session, found: OwnModules, module: str) -> str:
    """Why an organisation cannot enable a module that is installed, or ""."""
    if found.forbids(module):
        return _forbidden(session, found.rules[module])
    if module not in found.allowed:
        return _("The profile does not allow the module ${module} here.", mapping={"module": module})
    missing = set(found.modules[module].needs) - found.in_use - {CORE}
    barred = sorted(name for name in missing if found.forbids(name))
    if barred:
        return _forbidden(session, found.rules[barred[0]])
    if missing:
        return _("Enable ${needed} first.", mapping={"needed": ", ".join(sorted(missing))})
    return ""


def _forbidden(session: Session, rule: Rule) -> str:
    said = {"by": name_of(session, rule.by), "module": rule.module, "reason": rule.reason}
    return _("${by} forbids the module ${module}: ${reason}", mapping=said)


def disable(
    session: Session, organisation: str, module: str, day: date, *, actor: uuid.UUID | None = None
) -> None:
    """End an organisation's use of a module on a day; its data stay and return when it is enabled again.

    Raises:
        NotFound: there is no such organisation.
        Conflict: the profile or a body above requires it, another module in use needs it, or it is not in
            use.
    """
    found = modules.read(session, organisation, day)
    message = obstacle_to_disabling(session, found, module)
    if message:
        raise Conflict(message)
    use = session.scalar(
        select(ModuleUse).where(
            ModuleUse.organisation == organisation,
            ModuleUse.module == module,
            valid_at(ModuleUse.since, ModuleUse.until, day),
        )
    )
    if use is None:
        raise Conflict(_("The module ${module} is not in use here.", mapping={"module": module}))
    use.until = day
    _switched(session, organisation, module, "module.disable", actor)


def obstacle_to_disabling(session: Session, found: OwnModules, module: str) -> str:
    """Why an organisation cannot disable a module, or ""."""
    if found.requires(module):
        rule = found.rules[module]
        said = {"by": name_of(session, rule.by), "module": module, "reason": rule.reason}
        return _("${by} requires the module ${module}: ${reason}", mapping=said)
    if module not in found.in_use:
        return _("The module ${module} is not in use here.", mapping={"module": module})
    if module in found.fixed:
        return _("The profile requires the module ${module}.", mapping={"module": module})
    needing = found.needing(module)
    if needing:
        return _("Disable ${needing} first.", mapping={"needing": ", ".join(needing)})
    return ""


def _switched(session: Session, organisation: str, module: str, action: str, actor: uuid.UUID | None) -> None:
    registry = session.info["registry"]
    pack = registry.declared.packs.get(module)
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action=action,
        target=module,
        now=registry.clock(),
        detail={"version": pack.version} if pack else {},
    )
    session.flush()
    registry.notify(ModulesChanged(session, (organisation,)))
    registry.notify(ModuleSwitched(session, organisation))


def set_rules(session: Session, wanted: Collection[tuple[str, date, date | None, Rule]]) -> tuple[str, ...]:
    """Make what bodies above say of modules exactly this, as (organisation, since, until, rule).

    Codes of the organisations for which something changed; they are told of as `ModulesChanged`.
    """
    columns = ("organisation", "since", "until", *Rule._fields)
    table = ModuleRule.__table__
    held = {tuple(row) for row in session.execute(select(*(table.c[name] for name in columns)))}
    new = {(code, since, until, *word) for code, since, until, word in wanted}
    gone = sorted({(row[0], row[3], row[1]) for row in held - new})
    key = tuple_(table.c.organisation, table.c.module, table.c.since)
    for some in slices(gone):
        session.execute(delete(ModuleRule).where(key.in_(some)))
    if rows := [dict(zip(columns, row, strict=True)) for row in sorted(new - held, key=repr)]:
        session.execute(insert(ModuleRule), rows)
    changed = tuple(sorted({row[0] for row in held ^ new}))
    if changed:
        session.info["registry"].notify(ModulesChanged(session, changed))
    return changed


def name_of(session: Session, organisation: str) -> str:
    """An organisation's name, or its code where the directory does not know it."""
    statement = select(Organisation.name).where(Organisation.code == organisation)
    return session.scalar(statement) or organisation
