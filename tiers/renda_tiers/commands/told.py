"""Directives as commands print them: one JSON object for scripts, lines for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from renda.cli import emit
from renda_tiers.directives.boards import Board
from renda_tiers.directives.held import Held
from renda_tiers.directives.lists import Entry


def _held(found: Held) -> dict[str, Any]:
    body = found.body
    said = {name: body[name] for name in ("title", "text", "due", "steps", "report", "targets", "state")}
    return {
        "directive": found.subject,
        "issuer": found.issuer,
        "document": found.current.hash.hex(),
        "revision": found.current.revision,
        "parent": body["parent"] and body["parent"]["document"],
        **said,
    }


def directive(found: Held, *, as_json: bool) -> None:
    """Print a directive as it stands."""
    emit(_held(found), as_json=as_json, lines=[found.subject])


def board(found: Held, shown: Board, *, as_json: bool) -> None:
    """Print a directive and where everybody is with it."""
    lines = [f"{shown.subject}\t{shown.state}\t{shown.due}\t{shown.title}"]
    lines += [
        "\t".join(
            ("  " * (depth + 1) + row.organisation, row.phase, str(row.left), row.escalation or "-", row.name)
        )
        for depth, _board, row in shown.every()
    ]
    emit({**_held(found), "board": _board(shown)}, as_json=as_json, lines=lines)


def _board(shown: Board) -> dict[str, Any]:
    return {
        "directive": shown.subject,
        "issuer": shown.issuer,
        "state": shown.state,
        "due": shown.due.isoformat(),
        "above": shown.above,
        "targets": [
            {
                "organisation": row.organisation,
                "name": row.name,
                "phase": row.phase,
                "left": row.left,
                "overdue": row.overdue,
                "escalation": row.escalation,
                "round": row.round,
                "response": row.response.hex() if row.response else None,
                "boards": [_board(one) for one in row.boards],
            }
            for row in shown.rows
        ],
    }


def lists(sides: Mapping[str, Sequence[Entry]], *, as_json: bool) -> None:
    """Print the open directives of an organisation, by side."""
    emit(
        {side: [_entry(one) for one in entries] for side, entries in sides.items()},
        as_json=as_json,
        lines=[
            f"{side}\t{one.subject}\t{one.state}\t{one.due}\t{one.title}"
            for side, entries in sides.items()
            for one in entries
        ],
    )


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "directive": one.subject,
        "issuer": one.issuer,
        "title": one.title,
        "state": one.state,
        "due": one.due.isoformat(),
        "phases": one.phases,
        "escalations": one.escalations,
        "above": one.above,
    }
