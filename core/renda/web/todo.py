"""One to-do list over all modules: what their cards say waits, is done, and was started from here."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from renda.declarations import Card
from renda.security.identity import qualified
from renda.types import Request
from renda.web.contexts import Organisation

LIGHTS: Mapping[str, str] = {"todo": "off", "doing": "busy", "done": "ok", "stopped": "bad"}
"""How the lights of workflow states look on pages; a page's own lights stay as they are."""

_CARD = {"label": "title", "figure": "value", "what": "title", "from": "source"}
_EMPTY = dict.fromkeys(
    (
        "title",
        "value",
        "qualifier",
        "coverage",
        "unit",
        "href",
        "light",
        "text",
        "due",
        "left",
        "state",
        "when",
    )
)


def cards(context: Organisation, request: Request) -> Iterator[Card]:
    """The cards that the reader may see at an organisation, in their order."""
    for module, card in sorted(request.registry.declared.cards, key=lambda pair: pair[1].weight):
        if qualified(card.permission, module) in context.permissions:
            yield card


def contents(context: Organisation, request: Request) -> list[Mapping[str, Any]]:
    """What the cards say now; those with nothing to say are left out."""
    found = (card.content(request) for card in cards(context, request))
    return [content for content in found if content is not None]


def waiting(found: list[Mapping[str, Any]], request: Request) -> list[dict[str, Any]]:
    """The to-do list of what the cards say: the nearest last day first, then what has none."""
    tasks = [
        shown(task, request.translate(content["title"]))
        for content in found
        for task in content.get("tasks", ())
    ]
    return sorted(tasks, key=lambda task: task["due"] if isinstance(task["due"], date) else date.max)


def others(context: Organisation, request: Request, which: str) -> list[dict[str, Any]]:
    """The tasks of the list `done` or `started`, the cards in their order."""
    asked = (getattr(card, which) for card in cards(context, request))
    return [shown(task, "") for ask in asked if ask is not None for task in ask(request)]


def shown(line: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A line of a card by the names that the page uses, nothing missing."""
    found = {**_EMPTY, "source": source, **{_CARD.get(key, key): value for key, value in line.items()}}
    found["light"] = LIGHTS.get(str(found["light"]), found["light"])
    return found
