"""The form of a roster, and how its rows are read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from renda.declarations import Message, RecordType
from renda.deputies.fields import PERSON, SEALED, SEAT
from renda.deputies.identity import born, gender
from renda.deputies.registers import IN_USE
from renda.directory.models import Mandate
from renda.excel.columns import IDENTITY, Layout, folded
from renda.excel.grids import Cell
from renda.excel.values import Reader
from renda.i18n import _
from renda.records.kinds import Field, Rejected
from renda.records.models import Record

_FIELDS: dict[str, Field] = {
    **PERSON,
    **SEAT,
    "term": replace(SEAT["term"], required=False, help=_("Left empty, the current one.")),
    "starts_on": replace(SEAT["starts_on"], required=False, help=_("Left empty, the first day of the term.")),
}
ROSTER = RecordType(
    cast("type[Record]", Mandate),
    title=_("Roster of deputies"),
    workflow=IN_USE,
    columns=(),
    name="core_roster",
).with_fields(_FIELDS)
"""What `renda.excel` needs to know of the form; a cell that is left empty changes nothing."""

_ALIASES: Mapping[str, Sequence[str]] = {
    "name": ("代表姓名",),
    "identity": ("身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "证件号码", "身份证"),
    "born_on": ("出生年月日", "生日"),
    "party": ("党派", "党派团体"),
    "position": ("工作单位", "单位及职务", "工作单位和职务", "职务", "现任职务"),
    "phone": ("手机", "手机号", "手机号码", "联系方式", "联系电话", "电话号码"),
    "address": ("住址", "家庭地址", "居住地址"),
    "term": ("届次",),
    "seat": ("席位号", "代表证号"),
    "constituency": ("选举单位", "选区名称", "所在选区", "原选区"),
    "delegation": ("所在代表团",),
    "group": ("小组", "所在小组", "代表小组名称"),
    "starts_on": ("当选日期", "任职日期"),
}
"""What else heads these columns in rosters of bodies that never saw our template."""
_MASK = "****"


@dataclass(frozen=True)
class Line:
    """A row of a roster as it is read.

    Attributes:
        number: its number in the sheet.
        identity: the cell with the seat's id, in a file of ours.
        given: cleaned values by field; what is empty is left out.
        masks: sealed values that came back masked, by field.
        errors: sentences by field.
    """

    number: int
    identity: Cell
    given: Mapping[str, Any]
    masks: Mapping[str, str]
    errors: Mapping[str, Message]


def named(layout: Layout) -> Layout:
    """The layout with the columns that are named otherwise than on our form."""
    words = {folded(word): name for name, known in _ALIASES.items() for word in known}
    fields, doubled = dict(layout.fields), dict(layout.doubled)
    for index, title in enumerate(layout.titles):
        if index not in fields and (name := words.get(folded(title))):
            (doubled if name in fields.values() else fields)[index] = name
    return replace(layout, fields=fields, doubled=doubled)


def lines(layout: Layout, reader: Reader) -> Iterator[Line]:
    """The rows of a roster."""
    for number, cells in layout.rows():
        yield _line(number, cells, layout, reader)


def _line(number: int, cells: Sequence[Cell], layout: Layout, reader: Reader) -> Line:
    identity: Cell = None
    given: dict[str, Any] = {}
    masks: dict[str, str] = {}
    errors: dict[str, Message] = {}
    for index, name in layout.fields.items():
        cell = cells[index] if index < len(cells) else None
        if name == IDENTITY:
            identity = cell
        elif name in SEALED and isinstance(cell, str) and _MASK in cell:
            masks[name] = cell.strip()
        elif cell is not None and name in _FIELDS:
            try:
                value = _FIELDS[name].clean(reader.read(_FIELDS[name], cell))
            except Rejected as error:
                errors[name] = error.message
            else:
                given |= {} if value is None else {name: value}
    if "name" not in given and "name" not in errors:
        errors["name"] = _("Fill this in.")
    return Line(number, identity, _completed(given, errors), masks, errors)


def _completed(given: dict[str, Any], errors: dict[str, Message]) -> dict[str, Any]:
    """With the day of birth and gender that an identity number says, unless the row contradicts it."""
    if number := given.get("identity"):
        for name, said in (("born_on", born(number)), ("gender", gender(number))):
            if given.setdefault(name, said) != said:
                errors[name] = _("The identity number says something else.")
    return given
