"""Tables and facts of a register, as the templates want them, made from its type."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from renda.declarations import Fact, RecordType
from renda.i18n import _
from renda.records.fields import Choice, Field, Integer, Person, Translate
from renda.records.listing import ListQuery, Page, sortable

LIGHTS = {"todo": "off", "doing": "busy", "done": "ok", "stopped": "off"}
"""Signs of the pages for the lights of workflow states; what is planned is no reason to worry."""

FACT_LIGHTS = {**LIGHTS, "todo": "warn"}
"""The same for what follows from a record: there, what is still to do is what keeps it from being valid."""

STATE = _("State")
CLASSES = {"day": ' class="day"', "paragraph": ' class="paragraph"'}
APART = frozenset({"number", "day", "paragraph"})
"""Widgets whose values a table or a list of facts sets apart from plain text."""

Names = Mapping[uuid.UUID, str]
Cell = Callable[[Any, Names], Any]
Draw = Callable[[Any, Names], str]


def state_sign(kind: RecordType, name: str) -> dict[str, str]:
    """Light and words of a state; a state that the workflow no longer has shows its name."""
    for state in kind.workflow.states:
        if state.name == name:
            return {"light": LIGHTS.get(state.light, "busy"), "text": state.title}
    return {"light": "off", "text": name}


def shape(what: Field) -> str:
    """How a field's values are set: as text, number, day or paragraph."""
    return what.widget if what.widget in APART else "text"


def _cell(kind: RecordType, name: str, translate: Translate) -> Cell:
    """What a column shows for a value; whatever can be worked out beforehand is."""
    what = kind.fields.get(name)
    if what is None:
        signs = {state.name: state_sign(kind, state.name) for state in kind.workflow.states}
        return lambda value, _names: signs.get(value) or state_sign(kind, value)
    if isinstance(what, Integer):
        return lambda value, _names: value
    if isinstance(what, Person):
        return lambda value, names: names.get(value)
    if isinstance(what, Choice):
        titles = {value: translate(title) for value, title in what.titles.items()}
        return lambda value, _names: titles.get(value, value)
    return lambda value, _names: what.show(value, translate) or None


Remaining = Mapping[uuid.UUID, tuple[str, str]]
"""By record: light and words of how long it may stay in its state."""


def table_rows(
    kind: RecordType,
    page: Page,
    base: str,
    translate: Translate,
    *,
    select: bool = False,
    remaining: Remaining = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Rows of a table; the first cell opens the record below the address `base`."""
    plan = [(name, _cell(kind, name, translate)) for name in kind.columns]
    names, value = page.names, kind.value
    found = []
    for row in page.rows:
        cells = [cell(value(row, name), names) for name, cell in plan]
        first = cells[0]
        if not isinstance(first, Mapping):
            first = {"text": "—" if first is None else first}
        cells[0] = {**first, "href": f"{base}/{row.id}"}
        if row.id in remaining and "state" in kind.columns:
            light, text = remaining[row.id]
            place = kind.columns.index("state")
            cells[place] = {**cells[place], "note": text, "note_light": light}
        shown: dict[str, Any] = {"cells": cells}
        if select:
            shown["select"] = str(row.id)
        found.append(shown)
    return found


def body(
    kind: RecordType,
    page: Page,
    base: str,
    translate: Translate,
    *,
    select: bool = False,
    remaining: Remaining = MappingProxyType({}),
) -> Markup:
    """The rows of a list as HTML: the same that the macro `data_table` makes of `table_rows`.

    With `select` each has a check box that sends its `id`.

    A list is the page that people open most; drawn in one go per row it costs a tenth.
    """
    line, names, value = _line(kind, base, translate, select=select), page.names, kind.value
    # Each value is drawn once, since lists repeat them.
    plan: list[tuple[str, Draw, dict[Any, str]]] = [(*one, {}) for one in _plan(kind, translate)]
    stateful = kind.columns[0] not in kind.fields
    found = []
    for row in page.rows:
        identity = str(row.id)
        cells = [identity]
        for name, draw, drawn in plan:
            held = value(row, name)
            if held not in drawn:
                drawn[held] = draw(held, names)
            cells.append(drawn[held])
            if name == "state" and row.id in remaining:
                cells[-1] += _note(*remaining[row.id])
        if select:
            called = escape(Markup(cells[1]).striptags()) if stateful else cells[1]  # noqa: S704 - as below
            cells[:0] = [identity, called]
        found.append(line % tuple(cells))
    return Markup("".join(found))  # noqa: S704 - every part of it is escaped in `_line` and `_drawing`


def _note(light: str, text: str) -> str:
    return f'<small class="note {escape(light)}">{escape(text)}</small>'


@lru_cache(maxsize=1024)
def _line(kind: RecordType, base: str, translate: Translate, *, select: bool) -> str:
    """A row with a place for the id and for each cell; numbers close the tag of their cell themselves.

    A check box comes first and has places for the id and for its name.
    """
    address = str(escape(base)).replace("%", "%%")
    pick = str(escape(translate(_("Select")))).replace("%", "%%")
    box = f'<label><input type="checkbox" name="id" value="%s" aria-label="{pick} %s"></label>'
    box = f'<td class="pick">{box}</td>'
    row = f'<th scope="row" role="rowheader"><a href="{address}/%s">%s</a></th>'
    found = [f'<tr role="row">{box if select else ""}{row}']
    for name in kind.columns[1:]:
        what = kind.fields.get(name)
        label = str(escape(translate(what.label if what else STATE))).replace("%", "%%")
        looks = shape(what) if what else "text"
        tag = f'<td role="cell" data-label="{label}"'
        found.append(
            f'{tag} class="n"%s</td>' if looks == "number" else f"{tag}{CLASSES.get(looks, '')}>%s</td>"
        )
    return "".join([*found, "</tr>\n"])


@lru_cache(maxsize=1024)
def _plan(kind: RecordType, translate: Translate) -> tuple[tuple[str, Draw], ...]:
    return tuple((name, _drawing(kind, name, translate)) for name in kind.columns)


def _drawing(kind: RecordType, name: str, translate: Translate) -> Draw:
    """What stands in a cell for a value, escaped."""
    what, cell = kind.fields.get(name), _cell(kind, name, translate)
    number = isinstance(what, Integer) and name != kind.columns[0]

    def draw(value: Any, names: Names) -> str:
        shown = cell(value, names)
        if number:
            return ">—" if shown is None else f' data-value="{shown}">{shown:,}'
        if what is None:
            words = escape(translate(shown["text"]))
            return f'<span class="status {shown["light"]}"><i></i>{words}</span>'
        return "—" if shown is None else str(escape(shown))

    return draw


def columns(kind: RecordType) -> list[dict[str, Any]]:
    """Headers of a table of this type."""
    found = []
    for name in kind.columns:
        what = kind.fields.get(name)
        if what is None:
            found.append({"title": STATE, "kind": "text", "key": name})
        else:
            width = shape(what)
            found.append({"title": what.label, "kind": width, "unit": what.unit, "key": name})
    return found


def sorted_columns(kind: RecordType, query: ListQuery, base: str) -> list[dict[str, Any]]:
    """Headers whose links sort the list, rising first."""
    headers = columns(kind)
    able = sortable(kind)
    for header in headers:
        name = header["key"]
        if name in able:
            rising = query.sort == name
            direction = "ascending" if rising else "descending" if query.sort == f"-{name}" else None
            wanted = f"-{name}" if rising else name
            header["sort"] = {"href": address(base, query, sort=wanted), "direction": direction}
    return headers


def address(base: str, query: ListQuery, *, sort: str | None = None, page: int = 1) -> str:
    """The address of the same list, sorted otherwise or at another page."""
    asked = query if sort is None else replace(query, sort=sort)
    rest = urlencode({"view": query.view} if query.view else {})
    rest = "&".join(filter(None, (words(asked), rest, f"page={page}" if page > 1 else "")))
    return f"{base}?{rest}" if rest else base


def words(query: ListQuery) -> str:
    """What a list is asked for, as its address says it and a saved view keeps it: all but the page."""
    said = {name: value for name, value in query.filters.items() if value}
    said |= {"q": query.search, "sort": query.sort, "columns": ",".join(query.columns)}
    return urlencode({name: value for name, value in said.items() if value})


def pager(page: Page, query: ListQuery, base: str) -> dict[str, Any]:
    """Where a page lies among the others."""
    number, pages = page.number, page.pages
    return {
        "total": page.total,
        "page": number,
        "pages": pages,
        "previous": address(base, query, page=number - 1) if number > 1 else None,
        "next": address(base, query, page=number + 1) if number < pages else None,
    }


def facts(kind: RecordType, row: Any, names: Names, translate: Translate) -> list[dict[str, Any]]:
    """Every field of a record with its value."""
    return [
        {
            "name": name,
            "label": what.label,
            "unit": what.unit,
            "kind": shape(what),
            "value": shown(kind, name, kind.value(row, name), names, translate),
        }
        for name, what in kind.fields.items()
    ]


def shown(kind: RecordType, name: str, value: Any, names: Names, translate: Translate) -> Any:
    """One value of a field as a list of facts shows it; None for nothing."""
    return _cell(kind, name, translate)(value, names)


def worked_out(found: Iterable[Fact], translate: Translate) -> list[dict[str, Any]]:
    """What follows from a record; a judgement has its sign and its words."""
    return [
        {
            "label": fact.label,
            "unit": fact.unit,
            "kind": "number" if isinstance(fact.value, int) else "text",
            "value": {"light": FACT_LIGHTS[fact.light], "text": fact.value}
            if fact.light
            else fact.value
            if isinstance(fact.value, int)
            else translate(fact.value),
        }
        for fact in found
    ]


def label(kind: RecordType, row: Any, names: Names, translate: Translate) -> str:
    """What a record is called: the value of its type's first column."""
    name = kind.columns[0]
    shown = _cell(kind, name, translate)(kind.value(row, name), names)
    return translate(shown["text"]) if isinstance(shown, Mapping) else str(shown or "—")
