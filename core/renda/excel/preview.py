"""What a file would do, as its page shows it."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import Message, RecordType
from renda.excel.columns import IDENTITY
from renda.excel.grids import Cell, Odd
from renda.excel.safety import ENDINGS, MOST_ROWS
from renda.excel.uploads import MOST_AT_ONCE, Judged
from renda.excel.verdicts import CHANGED, FAULTY, NEW, UNCHANGED, Verdict, counts, fingerprint, reasons
from renda.i18n import Translate, _
from renda.records import persons
from renda.records.fields import Person

MOST_SHOWN = 200
"""Rows that the page lists; the marked file has all faulty ones."""
_MOST_CHARACTERS = 80
_SIGNS: Mapping[str, tuple[str, Message]] = {
    FAULTY: ("bad", _("Faulty")),
    CHANGED: ("warn", _("Changed")),
    NEW: ("ok", _("New")),
    UNCHANGED: ("off", _("Unchanged")),
}
"""Light and words of each kind of row, in the order in which they are listed."""

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
    named = persons.names(session, set(_persons(kind, listed)))
    return {
        "counts": [{"title": title, "value": numbers[what]} for what, (_light, title) in _SIGNS.items()],
        "columns": _columns(kind, found),
        "rows": [_row(kind, one, named, translate) for one in listed],
        "left": len(found.verdicts) - len(listed),
        "remark": found.remark,
        "good": found.good,
        "faulty": found.faulty,
        "later": found.good > MOST_AT_ONCE,
        "shown": fingerprint(kind, found.verdicts),
    }


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
            own = [(IDENTITY, _("Id of the record"))] if name == IDENTITY else []
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
        for values in (one.values, one.before):
            for name, value in values.items():
                if value is not None and isinstance(kind.fields[name], Person):
                    yield value


def _row(kind: RecordType, one: Verdict, named: Names, translate: Translate) -> dict[str, Any]:
    light, title = _SIGNS[one.what]
    return {"cells": [one.line, {"light": light, "text": title}, _told(kind, one, named, translate)]}


def _told(kind: RecordType, one: Verdict, named: Names, translate: Translate) -> str:
    """Reasons of a faulty row, differences of a changed one, the first values of a new one."""

    def show(name: str, value: Any) -> str:
        what = kind.fields[name]
        text = named.get(value, "") if isinstance(what, Person) else what.show(value, translate)
        return text[:_MOST_CHARACTERS] or "—"

    def label(name: str) -> str:
        return f"{translate(kind.fields[name].label)}："

    if one.what == FAULTY:
        return reasons(kind, one, translate)
    if one.what == CHANGED:
        return "；".join(
            f"{label(name)}{show(name, one.before[name])} → {show(name, value)}"
            for name, value in one.values.items()
        )
    given = [(name, value) for name, value in one.values.items() if value is not None]
    return "；".join(label(name) + show(name, value) for name, value in given[:6])
