"""The document for programs, and the same for people who look at it in a browser."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda.api import document
from renda.api.addresses import BASE
from renda.api.schemas import Schema
from renda.i18n import _
from renda.security.policy import SIGNED_IN
from renda.types import Request


def built(request: Request) -> Schema:
    """The document in the reader's language, made once for each, and again when a pack has come."""
    made: dict[tuple[str, str, str], Schema] = request.registry.__dict__.setdefault("api_documents", {})
    key = (request.locale_name, request.script_name, request.registry.packs_stamp)
    if key not in made:
        made[key] = document.build(request.registry, request.translate, request.script_name)
    return made[key]


def send(request: Request) -> Response:
    """The OpenAPI document."""
    return Response(json=built(request))


def show(request: Request) -> Mapping[str, Any]:
    """Every operation, by what it is about."""
    found = built(request)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_shown(found, path, method, operation))
    return {
        "title": _("Interface for programs"),
        "groups": [{"title": title, "operations": operations} for title, operations in groups.items()],
        "document": request.route_path("api.document"),
        "tokens": [
            {"code": code, "href": request.route_path("tokens", org=code)}
            for code in sorted(request.reader.roles if request.reader else ())
        ],
    }


def _shown(found: Schema, path: str, method: str, operation: Schema) -> dict[str, Any]:
    body = operation.get("requestBody")
    sent = body["content"].get("application/json", {}).get("schema") if body else None
    return {
        "method": method.upper(),
        "path": found["servers"][0]["url"] + path,
        "title": operation["summary"],
        "parameters": [
            {
                "name": one["name"],
                "place": one["in"],
                "title": one["description"],
                "kind": _kind(one["schema"]),
            }
            for one in operation["parameters"]
            if one["name"] not in {"org", "id"}
        ],
        "fields": list(_fields(found, sent)) if sent else [],
        "answers": [
            {"status": status, "title": one["description"]} for status, one in operation["responses"].items()
        ],
    }


def _fields(found: Schema, schema: Schema, before: str = "") -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = found["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, one in schema["properties"].items():
        if one.get("type") == "object":
            yield from _fields(found, one, f"{before}{name}.")
            continue
        yield {
            "name": before + name,
            "title": one.get("title", ""),
            "kind": _kind(one),
            "required": name in schema["required"],
        }


def _kind(schema: Schema) -> str:
    """What a value looks like, in the words of the schema."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"] if value is not None)
    kinds = schema["type"]
    kind = kinds[0] if isinstance(kinds, list) else kinds
    return str(schema.get("format", kind))


def includeme(config: Configurator) -> None:
    """Both are for whoever is signed in, in a browser or with a token."""
    config.add_route("api", f"{BASE}/")
    config.add_route("api.document", f"{BASE}/openapi.json")
    read = {"request_method": "GET", "permission": SIGNED_IN}
    config.add_view(send, route_name="api.document", **read)
    config.add_view(show, route_name="api", renderer="renda:web/templates/api/document.jinja2", **read)
