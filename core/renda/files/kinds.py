"""The kinds of file that people may attach, each known by its ending and by how its bytes begin.

Neither alone decides: what calls itself an image is served as one, so its bytes have to be one's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from renda.declarations import Message
from renda.errors import Invalid, TooLarge
from renda.files import archives
from renda.i18n import _


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

    Attributes:
        title: what people call it.
        media_type: what it is served as.
        endings: what the names of such files end with, in small letters.
        begins: the first bytes of every such file.
        main: of a kind that is a zip archive, name of the part that all of them have, in small letters.
        inline: whether browsers may show it on their own, without handing it to another program.
    """

    name: str
    title: Message
    media_type: str
    endings: tuple[str, ...]
    begins: bytes
    main: str = ""
    inline: bool = False


_ARCHIVE = b"PK\x03\x04"
_OFFICE = "application/vnd.openxmlformats-officedocument"

KINDS: Mapping[str, FileKind] = {
    one.name: one
    for one in (
        FileKind("pdf", _("PDF"), "application/pdf", (".pdf",), b"%PDF-", inline=True),
        FileKind("ofd", _("OFD document"), "application/ofd", (".ofd",), _ARCHIVE, "ofd.xml"),
        FileKind(
            "docx",
            _("Word document"),
            f"{_OFFICE}.wordprocessingml.document",
            (".docx",),
            _ARCHIVE,
            "word/document.xml",
        ),
        FileKind(
            "xlsx",
            _("Excel workbook"),
            f"{_OFFICE}.spreadsheetml.sheet",
            (".xlsx",),
            _ARCHIVE,
            "xl/workbook.xml",
        ),
        FileKind(
            "pptx",
            _("Presentation"),
            f"{_OFFICE}.presentationml.presentation",
            (".pptx",),
            _ARCHIVE,
            "ppt/presentation.xml",
        ),
        FileKind(
            "png",
            _("PNG image"),
            "image/png",
            (".png",),
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
            inline=True,
        ),
        FileKind("jpeg", _("JPEG image"), "image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff", inline=True),
    )
}
"""All of them, by name; OFD is the format of official documents (GB/T 33190)."""

_ENDINGS = {ending: one for one in KINDS.values() for ending in one.endings}

_REFUSED: str = _("${name}: ${problem}")
_NOT_TAKEN: str = _("Such files are not taken here. Take one of: ${endings}.")
_EMPTY = _("The file is empty.")
_OLD = _(
    "This is a file of an old office program, or one with a password. "
    "Save it as .docx, .xlsx, .pptx or .pdf without a password."
)
_OTHERWISE = _("Its content is not what the ending of its name says. Save it again in its own program.")


def endings(kinds: Iterable[str]) -> list[str]:
    """What names of files of these kinds end with, in their order."""
    return [ending for name in kinds for ending in KINDS[name].endings]


def judge(name: str, content: bytes, allowed: Collection[str]) -> FileKind:
    """The kind of a file, which is one of those allowed; nothing takes it apart.

    Raises:
        Invalid, TooLarge: it is none of them, or not what it calls itself; the sentence names the file.
    """
    try:
        return _judge(name, content, allowed)
    except Invalid as error:
        message = _(_REFUSED, mapping={"name": name, "problem": error.sentence})
        raise Invalid({"file": message}, message) from error
    except TooLarge as error:
        raise TooLarge(_(_REFUSED, mapping={"name": name, "problem": error.message})) from error


def _judge(name: str, content: bytes, allowed: Collection[str]) -> FileKind:
    _stem, dot, ending = name.rpartition(".")
    kind = _ENDINGS.get(dot + ending.lower())
    if kind is None or kind.name not in allowed:
        raise archives.refused(_(_NOT_TAKEN, mapping={"endings": " ".join(endings(allowed))}))
    if not content:
        raise archives.refused(_EMPTY)
    if content.startswith(archives.OLD):
        raise archives.refused(_OLD)
    if not content.startswith(kind.begins):
        raise archives.refused(_OTHERWISE)
    if kind.main:
        archives.check(content, kind.main, _OTHERWISE)
    return kind
