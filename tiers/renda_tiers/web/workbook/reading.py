"""A filled workbook, or a table of the clerk's own with the same headers, read against a report's draft."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from renda.declarations import Message
from renda.errors import Invalid
from renda.excel.columns import IN_BRACKETS, Layout, bare, folded, is_furniture, scale_above
from renda.excel.grids import Book, Cell, Odd
from renda.excel.marking import Fault
from renda.excel.values import as_text
from renda.i18n import Translator, _
from renda.records.fields import Rejected
from renda_tiers.reports import entering
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.filling import Draft, DraftCell
from renda_tiers.web import words
from renda_tiers.web.cells import key
from renda_tiers.web.rows import written
from renda_tiers.web.workbook.layout import CODE, COLUMNS, UNIT, VALUE, WHY, figure, mark, meta, typed

_LOOKED_AT = 20
"""Rows among which the headers are sought: people put titles above."""
_MONEY = "元"

_NO_COLUMNS = _(
    "The file has no columns “Code” and “This period”. Download the template of this report, and fill that."
)
_NO_FIGURES = _("The file names no figure of this report.")
_OTHER_FORM = _("This file is the template of another report. Open that report, and enter it there.")
_OLDER = _("This file is a template of an earlier version of this report. Download it again, and fill that.")
_OTHER_PLACE: str = _("This file is the template of another organisation (${code}).")
_OTHER_PERIOD: str = _("This file is the template of another period (${period}).")
_UNKNOWN: str = _("The report has no figures ${codes}.")
_NO_SUCH = _("The report has no figure of this code.")
_TWICE = _("This figure stands twice in the file.")
_MEANWHILE: str = _("Since the workbook was fetched, ${value} was entered here. Which is right?")
_OTHERWISE: str = _(
    "The file says ${said}, the records say ${computed}. Correct the records, or empty the cell."
)
_OTHER_UNIT: str = _("This figure is counted in ${unit}; convert it first.")
_NOTHING = _("nothing")


@dataclass
class Read:
    """What a file says.

    Attributes:
        typed: texts by the name of the form's field, as the file has them.
        entries: what is to be kept, by (indicator, dimension); what the file leaves as it was is not in it.
        errors: sentences by the name of the form's field.
        layout: of the sheet that has the figures.
        faults: what is wrong with its rows.
    """

    typed: dict[str, str] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entered] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)
    layout: Layout | None = None
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class _Table:
    """The rows below the headers, where each column stands, and the units that stand over the figures.

    Attributes:
        layout: of the sheet.
        unit: of every figure whose row names none, as the header has it in brackets, or "".
        money: the same of amounts of money alone, from a line above the table.
        held: what each figure held when the workbook was written, see `layout.mark`.
        computed: what each computed figure was then, see `layout.figure`.
    """

    layout: Layout
    columns: Mapping[Message, int]
    unit: str
    money: str
    held: Mapping[str, str]
    computed: Mapping[str, str]

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """The rows below the headers."""
        return self.layout.grid.rows[self.layout.header + 1 :]

    def fault(self, line: int, title: Message, wrong: Message, translate: Translator) -> Fault:
        """What is wrong with a row of the sheet, at the cell below a header if the file has it."""
        cells = {self.columns[title]: wrong} if title in self.columns else {}
        return Fault(line, cells, translate(wrong))

    def text(self, row: Sequence[Cell], title: Message, otherwise: str = "") -> str:
        """A cell as the clerk would type it.

        Raises:
            Rejected: it has no value of its own, or one that a spreadsheet has cut.
        """
        if title not in self.columns:
            return otherwise
        column = self.columns[title]
        cell = row[column] if column < len(row) else None
        if isinstance(cell, Odd):
            raise Rejected(cell.message)
        return "" if cell is None else as_text(cell).strip()


def read(book: Book, draft: Draft, translate: Translator) -> Read:
    """What a file says of a draft.

    A figure whose row is not in the file, or is as it was when the file was written, stays what it is; one
    that was emptied there loses its value. Of computed figures the explanation alone is kept; a value that is
    neither what the records say now nor what they said when the file was written is an error.

    Raises:
        Invalid: the file as a whole is another report's, organisation's or period's, or no such table.
    """
    _ensure_ours(book.meta, draft)
    table = _table(book, translate)
    cells = {folded(key(one.line.indicator, one.dimension)): one for one in draft.cells}
    passed = {folded(line.indicator) for line in draft.template.lines if line.kind is None}
    found, met, unknown = Read(), set[str](), list[str]()
    found.layout = table.layout
    for line, row in enumerate(table.rows, table.layout.header + 2):
        if is_furniture(row):
            continue
        try:
            code = table.text(row, CODE)
        except Rejected as error:
            found.errors["file"] = error.message
            found.faults.append(table.fault(line, CODE, error.message, translate))
            continue
        if cell := cells.get(folded(code)):
            column, wrong = _take(found, table, row, cell, translate, again=folded(code) in met)
            if wrong:
                found.faults.append(table.fault(line, column, wrong, translate))
            met.add(folded(code))
        elif code and folded(code) not in passed:
            unknown.append(code)
            found.faults.append(table.fault(line, CODE, _NO_SUCH, translate))
    if unknown:
        found.errors["file"] = _(_UNKNOWN, mapping={"codes": "、".join(unknown[:10])})
    elif not met:
        found.errors.setdefault("file", _NO_FIGURES)
    return found


def _ensure_ours(said: Mapping[str, str], draft: Draft) -> None:
    ours = meta(draft)
    told: Mapping[str, Message] = {
        "form": _OTHER_FORM,
        "organisation": _(_OTHER_PLACE, mapping={"code": said.get("organisation", "")}),
        "period": _(_OTHER_PERIOD, mapping={"period": said.get("period", "")}),
        "version": _OLDER,
    }
    for name, wrong in told.items():
        if said.get(name, ours[name]) != ours[name]:
            raise Invalid({"file": wrong}, wrong)


def _table(book: Book, translate: Translator) -> _Table:
    """The first sheet that has the headers."""
    titles = {folded(word): title for title in COLUMNS for word in (title, translate(title))}
    for grid in book.grids:
        for number, row in enumerate(grid.rows[:_LOOKED_AT]):
            columns: dict[Message, int] = {}
            for column, cell in enumerate(row):
                if isinstance(cell, str) and (title := titles.get(bare(folded(cell)))):
                    columns.setdefault(title, column)
            if CODE in columns and VALUE in columns:
                named = IN_BRACKETS.search(folded(str(row[columns[VALUE]])))
                scale = scale_above(grid.rows[:number])
                money = f"{scale}{_MONEY}" if scale else ""
                layout = Layout(grid, number, [str(one or "") for one in row], {}, {})
                unit = named.group(1) if named else ""
                marks = (_marks(book.meta, name) for name in ("held", "computed"))
                return _Table(layout, columns, unit, money, *marks)
    raise Invalid({"file": _NO_COLUMNS}, _NO_COLUMNS)


def _marks(said: Mapping[str, str], name: str) -> Mapping[str, str]:
    """What the hidden sheet tells of each figure; anybody may have written into it."""
    try:
        found = json.loads(said.get(name, "{}"))
    except (ValueError, RecursionError):
        return {}
    return {key: str(one) for key, one in found.items()} if isinstance(found, dict) else {}


def _take(
    found: Read, table: _Table, row: Sequence[Cell], cell: DraftCell, translate: Translator, *, again: bool
) -> tuple[Message, Message]:
    """Take a row as a figure; the column in which something is wrong, and what, or "" where nothing is."""
    place, computed = key(cell.line.indicator, cell.dimension), cell.source == "computed"
    column, at = (WHY, f"why.{place}") if computed else (VALUE, f"value.{place}")
    try:
        said = "" if computed else table.text(row, VALUE)
        why = " ".join(table.text(row, WHY, cell.explanation).split())
        found.typed |= {f"value.{place}": said, f"why.{place}": why}
        entry = entering.read(cell.line, said, why, unit=_unit(table, row, cell, translate))
    except (Rejected, Invalid) as error:
        wrong = error.message
    else:
        wrong = _TWICE if again else _meanwhile(table, cell, (said, why), entry)
        if not wrong and entry != _own(cell) and table.held.get(place) != mark(said, why):
            found.entries[cell.line.indicator, cell.dimension] = entry
    if not wrong and computed and (wrong := _contradicts(table, row, cell, translate)):
        column = VALUE
    if wrong:
        found.errors[at] = wrong
    return column, wrong


def _contradicts(table: _Table, row: Sequence[Cell], cell: DraftCell, translate: Translator) -> Message:
    """What is wrong with the value that a row has for a computed figure; "" where nothing is."""
    try:
        said = table.text(row, VALUE)
        told = entering.read(cell.line, said)
    except (Rejected, Invalid) as error:
        return error.message
    if not said or table.computed.get(key(cell.line.indicator, cell.dimension)) == figure(told):
        return ""
    if _unit(table, row, cell, translate):
        return _(_OTHER_UNIT, mapping={"unit": _(cell.line.unit)})
    if figure(told) == figure(cell):
        return ""
    return _(_OTHERWISE, mapping={"said": said, "computed": written(cell) or _NOTHING})


def _own(cell: DraftCell) -> Entered:
    return entering.read(cell.line, *typed(cell))


def _meanwhile(table: _Table, cell: DraftCell, said: tuple[str, str], entry: Entered) -> Message:
    """What to ask where both the file and somebody else have changed a figure since the file was written."""
    before, now = table.held.get(key(cell.line.indicator, cell.dimension)), typed(cell)
    if before is None or before in {mark(*said), mark(*now)} or entry == _own(cell):
        return ""
    return _(_MEANWHILE, mapping={"value": " ".join(filter(None, now)) or _NOTHING})


def _unit(table: _Table, row: Sequence[Cell], cell: DraftCell, translate: Translator) -> str:
    """The unit that a file names for a figure; "" where it names none or the template's."""
    line = cell.line
    own = words.unit(line, translate)
    said = table.text(row, UNIT) or table.unit or (table.money if own.endswith(_MONEY) else "")
    return "" if folded(said) in {folded(word) for word in ("", line.unit, own)} else said
