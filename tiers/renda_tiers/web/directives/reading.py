"""What the form of a directive sends, read into an order."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.periods import Period
from renda.types import Request
from renda_tiers.directives import bodies, orders
from renda_tiers.directives.held import Held
from renda_tiers.directives.orders import Order
from renda_tiers.directives.requirements import Figure, Requirement
from renda_tiers.directives.selections import Selection
from renda_tiers.web import given

TEXTS = ("title", "text", "whom", "module", "days", "due", "steps", "report", "first", "last", "save_as")
FIGURES = 5
"""Figures of its own that the form has room for; a command takes more."""
SAME = "same"
"""Value of the field `report` that asks those below for what the level above asks for."""
_FIGURE = ("title", "unit", "kind")


def typed(request: Request) -> dict[str, Any]:
    """What was typed, by field; `codes` is a sorted list."""
    names = [*TEXTS, *(f"figure.{number}.{part}" for number in range(1, FIGURES + 1) for part in _FIGURE)]
    found: dict[str, Any] = {name: given.text(request.POST, name) for name in names}
    found["codes"] = sorted(given.texts(request.POST, "codes"))
    return found


def kept(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same as hidden fields."""
    found = [(name, value) for name, value in said.items() if name != "codes" and value]
    return [*found, *(("codes", code) for code in said.get("codes", ()))]


def order(outer: Held | None, said: Mapping[str, Any]) -> Order:
    """The order that the form says; of a break-down with what the level above says.

    Raises:
        Invalid: what cannot be read, by field.
    """
    due = _day(said["due"], "due")
    days = None if due else _number(said["days"])
    selection = _selection(said)
    steps = tuple(said["steps"].splitlines())
    if outer is not None:
        plain = orders.inherited(outer, selection, text=said["text"])
        return Order(
            said["title"] or plain.title,
            plain.text,
            due=due or (None if days else plain.due),
            days=days,
            steps=(*plain.steps, *steps),
            report=plain.report if said["report"] == SAME else None,
            selection=selection,
        )
    return Order(
        said["title"],
        said["text"],
        due=due,
        days=days,
        steps=steps,
        report=_report(said),
        selection=selection,
    )


def _selection(said: Mapping[str, Any]) -> Selection:
    """Ticked organisations outrank a rule, so that nobody is asked who was not meant."""
    if said["codes"]:
        return Selection(bodies.LIST, codes=tuple(said["codes"]))
    rule, _colon, name = said["whom"].partition(":")
    if rule == "saved":
        return Selection(bodies.LIST, name=name)
    return Selection(rule or bodies.CHILDREN, tier=name, module=said["module"])


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = _("Write the day like 2026-05-20.")
        raise Invalid({name: message}, message) from None


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 4:  # noqa: PLR2004 - far beyond any deadline
        message = _("Write the number of working days, such as 10.")
        raise Invalid({"days": message}, message)
    return int(text)


def _report(said: Mapping[str, Any]) -> Requirement | None:
    figures = tuple(
        Figure(title, said[f"figure.{number}.unit"], kind=said[f"figure.{number}.kind"] or "sum")
        for number in range(1, FIGURES + 1)
        if (title := said[f"figure.{number}.title"])
    )
    template, _bar, period = said["report"].partition("|")
    if not figures:
        return Requirement(period, template) if template else None
    first, last = _day(said["first"], "first"), _day(said["last"], "last")
    if first is None or last is None or first > last:
        message = _("Enter the first and the last day of the period.")
        raise Invalid({"first": message}, message)
    return Requirement(Period(first, last).code, template, figures)
