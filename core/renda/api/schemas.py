"""JSON schemas of what the API reads and gives, made from the declarations of the record types."""

from collections.abc import Mapping
from typing import Any

from renda.declarations import RecordType
from renda.i18n import Translate, _
from renda.records.fields import Day, Field, Flag, Integer
from renda.records.forms import masked
from renda.records.listing import BOUNDS, filterable, sortable

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
ID: Schema = {"type": "string", "format": "uuid"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


def thing(properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no others; all but the optional ones are there."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def many(items: Mapping[str, Any]) -> Schema:
    """A list of them."""
    return {"type": "array", "items": dict(items)}


def named(name: str) -> Schema:
    """The schema of this name in the document."""
    return {"$ref": f"#/components/schemas/{name}"}


PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": NUMBER,
        "detail": TEXT,
        "request": TEXT,
        "errors": {"type": "object", "additionalProperties": TEXT},
    },
    "required": ["type", "title", "status", "detail", "request"],
}
ORGANISATION = thing({"code": TEXT, "name": TEXT, "kind": TEXT, "tier": TEXT})
_REGISTER = thing({"type": TEXT, "title": TEXT, "part_of": {"type": ["string", "null"]}, "href": TEXT})
PLACE = thing(
    {
        **ORGANISATION["properties"],
        "path": many(TEXT),
        "modules": many(TEXT),
        "permissions": many(TEXT),
        "records": many(_REGISTER),
    }
)
_STEP = {"name": TEXT, "source": TEXT, "target": TEXT, "at": INSTANT, "reason": TEXT}
STEPS = thing({"items": many(thing({**_STEP, "by": {"type": ["string", "null"]}})), "open": many(TEXT)})


def of_field(what: Field, translate: Translate, *, given: bool) -> Schema:
    """A field's schema, as it is sent or, where `given`, as the API gives it."""
    found = what.schema()
    if given and masked(what):
        found = {"type": found["type"]}
    said: Schema = {"title": translate(what.label)}
    help_text = translate(what.help) if what.help else ""
    if given and masked(what):
        help_text = translate(_("Personal: a part of it is hidden."))
    if help_text:
        said["description"] = help_text
    if what.unit:
        said["x-unit"] = translate(what.unit)
    titles = getattr(what, "titles", {})
    if found.get("enum"):
        said["x-titles"] = {value: translate(titles[value]) for value in found["enum"] if value in titles}
    return {**found, **said}


def of_record(kind: RecordType, translate: Translate) -> Schema:
    """A record as the API gives it."""
    states = {state.name: translate(state.title) for state in kind.workflow.states}
    values = {name: of_field(what, translate, given=True) for name, what in kind.fields.items()}
    inside = {"whole": ID} if kind.part_of else {}
    properties = {
        "id": ID,
        "type": {"type": "string", "enum": [kind.name]},
        "organisation": TEXT,
        "state": {"type": "string", "enum": list(states), "x-titles": states},
        "lock": NUMBER,
        "created_at": INSTANT,
        "changed_at": INSTANT,
        **inside,
        "values": thing(values),
    }
    return {**thing(properties), "title": translate(kind.title)}


def of_list(kind: RecordType) -> Schema:
    """Some records, with the names of the persons in them."""
    names = {"type": "object", "additionalProperties": TEXT}
    return thing({"items": many(named(kind.name)), "names": names, "next": {"type": ["string", "null"]}})


def of_new(kind: RecordType, translate: Translate) -> Schema:
    """What makes a record."""
    fields = {name: of_field(what, translate, given=False) for name, what in kind.fields.items()}
    optional = tuple(
        name for name, what in kind.fields.items() if not what.required or isinstance(what, Flag)
    )
    inside = {"whole": ID} if kind.part_of else {}
    return thing({"values": thing(fields, optional=optional), **inside})


def of_change(kind: RecordType, translate: Translate) -> Schema:
    """What changes a record: any of its fields."""
    fields = {name: of_field(what, translate, given=False) for name, what in kind.fields.items()}
    return thing({"values": thing(fields, optional=tuple(fields))})


def parameters(kind: RecordType, translate: Translate) -> list[Schema]:
    """What the address of a list may ask for."""
    found = {"q": ({"type": "string", "maxLength": 200}, translate(_("Search")))} if kind.search else {}
    sorts = [sign + name for name in sortable(kind) for sign in ("", "-")]
    found["sort"] = ({"type": "string", "enum": sorts}, translate(_("Order; with - the other way round.")))
    found["limit"] = ({"type": "integer", "minimum": 1, "maximum": 200}, translate(_("Records, at most")))
    found["cursor"] = (TEXT, translate(_("After the records of an earlier answer, whose `next` has it.")))
    for name, what in filterable(kind).items():
        schema, title = what.schema(), translate(what.label)
        found[name] = (_bare(schema), title)
        if isinstance(what, Day | Integer):
            found |= {f"{name}.{bound}": (_bare(schema), title) for bound in BOUNDS}
    return [in_query(name, title, schema) for name, (schema, title) in found.items()]


def _bare(schema: Schema) -> Schema:
    """The schema of a value that an address gives: what is left out filters nothing, so null is none."""
    kinds = schema["type"]
    found = {**schema, "type": kinds[0] if isinstance(kinds, list) else kinds}
    if None in found.get("enum", ()):
        found["enum"] = [value for value in found["enum"] if value is not None]
    return found


def in_query(name: str, title: str, schema: Mapping[str, Any]) -> Schema:
    """A parameter of the query."""
    return {"name": name, "in": "query", "description": title, "schema": dict(schema)}


def in_path(name: str, title: str, schema: Mapping[str, Any]) -> Schema:
    """A parameter of the path."""
    return {"name": name, "in": "path", "required": True, "description": title, "schema": dict(schema)}
