"""Photos without what cameras write into them: where and when they were taken, by which device.

Nobody is asked for a location, so none is kept. Only how the picture has to be turned stays. What is cut away
is found by the outer structure of the file alone; pictures are not decoded.
"""

import struct
from collections.abc import Iterator

from renda.errors import Invalid
from renda.files.archives import DAMAGED

_PNG = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs")
)
_END, _SCAN, _EXIF, _COLOURS, _COMMENT = 0xD9, 0xDA, 0xE1, 0xE2, 0xFE
_KEPT_APPLICATIONS = frozenset((0xE0, 0xEE))
"""JFIF, and Adobe's word on colours."""
_BY_APPLICATIONS = range(0xE0, 0xF0)
_RESTARTS = range(0xD0, 0xD8)
_PROFILE = b"ICC_PROFILE\x00"
_ORIENTATION = 0x0112
_TURNS = range(2, 9)


def bare(content: bytes) -> bytes:
    """A JPEG or PNG without what it says beside the picture, and without what follows it in the file.

    Raises:
        Invalid: its structure is broken.
    """
    try:
        return b"".join(_png(content) if content.startswith(_PNG) else _jpeg(content))
    except (struct.error, IndexError, ValueError) as error:
        raise Invalid({"photo": DAMAGED}) from error


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG
    at, name = len(_PNG), b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", content, at)
        end = at + size + 12
        if end > len(content):
            raise ValueError
        if name in _KEPT_CHUNKS:
            yield content[at:end]
        at = end


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while (marker := _marker(content, at)) != _END:
        end = at + 2 + int(struct.unpack_from(">H", content, at + 2)[0])
        if end > len(content):
            raise ValueError
        segment = content[at:end]
        if marker == _EXIF:
            yield _turned(segment)
        elif _is_picture(marker, segment):
            yield segment
        at = end
        if marker == _SCAN:
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end
    yield bytes((0xFF, _END))


def _marker(content: bytes, at: int) -> int:
    if content[at] != 0xFF:  # noqa: PLR2004 - how every marker begins
        raise ValueError
    return content[at + 1]


def _is_picture(marker: int, segment: bytes) -> bool:
    if marker == _COLOURS:  # Or the place where further pictures begin.
        return segment[4:].startswith(_PROFILE)
    return marker != _COMMENT and (marker not in _BY_APPLICATIONS or marker in _KEPT_APPLICATIONS)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands that does not belong to the pixels."""
    while True:
        at = content.index(b"\xff", at)
        following = content[at + 1]
        if following not in {0x00, 0xFF} and following not in _RESTARTS:
            return at
        at += 1 if following == 0xFF else 2  # noqa: PLR2004 - a filling byte


def _turned(segment: bytes) -> bytes:
    """A segment of Exif that says how to turn the picture and nothing else; empty where it says nothing."""
    said = segment[10:]
    if not segment[4:].startswith(b"Exif\x00\x00") or said[:2] not in {b"II", b"MM"}:
        return b""
    order = "<" if said[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", said, 4)
        (count,) = struct.unpack_from(f"{order}H", said, start)
        for number in range(count):
            tag, _type, _count, turn = struct.unpack_from(f"{order}HHIH", said, start + 2 + 12 * number)
            if tag == _ORIENTATION and turn in _TURNS:
                return _exif(turn)
    except struct.error:
        return b""
    return b""


def _exif(turn: int) -> bytes:
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turn, 0)
    said = b"Exif\x00\x00MM\x00*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return bytes((0xFF, _EXIF)) + struct.pack(">H", len(said) + 2) + said
