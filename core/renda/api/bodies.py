"""Bodies are read strictly: one JSON object with known members, none twice, not too large, not too deep."""

import json
from collections.abc import Collection
from typing import Any, NoReturn

from renda.api.errors import Malformed, WrongType
from renda.errors import Invalid, TooLarge
from renda.i18n import _
from renda.types import Request

MEDIA_TYPES = frozenset({"application/json", "application/merge-patch+json"})
MOST_BYTES = 1_048_576
MOST_LEVELS = 8
UNKNOWN = _("There is no such member here.")


def read(request: Request, members: Collection[str]) -> dict[str, Any]:
    """The object in a request's body, which may have these members.

    Raises:
        WrongType: it is declared as something else than JSON.
        TooLarge: more than `MOST_BYTES`, or more than `MOST_LEVELS` inside each other.
        Malformed: no JSON object, a member twice, or a number that JSON does not know.
        UnicodeError: no UTF-8.
        Invalid: it has other members.
    """
    if request.content_type not in MEDIA_TYPES:
        raise WrongType
    if len(request.body) > MOST_BYTES:
        raise TooLarge(limit=MOST_BYTES)
    found = _parsed(request.body.decode())
    if not isinstance(found, dict):
        raise Malformed
    _check_depth(found, MOST_LEVELS)
    if unknown := {name: UNKNOWN for name in found if name not in members}:
        raise Invalid(unknown)
    return found


def member(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The object that is a member of a body; empty where the body has none.

    Raises:
        Invalid: the member is no object.
    """
    found = body.get(name, {})
    if not isinstance(found, dict):
        raise Invalid({name: _("Write a JSON object here.")})
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise TooLarge(limit=MOST_LEVELS) from None
    except ValueError as error:
        raise Malformed(place=getattr(error, "pos", 0)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(_("A member of an object in the body is named twice."))
    return found


def _no_number(_text: str) -> NoReturn:
    raise Malformed


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, dict | list):
        return
    if not left:
        raise TooLarge(limit=MOST_LEVELS)
    for one in value.values() if isinstance(value, dict) else value:
        _check_depth(one, left - 1)
