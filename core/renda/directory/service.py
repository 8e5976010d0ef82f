"""Placing organisations in the tree, and which modules they use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from renda.directory.divisions import Body
from renda.directory.models import Edge, ModuleUse, Organisation
from renda.directory.validity import valid_at
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import _
from renda.profile import Profile


@dataclass(frozen=True)
class DirectoryChanged:
    """Said through the registry, inside the transaction, when organisations were placed or changed."""

    session: Session
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class ModulesChanged:
    """Said through the registry, inside the transaction, when an organisation began or ended a module."""

    session: Session
    organisation: str


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
    """Let organisations that never used a module use those that their tier's profile has on by default."""
    tiers = {row.code: row.tier for row in session.execute(select(Organisation.code, Organisation.tier))}
    settled = set(session.scalars(select(ModuleUse.organisation).distinct()))
    rows = [
        {"organisation": code, "module": module, "since": since, "until": None}
        for code in organisations
        if code not in settled
        for module in profiles[tiers[code]].modules.default
    ]
    if rows:
        session.execute(insert(ModuleUse), rows)


def modules_in_use(session: Session, organisation: str, day: date) -> frozenset[str]:
    """Names of the modules that an organisation uses on a day."""
    return frozenset(
        session.scalars(
            select(ModuleUse.module).where(
                ModuleUse.organisation == organisation, valid_at(ModuleUse.since, ModuleUse.until, day)
            )
        )
    )


def enable(session: Session, organisation: str, module: str, day: date) -> None:
    """Let an organisation use a module from a day on; what it needs must be in use already.

    Raises:
        NotFound: this node has no such module, or there is no such organisation.
        Invalid: the tier's profile does not allow it, or a module that it needs is missing.
    """
    registry = session.info["registry"]
    profile = _profile(session, organisation)
    if module not in registry.declared.modules:
        raise NotFound(_("This node has no module ${module}.", mapping={"module": module}))
    in_use = modules_in_use(session, organisation, day)
    if module in in_use:
        return
    if module not in profile.modules.allowed:
        message = _("The profile does not allow the module ${module} here.", mapping={"module": module})
        raise Invalid({"module": message}, message)
    missing = set(registry.declared.modules[module].needs) - in_use
    if missing:
        message = _("Enable ${needed} first.", mapping={"needed": ", ".join(sorted(missing))})
        raise Invalid({"module": message}, message)
    current = session.get(ModuleUse, (organisation, module, day))
    if current is not None:
        current.until = None
    else:
        session.add(ModuleUse(organisation=organisation, module=module, since=day, until=None))
    session.flush()
    registry.notify(ModulesChanged(session, organisation))


def disable(session: Session, organisation: str, module: str, day: date) -> None:
    """End an organisation's use of a module on a day; its data stay and return when it is enabled again.

    Raises:
        NotFound: there is no such organisation.
        Conflict: the profile requires it, another module in use needs it, or it is not in use.
    """
    registry = session.info["registry"]
    profile = _profile(session, organisation)
    in_use = modules_in_use(session, organisation, day)
    if module in profile.modules.required:
        raise Conflict(_("The profile requires the module ${module}.", mapping={"module": module}))
    needing = [name for name in in_use if module in registry.declared.modules[name].needs]
    if needing:
        raise Conflict(_("Disable ${needing} first.", mapping={"needing": ", ".join(sorted(needing))}))
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
    session.flush()
    registry.notify(ModulesChanged(session, organisation))


def _profile(session: Session, organisation: str) -> Profile:
    tier = session.scalar(select(Organisation.tier).where(Organisation.code == organisation))
    if tier is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))
    profile: Profile = session.info["registry"].profiles[tier]
    return profile
