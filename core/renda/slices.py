"""Many of a thing in portions: what one statement binds, or one pass holds in memory."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SLICE = 500
"""Items of one portion; SQLite binds 32,766 parameters, and a row may take a dozen."""

Item = TypeVar("Item")


def slices(many: Iterable[Item], size: int = SLICE) -> Iterator[list[Item]]:
    """The items in their order, `size` at a time and what is left at the end; nothing for no items."""
    left = iter(many)
    while some := list(islice(left, size)):
        yield some
