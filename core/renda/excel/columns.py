"""Which row names the columns, which field each column fills, and which rows are no data."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from renda.declarations import RecordType
from renda.excel.grids import Book, Cell, Grid
from renda.excel.safety import refused
from renda.i18n import Translate, _
from renda.records.fields import Integer

IDENTITY = "renda-id"
"""Header of the column in which our own files carry the ids of records."""
_LOOKED_AT = 20
_SPACES = re.compile(r"[\s*＊]+")
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
IN_BRACKETS = re.compile(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]")
"""What a header says in brackets, such as its unit."""
_UNIT_LINE = re.compile(r"单位[::]\(?([百千万亿]{1,2})元")
_SCALES = "百千万亿"
_LONGEST_WORD = 12
"""Characters, without spaces, of what is compared with a known word: longer texts are none."""
_TOTALS = frozenset({"合计", "小计", "总计", "共计", "总和", "本页小计", "累计"})
_COLON = re.compile("[:：﹕︓⩴]")
"""All that `folded` makes a colon of."""
_FOOTER = re.compile(
    r"(填报单位|填报人|填表人|制表人?|审核人|经办人|联系人|联系电话|填报日期|填表日期|负责人|单位负责人|注|说明|备注)"
    r"(\(盖章\)|\(签字\))?:"
)


@dataclass(frozen=True)
class Layout:
    """How a sheet is read.

    Attributes:
        header: index of the row that names the columns; data begin below it.
        titles: what each column is called in the file.
        fields: name of the field that a column fills, by the column's index; `IDENTITY` among them.
        scales: by index the word that multiplies numbers, as 万 where the header says 万元.
        doubled: fields by the index of columns that are left out, since an earlier one is headed alike.
    """

    grid: Grid
    header: int
    titles: Sequence[str]
    fields: Mapping[int, str]
    scales: Mapping[int, str]
    doubled: Mapping[int, str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """(number in the sheet, cells) of the rows that are data; one with an id is, whatever it says."""
        fold = folding()
        ids = [index for index, name in self.fields.items() if name == IDENTITY]
        for number, row in enumerate(self.grid.rows[self.header + 1 :], self.header + 2):
            known = any(_given(row, index) for index in ids)
            if known or (not is_furniture(row, fold) and any(_given(row, index) for index in self.fields)):
                yield number, row

    def corrected(self, fields: Mapping[int, str]) -> "Layout":
        """The same sheet with another choice of columns, by somebody who has seen them all."""
        return replace(self, fields=fields, doubled={})


def _given(row: Sequence[Cell], index: int) -> bool:
    value = row[index] if index < len(row) else None
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def may_be_word(text: str) -> bool:
    """Whether a text is so short that it may be one of the words that mean nothing, nil or a total."""
    return len(text) <= _LONGEST_WORD or len("".join(text.split())) <= _LONGEST_WORD


def folded(text: str) -> str:
    """A header for comparison: full-width forms, spaces, case and the mark of required fields fall away."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def folding() -> Callable[[str], str]:
    """`folded` for one file, which remembers its short words: a column says a few of them again and again."""
    known = lru_cache(1024)(folded)
    return lambda text: known(text) if len(text) <= _LONGEST_WORD else folded(text)


def bare(text: str) -> str:
    """A header without what stands in its brackets."""
    return _BRACKETS.sub("", text).rstrip(":")


def _names(kind: RecordType, translate: Translate) -> dict[str, str]:
    """Fields by every word that may head their column."""
    found = {folded(IDENTITY): IDENTITY}
    for name, what in kind.fields.items():
        for word in (translate(what.label), what.label, name):
            found.setdefault(folded(word), name)
            found.setdefault(bare(folded(word)), name)
    return found


def find(book: Book, kind: RecordType, translate: Translate) -> Layout:
    """The sheet and the row whose words name most fields; where none does, the first row that is not empty.

    Raises:
        Invalid: no visible sheet holds anything.
    """
    names = _names(kind, translate)
    best: tuple[int, Layout] | None = None
    for grid in book.grids:
        for index, titles in _candidates(grid):
            layout = _layout(kind, translate, names, grid=grid, index=index, titles=titles)
            score = len(layout.fields)
            if best is None or score > best[0]:
                best = score, layout
    if best is None:
        raise refused(_("The file is empty."))
    return best[1]


def _candidates(grid: Grid) -> Iterator[tuple[int, list[str]]]:
    """Rows that may be the header; where a cell is empty, the one above may be merged into it."""
    above: list[str] = []
    for index, row in enumerate(grid.rows[:_LOOKED_AT]):
        words = [str(cell).strip() if isinstance(cell, str) else "" for cell in row]
        if any(words):
            wide = max(len(words), len(above))
            padded = words + [""] * (wide - len(words))
            yield index, [word or (above[at] if at < len(above) else "") for at, word in enumerate(padded)]
        above = words


def _layout(
    kind: RecordType,
    translate: Translate,
    names: Mapping[str, str],
    *,
    grid: Grid,
    index: int,
    titles: Sequence[str],
) -> Layout:
    fields: dict[int, str] = {}
    doubled: dict[int, str] = {}
    for at, title in enumerate(titles):
        plain = folded(title)
        if plain and (name := names.get(plain) or names.get(bare(plain))):
            (doubled if name in fields.values() else fields)[at] = name
    whole = scale_above(grid.rows[:index])
    scales = {}
    for at, title in enumerate(titles):
        what = kind.fields.get(fields.get(at, ""))
        if isinstance(what, Integer):
            units = {folded(translate(what.unit)), folded(what.unit)} - {""}
            if scale := _scale_of(folded(title), units, whole):
                scales[at] = scale
    return Layout(grid, index, titles, fields, scales, doubled)


def _scale_of(title: str, units: set[str], whole: str) -> str:
    """万 for a header that says 万元 of a field in 元; where it is silent, what stands above the table."""
    inside = IN_BRACKETS.search(title)
    said = inside.group(1) if inside else ""
    if said in units or not units:
        return ""
    for unit in units:
        if said.endswith(unit) and set(said.removesuffix(unit)) <= set(_SCALES):
            return said.removesuffix(unit)
    return whole if not said and units & {"元", "yuan"} else ""


def scale_above(rows: Sequence[Sequence[Cell]]) -> str:
    """The scale of amounts of money that a line above the table tells: 万 for 单位：万元; or ""."""
    for row in rows:
        for cell in row:
            if isinstance(cell, str) and (found := _UNIT_LINE.search(folded(cell))):
                return found.group(1)
    return ""


def _words(row: Sequence[Cell]) -> Iterator[str]:
    return (cell for cell in row if isinstance(cell, str) and cell.strip())


def is_furniture(row: Sequence[Cell], fold: Callable[[str], str] = folded) -> bool:
    """Whether a row is a total, or one of the lines that stand below a table; `fold` is `folded`."""
    words = list(islice(_words(row), 3))
    if any(fold(word).rstrip(":") in _TOTALS for word in words if may_be_word(word)):
        return True
    return bool(words) and _COLON.search(words[0]) is not None and _FOOTER.match(fold(words[0])) is not None
