"""Controls of a register's forms, as the templates want them, and what comes back from them."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from renda.declarations import RecordType
from renda.directory.readings import spelt
from renda.i18n import _
from renda.records.fields import Choice, Day, Field, Person, Text, Translate
from renda.records.listing import SEARCH, ListQuery, filterable
from renda.records.models import Record
from renda.records.namesakes import parted

MOST_DIGITS = 10
Control = dict[str, Any]
Offered = Sequence[tuple[uuid.UUID, str]]
PAGE_WORDS = frozenset({"q", "sort", "page", "columns", "view"})
FORM_WORDS = frozenset({"csrf_token", "lock", "whole", "do"})
TYPED = ".typed"
"""What the name of the control ends with in which a person's name is typed, beside the choice of persons."""


def control(name: str, what: Field, value: str, error: str = "", persons: Offered = ()) -> Control:
    """A field as a form asks for it; `persons` are those who may be named."""
    found: Control = {
        "name": name,
        "label": what.label,
        "help": what.help,
        "required": what.required and what.widget != "flag",
        "unit": what.unit,
        "widget": what.widget,
        "value": value,
        "error": error,
    }
    if isinstance(what, Text):
        found["max_length"] = what.max_length
    elif isinstance(what, Choice):
        found["choices"] = what.choices
    elif isinstance(what, Person):
        found["choices"] = [(str(one), name) for one, name in persons]
        found["spelt"] = {str(one): spelt(parted(name)[0]) for one, name in persons}
        found["typed"] = "" if value in found["spelt"] else value
    return found


def hidden(name: str, value: object) -> Control:
    """A value that the form carries along."""
    return {"name": name, "widget": "hidden", "value": str(value)}


def controls(
    kind: RecordType,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    offered: Callable[[], Offered],
    *,
    row: Record | None = None,
    translate: Translate = str,
) -> list[Control]:
    """All fields of a form that makes a record, or changes `row`; `offered` is asked if there are persons.

    A masked value is not sent to the browser: its control is empty, and left empty it stays as it is.
    """
    someone = any(isinstance(what, Person) for what in kind.fields.values())
    persons = offered() if someone else ()
    found = []
    for name, what in kind.fields.items():
        one = control(name, what, typed.get(name, ""), errors.get(name, ""), persons)
        if row is not None and masked(what) and kind.value(row, name) is not None:
            present = what.show(kind.value(row, name), translate)
            one["help"] = _("Now: ${value}. Leave it empty to keep it.", mapping={"value": present})
            one["required"] = False
        found.append(one)
    return found


def masked(what: Field) -> bool:
    """Whether readers see only a part of the field's value."""
    return what.personal and isinstance(what, Text)


def present(kind: RecordType, row: Record) -> dict[str, str]:
    """What the controls of a record's form hold at first."""
    return {
        name: "" if masked(what) else what.typed(kind.value(row, name)) for name, what in kind.fields.items()
    }


def sent(kind: RecordType, form: Mapping[str, str], row: Record | None = None) -> dict[str, str]:
    """What a form sends for the fields of a new record, or for the change of `row`.

    A field that is not sent is empty, as browsers do with flags; what is no field is kept for the engine to
    refuse. Of a person who is not chosen it is what was typed of the name.
    """
    found = dict.fromkeys(kind.fields, "")
    found |= {name: value for name, value in form.items() if name not in FORM_WORDS}
    for name, what in kind.fields.items():
        if isinstance(what, Person):
            found[name] = found[name] or found.get(name + TYPED, "")
            found.pop(name + TYPED, None)
    if row is not None:
        for name, what in kind.fields.items():
            if masked(what) and not found[name].strip():
                del found[name]
    return found


def count(text: str) -> int:
    """A small number that one of our own forms or links carries; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else 0


def wanted(params: Mapping[str, str]) -> ListQuery:
    """What the address of a list asks for."""
    return ListQuery(
        filters={name: value for name, value in params.items() if name not in PAGE_WORDS},
        search=params.get("q", ""),
        sort=params.get("sort", ""),
        page=count(params.get("page", "")) or 1,
        columns=tuple(filter(None, params.get("columns", "").split(","))),
        view=params.get("view", ""),
    )


def filter_controls(
    kind: RecordType, query: ListQuery, errors: Mapping[str, str], translate: Translate
) -> list[Control]:
    """Search box, states, choices and days of a list's columns."""
    given, known = query.filters, filterable(kind)
    found: list[Control] = []
    if kind.search:
        found.append(control("q", SEARCH, query.search, errors.get("q", "")))
    for name in kind.columns:
        what = known[name]
        if isinstance(what, Choice):
            one = control(name, what, given.get(name, ""), errors.get(name, ""))
            found.append({**one, "required": False, "empty": _("All")})
        elif isinstance(what, Day):
            field = translate(what.label)
            for bound, title in (
                ("from", _("${field} from", mapping={"field": field})),
                ("to", _("${field} to", mapping={"field": field})),
            ):
                key = f"{name}.{bound}"
                one = control(key, Day(title, required=False), given.get(key, ""), errors.get(key, ""))
                found.append(one)
    shown = {one["name"] for one in found}
    carried = {**given, "sort": query.sort, "columns": ",".join(query.columns), "view": query.view}
    return found + [hidden(name, value) for name, value in carried.items() if value and name not in shown]
