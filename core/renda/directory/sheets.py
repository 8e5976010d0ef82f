"""Tables that people write in a spreadsheet and save as comma-separated text."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from renda.errors import Invalid
from renda.i18n import _

MOST_ERRORS = 20
"""How many wrong lines of a file are named at once."""

_ENCODINGS = ("utf-8-sig", "gb18030")


def rows(
    source: Path | bytes | str, needed: Sequence[str], others: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """The rows that are not empty, each with its line's number and with white space made single.

    Args:
        source: a `Path` to read, the bytes of an upload, or the text itself. Bytes may be UTF-8 with or
            without byte order mark, or GB18030, which is what Excel writes in China.
        needed: columns that the first line must name.
        others: columns that it may name; they are empty where it does not.

    Raises:
        Invalid: it is no comma-separated text, or a column is missing.
        OSError: the path cannot be read.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    text = content if isinstance(content, str) else _decode(content)
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    columns = (*needed, *others)
    try:
        missing = [column for column in needed if column not in (reader.fieldnames or ())]
        if missing:
            message = _("Line 1 must name the columns ${needed}; missing: ${columns}.")
            found = {"needed": ", ".join(needed), "columns": ", ".join(missing)}
            raise Invalid({"line 1": message % found})
        return [
            (reader.line_num, {column: " ".join((row.get(column) or "").split()) for column in columns})
            for row in reader
            if any(map(row.get, columns))
        ]
    except csv.Error as error:
        line = reader.reader.line_num
        message = _("Line ${line}: this is not comma-separated text; look for a quotation mark too many.")
        raise Invalid({f"line {line}": message % {"line": line}}) from error


def _decode(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid({"file": _("The file is neither UTF-8 nor GB18030 text. Save it as CSV and try again.")})
