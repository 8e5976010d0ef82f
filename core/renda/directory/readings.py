"""How names are typed: in pinyin or by initials, whole or the given name alone, with every reading.

Some surnames are read as nothing else is (单 is Shàn, 曾 is Zēng); who does not know that types the common
reading. So a name is found by both.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, product

from sqlalchemy import ColumnElement, Row, delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from renda.directory.models import Person, PersonReading
from renda.directory.strokes import parted
from renda.slices import slices

_SURNAMES = """
万俟:mo'qi 尉迟:yu'chi 单于:chan'yu 长孙:zhang'sun 澹台:tan'tai 令狐:ling'hu 亓官:qi'guan 仉督:zhang'du
单:shan 曾:zeng 仇:qiu 区:ou 解:xie 查:zha 朴:piao 任:ren 华:hua 盖:ge/gai 翟:zhai/di 宓:mi/fu 员:yun 缪:miao
冼:xian 乐:yue/le 黑:he/hei 重:chong 秘:bi/mi 覃:qin/tan 种:chong 繁:po 召:shao 祭:zhai/ji 折:she 逄:pang
谌:chen/shen 洗:xian 牟:mu/mou 纪:ji 句:gou 过:guo 尉:wei/yu 应:ying 燕:yan 阚:kan 郇:xun/huan 郗:xi/chi 都:du
哈:ha 车:che 能:nai 隽:juan 晁:chao 钭:tou 葛:ge 贾:jia 石:shi 沈:shen 隗:wei/kui 那:na 宁:ning 訾:zi 佴:nai
粘:nian 占:zhan 相:xiang 柏:bai/bo 乜:nie 费:fei/bi 莘:shen/xin 薄:bo 瞿:qu 难:ning/nan 洸:guang
降:jiang 校:jiao 臧:zang 褚:chu 卜:bu 曲:qu 强:qiang 撒:sa 藏:zang 戚:qi 俞:yu 余:yu 佘:she 幺:yao
"""
SURNAMES: Mapping[str, tuple[str, ...]] = {
    surname: tuple(readings.split("/"))
    for surname, readings in (pair.split(":") for pair in _SURNAMES.split())
}
"""Surnames that are read in a way of their own or that dictionaries read in several, the usual one first."""

MOST = 64
"""Readings of one name, or of a part of it, that are kept."""
MOST_PARTS = 3
"""Parts of a name behind dots that may be typed without those before them."""
MOST_OF_ONE = 4
"""Readings of one character; what dictionaries give beyond these nobody types."""
LEAST_TYPED = 2
"""Letters from which on somebody is looked for by pinyin."""
_LETTERS = re.compile(r"[^a-z]")


def readings(name: str) -> set[str]:
    """Everything that somebody may type for a name, and for its given name alone.

    Each is pinyin without tones or spaces, or initials. Of a name whose parts are written with dots between
    them, every part may be the first that is typed.
    """
    text = _written(name)
    alone = [one for start in _later(text) for one in _read(text, start) if len(one) >= LEAST_TYPED]
    return _read(text) | set(alone)


def begins(name: str, text: str) -> bool:
    """Whether a text stands in a name or, as it is typed, begins the whole of it, surname and all."""
    letters = typed(text)
    return _written(text) in name or (bool(letters) and any(one.startswith(letters) for one in _whole(name)))


@lru_cache(maxsize=65536)
def _whole(name: str) -> frozenset[str]:
    return frozenset(_read(_written(name)))


def _written(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _later(text: str) -> list[int]:
    """Where what may be typed without what stands before it begins: the given name, or parts after dots."""
    dots = [place + 1 for place, char in enumerate(text) if char == "·"]
    given = parted(text)[1]
    return dots[:MOST_PARTS] if dots or text.isascii() or not given else [len(text) - len(given)]


def _read(text: str, start: int = 0) -> set[str]:
    """Pinyin and initials of a name from one of its characters on."""
    parts = [part for part in islice(_parts(text), start, None) if part]
    first = [list(dict.fromkeys(one[0] for one in part)) for part in parts]
    found = ("".join(one) for many in (parts, first) for one in islice(product(*many), MOST))
    return {one for one in found if one}


@lru_cache(maxsize=65536)
def spelt(name: str) -> str:
    """The readings of a name with spaces between them, as a page carries them along."""
    return " ".join(sorted(readings(name)))


def _parts(text: str) -> Iterator[list[str]]:
    """The ways to read each character of a name, in order."""
    surname = next((text[:length] for length in (2, 1) if text[:length] in SURNAMES), "")
    usual = SURNAMES.get(surname, ())
    for place, char in enumerate(text):
        own = [one.split("'")[place] for one in usual] if place < len(surname) else []
        yield list(dict.fromkeys((*own, *_of_character(char))))[:MOST_OF_ONE]


@lru_cache(maxsize=8192)
def _of_character(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    if char.isascii():
        return tuple(_LETTERS.sub("", char.lower()))
    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    plain = [one for many in found for one in many if one.isascii() and one.isalpha()]
    # Keyboards have no ü: some type lv, some lu, and passports say lyu.
    spelt = (one.replace("v", instead) for one in plain for instead in ("v", "yu", "u"))
    return tuple(dict.fromkeys(spelt))


def typed(text: str) -> str:
    """What somebody typed as `readings` has it; "" where it is no pinyin."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower().replace("ü", "v"))
    letters = "".join(char for char in plain if not unicodedata.combining(char) and char not in " '-")
    return "" if _LETTERS.search(letters) or len(letters) < LEAST_TYPED else letters


def called(text: str) -> ColumnElement[bool]:
    """That a person's name contains a text, or that name or given name is read as the text begins.

    For statements that select persons.
    """
    found = [Person.name.contains(_written(text), autoescape=True)]
    if letters := typed(text):
        begins = PersonReading.reading.startswith(letters, autoescape=True)
        found.append(exists().where(PersonReading.person == Person.id, begins))
    return or_(*found)


def add(session: Session, names: Iterable[tuple[uuid.UUID, str]]) -> None:
    """Let persons, given as (id, name), be found by their readings; they have none yet."""
    rows = [{"person": key, "reading": one} for key, name in names for one in sorted(readings(name))]
    if rows:
        session.execute(insert(PersonReading), rows)


def rebuild(session: Session) -> None:
    """Make the readings of all persons anew."""
    session.execute(delete(PersonReading))
    fill(session)


def missing(session: Session) -> Sequence[Row[uuid.UUID, str]]:
    """Id and name of persons who have no readings, though there is a way to type their names."""
    without = select(Person.id, Person.name).where(~exists().where(PersonReading.person == Person.id))
    return [row for row in session.execute(without) if readings(row.name)]


def fill(session: Session) -> None:
    """Give readings to persons who have none."""
    rows = missing(session)
    for some in slices(rows):
        add(session, [(row.id, row.name) for row in some])
