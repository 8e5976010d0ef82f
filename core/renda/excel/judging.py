"""What each row of a file would do: make a record, change one, change nothing, or be refused, and why."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import Message, RecordType
from renda.directory.names import plain_name
from renda.errors import Invalid, RendaError
from renda.excel.columns import IDENTITY, Layout
from renda.excel.grids import Cell
from renda.excel.values import Reader
from renda.excel.verdicts import CHANGED, FAULTY, NEW, UNCHANGED, Verdict
from renda.i18n import Translate, _
from renda.records import engine, persons
from renda.records.fields import Person, Rejected, Text
from renda.records.forms import masked
from renda.records.kinds import mask
from renda.records.models import Record
from renda.records.organs import at, require_kept
from renda.slices import slices

_GONE = _("This register has no such record any more. Empty the cell of its id to enter it as a new one.")
_TWICE = _("An earlier row of this file is about the same record.")


@dataclass(frozen=True)
class _Row:
    line: int
    identity: Cell
    given: dict[str, object]
    errors: dict[str, Message]
    cells: Mapping[str, Cell] = field(default_factory=dict)


def judge(
    session: Session,
    kind: RecordType,
    organisation: str,
    layout: Layout,
    *,
    translate: Translate,
    now: datetime,
) -> list[Verdict]:
    """A verdict on every row of data; nothing is written.

    Raises:
        Conflict: the organisation keeps no such records.
        Invalid: the type is part of another.
    """
    require_kept(session, kind, organisation)
    if kind.part_of:
        raise Invalid({"file": engine.PART_OF_NOTHING}, engine.PART_OF_NOTHING)
    return _Judge(session, at(session, kind, organisation), organisation, layout, translate, now).verdicts()


@dataclass
class _Judge:
    """Judges the rows of one file."""

    session: Session
    kind: RecordType
    organisation: str
    layout: Layout
    translate: Translate
    now: datetime

    def __post_init__(self) -> None:
        place = (self.session, self.organisation, local_day(self.now))
        self.reader = Reader(
            self.translate,
            lambda: persons.offered(*place),
            self.layout.grid.since_1904,
            lambda text: persons.called_so(*place, text),
        )
        self.given = [name for name in self.layout.fields.values() if name in self.kind.fields]
        self.compared = [name for name in self.given if not masked(self.kind.fields[name])]
        self.hidden = [name for name in self.given if masked(self.kind.fields[name])]
        self.alike: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}

    def verdicts(self) -> list[Verdict]:
        rows = [self._read(line, cells) for line, cells in self.layout.rows()]
        known = self._known(_ids(rows))
        named = persons.names(
            self.session,
            {
                self.kind.value(row, name)
                for row in known.values()
                for name in self.given
                if isinstance(self.kind.fields[name], Person)
            }
            - {None},
        )
        if any(one.identity is None for one in rows):
            self.alike = self._alike(known)
        met: set[uuid.UUID] = set()
        return [self._verdict(one, known, named, met) for one in rows]

    def _read(self, line: int, cells: Sequence[Cell]) -> _Row:
        identity: Cell = None
        given: dict[str, object] = {}
        errors: dict[str, Message] = {}
        cells_of: dict[str, Cell] = {}
        for index, name in self.layout.fields.items():
            cell = cells[index] if index < len(cells) else None
            if name == IDENTITY:
                identity = cell
                continue
            if name not in self.kind.fields:
                continue
            try:
                given[name] = self.reader.read(
                    self.kind.fields[name], cell, self.layout.scales.get(index, "")
                )
            except Rejected as error:
                errors[name] = error.message
            cells_of[name] = cell
        return _Row(line, identity, given, errors, cells_of)

    def _known(self, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Record]:
        found: dict[uuid.UUID, Record] = {}
        for some in slices(ids):
            rows = self.session.scalars(
                select(self.kind.model).where(
                    self.kind.column("id").in_(some),
                    self.kind.column("organisation") == self.organisation,
                    *self.kind.conditions(),
                )
            )
            found |= {row.id: row for row in rows}
        return found

    def _alike(self, known: Mapping[uuid.UUID, Record]) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
        """Hidden values of the organisation's other records by their values in the given columns."""
        names = [*self.compared, *self.hidden]
        statement = select(self.kind.column("id"), *(self.kind.column(name) for name in names)).where(
            self.kind.column("organisation") == self.organisation, *self.kind.conditions()
        )
        found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        for identity, *values in self.session.execute(statement.execution_options(yield_per=1000)):
            if identity not in known:
                split = len(self.compared)
                found.setdefault(tuple(values[:split]), []).append(tuple(values[split:]))
        return found

    def _verdict(
        self,
        one: _Row,
        known: Mapping[uuid.UUID, Record],
        named: Mapping[uuid.UUID, str],
        met: set[uuid.UUID],
    ) -> Verdict:
        identity = _uuid(one.identity)
        if one.identity is None:
            return self._of_new(one)
        if identity is None or identity not in known:
            return Verdict(one.line, FAULTY, errors={"": _GONE, **one.errors})
        if identity in met:
            return Verdict(one.line, FAULTY, errors={"": _TWICE, **one.errors})
        met.add(identity)
        return self._of_known(one, known[identity], named)

    def _of_new(self, one: _Row) -> Verdict:
        stored, errors = self._cleaned(one, self.kind.fields)
        if errors:
            return Verdict(one.line, FAULTY, errors=errors)
        if self._is_there(stored):
            return Verdict(one.line, UNCHANGED)
        if refusal := self._refusal(stored):
            return Verdict(one.line, FAULTY, errors={"": refusal})
        return Verdict(one.line, NEW, {name: stored[name] for name in self.given})

    def _is_there(self, stored: Mapping[str, Any]) -> bool:
        """Whether a record is like this; each record answers for one row."""
        same = self.alike.get(tuple(stored[name] for name in self.compared), [])
        wanted = [stored[name] for name in self.hidden]
        for at_hand in same:
            if all(_same_text(value, held) for value, held in zip(wanted, at_hand, strict=True)):
                same.remove(at_hand)
                return True
        return False

    def _of_known(self, one: _Row, row: Record, named: Mapping[uuid.UUID, str]) -> Verdict:
        kept = {name for name in self.given if self._keeps(one, row, name, named)}
        names = [name for name in self.given if name not in kept]
        rest = _Row(
            one.line,
            None,
            {name: value for name, value in one.given.items() if name not in kept},
            {name: told for name, told in one.errors.items() if name not in kept},
        )
        stored, errors = self._cleaned(rest, names)
        if errors:
            return Verdict(one.line, FAULTY, errors=errors)
        changed = {name: value for name, value in stored.items() if value != self.kind.value(row, name)}
        if not changed:
            return Verdict(one.line, UNCHANGED, row=row)
        before = {name: self.kind.value(row, name) for name in changed}
        whole = {name: changed.get(name, self.kind.value(row, name)) for name in self.kind.fields}
        if refusal := self._refusal(whole, row):
            return Verdict(one.line, FAULTY, errors={"": refusal})
        return Verdict(one.line, CHANGED, changed, row, before)

    def _keeps(self, one: _Row, row: Record, name: str, named: Mapping[uuid.UUID, str]) -> bool:
        """Whether a cell shows what the record has: also masked, retired, or read as a word for nothing."""
        what, held, cell = self.kind.fields[name], self.kind.value(row, name), one.cells[name]
        if held is None:
            return False
        if isinstance(what, Person):
            return isinstance(cell, str) and plain_name(cell) == plain_name(named.get(held, ""))
        return isinstance(what, Text) and (cell == held or (masked(what) and cell in {None, mask(held)}))

    def _cleaned(self, one: _Row, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, Message]]:
        right = [name for name in names if name not in one.errors] if one.errors else names
        try:
            return engine.cleaned(self.kind, one.given, right), one.errors
        except Invalid as error:
            return {}, {**error.errors, **one.errors}

    def _refusal(self, stored: Mapping[str, Any], row: Record | None = None) -> Message:
        """What the type's guard says of a record with these values, which no session ever holds."""
        if self.kind.guard is None:
            return ""
        made = engine.build(self.kind, self.organisation, stored, now=self.now, author=None, whole=None)
        if row is not None:
            made.id, made.state, made.created_at = row.id, row.state, row.created_at
        try:
            self.kind.guard(self.session, made)
        except RendaError as error:
            return error.sentence
        return ""


def _same_text(given: str | None, held: str | None) -> bool:
    return given == held or (given is not None and held is not None and given == mask(held))


def _uuid(cell: Cell) -> uuid.UUID | None:
    if cell is None:
        return None
    try:
        return uuid.UUID(str(cell).strip())
    except ValueError:
        return None


def _ids(rows: Iterable[_Row]) -> set[uuid.UUID]:
    return {found for one in rows if (found := _uuid(one.identity)) is not None}
