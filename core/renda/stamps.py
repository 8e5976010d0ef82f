"""What seldom changes is kept in memory, and read anew once its stamp in the database is another.

Every process reads the stamps, a few short texts, when a transaction begins. Nobody restarts.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Pool
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from renda.database import Base, new_id

_Read = TypeVar("_Read")

PACKS, VIEWS = "packs", "views"
KEPT = (PACKS, VIEWS)
"""Names of all stamps: practice packs, saved views."""


class Stamp(Base):
    """A text that becomes another whenever something that is kept in memory changes.

    Attributes:
        name: what changes.
        value: the text; none yet for what has not changed since the database was built.
    """

    __tablename__ = "core_stamp"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


_stamp: Any = Stamp.__table__
_ALL = "SELECT name, value FROM core_stamp"
"""Asked past SQLAlchemy: it runs in every transaction, and its way through there takes longer than itself."""
_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_KEY = "renda_stamps"


def follow(connection: Connection) -> Mapping[str, str]:
    """The stamps, by name, as the transaction that begins sees them."""
    cursor = connection.connection.cursor()
    cursor.execute(_ALL)
    found = connection.info[_KEY] = dict(cursor.fetchall())
    cursor.close()
    return found


def touch(connection: Connection, *names: str) -> None:
    """Have every process read what bears these stamps anew, once the transaction is committed."""
    value = str(new_id())
    made = _INSERTS[connection.dialect.name](_stamp).values(
        [{"name": name, "value": value} for name in names]
    )
    connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    connection.info.setdefault(_KEY, {}).update(dict.fromkeys(names, value))


_memories: "WeakSet[Memory[Any]]" = WeakSet()


def forget(database: Pool) -> None:
    """Let no memory answer for a database that became another one without changing its stamps."""
    for memory in _memories:
        memory.forget(database)


class Memory(Generic[_Read]):
    """What was read of each database under its present stamp: at most `size` answers, by what was asked.

    What an open transaction has changed it reads under a stamp that nobody else sees before the commit.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._held: WeakKeyDictionary[Pool, tuple[str, dict[Hashable, _Read]]] = WeakKeyDictionary()
        _memories.add(self)

    def forget(self, database: Pool) -> None:
        """Forget what was read of a database."""
        self._held.pop(database, None)

    def recall(self, connection: Connection, asked: Hashable, read: Callable[[], _Read]) -> _Read:
        """The answer to a question: that of before, or what `read` finds."""
        stamp, database = connection.info.get(_KEY, {}).get(self._name, ""), connection.engine.pool
        known, answers = self._held.get(database, ("", {}))
        if known != stamp:
            answers = {}
        if asked not in answers:
            answers = answers if len(answers) < self._size else {}
            answers[asked] = read()
            self._held[database] = stamp, answers
        return answers[asked]
