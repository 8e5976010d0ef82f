"""Small pictures as phones write them, with what they write beside the picture."""

import struct
import zlib

PLACE = b"GPS 35.2N 115.4E"


def chunk(name: bytes, said: bytes) -> bytes:
    return struct.pack(">I", len(said)) + name + said + struct.pack(">I", zlib.crc32(name + said))


def png(*more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x10\x20\x30"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + pixels + chunk(b"IEND", b"")


def segment(marker: int, said: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(said) + 2) + said


def exif(order: str = ">", turn: int = 6) -> bytes:
    """Exif that says how to turn the picture, and where it was taken."""
    mark = b"MM\x00*" if order == ">" else b"II*\x00"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turn, 0)
    entries += struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    said = mark + struct.pack(f"{order}IH", 8, 2) + entries + bytes(4) + PLACE
    return segment(0xE1, b"Exif\x00\x00" + said)


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56\xff\xff"
JFIF = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
TABLE = segment(0xDB, bytes(65))


def jpeg(*more: bytes, after: bytes = b"") -> bytes:
    return b"\xff\xd8" + JFIF + b"".join(more) + TABLE + SCAN + b"\xd9" + after
