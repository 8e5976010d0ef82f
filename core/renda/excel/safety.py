"""What a workbook (.xlsx) may be, decided from its zip directory and its raw parts before anything parses it.

A file of a few hundred kilobytes can unpack to gigabytes and keep a parser busy for minutes; looking at its
directory takes milliseconds.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO

from renda.declarations import Message
from renda.errors import Invalid, TooLarge
from renda.i18n import _

MOST_BYTES = 20 * 1_048_576
MOST_ENTRIES = 2_000
MOST_UNPACKED = 64 * 1_048_576
MOST_RATIO = 50
"""Unpacked bytes per packed byte; small files may have more, since repeated words pack well."""
SMALL = 1_048_576

MOST_ROWS = 20_000
"""Rows of data in a file, of one sheet."""
MOST_CELLS = 500_000

_WORKBOOK = "xl/workbook.xml"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_TEXT = (".xml", ".rels", ".vml")

MACROS = _("The file contains macros. Save it as .xlsx without macros.")
LINKS = _("The file refers to other files. Break the links (Data, Edit Links), then save it again.")
OBJECTS = _("The file contains embedded objects. Take them out and save it again.")
PASSWORD = _("The file has a password. Save it without one and try again.")
_BANNED: tuple[tuple[re.Pattern[str], Message], ...] = (
    (re.compile(r"vbaproject|/macrosheets/|/dialogsheets/"), MACROS),
    (re.compile(r"/externallinks/|/connections\.xml$|/querytables/|/ddelinks/"), LINKS),
    (re.compile(r"/embeddings/|/activex/|/ctrlprops/"), OBJECTS),
)
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[\s>/]"), re.compile(rb"<(?:\w+:)?c[\s>/]")

_DAMAGES = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(NotImplementedError, EOFError, OSError, ValueError),
)
"""What reading an archive raises whose bytes were changed or cut."""

NO_WORKBOOK = _("This is no Excel workbook. Save it as .xlsx or .csv and try again.")
BOMB = _("The file unpacks to far more than a register can hold. It was not opened.")
DAMAGED = _("The file is damaged. Open it in Excel or WPS, save it again, and try once more.")
DECLARATIONS = _("The file contains XML declarations that no spreadsheet program writes. It was not opened.")
LONG = _(
    "A sheet may have ${count} rows. Delete empty rows with formats below the table, or split the file.",
    mapping={"count": f"{MOST_ROWS:,}"},
)


def refused(message: Message) -> Invalid:
    """The refusal of a whole file."""
    return Invalid({"file": message}, message)


def is_archive(content: bytes) -> bool:
    """Whether the bytes begin as a zip file does."""
    return content.startswith(b"PK")


def check_size(content: bytes) -> None:
    """Raise TooLarge for more bytes than a file may have, Invalid for an empty one."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    if not content:
        raise refused(_("The file is empty."))


def check_workbook(content: bytes) -> None:
    """Refuse what is no plain workbook of a reasonable size.

    Raises:
        Invalid: it is another kind of file, damaged, or holds macros, links, objects or XML declarations.
        TooLarge: it unpacks to too much, or a sheet has too many rows or cells.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_directory(entries, len(content))
            for entry in entries:
                if entry.filename.lower().endswith(_TEXT):
                    _check_part(entry.filename, archive.read(entry))
    except _DAMAGES as error:
        raise refused(DAMAGED) from error


def _check_directory(entries: Iterable[zipfile.ZipInfo], size: int) -> None:
    found = list(entries)
    unpacked = sum(one.file_size for one in found)
    packed = sum(one.compress_size for one in found)
    if len(found) > MOST_ENTRIES or unpacked > MOST_UNPACKED or packed > size:
        raise TooLarge(BOMB)
    if unpacked > SMALL and unpacked > MOST_RATIO * size:
        raise TooLarge(BOMB)
    names = [one.filename.replace("\\", "/").lower() for one in found]
    if len(set(names)) != len(names) or any(one.flag_bits & 1 for one in found):
        raise refused(DAMAGED)
    if _WORKBOOK not in names:
        raise refused(NO_WORKBOOK)
    for pattern, message in _BANNED:
        if any(pattern.search(name) for name in names):
            raise refused(message)


def _check_part(name: str, part: bytes) -> None:
    # A part in UTF-16 could hide its declarations from the search below; no spreadsheet program writes one.
    if b"\x00" in part[:64] or _DECLARED.search(part):
        raise refused(DECLARATIONS)
    if name.lower() == "[content_types].xml" and b"macroenabled" in part.lower():
        raise refused(MACROS)
    if _SHEET.fullmatch(name) and (
        len(_ROW.findall(part)) > MOST_ROWS + 100 or len(_CELL.findall(part)) > MOST_CELLS
    ):
        raise TooLarge(LONG)
