"""Which packs an organisation has: it installs a file, or is given one by another organisation."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from renda import stamps
from renda.directory.models import Organisation
from renda.directory.service import name_of
from renda.errors import Conflict, NotFound
from renda.i18n import _
from renda.packs import reading, shipped
from renda.packs.declared import Pack, is_made_by
from renda.packs.models import InstalledPack
from renda.packs.versions import require_follows
from renda.security import audit

_pack: Any = InstalledPack.__table__


def install(
    session: Session, organisation: str, pack: Pack, *, actor: uuid.UUID | None, now: datetime
) -> None:
    """Let an organisation have the pack of a file; what it has already changes nothing.

    Organisations of one node share the newest version of a pack; so where others have it, a new one comes
    from its author, and what is shipped is what is shipped.

    Raises:
        NotFound: there is no such organisation.
        Conflict: others here have it in other versions, and it is not this organisation's; it goes by the
            name of a shipped one; or see `give`.
    """
    if session.scalar(select(Organisation.code).where(Organisation.code == organisation)) is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))
    _require_genuine(session, organisation, pack)
    if give(session, organisation, pack, by=organisation, at=now):
        audit.record(
            session,
            actor=actor,
            organisation=organisation,
            action="pack.install",
            target=pack.name,
            now=now,
            detail={"version": pack.version},
        )


def _require_genuine(session: Session, organisation: str, pack: Pack) -> None:
    known = shipped.packs().get(pack.name)
    if known is not None and known.text != pack.text:
        raise Conflict(_("A pack of this name is shipped, and has other words. Give yours another id."))
    if known is not None or pack.author == organisation:
        return
    others = select(_pack.c.version).where(_pack.c.name == pack.name, _pack.c.organisation != organisation)
    versions = set(session.connection().scalars(others))
    if versions and pack.version not in versions:
        raise Conflict(
            _(
                "Other bodies have version ${versions} of this pack here. "
                "A new one comes from the body that made it.",
                mapping={"versions": ", ".join(map(str, sorted(versions)))},
            )
        )


def give(session: Session, organisation: str, pack: Pack, *, by: str, at: datetime) -> bool:
    """Let an organisation have a pack that `by` hands to it; False where it has this version already.

    Raises:
        Conflict: another text calls itself the same version, or records of another version that is here
            would not be what they were.
    """
    require_fits(session, pack)
    if session.get(InstalledPack, (organisation, pack.name, pack.version)) is not None:
        return False
    session.add(
        InstalledPack(
            organisation=organisation,
            name=pack.name,
            version=pack.version,
            text=pack.text,
            given_by=by,
            given_at=at,
        )
    )
    session.flush()
    stamps.touch(session.connection(), stamps.PACKS)
    return True


def require_fits(session: Session, pack: Pack) -> None:
    """Refuse a pack that cannot stand beside the versions of it that this node has; raises as `give` does."""
    known = select(_pack.c.version, _pack.c.text).where(_pack.c.name == pack.name).distinct()
    for row in session.connection().execute(known.order_by(_pack.c.version)):
        if row.version == pack.version and row.text != pack.text:
            raise Conflict(
                _(
                    "Version ${version} of this pack is here with other words. Give yours a higher version.",
                    mapping={"version": pack.version},
                )
            )
        other = reading.read(row.text.encode(), pack.name)
        if other.version < pack.version:
            require_follows(other, pack)
        elif other.version > pack.version:
            require_follows(pack, other)


def of_another(session: Session, organisation: str, pack: Pack) -> str:
    """That a pack's id says that another body made it, and what to do where that is wrong; "" where not."""
    if is_made_by(pack.name, organisation):
        return ""
    word = pack.name.removeprefix(f"{pack.author}-")
    return _(
        "Its id says that ${name} made it: only that body and those above it can hand it on. "
        'If it was made here, write id = "${id}" into its file, and install that instead.',
        mapping={"name": name_of(session, pack.author), "id": f"{organisation}-{word}"},
    )


def held(session: Session, organisation: str) -> list[Row[Any]]:
    """An organisation's packs that can be read: (name, version, given_by, given_at), of each the highest."""
    columns = (_pack.c.name, _pack.c.version, _pack.c.given_by, _pack.c.given_at)
    statement = select(*columns).where(_pack.c.organisation == organisation)
    rows = session.connection().execute(statement.order_by(_pack.c.name, _pack.c.version))
    known = session.info["registry"].declared.packs
    return list({row.name: row for row in rows if row.name in known}.values())


def exported(session: Session, organisation: str, name: str) -> Pack:
    """The pack as it stands, for a file.

    Raises:
        NotFound: the organisation does not have it.
    """
    session.connection()
    found: Pack | None = session.info["registry"].declared.packs.get(name)
    if found is None or organisation not in found.places:
        raise NotFound(_("The organisation has no practice pack ${name}.", mapping={"name": name}))
    return found
