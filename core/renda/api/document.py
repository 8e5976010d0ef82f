"""The OpenAPI document, made from what the components of this node declare, in one language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from renda import __version__
from renda.api import attachments, schemas
from renda.api.addresses import BASE
from renda.api.resources import Resource, resources
from renda.api.schemas import Schema, in_path, in_query, named, thing
from renda.declarations import RecordType
from renda.i18n import Translate, _
from renda.types import Registry

_JSON, _PROBLEM = "application/json", "application/problem+json"

_REFUSALS: Mapping[int, str] = {
    400: _("The body or the address cannot be read."),
    401: _("There is no token, or it is not good any more."),
    403: _("The token does not allow this."),
    404: _("There is no such thing here, or you may not know of it."),
    409: _("The state of the thing does not allow this."),
    412: _("Somebody changed the record meanwhile."),
    413: _("This is larger than what is accepted here."),
    415: _("The body is not declared as JSON."),
    422: _("Some entries need correction; `errors` says which."),
    428: _("The request lacks If-Match."),
    429: _("Too many calls in a row."),
}
_READING = (400, 401, 403, 404, 429)
_WRITING = (*_READING, 409, 413, 415, 422)
_CHANGING = (*_WRITING, 412, 428)


def build(registry: Registry, translate: Translate, root: str = "") -> Schema:
    """The document; `root` is what the node's addresses begin with."""
    declared = registry.declared
    kinds = list(declared.record_types.values())
    paths: dict[str, Schema] = {}
    for path, method, operation in _operations(kinds, resources(registry), translate):
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": translate(_("People's congress work platform")), "version": __version__},
        "servers": [{"url": root + BASE}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(kinds, translate),
        },
    }


def _schemas(kinds: Sequence[RecordType], translate: Translate) -> dict[str, Schema]:
    found = {
        "Problem": schemas.PROBLEM,
        "Organisation": schemas.ORGANISATION,
        "Place": schemas.PLACE,
        "Steps": schemas.STEPS,
        "Attachment": attachments.SCHEMA,
    }
    for kind in kinds:
        found[kind.name] = schemas.of_record(kind, translate)
        found[f"{kind.name}.list"] = schemas.of_list(kind)
        found[f"{kind.name}.new"] = schemas.of_new(kind, translate)
        found[f"{kind.name}.change"] = schemas.of_change(kind, translate)
    return found


def _operations(
    kinds: Sequence[RecordType], given: Sequence[Resource], translate: Translate
) -> Iterator[tuple[str, str, Schema]]:
    tag = translate(_("Organisations"))
    items = thing({"items": schemas.many(named("Organisation"))})
    said = translate(_("Organisations where you play a role"))
    yield "/organisations", "get", _operation("organisations", tag, said, items, translate)
    organisation = in_path("org", translate(_("Code of the organisation.")), schemas.TEXT)
    said = translate(_("One organisation, and what there is for you"))
    operation = _operation("organisation", tag, said, named("Place"), translate, where=[organisation])
    yield "/organisations/{org}", "get", operation
    for kind in kinds:
        yield from _of_register(kind, organisation, translate)
        if kind.attachments is not None:
            yield from _of_attachments(kind, organisation, translate)
    for one in given:
        yield one.path, "get", _of_resource(one, organisation, translate)


def _of_register(
    kind: RecordType, organisation: Schema, translate: Translate
) -> Iterator[tuple[str, str, Schema]]:
    tag, name = translate(kind.title), kind.name
    path = f"/organisations/{{org}}/records/{name}"
    one = [organisation, in_path("id", translate(_("Id of the record")), schemas.ID)]
    listing = [organisation, *schemas.parameters(kind, translate)]

    def operation(verb: str, said: str, answer: Schema, where: list[Schema], **more: Any) -> Schema:
        return _operation(f"{name}.{verb}", tag, translate(said), answer, translate, where=where, **more)

    refused = (*_READING, 422)
    yield path, "get", operation("list", _("List"), named(f"{name}.list"), listing, refusals=refused)
    new = {"body": named(f"{name}.new"), "status": 201, "refusals": _WRITING, "tagged": True}
    yield path, "post", operation("create", _("New"), named(name), [organisation], **new)
    known = [*one, _header("If-None-Match", translate(_("An ETag that you have already")), required=False)]
    yield (
        f"{path}/{{id}}",
        "get",
        operation("show", _("One record"), named(name), known, tagged=True, kept=True),
    )
    seen = _header("If-Match", translate(_("The ETag of the record that you have seen")), required=True)
    change: dict[str, Any] = {"refusals": _CHANGING, "tagged": True}
    body = named(f"{name}.change")
    yield (
        f"{path}/{{id}}",
        "patch",
        operation("change", _("Change"), named(name), [*one, seen], body=body, **change),
    )
    steps = f"{path}/{{id}}/transitions"
    yield steps, "get", operation("steps", _("Steps taken, and steps that are open"), named("Steps"), one)
    reason = thing({"reason": {"type": "string", "maxLength": 1000}}, optional=("reason",))
    for step in kind.workflow.transitions:
        verb = f"step.{step.name}"
        taken = operation(verb, step.title, named(name), [*one, seen], body=reason, **change)
        yield f"{steps}/{step.name}", "post", taken


def _of_attachments(
    kind: RecordType, organisation: Schema, translate: Translate
) -> Iterator[tuple[str, str, Schema]]:
    tag, name = translate(kind.title), kind.name
    path = f"/organisations/{{org}}/records/{name}/{{id}}/attachments"
    one = [organisation, in_path("id", translate(_("Id of the record")), schemas.ID)]
    said = translate(_("Attachments"))
    yield path, "get", _operation(f"{name}.attachments", tag, said, attachments.LIST, translate, where=one)
    called = in_query("name", translate(_("Name of the file, with its ending")), attachments.NAME)
    added: dict[str, Any] = {
        "status": 201,
        "refusals": _WRITING,
        "takes": attachments.BYTES,
        "body": schemas.TEXT,
    }
    where = [*one, called | {"required": True}]
    said, answer = translate(_("Attach a file")), named("Attachment")
    yield path, "post", _operation(f"{name}.attach", tag, said, answer, translate, where=where, **added)
    where = [*one, in_path("file", translate(_("Id of the attachment")), schemas.ID)]
    given: dict[str, Any] = {"where": where, "gives": attachments.BYTES}
    said = translate(_("The bytes of an attachment"))
    operation = _operation(f"{name}.attachment", tag, said, schemas.TEXT, translate, **given)
    yield f"{path}/{{file}}", "get", operation
    said = translate(_("Remove an attachment"))
    gone = _operation(
        f"{name}.detach", tag, said, None, translate, where=where, status=204, refusals=(*_READING, 409)
    )
    yield f"{path}/{{file}}", "delete", gone


def _of_resource(one: Resource, organisation: Schema, translate: Translate) -> Schema:
    where = [organisation] + [
        (in_path if f"{{{it.name}}}" in one.path else in_query)(it.name, translate(it.title), it.schema)
        for it in one.parameters
    ]
    name, title = one.name.removeprefix("api."), translate(one.title)
    refusals = (*_READING, 409, 422)
    return _operation(name, title, title, one.schema, translate, where=where, refusals=refusals)


def _header(name: str, title: str, *, required: bool) -> Schema:
    return {"name": name, "in": "header", "required": required, "description": title, "schema": schemas.TEXT}


def _operation(
    name: str,
    tag: str,
    said: str,
    answer: Mapping[str, Any] | None,
    translate: Translate,
    *,
    where: Sequence[Schema] = (),
    body: Schema | None = None,
    status: int = 200,
    refusals: Sequence[int] = _READING,
    tagged: bool = False,
    kept: bool = False,
    takes: str = _JSON,
    gives: str = _JSON,
) -> Schema:
    """An operation; `tagged` answers have an ETag, `kept` ones may be 304; without `answer` it has no body.

    It `takes` and `gives` bodies of these media types, of which all but JSON are mere bytes.
    """
    good: Schema = {"description": said}
    if answer is not None:
        good["content"] = {gives: _content(gives, answer)}
    if tagged:
        good["headers"] = {"ETag": {"schema": schemas.TEXT}}
    responses = {str(status): good}
    if kept:
        responses["304"] = {"description": translate(_("You have it already."))}
    for number in sorted(refusals):
        problem = {_PROBLEM: {"schema": named("Problem")}}
        responses[str(number)] = {"description": translate(_REFUSALS[number]), "content": problem}
    found: Schema = {"operationId": name, "tags": [tag], "summary": said, "parameters": list(where)}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {takes: _content(takes, body)}}
    return {**found, "responses": responses}


def _content(media_type: str, schema: Mapping[str, Any]) -> Schema:
    """What a body of a media type holds: OpenAPI 3.1 has no schema for mere bytes."""
    return {"schema": dict(schema)} if media_type == _JSON else {}
