"""JSON schemas as far as the document uses them: what breaks one, and values that fit one."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
FORMATS = {"uuid": UUID, "date": date.fromisoformat, "date-time": datetime.fromisoformat}
KNOWN = {
    "type", "enum", "format", "minimum", "maximum", "minLength", "maxLength", "properties", "required",
    "additionalProperties", "items", "title", "description", "x-unit", "x-titles", "$ref", "pattern",
}  # fmt: skip


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to."""
    if "$ref" not in schema:
        return schema
    return document["components"]["schemas"][schema["$ref"].removeprefix("#/components/schemas/")]


def kinds(schema: dict[str, Any]) -> list[str]:
    given = schema["type"]
    return [given] if isinstance(given, str) else given


def faults(value: Any, schema: dict[str, Any], document: dict[str, Any], place: str = "$") -> Iterator[str]:
    """Where and how a value breaks a schema."""
    schema = resolved(schema, document)
    assert schema.keys() <= KNOWN, schema
    if type(value) not in {KINDS[one] for one in kinds(schema)}:
        yield f"{place} is a {type(value).__name__}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is {value!r}"
    if isinstance(value, dict):
        yield from _faults_of_object(value, schema, document, place)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from faults(one, schema["items"], document, f"{place}[{number}]")
    elif isinstance(value, str):
        yield from _faults_of_text(value, schema, place)
    elif type(value) is int and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{place} is {value}"


def _faults_of_text(value: str, schema: Any, place: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{place} has {len(value)} characters"
    if not re.search(schema.get("pattern", ""), value):
        yield f"{place} is {value!r}"
    if "format" in schema:
        FORMATS[schema["format"]](value)


def _faults_of_object(value: Any, schema: Any, document: Any, place: str) -> Iterator[str]:
    lacking = set(schema.get("required", ())) - value.keys()
    if lacking:
        yield f"{place} lacks {sorted(lacking)}"
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in known:
            yield from faults(one, known[name], document, f"{place}.{name}")
        elif more is False:
            yield f"{place} has {name!r}"
        elif isinstance(more, dict):
            yield from faults(one, more, document, f"{place}.{name}")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def fitting(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema."""
    schema = resolved(schema, document)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return st.one_of(*(_of_kind(kind, schema, document) for kind in kinds(schema)))


def _of_kind(kind: str, schema: Any, document: Any) -> st.SearchStrategy[Any]:
    if kind == "object":
        inner = {name: fitting(one, document) for name, one in schema["properties"].items()}
        needed = {name: one for name, one in inner.items() if name in schema["required"]}
        spare = {name: one for name, one in inner.items() if name not in needed}
        return st.fixed_dictionaries(needed, optional=spare)
    if kind == "integer":
        return st.integers(schema.get("minimum"), schema.get("maximum"))
    if schema.get("format") == "date":
        return st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat)
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    if kind in {"null", "boolean"}:
        return st.none() if kind == "null" else st.booleans()
    least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
    plain = st.text("走访ab12", min_size=least, max_size=min(most, 12))
    return st.one_of(plain, plain, plain, st.text(min_size=least, max_size=most))


def spoilt(schema: dict[str, Any], document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, or nearly, or not at all."""
    good = fitting(schema, document)
    if kinds(resolved(schema, document)) != ["object"]:
        return good | ANYTHING
    inner = resolved(schema, document)["properties"]
    names = st.sampled_from(sorted(inner)) | st.text(max_size=5) if inner else st.text(max_size=5)
    nearly = st.builds(lambda value, name, one: {**value, name: one}, good, names, ANYTHING)
    return st.one_of(good, good, good, nearly, ANYTHING)


def pattern(path: str) -> re.Pattern[str]:
    """What an address looks like whose path the document writes with placeholders."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", "[^/]+", re.escape(path)))
