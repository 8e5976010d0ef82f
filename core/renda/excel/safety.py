"""What a file of a table may be, decided before anything parses it: name, size, parts, rows and cells."""

import re
from pathlib import PurePath

from renda.errors import TooLarge
from renda.files import archives
from renda.files.archives import DAMAGED, LINKS, MACROS, OBJECTS, refused
from renda.i18n import _

__all__ = ["DAMAGED", "LINKS", "MACROS", "OBJECTS", "refused"]

MOST_BYTES = 20 * 1_048_576

MOST_ROWS = 20_000
"""Rows of data in a file, of one sheet."""
MOST_CELLS = 500_000

_WORKBOOKS, _TEXTS = (".xlsx", ".xls", ".et"), (".csv", ".txt")
ENDINGS = (*_WORKBOOKS, *_TEXTS)
"""What names of files with tables end with; .et is of WPS."""
_BEGINS = (b"PK", b"\xd0\xcf\x11\xe0")

_MAIN, _STRICT = "xl/workbook.xml", b"http://purl.oclc.org/ooxml/"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[\s>/]"), re.compile(rb"<(?:\w+:)?c[\s>/]")

_NOT_TAKEN: str = _("Such files are not taken here. Take one of: ${endings}.")
PASSWORD = _("The file has a password. Save it without one and try again.")
NO_WORKBOOK = _("This is no Excel workbook. Save it as .xlsx or .csv and try again.")
STRICT = _("The file is a “Strict Open XML” workbook. Save it as an ordinary Excel workbook and try again.")
LONG = _(
    "A sheet may have ${count} rows. Delete empty rows with formats below the table, or split the file.",
    mapping={"count": f"{MOST_ROWS:,}"},
)


def is_archive(content: bytes) -> bool:
    """Whether the bytes begin as a zip file does."""
    return content.startswith(b"PK")


def check_size(content: bytes) -> None:
    """Raise TooLarge for more bytes than a file may have, Invalid for an empty one."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    if not content:
        raise refused(_("The file is empty."))


def check_name(name: str, content: bytes) -> None:
    """Refuse what is named as no table, or as a workbook and is none.

    A workbook that is called .csv is one nevertheless.

    Raises:
        Invalid: it is such a file; the sentence says which are taken.
    """
    ending = PurePath(name.strip()).suffix.lower()
    if ending not in ENDINGS:
        raise refused(_(_NOT_TAKEN, mapping={"endings": " ".join(ENDINGS)}))
    if ending in _WORKBOOKS and not content.startswith(_BEGINS):
        raise refused(NO_WORKBOOK)


def check_workbook(content: bytes) -> None:
    """Refuse what is no plain workbook of a reasonable size.

    Raises:
        Invalid: it is another kind of file, or one that `renda.files.archives.check` refuses.
        TooLarge: it unpacks to too much, or a sheet has too many rows or cells.
    """
    archives.check(content, _MAIN, NO_WORKBOOK, _check_part)


def _check_part(name: str, part: bytes) -> None:
    # In the other variant of the format the sheets have other names, and none would be found.
    if name.lower() == _MAIN and _STRICT in part:
        raise refused(STRICT)
    if _SHEET.fullmatch(name) and (
        len(_ROW.findall(part)) > MOST_ROWS + 100 or len(_CELL.findall(part)) > MOST_CELLS
    ):
        raise TooLarge(LONG)
