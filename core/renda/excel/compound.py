"""The streams of a compound file, in which Excel 97 and WPS keep a workbook ([MS-CFB]).

No more is read than a workbook needs: which streams and storages there are, and the bytes of one of them.
Chains of sectors are followed once and never in a circle, so that bytes made to confuse take no longer than
others; the tree of the directory, which could be one that branches without end, is not followed at all.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How every compound file begins."""
_FREE = 0xFFFFFFFA
"""From here on the numbers of sectors are none, but marks such as the end of a chain."""
_SHIFTS, _STARTS = struct.Struct("<HH"), struct.Struct("<I4x4I")
_IN_HEADER = struct.Struct("<109I")
_ENTRY = struct.Struct("<64sHB49xIQ")
_STREAM, _ROOT = 2, 5
_KNOWN_SHIFTS = frozenset({(9, 6), (12, 6)})
"""Sectors have 512 or 4096 bytes, small ones 64."""


class Damaged(ValueError):
    """The bytes are no whole compound file."""


@dataclass(frozen=True)
class _Sectors:
    """Equal pieces of bytes, and which of them follows which."""

    data: bytes
    size: int
    first: int
    after: Sequence[int]

    def chain(self, start: int) -> bytes:
        """The bytes of the sectors from `start` to the end of its chain."""
        found, met = [], set()
        while start < _FREE:
            if start in met or start >= len(self.after):
                raise Damaged
            met.add(start)
            at = self.first + start * self.size
            found.append(self.data[at : at + self.size])
            start = self.after[start]
        return b"".join(found)


@dataclass(frozen=True)
class Compound:
    """An opened compound file.

    Attributes:
        names: of all its streams and storages, however deep they lie.
    """

    names: Sequence[str]
    _entries: Sequence[tuple[str, int, int, int]]
    _large: _Sectors
    _small: _Sectors
    _cutoff: int

    def stream(self, name: str) -> bytes | None:
        """The bytes of the only stream of this name, or None where there is none.

        Raises:
            Damaged: there are several, or its sectors are not there.
        """
        found = [one for one in self._entries if one[0] == name and one[1] == _STREAM]
        if not found:
            return None
        if len(found) > 1:
            raise Damaged
        _name, _kind, start, size = found[0]
        held = (self._small if size < self._cutoff else self._large).chain(start)
        if len(held) < size:
            raise Damaged
        return held[:size]


def opened(content: bytes) -> Compound:
    """The directory of a compound file.

    Raises:
        Damaged: it is none, or not whole.
    """
    try:
        return _opened(content)
    except struct.error as error:
        raise Damaged from error


def _opened(content: bytes) -> Compound:
    if not content.startswith(SIGNATURE):
        raise Damaged
    shift, small_shift = _SHIFTS.unpack_from(content, 30)
    first, cutoff, small_fat, _smalls, more = _STARTS.unpack_from(content, 48)
    if (shift, small_shift) not in _KNOWN_SHIFTS:
        raise Damaged
    size = 1 << shift
    large = _Sectors(content, size, size, _allocation(content, size, more))
    entries = [_entry(part) for part in _parts(large.chain(first), _ENTRY.size)]
    root = next((one for one in entries if one[1] == _ROOT), None)
    if root is None:
        raise Damaged
    held = large.chain(root[2])
    small = _Sectors(held, 1 << small_shift, 0, _numbers(large.chain(small_fat)))
    return Compound([one[0] for one in entries if one[1]], entries, large, small, cutoff)


def _allocation(content: bytes, size: int, more: int) -> Sequence[int]:
    """Which sector follows which; the sectors that say so are named in the header and in a chain."""
    named = list(_IN_HEADER.unpack_from(content, 76))
    met = set()
    while more < _FREE:
        if more in met:
            raise Damaged
        met.add(more)
        numbers = _sector(content, size, more)
        named += numbers[:-1]
        more = numbers[-1]
    real = [one for one in named if one < _FREE]
    if len(set(real)) != len(real):
        raise Damaged
    return [number for one in real for number in _sector(content, size, one)]


def _sector(content: bytes, size: int, number: int) -> Sequence[int]:
    at = (number + 1) * size
    held = content[at : at + size]
    if len(held) < size:
        raise Damaged
    return _numbers(held)


def _numbers(held: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(held) // 4}I", held[: len(held) // 4 * 4])


def _parts(held: bytes, size: int) -> Sequence[bytes]:
    return [held[at : at + size] for at in range(0, len(held) - size + 1, size)]


def _entry(part: bytes) -> tuple[str, int, int, int]:
    """Name, kind, first sector and size."""
    name, length, kind, start, size = _ENTRY.unpack(part)
    # Files with sectors of 512 bytes have what they like in the upper half of a size.
    return name[: max(length - 2, 0)].decode("utf-16-le", "replace"), kind, start, size & 0xFFFFFFFF
