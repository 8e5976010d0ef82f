"""What all tests of a process share, since it depends on no test: compiled statements.

A node has one engine for as long as it runs; a run of tests makes thousands, and without this each would
compile the same statements once more.
"""

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

STATEMENTS = 5000
"""Compiled statements that are kept; more than the product has."""


def share_statements() -> None:
    """Let every engine of this process use one cache of compiled statements."""
    compiled: LRUCache[object, object] = LRUCache(STATEMENTS)

    def created(_dialect: type[DefaultDialect], engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=compiled)

    DefaultDialect.engine_created = classmethod(created)  # type: ignore[assignment,method-assign]
    # The dialect is part of a statement's key there, and in the caches of mappers.
    DefaultDialect.__eq__ = _alike  # type: ignore[method-assign]
    DefaultDialect.__hash__ = _by_type  # type: ignore[method-assign]


def _alike(self: object, other: object) -> bool:
    return type(self) is type(other)


def _by_type(self: object) -> int:
    return hash(type(self))
