"""What is declared follows what is installed: read when a transaction begins, and only if a pack has come.

Every process compares one short text with the one it knows. Nobody restarts, and no request runs DDL.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from renda import row_security, stamps
from renda.declarations import RecordType
from renda.packs import reading
from renda.packs.declared import Pack, with_retired
from renda.packs.models import InstalledPack
from renda.plugins import Declared, with_participation
from renda.records.fields import Field
from renda.types import Registry

_log = logging.getLogger(__name__)
_pack: Any = InstalledPack.__table__
_NO_PACKS = "none"


def follow(registry: Registry, connection: Connection) -> None:
    """Let a registry declare what its components declare, and the packs that the database holds.

    A database of before there were packs can still be backed up, and examined.
    """
    if not registry.packs_stamp and not inspect(connection).has_table(stamps.Stamp.__tablename__):
        return
    stamp = stamps.follow(connection).get(stamps.PACKS, _NO_PACKS)
    if stamp != registry.packs_stamp:
        with row_security.lifted(connection):
            registry.declared = merged(registry.plugins, read(connection))
        registry.packs_stamp = stamp


def read(connection: Connection) -> list[Pack]:
    """The packs of this node, by name: of each the highest version that any of its organisations has.

    Where two texts call themselves the same version, that of the higher text stands at every node.
    """
    versions = (_pack.c.name, _pack.c.version)
    texts = select(*versions, func.max(_pack.c.text).label("text")).group_by(*versions).order_by(*versions)
    found: dict[str, list[str]] = {}
    for row in connection.execute(texts):
        found.setdefault(row.name, []).append(row.text)
    places: dict[str, set[str]] = {}
    for row in connection.execute(select(_pack.c.name, _pack.c.organisation).distinct()):
        places.setdefault(row.name, set()).add(row.organisation)
    packs = ((places[name], _readable(name, tuple(said))) for name, said in found.items())
    return [replace(pack, places=frozenset(codes)) for codes, pack in packs if pack is not None]


def _readable(name: str, texts: tuple[str, ...]) -> Pack | None:
    """The pack, or None where this version of renda does not take a text that another one took."""
    try:
        return _standing(texts)
    except reading.NotAPack as error:
        _log.error("the practice pack %s is left out: %s", name, error.sentence)
        return None


@lru_cache(maxsize=1024)
def _standing(texts: tuple[str, ...]) -> Pack:
    """The pack of the last of its versions; the same object for the same texts."""
    *earlier, current = (reading.read(text.encode(), "pack") for text in texts)
    gone: dict[str, dict[str, Field]] = {}
    for pack in earlier:
        for kind in pack.record_types:
            gone.setdefault(kind.name, {}).update(kind.fields)
    return with_retired(current, gone) if gone else current


def merged(plugins: Declared, packs: Iterable[Pack]) -> Declared:
    """What components declare, and beside it what packs declare."""
    found = {one.name: one for one in packs}
    if not found:
        return plugins
    types: dict[str, RecordType] = {kind.name: kind for one in found.values() for kind in one.record_types}
    return replace(
        plugins,
        modules={**plugins.modules, **{name: one.module for name, one in found.items()}},
        record_types={**plugins.record_types, **with_participation(types)},
        indicators={
            **plugins.indicators,
            **{it.code: it for one in found.values() for it in one.indicators},
        },
        templates={**plugins.templates, **{it.code: it for one in found.values() for it in one.templates}},
        menu=(*plugins.menu, *((name, entry) for name, one in found.items() for entry in one.menu)),
        packs=found,
    )
