"""What the pages of this module let somebody do with a suggestion that they may deal with (`whose`)."""

from collections.abc import Mapping
from typing import Any

from renda.records import engine, workflow
from renda.records.forms import count
from renda.types import Request
from renda_suggestions.records import SUGGESTIONS, Suggestion

OWN = frozenset({f"{SUGGESTIONS.module}:write", f"{SUGGESTIONS.module}:decide"})
"""The verbs of the steps, which are the clerks': a page has asked before whose the suggestion is."""


def text(request: Request, name: str) -> str:
    """What a form sends under a name; "" for nothing, and for a file."""
    found = request.POST.get(name, "")
    return found if isinstance(found, str) else ""


def change(
    request: Request, row: Suggestion, values: Mapping[str, object], *, lock: int | None = None
) -> None:
    """Fill in fields, if the form, or `lock`, knows the present state of the suggestion.

    Raises:
        RendaError: see `renda.records.engine.update`.
    """
    lock = count(text(request, "lock")) if lock is None else lock
    actor = request.context.reader.account
    engine.update(request.db, SUGGESTIONS, row, values, lock=lock, now=request.now, actor=actor)


def move(request: Request, row: Suggestion, step: str, reason: str = "") -> None:
    """Let it take a step.

    Raises:
        RendaError: see `renda.records.workflow.move`.
    """
    who: dict[str, Any] = {"now": request.now, "actor": request.context.reader.account}
    workflow.move(request.db, SUGGESTIONS, row, step, reason, permissions=OWN, **who)
