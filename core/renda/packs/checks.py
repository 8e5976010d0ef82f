"""What the parts of a pack's file say of one another, beyond the kind of each value."""

import re
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Row

from renda.i18n import _
from renda.packs.declared import WORKFLOWS, kind_of
from renda.packs.shape import FieldShape, IndicatorShape, PackShape, RegisterShape, WorkflowShape
from renda.records.checks import RESERVED
from renda.structure import Place

_ID = re.compile(r"(?:[0-9A-Za-z]{2,20}|renda)-[a-z][a-z0-9]{0,30}")
_WORD = re.compile(r"[a-z][a-z0-9]{0,30}")
"""The name of a register; without _, which ends it where the name of those who take part begins."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")

_NO_WORD = _(
    "${file}: ${key} must be a word of at most 31 small letters and digits that begins with a letter."
)
_NO_NAME = _(
    "${file}: ${key} must be a word of at most 31 small letters, digits and _ that begins with a letter."
)
_ENGINE = _("${file}: ${key} cannot be ${name}, which is a word of the engine.")
_NO_ID = _(
    "${file}: ${key} must be the code of the organisation that made the pack, a hyphen, and a word of small "
    "letters and digits, such as 371721-reception."
)
_UNKNOWN = _("${file}: ${key} names ${name}, which is not there.")
_TWICE = _("${file}: ${key} names ${name} twice.")
_TOLD = _("${file}: ${key} names ${name}, which is personal and leaves no register.")
_NO_CHOICES = _("${file}: ${key} needs choices, since its kind is choice; other kinds have none.")
_NOT_TEXT = _("${file}: ${key} names ${name}, which is no text.")
_NO_DAY = _(
    "${file}: ${key} names ${name}, which is no day of the register or of the one that it is part of."
)
_NO_NUMBER = _("${file}: ${key} names ${name}, which is no number of the register.")
_NO_FILTER = _("${file}: ${key} names ${name}, which is no choice and no state of the register.")
_NOBODY = _("${file}: ${key} counts people, but nobody takes part in records of this register.")
_BOTH = _("${file}: ${key} either adds up a field or counts people.")
_NOT_INSIDE = _("${file}: ${key} names ${name}, which is part of another register itself.")
_WHOLE_FIRST = _("${file}: ${key} must be 1 or more.")
_NO_BOUNDS = _("${file}: ${key} has a lowest number above its highest.")
_AT_MOST = _("${file}: ${key} must be at most ${most}.")
_NOTHING = _("${file}: ${key} is empty.")

_TAKEN = RESERVED | {"type", "said", *(name for name in dir(Row) if not name.startswith("_"))}
"""Words that a field's name would hide."""
_TEXTS = frozenset({"text", "paragraph"})
_NUMBERS = frozenset({"integer", "money"})
_MOST_LENGTH = 5_000
_MOST_VERSION = 999_999_999_999
"""Room for whoever numbers by day and hour; more would not fit where versions are kept."""


def check(shape: PackShape, place: Place) -> None:
    """Refuse a pack that contradicts itself.

    Raises:
        Misconfigured: with the place in the file and what is wrong there.
    """
    if not _ID.fullmatch(shape.id):
        raise place.at("id").wrong(_NO_ID)
    if shape.version < 1:
        raise place.at("version").wrong(_WHOLE_FIRST)
    if shape.version > _MOST_VERSION:
        raise place.at("version").wrong(_AT_MOST, most=_MOST_VERSION)
    registers = {one.name: one for one in shape.registers}
    _require_once(place.at("registers"), [one.name for one in shape.registers])
    if not registers:
        raise place.at("registers").wrong(_NOTHING)
    for number, register in enumerate(shape.registers, 1):
        _check_register(register, registers, place.at("registers").item(number))
    codes = [one.code for one in shape.indicators]
    _require_once(place.at("indicators"), codes)
    for number, one in enumerate(shape.indicators, 1):
        _check_indicator(one, registers, place.at("indicators").item(number))
    if shape.report is not None:
        lines = place.at("report.lines")
        _require_known(lines, shape.report.lines, codes)
        _require_once(lines, shape.report.lines)
        if not codes:
            raise place.at("indicators").wrong(_NOTHING)
        if not shape.report.tiers:
            raise place.at("report.tiers").wrong(_NOTHING)


def _check_register(one: RegisterShape, registers: Mapping[str, RegisterShape], place: Place) -> None:
    if not _WORD.fullmatch(one.name):
        raise place.at("name").wrong(_NO_WORD)
    fields = {field.name: field for field in one.fields}
    _require_once(place.at("fields"), [field.name for field in one.fields])
    for number, field in enumerate(one.fields, 1):
        _check_field(field, place.at("fields").item(number))
    _check_lists(one, fields, place)
    _check_workflow(one, place.at("workflow"))
    if one.participation is not None:
        taking = place.at("participation")
        _require_name(taking.at("name"), one.participation.name)
        _require_values(taking.at("roles"), one.participation.roles)
    if one.part_of:
        inside = place.at("part_of")
        _require_known(inside, [one.part_of], registers.keys() - {one.name})
        if registers[one.part_of].part_of:
            raise inside.wrong(_NOT_INSIDE, name=one.part_of)


def _check_lists(one: RegisterShape, fields: Mapping[str, FieldShape], place: Place) -> None:
    if not one.columns:
        raise place.at("columns").wrong(_NOTHING)
    for part, known in (
        ("columns", {*fields, "state"}),
        ("search", fields),
        ("evidence", {*fields, "state"}),
    ):
        names: tuple[str, ...] = getattr(one, part)
        _require_known(place.at(part), names, known)
        _require_once(place.at(part), names)
    for name in one.search:
        if fields[name].kind not in _TEXTS:
            raise place.at("search").wrong(_NOT_TEXT, name=name)
    for name in one.evidence:
        if name in fields and kind_of(fields[name]).personal:
            raise place.at("evidence").wrong(_TOLD, name=name)


def _check_field(one: FieldShape, place: Place) -> None:
    _require_name(place.at("name"), one.name, _TAKEN)
    if (one.kind == "choice") != bool(one.choices):
        raise place.at("choices").wrong(_NO_CHOICES)
    if one.choices:
        _require_values(place.at("choices"), one.choices)
    if one.least > one.most:
        raise place.at("least").wrong(_NO_BOUNDS)
    if one.max_length > _MOST_LENGTH:
        raise place.at("max_length").wrong(_AT_MOST, most=_MOST_LENGTH)


def _check_workflow(one: RegisterShape, place: Place) -> None:
    if not isinstance(one.workflow, WorkflowShape):
        _require_known(place, [one.workflow], WORKFLOWS)
        return
    states = [state.name for state in one.workflow.states]
    if not states:
        raise place.at("states").wrong(_NOTHING)
    _require_once(place.at("states"), states)
    _require_once(place.at("steps"), [step.name for step in one.workflow.steps])
    for number, step in enumerate(one.workflow.steps, 1):
        where = place.at("steps").item(number)
        _require_name(where.at("name"), step.name)
        _require_known(where.at("sources"), step.sources, states)
        _require_known(where.at("target"), [step.target], states)
    for number, state in enumerate(one.workflow.states, 1):
        _require_name(place.at("states").item(number).at("name"), state.name)


def _check_indicator(one: IndicatorShape, registers: Mapping[str, RegisterShape], place: Place) -> None:
    _require_name(place.at("code"), one.code)
    _require_known(place.at("register"), [one.register], registers)
    register = registers[one.register]
    fields = {field.name: field for field in register.fields}
    host = registers.get(register.part_of)
    dated = fields.get(one.date) or next(
        (field for field in (host.fields if host else ()) if field.name == one.date), None
    )
    if dated is None or dated.kind != "day":
        raise place.at("date").wrong(_NO_DAY, name=one.date)
    if one.sum and (one.sum not in fields or fields[one.sum].kind not in _NUMBERS):
        raise place.at("sum").wrong(_NO_NUMBER, name=one.sum)
    if one.count != "records" and one.sum:
        raise place.at("sum").wrong(_BOTH)
    if one.count != "records" and register.participation is None:
        raise place.at("count").wrong(_NOBODY)
    for name, value in one.where.items():
        _check_filter(register, fields, name, value, place.at("where").at(name))


def _check_filter(
    register: RegisterShape, fields: Mapping[str, FieldShape], name: str, value: str, place: Place
) -> None:
    if name == "state":
        said = register.workflow
        states = said if isinstance(said, WorkflowShape) else WORKFLOWS[said]
        _require_known(place, [value], [one.name for one in states.states])
    elif name in fields and fields[name].kind == "choice":
        _require_known(place, [value], fields[name].choices)
    else:
        raise place.wrong(_NO_FILTER, name=name)


def _require_name(place: Place, name: str, taken: Collection[str] = ()) -> None:
    if not _NAME.fullmatch(name):
        raise place.wrong(_NO_NAME)
    if name in taken:
        raise place.wrong(_ENGINE, name=name)


def _require_values(place: Place, titles: Mapping[str, str]) -> None:
    if not titles:
        raise place.wrong(_NOTHING)
    for name in titles:
        _require_name(place.at(name), name)


def _require_known(place: Place, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise place.wrong(_UNKNOWN, name=name)


def _require_once(place: Place, names: Iterable[str]) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise place.wrong(_TWICE, name=name)
        met.add(name)
