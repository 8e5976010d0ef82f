"""Which columns a list shows: those of its declaration, or others that its reader chose."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl

from renda.declarations import RecordType
from renda.records import forms
from renda.records.listing import ListQuery, sortable


def possible(kind: RecordType) -> list[str]:
    """All columns that a list can show, in their order; the first names the record and is always there."""
    return list(dict.fromkeys((*kind.columns, *kind.fields, "state")))


def arranged(kind: RecordType, columns: Sequence[str]) -> RecordType:
    """The type with the columns that were chosen, in the order of `possible`; other words are passed over.

    The same object for the same choice.
    """
    wanted = tuple(name for name in possible(kind) if name in {kind.columns[0], *columns})
    return kind if not columns or wanted == kind.columns else _arranged(kind, wanted)


@lru_cache(maxsize=1024)
def _arranged(kind: RecordType, columns: tuple[str, ...]) -> RecordType:
    return kind.with_columns(columns)


def asked(kind: RecordType, params: Mapping[str, str]) -> tuple[RecordType, ListQuery]:
    """The type with the columns that the address of a list asks for, and what else it asks for.

    A list is sorted by what it shows: where its column is hidden, sorting by it is left out.
    """
    query = forms.wanted(params)
    shown = arranged(kind, query.columns)
    query = replace(query, columns=() if shown is kind else shown.columns)
    name = query.sort.removeprefix("-")
    hidden = name in sortable(kind) and name not in sortable(shown)
    return shown, replace(query, sort="") if hidden else query


def read(kind: RecordType, words: str) -> tuple[RecordType, ListQuery]:
    """The same for words as `renda.records.tables.words` writes them."""
    return asked(kind, dict(parse_qsl(words)))
