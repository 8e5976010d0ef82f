"""What each row of a file would do: make a record, change one, change nothing, or be refused, and why.

A row of ours carries the id of its record. Another one may be about a record nevertheless, or say again what
another row says: then it does nothing before the person who gave the file has said which it is.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import Message, RecordType
from renda.directory.names import plain_name
from renda.errors import Invalid, RendaError
from renda.excel import asking
from renda.excel.columns import IDENTITY, Layout
from renda.excel.grids import Cell
from renda.excel.likeness import Likeness, Values
from renda.excel.values import Reader
from renda.excel.verdicts import ASKED, CHANGED, FAULTY, NEW, UNCHANGED, Question, Verdict
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
    answers: Mapping[int, str] | None = None,
) -> list[Verdict]:
    """A verdict on every row of data; nothing is written.

    `answers` are what the person said of rows that are asked about (see `Question`), by the row's number.

    Raises:
        Conflict: the organisation keeps no such records.
        Invalid: the type is part of another.
    """
    require_kept(session, kind, organisation)
    if kind.part_of:
        raise Invalid({"file": engine.PART_OF_NOTHING}, engine.PART_OF_NOTHING)
    kind = at(session, kind, organisation)
    return _Judge(session, kind, organisation, layout, answers or {}, translate, now).verdicts()


@dataclass
class _Judge:
    """Judges the rows of one file."""

    session: Session
    kind: RecordType
    organisation: str
    layout: Layout
    answers: Mapping[int, str]
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
        self.named: dict[uuid.UUID, str] = {}

    def verdicts(self) -> list[Verdict]:
        rows = [self._read(line, cells) for line, cells in self.layout.rows()]
        known = self._known(_ids(rows))
        met: set[uuid.UUID] = set()
        found = {one.line: self._identified(one, known, met) for one in rows if one.identity is not None}
        if len(found) < len(rows):
            others = Likeness(self.kind, self.given)
            others.load(self.session, self.organisation, known.keys())
            seen = {self._key(others, one): one.line for one in found.values() if one.row is not None}
            found |= self._nameless([one for one in rows if one.identity is None], others, seen)
        return [found[one.line] for one in rows]

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
        """The records of these ids; whom they name is known from then on."""
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
        someone = [name for name in self.given if isinstance(self.kind.fields[name], Person)]
        whom = {self.kind.value(row, name) for row in found.values() for name in someone} - {None}
        self.named |= persons.names(self.session, whom)
        return found

    def _key(self, others: Likeness, verdict: Verdict) -> Values:
        """What a record has in the columns of the file once a row has changed it."""
        return tuple(
            verdict.values[name] if name in verdict.values else self.kind.value(verdict.row, name)
            for name in others.names
        )

    def _identified(self, one: _Row, known: Mapping[uuid.UUID, Record], met: set[uuid.UUID]) -> Verdict:
        identity = _uuid(one.identity)
        if identity is None or identity not in known:
            return Verdict(one.line, FAULTY, errors={"": _GONE, **one.errors})
        if identity in met:
            return Verdict(one.line, FAULTY, errors={"": _TWICE, **one.errors})
        met.add(identity)
        return self._of_known(one, known[identity])

    def _nameless(
        self, rows: Iterable[_Row], others: Likeness, seen: dict[Values, int]
    ) -> dict[int, Verdict]:
        """Verdicts on rows that have no ids; `seen` are the values of rows that have."""
        found: dict[int, Verdict] = {}
        left: dict[int, tuple[_Row, dict[str, Any]]] = {}
        unlike: dict[int, Values] = {}
        for one in rows:
            stored, errors = self._cleaned(one, self.kind.fields)
            if errors:
                found[one.line] = Verdict(one.line, FAULTY, errors=errors)
                continue
            values = tuple(stored[name] for name in others.names)
            first = seen.setdefault(values, one.line)
            if others.take(values):
                found[one.line] = Verdict(one.line, UNCHANGED)
            elif first != one.line:
                found[one.line] = self._decided(one, stored, Question(twin=first))
            else:
                left[one.line], unlike[one.line] = (one, stored), values
        alike = others.similar(unlike)
        records = self._known(alike.values())
        for line, (one, stored) in left.items():
            record = records.get(alike[line]) if line in alike else None
            found[line] = self._like(one, stored, record) if record else self._of_new(one, stored)
        return found

    def _like(self, one: _Row, stored: Mapping[str, Any], row: Record) -> Verdict:
        """Of a row that looks like a record."""
        changed, before, _errors = self._changes(one, row)
        if not changed:
            return Verdict(one.line, UNCHANGED, row=row)
        return self._decided(one, stored, Question(row, changed, before))

    def _decided(self, one: _Row, stored: Mapping[str, Any], question: Question) -> Verdict:
        """What the person said of a row; nothing happens to it before."""
        answer = self.answers.get(one.line, "")
        if answer == asking.OF_ITS_OWN:
            verdict = self._of_new(one, stored)
        elif question.row is not None and answer == str(question.row.id):
            verdict = self._of_known(one, question.row)
        else:
            answer, verdict = "", Verdict(one.line, ASKED)
        return replace(verdict, question=replace(question, answer=answer))

    def _of_new(self, one: _Row, stored: Mapping[str, Any]) -> Verdict:
        if refusal := self._refusal(stored):
            return Verdict(one.line, FAULTY, errors={"": refusal})
        return Verdict(one.line, NEW, {name: stored[name] for name in self.given})

    def _of_known(self, one: _Row, row: Record) -> Verdict:
        changed, before, errors = self._changes(one, row)
        if errors:
            return Verdict(one.line, FAULTY, errors=errors)
        if not changed:
            return Verdict(one.line, UNCHANGED, row=row)
        whole = {name: changed.get(name, self.kind.value(row, name)) for name in self.kind.fields}
        if refusal := self._refusal(whole, row):
            return Verdict(one.line, FAULTY, errors={"": refusal})
        return Verdict(one.line, CHANGED, changed, row, before)

    def _changes(
        self, one: _Row, row: Record
    ) -> tuple[dict[str, Any], dict[str, Any], Mapping[str, Message]]:
        """What a row says otherwise than a record, what the record has there, and what is wrong."""
        kept = {name for name in self.given if self._keeps(one, row, name)}
        names = [name for name in self.given if name not in kept]
        rest = _Row(
            one.line,
            None,
            {name: value for name, value in one.given.items() if name not in kept},
            {name: told for name, told in one.errors.items() if name not in kept},
        )
        stored, errors = self._cleaned(rest, names)
        changed = {name: value for name, value in stored.items() if value != self.kind.value(row, name)}
        return changed, {name: self.kind.value(row, name) for name in changed}, errors

    def _keeps(self, one: _Row, row: Record, name: str) -> bool:
        """Whether a cell shows what the record has: also masked, retired, or read as a word for nothing."""
        what, held, cell = self.kind.fields[name], self.kind.value(row, name), one.cells[name]
        if held is None:
            return False
        if isinstance(what, Person):
            return isinstance(cell, str) and plain_name(cell) == plain_name(self.named.get(held, ""))
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
        made = engine.sketch(self.kind, self.organisation, stored, now=self.now)
        if row is not None:
            made.id, made.state, made.created_at = row.id, row.state, row.created_at
        try:
            self.kind.guard(self.session, made)
        except RendaError as error:
            return error.sentence
        return ""


def _uuid(cell: Cell) -> uuid.UUID | None:
    if cell is None:
        return None
    try:
        return uuid.UUID(str(cell).strip())
    except ValueError:
        return None


def _ids(rows: Iterable[_Row]) -> set[uuid.UUID]:
    return {found for one in rows if (found := _uuid(one.identity)) is not None}
