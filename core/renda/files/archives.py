"""What a file of an office program may be, decided from its zip directory and raw parts, never by a parser.

A file of a few hundred kilobytes can unpack to gigabytes and keep a parser busy for minutes; looking at its
directory takes milliseconds.
"""

import html
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO

from renda.declarations import Message
from renda.errors import Invalid, TooLarge
from renda.i18n import _

MOST_ENTRIES = 2_000
MOST_UNPACKED = 64 * 1_048_576
MOST_RATIO = 50
"""Unpacked bytes per packed byte; small files may have more, since repeated words pack well."""
SMALL = 1_048_576

OLD = b"\xd0\xcf\x11\xe0"
"""How a file begins that older office programs wrote, or that has a password."""
_TEXT = (".xml", ".rels", ".vml")
MACROS = _("The file contains macros. Save it again without macros.")
LINKS = _("The file refers to other files. Break the links to them and save it again.")
OBJECTS = _("The file contains embedded objects. Take them out and save it again.")
_BANNED: tuple[tuple[re.Pattern[str], Message], ...] = (
    (re.compile(r"vbaproject|/macrosheets/|/dialogsheets/"), MACROS),
    (re.compile(r"/externallinks/|/connections\.xml$|/querytables/|/ddelinks/"), LINKS),
    (
        re.compile(
            r"/embeddings/|/activex/|/ctrlprops/"
            r"|\.(?:zip|rar|7z|tar|t?gz|bz2|xz|jar|cab|iso|exe|dll|msi|scr|com|bat|cmd|ps1|vbs|js|hta|lnk"
            r"|(?:doc|xls|ppt)[mx]?|ofd)$"
        ),
        OBJECTS,
    ),
)
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>", re.IGNORECASE)
_WORD = re.compile(r"\b(Type|Target|TargetMode)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_OWN_TEMPLATE = re.compile(r"(?:file:///)?[a-z]:.*|[^:/\\%]+", re.IGNORECASE)
"""A template of the writer's own machine, which lies on no other."""

_DAMAGES = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(NotImplementedError, EOFError, OSError, ValueError),
)
"""What reading an archive raises whose bytes were changed or cut."""

BOMB = _("The file unpacks to far more than it should. It was not opened.")
DAMAGED = _("The file is damaged. Open it in its program, save it again, and try once more.")
DECLARATIONS = _("The file contains XML declarations that no office program writes. It was not opened.")


def refused(message: Message) -> Invalid:
    """The refusal of a whole file."""
    return Invalid({"file": message}, message)


def check(
    content: bytes, main: str, other: Message, look: Callable[[str, bytes], None] = lambda _name, _part: None
) -> None:
    """Refuse what is no plain file of an office program, of a reasonable size.

    Args:
        content: its bytes, which begin as those of an archive do.
        main: name of the part that all files of this kind have, in small letters.
        other: what is said where it has no such part.
        look: called with the name and the bytes of each part that is text; may refuse the file, too.

    Raises:
        Invalid: it is another kind of file, damaged, or holds macros, links, objects or XML declarations.
        TooLarge: it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_directory(entries, len(content), main, other)
            for entry in entries:
                if entry.filename.lower().endswith(_TEXT):
                    part = archive.read(entry)
                    _check_part(entry.filename.lower(), part)
                    look(entry.filename, part)
    except _DAMAGES as error:
        raise refused(DAMAGED) from error


def _check_directory(entries: Iterable[zipfile.ZipInfo], size: int, main: str, other: Message) -> None:
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
    if main not in names:
        raise refused(other)
    for pattern, message in _BANNED:
        if any(pattern.search(name) for name in names):
            raise refused(message)


def _check_part(name: str, part: bytes) -> None:
    # A part in UTF-16 could hide its declarations from the search below; no office program writes one.
    if b"\x00" in part[:64] or _DECLARED.search(part):
        raise refused(DECLARATIONS)
    if name == "[content_types].xml" and b"macroenabled" in part.lower():
        raise refused(MACROS)
    if name.endswith(".rels") and any(
        map(_leads_outside, _RELATION.findall(part.decode("utf-8", "replace")))
    ):
        raise refused(LINKS)


def _leads_outside(relation: str) -> bool:
    """Whether opening the file would fetch what is not in it; a link that people follow does not."""
    said = {name.lower(): html.unescape(one or other) for name, one, other in _WORD.findall(relation)}
    if said.get("targetmode", "").lower() != "external":
        return False
    what = said.get("type", "").rpartition("/")[2]
    own = what == "attachedTemplate" and _OWN_TEMPLATE.fullmatch(said.get("target", ""))
    return not (what == "hyperlink" or own)
