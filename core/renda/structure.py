"""Frozen dataclasses out of parsed TOML: the fields are the schema, and what does not fit names its key.

A field is text (`str`), a flag (`bool`), a whole number (`int`), a share (`Fraction`), a choice (`Literal`),
a list (`tuple[x, ...]`), a table of things alike (`Mapping[str, x]`), another dataclass, or anything (`Any`).
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from renda.errors import Misconfigured
from renda.i18n import _

UNKNOWN: str = _("${file}: the key ${key} is unknown. Correct its spelling or remove it.")
ABSENT: str = _("${file}: the key ${key} is missing.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a value stands; `key` is dotted, and empty for the file itself."""

    file: str
    key: str = ""

    def at(self, key: str) -> Self:
        """The place of a key inside this one."""
        return type(self)(self.file, f"{self.key}.{key}" if self.key else key)

    def item(self, number: int) -> Self:
        """The place of a table in a list of tables; the first is 1."""
        return type(self)(self.file, f"{self.key}[{number}]")

    def wrong(self, message: str, **values: object) -> Misconfigured:
        """The error that says what is wrong here; the message may use `${file}`, `${key}` and the values."""
        return Misconfigured(
            message % {"file": self.file, "key": self.key, **values}, file=self.file, key=self.key
        )


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one type of field is read; `choices` are the arguments of the type."""

    accepts: Callable[[Any, tuple[Any, ...]], bool]
    message: str
    build: Callable[[Any, tuple[Any, ...], Place], Any] = lambda value, _choices, _place: value


def structure(kind: Any, value: object, place: Place) -> Any:
    """A value of the declared type.

    Args:
        kind: a dataclass, or the type of a field.
        value: what the TOML parser gave.
        place: where it stands, for messages.

    Raises:
        Misconfigured: a key is unknown or missing, or a value is not of its type.
    """
    choices = (kind,) if is_dataclass(kind) else get_args(kind)
    shape = _SHAPES["dataclass" if is_dataclass(kind) else get_origin(kind) or kind]
    if not shape.accepts(value, choices):
        raise place.wrong(shape.message, choices=", ".join(map(str, choices)))
    return shape.build(value, choices, place)


def _record(table: Mapping[str, Any], choices: tuple[Any, ...], place: Place) -> Any:
    (kind,) = choices
    types = get_type_hints(kind)
    required = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    for message, keys in (
        (UNKNOWN, [key for key in table if key not in types]),
        (ABSENT, [key for key in required if key not in table]),
    ):
        if keys:
            raise place.at(keys[0]).wrong(message)
    return kind(**{key: structure(types[key], value, place.at(key)) for key, value in table.items()})


def _is_share(value: object) -> bool:
    try:
        return isinstance(value, str) and 0 < Fraction(value) <= 1
    except (ValueError, ZeroDivisionError):
        return False


_SHAPES: Mapping[object, _Shape] = {
    Any: _Shape(lambda _value, _choices: True, ""),
    str: _Shape(
        lambda value, _choices: isinstance(value, str) and bool(value.strip()),
        _("${file}: ${key} must be a text that is not empty."),
    ),
    bool: _Shape(
        lambda value, _choices: isinstance(value, bool),
        _("${file}: ${key} must be true or false."),
    ),
    int: _Shape(
        # A bool is an int to Python, but not to a person.
        lambda value, _choices: type(value) is int and value >= 0,
        _("${file}: ${key} must be a whole number that is not negative."),
    ),
    Fraction: _Shape(
        lambda value, _choices: _is_share(value),
        _('${file}: ${key} must be a share above 0 and up to 1, such as "2/3".'),
        lambda value, _choices, _place: Fraction(value),
    ),
    Literal: _Shape(
        lambda value, choices: value in choices,
        _("${file}: ${key} must be one of: ${choices}."),
    ),
    tuple: _Shape(
        lambda value, _choices: isinstance(value, list),
        _("${file}: ${key} must be a list."),
        lambda value, choices, place: tuple(
            structure(choices[0], one, place.item(number) if is_dataclass(choices[0]) else place)
            for number, one in enumerate(value, 1)
        ),
    ),
    Mapping: _Shape(
        lambda value, _choices: isinstance(value, dict),
        _("${file}: ${key} must be a table."),
        lambda value, choices, place: MappingProxyType(
            {key: structure(choices[1], one, place.at(key)) for key, one in value.items()}
        ),
    ),
    "dataclass": _Shape(
        lambda value, _choices: isinstance(value, dict),
        _("${file}: ${key} must be a table."),
        _record,
    ),
}
