"""The fields of a directive's form, and what can be chosen in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from renda.directory.models import Organisation as OrganisationRow
from renda.i18n import _
from renda.indicators.kinds import Kind
from renda.indicators.periods import Period
from renda.types import Request
from renda_tiers.directives import bodies, selections
from renda_tiers.directives.held import Held
from renda_tiers.reports import calendar, definitions, standings
from renda_tiers.rollup import expectation
from renda_tiers.web import words
from renda_tiers.web.directives import reading
from renda_tiers.web.owed import set_above

KINDS = [
    (str(Kind.SUM), _("Number of the period")),
    (str(Kind.STOCK), _("Number on the last day")),
    (str(Kind.TEXT), _("Text")),
]


def groups(
    request: Request, outer: Held | None, typed: Mapping[str, Any], errors: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """The fields by the part of the form in which they stand; `typed` outranks what a new form offers."""
    first = _of_break_down(outer) if outer else _NEW
    found = {
        "what": _what(outer),
        "when": [
            {"name": "days", "label": _("Working days"), "widget": "number", "help": _COUNTED},
            {"name": "due", "label": _("Or the last day"), "widget": "day"},
        ],
        "whom": _whom(request),
        "report": [
            {
                "name": "report",
                "label": _("Report that is asked for"),
                "widget": "choice",
                "choices": _reports(request, outer),
                "empty": _("None"),
            }
        ],
    }
    told = {"whom": errors.get("targets")}
    for field in [field for part in found.values() for field in part]:
        name = field["name"]
        field["value"] = typed.get(name, "") if typed else first.get(name, "")
        field["error"] = errors.get(name) or told.get(name)
    return found


_COUNTED = _("Counted from tomorrow, without holidays and with the weekends that are worked.")
_NEW = {"days": "10", "whom": bodies.CHILDREN}
"""What a new form offers."""


def _of_break_down(outer: Held) -> dict[str, str]:
    same = reading.SAME if outer.body["report"] else ""
    return {
        "title": outer.body["title"],
        "due": outer.body["due"],
        "whom": bodies.CHILDREN,
        "report": same,
    }


def _what(outer: Held | None) -> list[dict[str, Any]]:
    most = bodies.MOST_TITLE
    text = _("What is added for those below") if outer else _("What is to be done")
    steps = _("Further steps") if outer else _("Steps that must be done")
    return [
        {"name": "title", "label": _("Title"), "widget": "text", "required": True, "max_length": most},
        {"name": "text", "label": text, "widget": "paragraph"},
        {"name": "steps", "label": steps, "widget": "paragraph", "help": _("One step on each line.")},
    ]


def _whom(request: Request) -> list[dict[str, Any]]:
    rules, modules = _rules(request), _modules(request)
    return [
        {"name": "whom", "label": _("Set for"), "widget": "choice", "required": True, "choices": rules},
        {
            "name": "module",
            "label": _("Only those that use"),
            "widget": "choice",
            "choices": modules,
            "empty": _("Any module"),
        },
        {
            "name": "save_as",
            "label": _("Keep this list under the name"),
            "widget": "text",
            "max_length": 80,
        },
    ]


def _rules(request: Request) -> list[tuple[str, str]]:
    code = request.context.organisation.code
    tree = expectation.subtree([code], request.today)
    tiers = set(
        request.db.scalars(
            select(OrganisationRow.tier)
            .join(tree, tree.c.code == OrganisationRow.code)
            .where(tree.c.code != code)
            .distinct()
        )
    )
    profiles = request.registry.profiles
    found = [(bodies.CHILDREN, request.translate(_("All organisations directly below")))]
    found += [
        (
            f"{bodies.TIER}:{tier}",
            request.translate(_("All below of the tier ${tier}", mapping={"tier": profiles[tier].label})),
        )
        for tier in profiles
        if tier in tiers
    ]
    saved = selections.names(request.db, code)
    return [
        *found,
        *((f"saved:{name}", request.translate(_("List: ${name}", mapping={"name": name}))) for name in saved),
    ]


def _modules(request: Request) -> list[tuple[str, str]]:
    here = request.context.own_modules.modules
    return [(name, one.title) for name, one in here.items() if name not in {"core", "tiers"}]


def _reports(request: Request, outer: Held | None) -> list[tuple[str, str]]:
    """Reports of the periods that can be filled in now; or what the level above asks for."""
    if outer is not None:
        return [(reading.SAME, _("The report that the level above asks for"))] if outer.body["report"] else []
    return [
        (f"{template.code}|{period.code}", _titled(request, template.titles, period))
        for template in set_above(request)
        if not template.asked
        for period in calendar.offered(template, request.today)
    ]


def _titled(request: Request, titles: Mapping[str, str], period: Period) -> str:
    return f"{words.said(titles, request.translate)} {request.translate(period.title())}"


def asked(request: Request, outer: Held | None, typed: Mapping[str, Any]) -> str:
    """What the confirmation says of the report that is asked for; "" for none."""
    titles = [typed[f"figure.{number}.title"] for number in range(1, reading.FIGURES + 1)]
    if any(titles):
        return "、".join(title for title in titles if title)
    if outer is not None:
        said = outer.body["report"] if typed["report"] == reading.SAME else None
    else:
        template, _bar, period = typed["report"].partition("|")
        said = {"template": template, "period": period} if template else None
    return report(request, said) if said else ""


def report(request: Request, asked: Mapping[str, str]) -> str:
    """The title of a report that a directive asks for, with its period."""
    template = definitions.current(request.db, asked["template"], request.context.organisation.code)
    return _titled(request, template.titles, Period.parse(asked["period"]))


def figures(typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[Any]:
    """The days that figures of its own are about, and a row of fields for each figure."""
    days: list[Any] = [
        {
            "name": name,
            "label": label,
            "widget": "day",
            "value": typed.get(name, ""),
            "error": errors.get(name),
        }
        for name, label in (("first", _("First day")), ("last", _("Last day")))
    ]
    rows = []
    for number in range(1, reading.FIGURES + 1):
        parts = (("title", _("Figure"), "text"), ("unit", _("Unit"), "text"), ("kind", _("Kind"), "choice"))
        rows.append(
            [
                {
                    "name": (name := f"figure.{number}.{part}"),
                    "label": label,
                    "widget": widget,
                    "value": typed.get(name, "sum" if part == "kind" else ""),
                    "choices": KINDS,
                    "required": part == "kind",
                }
                for part, label, widget in parts
            ]
        )
    return [days, rows]


def choices_below(request: Request, code: str, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everybody below, to be ticked: each direct child with those below it."""
    ticked = set(typed.get("codes", ()))
    tree = expectation.subtree([code], request.today)
    rows = request.db.execute(
        select(OrganisationRow.code, OrganisationRow.name)
        .join(tree, tree.c.code == OrganisationRow.code)
        .where(tree.c.code != code)
        .order_by(OrganisationRow.code)
    ).all()
    paths = _paths(request, [row.code for row in rows])
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        path = paths[row.code]
        child = path[path.index(code) - 1]
        one = {"code": row.code, "name": row.name, "ticked": row.code in ticked}
        group = found.setdefault(child, {"head": None, "below": []})
        if row.code == child:
            group["head"] = one
        else:
            group["below"].append(one)
    return [group for group in found.values() if group["head"]]


def _paths(request: Request, codes: Sequence[str]) -> dict[str, list[str]]:
    above = standings.ancestry(request.db, codes)
    return {code: above(code, request.today) for code in codes}


def names(request: Request, codes: Sequence[str]) -> list[str]:
    """The names of organisations, in the order of their codes."""
    rows = request.db.scalars(
        select(OrganisationRow.name).where(OrganisationRow.code.in_(codes)).order_by(OrganisationRow.code)
    )
    return list(rows)
