"""What a cell means for a field, before the field's own `clean` judges it.

Here is only what spreadsheets do to values that no form does: titles instead of values, serial days, numbers
instead of digits, dashes for nothing. Whether the outcome is right is decided in one place, `Field.clean`.
"""

import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from renda.directory.names import plain_name
from renda.excel.columns import folded, folding, may_be_word
from renda.excel.grids import Cell, Odd
from renda.i18n import Translate, _
from renda.records.fields import Choice, Day, Field, Flag, Integer, Ordinal, Person, Rejected, Text
from renda.records.namesakes import parted
from renda.records.ordinals import chinese

NOTHING = frozenset({"/", "//", "\\", "-", "--", "—", "——", "–", "、", "…", "……", "n/a"})
NIL = frozenset({"无", "零", "没有"})
"""Words that say that there is none: zero of a number, nothing of what is no number."""

_SERIALS = range(10_000, 100_000)
"""Serial days of 1927 to 2173; outside, digits are a date such as 20240305 or a mistake."""
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_EXACT = 10**15
_ORDINALS = range(1, 200)
_CHINESE = {word: str(one) for one in _ORDINALS for word in (chinese(one), str(one))}
_PLACE = re.compile(r"第?([0-9]+|[零一二三四五六七八九十百]+)(?:届|次|期|次会议)?")

_LOST = _("Excel keeps only 15 digits of a number. Format the column as text and type the number again.")
_SEVERAL: str = _("Several deputies have this name. Write which one: ${names}.")
_MOST_NAMES = 5
_NOBODY = _("No deputy of this name may be named here. Look for another spelling, or leave it empty.")


@dataclass(frozen=True)
class Reader:
    """Reads cells of one register at one organisation.

    Attributes:
        translate: Chinese words; those of the declaration itself are known, too.
        persons: asked once for (id, name) of everybody who may be named, names that several have told apart.
        called: asked for who is meant by a name with words in brackets that is none of these.
        since_1904: see `Grid`.
    """

    translate: Translate
    persons: Callable[[], Iterable[tuple[uuid.UUID, str]]]
    since_1904: bool = False
    called: Callable[[str], uuid.UUID] | None = None

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[uuid.UUID, str]]]:
        """Everybody by their names, and by those alone that words in brackets tell apart."""
        found: dict[str, list[tuple[uuid.UUID, str]]] = {}
        bare: dict[str, list[tuple[uuid.UUID, str]]] = {}
        for who, name in self.persons():
            found.setdefault(plain_name(name), []).append((who, name))
            alone, words = parted(name)
            if words:
                bare.setdefault(plain_name(alone), []).append((who, name))
        return {**{name: several for name, several in bare.items() if len(several) > 1}, **found}

    @cached_property
    def _titles(self) -> dict[int, Mapping[str, str]]:
        """Values by their words, for each field by its identity."""
        return {}

    def read(self, what: Field, cell: Cell, scale: str = "") -> object:
        """What `what.clean` should judge.

        Raises:
            Rejected: the cell has no value, or names no one person.
        """
        if isinstance(cell, Odd):
            raise Rejected(cell.message)
        if cell is None or (isinstance(cell, str) and self._is_nothing(what, cell)):
            return None
        read = self._readers.get(id(what))
        if read is None:
            read = self._readers[id(what)] = self._reader(what)
        return read(what, cell, scale)

    @cached_property
    def _fold(self) -> Callable[[str], str]:
        return folding()

    def _is_nothing(self, what: Field, text: str) -> bool:
        if not may_be_word(text):
            return False
        plain = self._fold(text)
        if not plain or plain in NOTHING:
            return True
        return plain in NIL and isinstance(what, Day | Person | Ordinal)

    def _reader(self, what: Field) -> Callable[[Any, Cell, str], object]:
        for kind, read in self._kinds:
            if isinstance(what, kind):
                return read
        return lambda _what, cell, _scale: cell

    @cached_property
    def _readers(self) -> dict[int, Callable[[Any, Cell, str], object]]:
        """How each field is read, found once: a file has hundreds of thousands of cells."""
        return {}

    @cached_property
    def _kinds(self) -> Sequence[tuple[type[Field], Callable[[Any, Cell, str], object]]]:
        return (
            (Choice, lambda what, cell, _scale: self._choice(what, str(cell))),
            (Person, lambda _what, cell, _scale: self._person(str(cell))),
            (Day, lambda _what, cell, _scale: self._day(cell)),
            (Integer, lambda _what, cell, scale: _number(cell, scale)),
            (Ordinal, lambda what, cell, _scale: self._ordinal(what, cell)),
            (Text, lambda _what, cell, _scale: as_text(cell)),
            (Flag, lambda _what, cell, _scale: _answer(cell)),
        )

    def _choice(self, what: Choice, text: str) -> str:
        known = self._titles.get(id(what))
        if known is None:
            words: dict[str, str] = {}
            for value, title in what.choices:
                for word in (self.translate(title), title, value):
                    words.setdefault(folded(word), value)
            known = self._titles.setdefault(id(what), words)
        return known.get(self._fold(text), text)

    def _person(self, text: str) -> uuid.UUID:
        plain = plain_name(text)
        found = self._by_name.get(plain, [])
        if not found and self.called and parted(text)[1]:
            found = [(self._asked(plain), text)]
        if len(found) > 1:
            names = "、".join(name for _who, name in found[:_MOST_NAMES])
            raise Rejected(_(_SEVERAL, mapping={"names": names}))
        if not found:
            raise Rejected(_NOBODY)
        return found[0][0]

    @cached_property
    def _asked(self) -> Callable[[str], uuid.UUID]:
        """Who is meant by a name with words in brackets; asked once for each, since a file may repeat it."""
        known: dict[str, uuid.UUID | Rejected] = {}

        def ask(text: str) -> uuid.UUID:
            if text not in known:
                try:
                    known[text] = self.called(text) if self.called else Rejected(_NOBODY)
                except Rejected as error:
                    known[text] = error
            found = known[text]
            if isinstance(found, Rejected):
                raise found
            return found

        return ask

    def _day(self, cell: Cell) -> object:
        if isinstance(cell, datetime | date):
            return cell
        text = unicodedata.normalize("NFKC", str(cell)).strip().removesuffix(".0")
        if text.isascii() and text.isdigit() and int(text) in _SERIALS:
            return _EPOCHS[self.since_1904] + timedelta(days=int(text))
        return "".join(text.split())

    def _ordinal(self, what: Ordinal, cell: Cell) -> object:
        if not isinstance(cell, str):
            return cell if not isinstance(cell, float) or not cell.is_integer() else int(cell)
        known = self._titles.get(id(what))
        if known is None:
            known = {folded(what.show(one, self.translate)): str(one) for one in _ORDINALS}
            self._titles[id(what)] = known
        plain = folded(cell)
        inside = _PLACE.fullmatch(plain)
        return known.get(plain) or (_CHINESE.get(inside.group(1)) if inside else None) or cell


def _number(cell: Cell, scale: str) -> object:
    if isinstance(cell, bool):
        return cell
    if not scale and not isinstance(cell, str):
        return cell
    text = repr(cell) if isinstance(cell, float) else str(cell)
    if folded(text) in NIL:
        return 0
    text = "".join(text.split()).removesuffix("元")
    return text + scale if scale and text[-1:] not in "百千万亿" else text


def as_text(cell: Cell) -> str:
    """A cell as a text field takes it.

    Raises:
        Rejected: a number with more digits than a spreadsheet keeps.
    """
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int | float) and abs(cell) >= _EXACT:
        raise Rejected(_LOST)
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        cell = cell.date()
    return str(cell)


def _answer(cell: Cell) -> object:
    return str(int(cell)) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell
