"""What a workbook of Excel 97 or WPS may be (.xls, .et), decided from its records before anything parses it.

The rules are those of `renda.excel.safety`; here is how the older format says the same things ([MS-XLS]).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from renda.errors import TooLarge
from renda.excel import compound
from renda.excel.compound import Compound, Damaged
from renda.excel.safety import (
    DAMAGED,
    LINKS,
    LONG,
    MACROS,
    MOST_CELLS,
    MOST_ROWS,
    NO_WORKBOOK,
    OBJECTS,
    PASSWORD,
    refused,
)

_STREAMS = ("Workbook", "Book")
"""Where Excel 97 and later, and Excel 5 and 95, keep their records."""
_BOF, _EOF, _PASSWORD, _SHEET, _LINK, _CONNECTION, _QUERY = 0x809, 0x0A, 0x2F, 0x85, 0x1AE, 0x876, 0x1AD
_VERSIONS = frozenset({0x500, 0x600})
_WORKSHEET, _CHART = 0, 2
_FORMULAS = frozenset({0x06, 0x206, 0x406})
_VALUES = frozenset({0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6}) | _FORMULAS
"""Records of one cell that holds something: numbers, texts, yes or no, errors, formulas."""
_ROW_OF_NUMBERS = 0xBD
_OWN_LINKS = frozenset({0x0401, 0x3A01})
"""What stands in the place of a file's name for references into this very file, and to functions of Excel."""
_HEAD, _PLACE, _BOUND = struct.Struct("<HH"), struct.Struct("<HH"), struct.Struct("<IBB")


@dataclass(frozen=True)
class Checked:
    """A workbook that may be parsed.

    Attributes:
        stream: its records.
        formulas: by worksheet, in the order of the workbook, where formulas stand: (row, column) from 0.
    """

    stream: bytes
    formulas: Sequence[frozenset[tuple[int, int]]]


def check(content: bytes) -> Checked:
    """Refuse what is no plain workbook of a reasonable size.

    Raises:
        Invalid: it is another kind of file, damaged, has a password, or holds macros, links or objects.
        TooLarge: it has too many rows or cells.
    """
    try:
        return _check(compound.opened(content))
    except (Damaged, struct.error) as error:
        raise refused(DAMAGED) from error


def _check(file: Compound) -> Checked:
    names = {name.lower() for name in file.names}
    if "encryptedpackage" in names:
        raise refused(PASSWORD)
    stream = next((held for name in _STREAMS if (held := file.stream(name)) is not None), None)
    if stream is None:
        raise refused(NO_WORKBOOK)
    if any("vba_project" in name for name in names):
        raise refused(MACROS)
    if any(name.startswith("mbd") or name == "ole" for name in names):
        raise refused(OBJECTS)
    starts = _globals(stream)
    formulas = dict.fromkeys(starts, frozenset[tuple[int, int]]())
    cells, past = 0, 0
    for start in sorted(starts):
        # Sheets that lie in one another would be read once for each.
        if start < past:
            raise Damaged
        found, more, past = _sheet(stream, start)
        cells += more
        if cells > MOST_CELLS:
            raise TooLarge(LONG)
        formulas[start] = found
    return Checked(stream, [formulas[start] for start in starts])


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its content begins, length) of the records from a BOF to its EOF, without charts inside.

    Raises:
        Damaged: there is no BOF, or the bytes end before the EOF.
    """
    depth, size, whole = 0, _HEAD.size, len(stream)
    while at + size <= whole:
        kind, length = _HEAD.unpack_from(stream, at)
        at += size
        if kind == _BOF:
            depth += 1
        if not depth:
            raise Damaged
        if depth == 1 or kind == _EOF:
            yield kind, at, length
        if kind == _EOF:
            depth -= 1
            if not depth:
                return
        at += length
    raise Damaged


def _globals(stream: bytes) -> list[int]:
    """Where the worksheets begin, in the order of the workbook."""
    starts = []
    for kind, at, length in _records(stream, 0):
        if kind == _BOF and _HEAD.unpack_from(stream, at)[0] not in _VERSIONS:
            raise refused(NO_WORKBOOK)
        if kind == _PASSWORD:
            raise refused(PASSWORD)
        if kind == _CONNECTION or (kind == _LINK and length >= _HEAD.size and _is_foreign(stream, at)):
            raise refused(LINKS)
        if kind == _SHEET:
            start, _hidden, what = _BOUND.unpack_from(stream, at)
            if what not in {_WORKSHEET, _CHART}:
                raise refused(MACROS)
            if what == _WORKSHEET:
                starts.append(start)
    if len(set(starts)) != len(starts):
        raise Damaged
    return starts


def _is_foreign(stream: bytes, at: int) -> bool:
    return _HEAD.unpack_from(stream, at)[1] not in _OWN_LINKS


def _sheet(stream: bytes, start: int) -> tuple[frozenset[tuple[int, int]], int, int]:
    """Where the formulas of a worksheet stand, how many cells hold something, and where it ends."""
    formulas, cells, end = set(), 0, start
    for kind, at, length in _records(stream, start):
        end = at + length
        if kind in _VALUES or kind == _ROW_OF_NUMBERS:
            row, column = _PLACE.unpack_from(stream, at)
            cells += (length - 6) // 6 if kind == _ROW_OF_NUMBERS else 1
            if row > MOST_ROWS + 100 or cells > MOST_CELLS:
                raise TooLarge(LONG)
            if kind in _FORMULAS:
                formulas.add((row, column))
        elif kind == _QUERY:
            raise refused(LINKS)
    return frozenset(formulas), cells, end
