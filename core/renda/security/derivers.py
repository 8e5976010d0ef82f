"""Rules that hold for every view of every component, checked when the view is registered."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from pyramid.config import Configurator
from pyramid.static import static_view
from pyramid.viewderivers import INGRESS

from renda.errors import Misconfigured
from renda.i18n import _
from renda.security.errors import Unreadable
from renda.types import Request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_TEXT = ("\x00", "\ufffd")

View = Callable[[Any, Request], Any]


def require_methods(view: View, info: Any) -> View:
    """Refuse at start a view that does not say its methods, or changes things under the right to read.

    Raises:
        Misconfigured: the view has to be corrected.
    """
    if info.exception_only or isinstance(info.original_view, static_view):
        return view
    given = info.options.get("request_method")
    if not given:
        raise Misconfigured(
            _(
                "The view ${view} does not name its request methods.",
                mapping={"view": repr(info.original_view)},
            )
        )
    methods = {given} if isinstance(given, str) else set(given)
    permission = str(info.options.get("permission") or "")
    if methods - SAFE and permission.rpartition(":")[2] == "read":
        raise Misconfigured(
            _(
                "The view ${view} changes things, so the permission to read must not open it.",
                mapping={"view": repr(info.original_view)},
            )
        )
    return view


require_methods.options = ("request_method",)  # type: ignore[attr-defined]


def readable_text(view: View, info: Any) -> View:
    """Refuse requests whose parameters are not text: bytes that are no UTF-8, NUL, or a form without bounds.

    A view that judges every field of a form itself, and shows the form again with what is wrong in it, says
    so with the option `judges_text`; what it is posted is left to it, so that nobody has to type it again.
    """
    if info.exception_only or isinstance(info.original_view, static_view):
        return view
    judged = bool(info.options.get("judges_text"))

    def wrapper(context: Any, request: Request) -> Any:
        try:
            posted = request.POST
        except ValueError as error:
            raise Unreadable from error
        sent = chain(request.GET.items(), () if judged else posted.items())
        if any(mark in text for pair in sent for text in pair if isinstance(text, str) for mark in _NOT_TEXT):
            raise Unreadable
        return view(context, request)

    return wrapper


readable_text.options = ("judges_text",)  # type: ignore[attr-defined]


def includeme(config: Configurator) -> None:
    """Put both before anything that reads a request."""
    config.add_view_deriver(require_methods, under=INGRESS, over="secured_view")
    config.add_view_deriver(readable_text, under="require_methods", over="secured_view")
