"""What an organisation has yet to decide on packs that others handed to it, once for each version.

Whatever it does itself with a version is a decision on it and on those before: it enables or disables the
pack, hands it on, says that it goes on using it, or that it does not. The audit trail remembers all of these.
"""

import json
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.directory import modules
from renda.directory.modules import OwnModules
from renda.errors import Conflict
from renda.i18n import _
from renda.packs import keeping
from renda.packs.models import InstalledPack
from renda.security import audit
from renda.security.models import AuditEntry

KEEP, DECLINE = "keep", "decline"

_pack: Any = InstalledPack.__table__


class Undecided(NamedTuple):
    """A pack on which an organisation has decided nothing since its highest version came.

    Attributes:
        given_by: code of the organisation that it came from.
        used: whether an earlier version is in use, so that the new one stands already.
    """

    name: str
    version: int
    given_by: str
    used: bool


def undecided(session: Session, organisation: str, found: OwnModules) -> list[Undecided]:
    """The packs that others handed to an organisation and that wait for its decision, by name.

    What a body above forbids or, from its first version on, requires leaves nothing to decide.
    """
    received = [row for row in keeping.held(session, organisation) if row.given_by != organisation]
    received = [row for row in received if not found.forbids(row.name)]
    if not received:
        return []
    first = select(_pack.c.name, func.min(_pack.c.version)).where(_pack.c.organisation == organisation)
    earliest = dict(tuple(row) for row in session.connection().execute(first.group_by(_pack.c.name)))
    decided = _decided(session, organisation, [row.name for row in received])
    return [
        Undecided(row.name, row.version, row.given_by, row.name in found.in_use)
        for row in received
        if decided.get(row.name, 0) < row.version
        and (row.name not in found.in_use or earliest[row.name] < row.version)
    ]


def _decided(session: Session, organisation: str, names: Collection[str]) -> dict[str, int]:
    """The highest version with which an organisation did something, by the name of the pack."""
    rows = session.execute(
        select(AuditEntry.target, AuditEntry.detail).where(
            AuditEntry.organisation == organisation, AuditEntry.target.in_(names)
        )
    )
    found: dict[str, int] = {}
    for row in rows:
        version = json.loads(row.detail).get("version", 0)
        found[row.target] = max(version, found.get(row.target, 0))
    return found


def decide(
    session: Session, organisation: str, name: str, *, keep: bool, actor: uuid.UUID | None, now: datetime
) -> None:
    """Go on using a pack whose new version came, or say that it is not used; nobody is asked of it again.

    Raises:
        NotFound: the organisation does not have it.
        Conflict: it is in use and would be declined, or the other way round.
    """
    pack = keeping.exported(session, organisation, name)
    used = name in modules.read(session, organisation, local_day(now)).in_use
    if keep and not used:
        raise Conflict(_("The pack is not in use here."))
    if used and not keep:
        raise Conflict(_("The pack is in use here. Disable it instead."))
    audit.record(
        session,
        actor=actor,
        organisation=organisation,
        action=f"pack.{KEEP if keep else DECLINE}",
        target=name,
        now=now,
        detail={"version": pack.version},
    )
