"""Deputies: their particulars, mandates and groups, what is sealed and published of them, and erasing.

What tells who holds a seat when lies in `renda.directory`; here are the pages and the acts of people.
"""

from pyramid.config import Configurator

from renda.deputies import sound
from renda.examining import Examining

_PARTS = (
    "pages",
    "acts",
    "opening",
    "groups",
    "roster.views",
    "publishing",
    "erasing",
    "data",
    "resource",
)


def includeme(config: Configurator) -> None:
    """Mount the pages at `/o/{org}/m/core/deputies` and below `/public`."""
    config.add_subscriber(sound.add, Examining)
    for part in _PARTS:
        config.include(f"renda.deputies.{part}")
