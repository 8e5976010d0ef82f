"""What a file would do, as its page shows it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import Message, RecordType
from renda.excel import asking
from renda.excel.columns import IDENTITY, Layout
from renda.excel.grids import Cell, Odd
from renda.excel.safety import ENDINGS, MOST_ROWS
from renda.excel.uploads import MOST_AT_ONCE, Judged
from renda.excel.verdicts import (
    ASKED,
    CHANGED,
    FAULTY,
    NEW,
    UNCHANGED,
    Question,
    Verdict,
    counts,
    fingerprint,
    reasons,
)
from renda.i18n import Translate, _
from renda.records import persons
from renda.records.fields import Person
from renda.records.models import Record
from renda.records.tables import label

MOST_SHOWN = 200
"""Rows that the page lists; the marked file has all faulty ones."""
_MOST_CHARACTERS = 80
_FIRST = 6
"""Values that are told of a new record."""
_SIGNS: Mapping[str, tuple[str, Message]] = {
    FAULTY: ("bad", _("Faulty")),
    ASKED: ("warn", _("Undecided")),
    CHANGED: ("warn", _("Changed")),
    NEW: ("ok", _("New")),
    UNCHANGED: ("off", _("Unchanged")),
}
"""Light and words of each kind of row, in the order in which they are listed."""

EQUALS: str = _("It equals row ${line}.")
"""What is told of a row that says what another row says."""
_DOUBLED: str = _("Column ${place}, “${title}”, is left out, since column ${other} is taken for “${field}”.")
_OWN = _("All are new records")


def _group(
    name: str, title: Message, text: Message, about: tuple[Message, ...], *every: Any
) -> dict[str, Any]:
    heads = (_("Row"), *about, _("What it is"))
    columns = [{"title": head, "kind": "text"} for head in heads]
    return {"id": name, "title": title, "text": text, "columns": columns, "all": every}


_GROUPS: Mapping[bool, dict[str, Any]] = {
    False: _group(
        "alike",
        _("Rows that look like existing records"),
        _(
            "A record of yours has the same name, and at least half of the values agree; or all but the name "
            "agree. Say whether such a row changes that record, or is a new one; until then it is left out."
        ),
        (_("Record"), _("What differs")),
        ("alike.change", _("All change those records")),
        ("alike.new", _OWN),
    ),
    True: _group(
        "twins",
        _("Rows that stand in the file twice"),
        _(
            "These rows say in every column what another row of the file says. Say which of them are records "
            "of their own; until then they are left out."
        ),
        (_("Equal row"),),
        ("twins.new", _OWN),
    ),
}
"""What is said above rows that are asked about: of those that equal another, and of the others."""

Names = Mapping[uuid.UUID, str]


def file_field(error: Message) -> dict[str, Any]:
    """The control that takes a file."""
    most = {"rows": f"{MOST_ROWS:,}"}
    return {
        "name": "file",
        "label": _("File"),
        "widget": "file",
        "accept": ",".join(ENDINGS),
        "required": True,
        "help": _("An .xlsx, .xls or .csv file of at most 20 MB and ${rows} rows.", mapping=most),
        "error": error,
    }


def page(session: Session, kind: RecordType, found: Judged, translate: Translate) -> dict[str, Any]:
    """Counts, columns and rows, and what confirms them."""
    numbers = counts(found.verdicts)
    order = list(_SIGNS)
    listed = sorted(found.verdicts, key=lambda one: (order.index(one.what), one.line))[:MOST_SHOWN]
    teller = _Teller(kind, persons.names(session, set(_persons(kind, listed))), translate)
    return {
        "counts": [
            {"title": title, "value": numbers[what]}
            for what, (_light, title) in _SIGNS.items()
            if numbers[what] or what != ASKED
        ],
        "columns": _columns(kind, found),
        "rows": [teller.row(one) for one in listed],
        "left": len(found.verdicts) - len(listed),
        "remark": found.remark,
        "doubled": doubled(kind, found.layout, translate),
        "good": found.good,
        "faulty": found.faulty,
        "asked": found.asked,
        "later": found.good > MOST_AT_ONCE,
        "shown": fingerprint(kind, found.verdicts),
    }


def doubled(kind: RecordType, layout: Layout, translate: Translate) -> list[Message]:
    """A sentence for each column that is left out, since an earlier one is headed alike."""
    from openpyxl.utils import get_column_letter

    taken = {name: index for index, name in layout.fields.items()}
    return [
        _(
            _DOUBLED,
            mapping={
                "place": get_column_letter(index + 1),
                "title": layout.titles[index],
                "field": translate(asking.called(kind, name)),
                "other": get_column_letter(taken[name] + 1),
            },
        )
        for index, name in layout.doubled.items()
    ]


def _columns(kind: RecordType, found: Judged) -> list[dict[str, Any]]:
    """Every column of the file with a sample and the choice of its field."""
    layout = found.layout
    choices = [(name, what.label) for name, what in kind.fields.items()]
    sample = next((cells for cells in layout.grid.rows[layout.header + 1 :] if cells), ())
    shown = []
    for index in range(max([len(layout.titles), *(at + 1 for at in layout.fields)])):
        title = layout.titles[index] if index < len(layout.titles) else ""
        name = layout.fields.get(index, "")
        if title or name:
            own = [(IDENTITY, asking.called(kind, IDENTITY))] if name == IDENTITY else []
            control = {
                "name": f"column.{index}",
                "label": title or str(index + 1),
                "widget": "choice",
                "choices": [*choices, *own],
                "value": name,
                "required": False,
                "empty": _("Leave out"),
            }
            shown.append({"cells": [title or "—", _sample(sample, index), {"field": control}]})
    return shown


def _sample(cells: Iterable[Cell], index: int) -> str:
    row = list(cells)
    value = row[index] if index < len(row) else None
    return "" if value is None or isinstance(value, Odd) else str(value)[:_MOST_CHARACTERS]


def _persons(kind: RecordType, verdicts: Iterable[Verdict]) -> Iterable[uuid.UUID]:
    for one in verdicts:
        asked = one.question or Question()
        for values in (one.values, one.before, asked.values, asked.before):
            for name, value in values.items():
                if value is not None and isinstance(kind.fields[name], Person):
                    yield value


@dataclass(frozen=True)
class _Teller:
    """Says what rows are about."""

    kind: RecordType
    named: Names
    translate: Translate

    def row(self, one: Verdict) -> dict[str, Any]:
        """A row of the table of rows."""
        light, title = _SIGNS[one.what]
        return {"cells": [one.line, {"light": light, "text": title}, self._told(one)]}

    def _told(self, one: Verdict) -> str:
        if one.what == FAULTY:
            return reasons(self.kind, one, self.translate)
        if one.what == ASKED and one.question is not None:
            return self.asked(one.question)
        if one.what == CHANGED:
            return self.differences(one.values, one.before)
        given = [(name, value) for name, value in one.values.items() if value is not None]
        return "；".join(self._label(name) + self._show(name, value) for name, value in given[:_FIRST])

    def asked(self, one: Question) -> str:
        """What makes a row one that is asked about."""
        if one.row is None:
            return self.translate(_(EQUALS, mapping={"line": one.twin}))
        return self.differences(one.values, one.before)

    def differences(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> str:
        """What is said otherwise than before."""
        return "；".join(
            f"{self._label(name)}{self._show(name, before[name])} → {self._show(name, value)}"
            for name, value in values.items()
        )

    def name(self, row: Record) -> str:
        """What a record is called."""
        return label(self.kind, row, self.named, self.translate)

    def _show(self, name: str, value: Any) -> str:
        what = self.kind.fields[name]
        text = self.named.get(value, "") if isinstance(what, Person) else what.show(value, self.translate)
        return text[:_MOST_CHARACTERS] or "—"

    def _label(self, name: str) -> str:
        return f"{self.translate(self.kind.fields[name].label)}："


def questions(
    session: Session, kind: RecordType, found: Judged, base: str, translate: Translate
) -> list[dict[str, Any]]:
    """Rows of which the reader has to say, or has said, what they are; `base` is the register's address."""
    asked = [(one, one.question) for one in found.verdicts if one.question is not None]
    groups = []
    for twins, group in _GROUPS.items():
        ours = [(one, said) for one, said in asked if bool(said.twin) is twins]
        # Of many rows those come first of which nothing is said yet.
        listed = sorted(ours, key=lambda pair: (bool(pair[1].answer), pair[0].line))[:MOST_SHOWN]
        if listed:
            rows = [one for one, _said in listed]
            someone = set(_persons(kind, rows)) | _called(kind, rows)
            teller = _Teller(kind, persons.names(session, someone), translate)
            shown = [_question(teller, one, said, base) for one, said in listed]
            groups.append({**group, "rows": shown, "left": len(ours) - len(listed)})
    return groups


def _called(kind: RecordType, verdicts: Iterable[Verdict]) -> set[uuid.UUID]:
    """Persons by whom records are called."""
    first = kind.columns[0]
    if not isinstance(kind.fields.get(first), Person):
        return set()
    records = (one.question.row for one in verdicts if one.question is not None)
    return {kind.value(row, first) for row in records if row is not None} - {None}


def _question(teller: _Teller, one: Verdict, said: Question, base: str) -> dict[str, Any]:
    choices = [(asking.OF_ITS_OWN, _("A new record"))]
    about = []
    if said.row is not None:
        choices = [(str(said.row.id), _("A change of that record")), *choices]
        about = [{"text": teller.name(said.row), "href": f"{base}/{said.row.id}"}]
    control = asking.control(
        one.line,
        _("What row ${line} is", mapping={"line": one.line}),
        choices,
        value=said.answer,
        required=False,
        empty=_("Leave out"),
    )
    return {"cells": [one.line, *about, teller.asked(said), {"field": control}]}
