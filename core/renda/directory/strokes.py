"""Official lists of persons: in the order of the strokes of their surnames (按姓氏笔画为序).

The surname decides, by the strokes of its first character and then of its next; within a surname, given names
of one character come before longer ones, and then their strokes decide. Characters of as many strokes stand
in the order of the shipped table (`data/SOURCE.md`); those that it lacks come last.
"""

import csv
import gzip
import io
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

_COMPOUND = """
欧阳 司马 上官 诸葛 司徒 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司空 鲜于 闾丘 太史 申屠 仲孙
轩辕 钟离 端木 濮阳 呼延 万俟 澹台 公冶 宗政 淳于 单于 太叔 公羊 赫连 百里 东郭 南门 西门 第五 拓跋 完颜 纳兰
亓官 仉督 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 夹谷 段干 梁丘 左丘 东门 羊舌 微生
"""
COMPOUND = frozenset(_COMPOUND.split())
"""Surnames of two characters; a name of only two characters is read as one and a given name."""

_UNKNOWN = 99
"""Strokes of characters that the table lacks: more than any has."""
_LEAST = 3
"""Characters of a name with a compound surname."""

Place = tuple[int, int]
"""Number of strokes, and the place among characters of as many."""
Key = tuple[tuple[Place, ...], bool, tuple[Place, ...]]


def official(name: str) -> Key:
    """What to sort a person's name by."""
    surname, given = parted("".join(unicodedata.normalize("NFKC", name).split()))
    return _places(surname), len(given) > 1, _places(given)


def parted(name: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name that is written without spaces."""
    long = len(name) >= _LEAST and name[:2] in COMPOUND
    return name[: 1 + long], name[1 + long :]


def strokes(char: str) -> int | None:
    """Number of strokes of a character, if the table has it."""
    place = _table().get(char)
    return place[0] if place else None


def _places(text: str) -> tuple[Place, ...]:
    table = _table()
    return tuple(table.get(char, (_UNKNOWN, ord(char))) for char in text)


@cache
def _table() -> Mapping[str, Place]:
    packed = (resources.files("renda") / "data" / "strokes.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode()))
    return {
        char: (int(row["strokes"]), place) for row in rows for place, char in enumerate(row["characters"])
    }
