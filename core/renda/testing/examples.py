"""Values that fields take, as a person types them."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from renda.records.fields import Choice, Day, Field, Flag, Integer, Ordinal, Person, Text

Persons = Sequence[uuid.UUID]
_EXAMPLES: Mapping[type[Field], Callable[[Any, int, Persons], object]] = {
    Choice: lambda what, _number, _persons: what.choices[0][0],
    Person: lambda _what, _number, persons: persons[0],
    Text: lambda what, number, _persons: f"示例{number}"[: what.max_length],
    Integer: lambda what, number, _persons: min(max(what.least, number), what.most),
    Ordinal: lambda _what, number, _persons: number,
    Day: lambda _what, _number, _persons: "2026-05-06",
    Flag: lambda _what, _number, _persons: "true",
}


def typed(what: Field, number: int, persons: Persons) -> str:
    """What a person types into a field of record `number`; only texts and numbers differ between records.

    Raises:
        TypeError: a kind of field of which nobody has said what it takes.
    """
    for kind, example in _EXAMPLES.items():
        if isinstance(what, kind):
            return str(example(what, number, persons))
    msg = f"no example of {type(what).__name__} is known: give one in `values`"
    raise TypeError(msg)
