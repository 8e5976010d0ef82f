"""Records of a register that rows without ids may be about: the same ones, and those that look like them.

A row looks like a record of the same name where at least half of their values agree, the name among them;
or like one from which it differs in the name alone. A record's name is the first column of its register's
list, as everywhere (`renda.records.tables.label`). Each record answers for one row.

No row is compared with all records: those of its name are looked up, and those with its other values.
"""

import uuid
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.declarations import RecordType
from renda.records.forms import masked
from renda.records.kinds import mask

Values = tuple[Any, ...]

_MOST_NAMESAKES = 10
"""Records of one name, beyond which the name tells nothing; so many are compared with a row at most."""
_LEAST_BESIDE = 2
"""Values beside the name that must be there before a row is taken for a record of another name."""


@dataclass
class Likeness:
    """Records of an organisation by their values in the columns that a file gives.

    Attributes:
        kind: the register.
        names: fields that the file gives, those that readers see in full before those that they see masked.
    """

    kind: RecordType
    names: Sequence[str]
    _by_seen: dict[Values, list[tuple[Values, uuid.UUID]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = sorted(self.names, key=lambda name: masked(self.kind.fields[name]))
        self._split = sum(not masked(self.kind.fields[name]) for name in self.names)
        called = next((name for name in self.kind.columns if name in self.names), "")
        self._name = self.names.index(called) if called else -1

    def load(self, session: Session, organisation: str, but: Container[uuid.UUID]) -> None:
        """Learn of all records of an organisation but those of these ids."""
        statement = select(self.kind.column("id"), *(self.kind.column(name) for name in self.names)).where(
            self.kind.column("organisation") == organisation, *self.kind.conditions()
        )
        for identity, *values in session.execute(statement.execution_options(yield_per=1000)):
            if identity not in but:
                self.add(tuple(values), identity)

    def add(self, values: Values, identity: uuid.UUID) -> None:
        """Learn of one record."""
        self._by_seen.setdefault(self._seen(values), []).append((values, identity))

    def _seen(self, values: Values) -> Values:
        """What readers see of values; it is the same of what is masked already."""
        hidden = (None if value is None else mask(value) for value in values[self._split :])
        return (*values[: self._split], *hidden)

    def take(self, values: Values) -> bool:
        """Whether a record has these values, which no other row has then any more."""
        same = self._by_seen.get(self._seen(values), [])
        for held in same:
            if all(map(_same_text, values[self._split :], held[0][self._split :])):
                same.remove(held)
                return True
        return False

    def similar(self, rows: Mapping[int, Values]) -> dict[int, uuid.UUID]:
        """Records that rows look like, by the row's number, of those that were not taken."""
        left = {identity: values for several in self._by_seen.values() for values, identity in several}
        if not rows or not left or self._name < 0:
            return {}
        found = self._of_their_name(rows, left)
        met = set(found.values())
        return found | self._but_for_the_name(
            {line: values for line, values in rows.items() if line not in found},
            {identity: values for identity, values in left.items() if identity not in met},
        )

    def _of_their_name(
        self, rows: Mapping[int, Values], left: Mapping[uuid.UUID, Values]
    ) -> dict[int, uuid.UUID]:
        """Pairs of one name, those with the fewest differences first."""
        wanted = {values[self._name] for values in rows.values()} - {None}
        called = defaultdict[Any, list[uuid.UUID]](list)
        for identity, values in left.items():
            for word in self._words(values[self._name]):
                if word in wanted:
                    called[word].append(identity)
        pairs = []
        for line, values in rows.items():
            several = called.get(values[self._name], ())
            if len(several) <= _MOST_NAMESAKES:
                for identity in several:
                    same, other = self._compared(values, left[identity])
                    if other <= same:
                        pairs.append((other, -same, line, identity))
        found: dict[int, uuid.UUID] = {}
        met = set()
        for _other, _same, line, identity in sorted(pairs):
            if line not in found and identity not in met:
                found[line] = identity
                met.add(identity)
        return found

    def _words(self, name: Any) -> Iterable[Any]:
        """What a record may be called in a file: also as readers see it, where its name is personal."""
        hidden = self._name >= self._split and name is not None
        return {name, mask(name)} if hidden else (name,)

    def _but_for_the_name(
        self, rows: Mapping[int, Values], left: Mapping[uuid.UUID, Values]
    ) -> dict[int, uuid.UUID]:
        """Pairs of which both are the only ones with their values; who is called otherwise is another."""
        if self.kind.fields[self.names[self._name]].personal:
            return {}
        ours, theirs = _alone(self._beside(rows)), _alone(self._beside(left))
        return {ours[beside]: theirs[beside] for beside in ours.keys() & theirs.keys()}

    def _beside(self, several: Mapping[Any, Values]) -> Iterator[tuple[Any, Values]]:
        for key, values in several.items():
            beside = values[: self._name] + values[self._name + 1 :]
            if sum(not _is_nothing(value) for value in beside) >= _LEAST_BESIDE:
                yield key, beside

    def _compared(self, given: Values, held: Values) -> tuple[int, int]:
        """How many values agree, and how many do not; what neither has says nothing."""
        same = other = 0
        for at, (one, two) in enumerate(zip(given, held, strict=True)):
            hidden = at >= self._split
            if one == two or (hidden and _same_text(one, two)):
                same += not _is_nothing(one)
            elif not (hidden and one is None):  # What is masked may be left empty, and stays.
                other += 1
        return same, other


def _alone(several: Iterable[tuple[Any, Values]]) -> dict[Values, Any]:
    """Keys by their values, of those that share them with no other."""
    found: dict[Values, Any] = {}
    shared = set()
    for key, values in several:
        if values in found:
            shared.add(values)
        found[values] = key
    return {values: key for values, key in found.items() if values not in shared}


def _is_nothing(value: Any) -> bool:
    return value is None or value is False


def _same_text(given: str | None, held: str | None) -> bool:
    return given == held or (given is not None and held is not None and given == mask(held))
