"""Search over the records of every register and the names of deputies, the same on SQLite and PostgreSQL.

Beside each record whose type declares `search` lies an entry (`models`), written with the record itself
(`following`); the database keeps the index over the entries' tokens (`tokens`), and `finding` asks it.
"""

from pyramid.config import Configurator

from renda.app import Upgraded, unit_of_work
from renda.directory import readings
from renda.examining import Examining
from renda.search import following, sound
from renda.search.rebuilding import fill


def includeme(config: Configurator) -> None:
    """Mount the page, follow what is written, and let nodes be examined and filled."""
    following.follow()
    config.add_subscriber(sound.add, Examining)
    config.add_subscriber(_upgraded, Upgraded)
    config.include("renda.search.pages")


def _upgraded(event: Upgraded) -> None:
    """Records and persons that are older than what they are found by get it."""
    with unit_of_work(event.registry) as session:
        session.connection()  # From here on, what is declared is what is installed now.
        fill(session, event.registry.declared)
        readings.fill(session)
