"""The administrative divisions of China, and the bodies of people's congress work that follow from them.

The code table lists divisions; a body is what works in one. Rules about codes and names are tables here
(GB/T 2260 for six digits, GB/T 10114 for the three digits of a township), so that a new kind is a row.
"""

import csv
import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from importlib import resources
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from renda.directory import sheets
from renda.directory.sheets import MOST_ERRORS
from renda.errors import Invalid
from renda.i18n import _

TIERS = ("province", "city", "county", "township")
"""Ranks of an organisation, highest first."""

COLUMNS = ("code", "name", "tier", "parent")
"""Columns of a table of divisions; the tier is one of `TIERS`, an empty parent marks a root."""

PLACEHOLDER = "placeholder"
"""The kind of a row that only fills a gap of the code table; nobody works there."""

CONGRESS: Mapping[str, bool] = {
    "province": True,
    "city": True,
    "prefecture": False,
    "county": True,
    "town": True,
    "township": True,
    "street": False,
    "development_zone": False,
    PLACEHOLDER: False,
}
"""Whether a kind of division has a people's congress of its own.

A prefecture (地区, 盟) is run for its province, and a street for its county; in both the standing committee
above has an organ at work instead (组织法, art. 59).
"""

# Matched in order against "tier code name". 市辖区 and 县直辖村级区划 keep the books of the code table; the
# district of 嘉峪关 (620201) and the township of 金门 (350527000) repeat the division above them.
_KINDS = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"province [0-9]{6} .*", "province"),
        (r"city [0-9]{6} (市辖区|县|(省|自治区)直辖县级行政区划)", PLACEHOLDER),
        (r"city [0-9]{6} .*(地区|盟)", "prefecture"),
        (r"city [0-9]{6} .*", "city"),
        (r"county 620201 .*", PLACEHOLDER),
        (r"county [0-9]{4}7[0-9] .*", "development_zone"),
        (r"county [0-9]{6} .*", "county"),
        (r"township [0-9]{6}000 .*", PLACEHOLDER),
        (r"township [0-9]{9} .*直辖村级区划", PLACEHOLDER),
        (r"township [0-9]{6}0[0-9]{2} .*", "street"),
        (r"township [0-9]{6}1[0-9]{2} .*", "town"),
        (r"township [0-9]{6}[23][0-9]{2} .*", "township"),
        (r"township [0-9]{6}[45][0-9]{2} .*", "development_zone"),
    )
)

_OFFICE = re.compile(r"(?<=街道)办事处$|管(理)?委(员)?会$")


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the code table.

    Attributes:
        code: 6 digits, or 9 for a township.
        name: as the table writes it.
        tier: one of `TIERS`.
        parent: code of the division above, or None for a root. It is kept, never cut out of the code:
            a zone may answer to another division than the one its code begins with.
    """

    code: str
    name: str
    tier: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """A body of people's congress work in one division, ready to become an organisation.

    Attributes:
        code: the division's code.
        name: the division's plain name.
        kind: a key of `CONGRESS`, never `PLACEHOLDER`.
        tier: one of `TIERS`.
        parent: code of the body above among those listed with it, or None for a root.
        congress: whether it has a people's congress of its own.
    """

    code: str
    name: str
    kind: str
    tier: str
    parent: str | None
    congress: bool

    @property
    def full_name(self) -> str:
        """The body's own name, see `body_name`."""
        return body_name(self.name, self.kind)


def shipped() -> Iterator[Division]:
    """The divisions that renda ships, parents before children (source and licence: `data/SOURCE.md`)."""
    packed = resources.files("renda") / "data" / "divisions.csv.gz"
    with packed.open("rb") as raw, gzip.open(raw) as data, TextIOWrapper(data, "utf-8", newline="") as text:
        yield from map(_division, csv.DictReader(text))


def read_csv(source: Path | bytes | str) -> list[Division]:
    """The divisions of a user's own table, in its order.

    Args:
        source: a `Path` to read, the bytes of an upload, or the text itself. Bytes may be UTF-8 with or
            without byte order mark, or GB18030, which is what Excel writes in China.

    Raises:
        Invalid: with one sentence per wrong line, by its number in the file (at most `MOST_ERRORS`).
        OSError: the path cannot be read.
    """
    numbered = [(line, _division(row)) for line, row in sheets.rows(source, COLUMNS)]
    known: dict[str, Division] = {}
    for _line, division in numbered:
        known.setdefault(division.code, division)
    wrong = (
        (f"line {line}", message % {"line": line, **asdict(division)})
        for line, division in numbered
        if (message := _complaint(division, known)) is not None
    )
    if errors := dict(islice(wrong, MOST_ERRORS)):
        raise Invalid(errors, _("The table of divisions needs correction. Nothing was imported."))
    return [division for _line, division in numbered]


def kind_of(division: Division) -> str:
    """What a division is: a key of `CONGRESS`.

    The last three digits of a township tell a street (001-099), a town (100-199), a township (200-399) and
    a development zone (400-599) apart (GB/T 10114); a county whose last two digits are 70-79 is a
    development zone that only statistics count as a county.

    Raises:
        Invalid: no rule knows a code of this form at this tier.
    """
    kind = _kind(division)
    if kind is None:
        message = _("The code ${code} does not fit the tier ${tier}.")
        raise Invalid({"code": message % {"code": division.code, "tier": division.tier}})
    return kind


def holds_congress(kind: str) -> bool:
    """Whether a kind of division has a people's congress of its own.

    Raises:
        Invalid: there is no such kind.
    """
    if kind not in CONGRESS:
        raise Invalid({"kind": _("There is no kind of body ${kind}.") % {"kind": kind}})
    return CONGRESS[kind]


def body_name(name: str, kind: str) -> str:
    """The name of the body that works in a division: 曹县人大, 南城街道人大工委.

    Where there is no congress of its own, a work committee of the standing committee above works there.

    Raises:
        Invalid: there is no such kind.
    """
    return f"{name}人大" if holds_congress(kind) else f"{_OFFICE.sub('', name)}人大工委"


def bodies(divisions: Iterable[Division], root: str | None = None) -> list[Body]:
    """The bodies that work in these divisions, parents before children.

    Placeholders are passed through: what hangs on one hangs on the division above it (东城区 on 北京市).
    Tiers may be skipped: the townships of 东莞 hang on the city.

    Args:
        divisions: rows in any order, each parent among them, as `shipped` and `read_csv` give them.
        root: code of the body whose subtree is wanted; its own parent is then None.

    Raises:
        Invalid: the root is unknown or a placeholder, a parent is missing or not of a higher tier, or a code
            fits no tier.
    """
    known = {division.code: division for division in divisions}
    found: dict[str, Body] = {}
    through: dict[str, str | None] = {}
    for division in sorted(known.values(), key=_rank):
        above = known.get(division.parent or "")
        if division.parent and (above is None or _rank(above) >= _rank(division)):
            message = _("The parent ${parent} of ${code} is missing or not of a higher tier.")
            raise Invalid({"parent": message % {"parent": division.parent, "code": division.code}})
        parent = through[above.code] if above else None
        kind = kind_of(division)
        if kind == PLACEHOLDER:
            through[division.code] = parent
            continue
        through[division.code] = division.code
        found[division.code] = Body(
            division.code, division.name, kind, division.tier, parent, holds_congress(kind)
        )
    return list(found.values()) if root is None else _subtree(found, root)


def _subtree(found: Mapping[str, Body], root: str) -> list[Body]:
    if root not in found:
        message = _("No body has the code ${code} in the table of divisions.")
        raise Invalid({"root": message % {"code": root}})
    kept = {root: replace(found[root], parent=None)}
    for body in found.values():
        if body.parent in kept:
            kept[body.code] = body
    return list(kept.values())


def _kind(division: Division) -> str | None:
    key = f"{division.tier} {division.code} {division.name}"
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(key)), None)


def _rank(division: Division) -> int:
    return TIERS.index(division.tier) if division.tier in TIERS else len(TIERS)


def _division(row: Mapping[str, str | None]) -> Division:
    code, name, tier, parent = (" ".join((row[column] or "").split()) for column in COLUMNS)
    return Division(code, name, tier, parent or None)


_TWICE: str = _("Line ${line}: the code ${code} is there twice.")

_CHECKS: tuple[tuple[Callable[[Division, Division | None], bool], str], ...] = (
    (lambda row, _up: row.name != "", _("Line ${line}: the name is missing.")),
    (
        lambda row, _up: row.tier in TIERS,
        _("Line ${line}: the tier must be province, city, county or township."),
    ),
    (
        lambda row, _up: _kind(row) is not None,
        _("Line ${line}: the code ${code} does not fit the tier ${tier}."),
    ),
    (
        lambda row, up: not row.parent or up is not None,
        _("Line ${line}: there is no row for the parent ${parent}."),
    ),
    (
        lambda row, up: up is None or _rank(up) < _rank(row),
        _("Line ${line}: the parent ${parent} is not of a higher tier."),
    ),
)


def _complaint(row: Division, known: Mapping[str, Division]) -> str | None:
    """The first thing wrong with a row, since later checks presume earlier ones."""
    if known[row.code] is not row:
        return _TWICE
    above = known.get(row.parent or "")
    return next((message for holds, message in _CHECKS if not holds(row, above)), None)
