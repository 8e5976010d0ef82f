"""Addresses of directives: a directive is named by its issuer and its own name."""

from collections.abc import Mapping
from typing import Any

from renda.types import Request
from renda_tiers.directives import bodies
from renda_tiers.web import links


def subject(request: Request) -> str:
    """The subject of the directive that the address names."""
    return bodies.subject(request.matchdict["issuer"], request.matchdict["name"])


def to(
    request: Request, page: str, directive: str, query: Mapping[str, Any] | None = None, **placed: Any
) -> str:
    """The address of a page about a directive (its subject)."""
    return links.to(request, page, query, **_named(directive), **placed)


def paper(request: Request, directive: str) -> str | None:
    """Where a directive (its subject) is fetched as a Word file; None where none can be written."""
    return links.paper(request, "directive", **_named(directive))


def _named(directive: str) -> Mapping[str, str]:
    _kind, issuer, name = directive.split(":")
    return {"issuer": issuer, "name": name}


def files(request: Request, directive: str, document: Any) -> list[dict[str, Any]]:
    """Links to the files that came with a document about a directive."""
    return [
        {
            "name": part.name,
            "size": f"{max(1, part.size // 1024):,} KB",
            "href": to(request, "directive-file", directive, document=document.hash, number=number),
        }
        for number, part in enumerate(document.parts, 1)
    ]
