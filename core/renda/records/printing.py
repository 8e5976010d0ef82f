"""One record as a Word file: what its page shows, to be signed, filed or sent on paper."""

from collections.abc import Iterator
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda import word
from renda.clock import local_minute
from renda.i18n import Translator, _
from renda.records import passing
from renda.records.details import detail, entry_path
from renda.types import Request
from renda.web.contexts import Entry
from renda.word import paper
from renda.word.paper import Block, Facts, Heading, Paper, Text

PAGE = "record.docx"


def send(context: Entry, request: Request) -> Response:
    """The record, its parts, who takes part, and the names of its attachments; that it left is audited."""
    kind, place, translate = context.type, context.organisation, request.translate
    shown = detail(context, request, {})
    attached = shown["attachments"] or {"rows": []}
    made = Paper(
        title=translate(kind.title),
        subtitle=translate(shown["title"]),
        content=tuple(_content(shown, translate)),
        attachments=[one["cells"][0]["text"] for one in attached["rows"]],
        source=word.source(request, entry_path(request)),
        notes=[
            place.name,
            translate(_("Printed ${when}", mapping={"when": local_minute(request.now)})),
        ],
    )
    passing.exported(
        request.db,
        kind,
        place.code,
        1,
        record=context.row.id,
        now=request.now,
        actor=context.reader.account,
    )
    return word.send(request, made, translate(kind.title), translate(shown["title"]), plain=kind.name)


def _content(shown: dict[str, Any], translate: Translator) -> Iterator[Block]:
    state = (translate(_("State")), translate(shown["state"]["text"]))
    given = [one for one in shown["facts"] if one["value"] is not None]
    yield Facts([*paper.facts(given, translate).rows, state])
    if shown["worked_out"]:
        yield Heading(translate(_("Worked out")))
        yield paper.facts(shown["worked_out"], translate)
    tables = [(one["title"], one) for one in shown["parts"]]
    if shown["participation"]:
        tables.append((_("Participation"), shown["participation"]))
    for title, one in tables:
        if one["rows"]:
            yield Heading(translate(title))
            yield paper.table(one["columns"], one["rows"], translate)
        if one["left_out"]:
            yield Text(translate(one["left_out"]))


def includeme(config: Configurator) -> None:
    """Add the file to the pages of a record, where it can be written."""
    if word.available():
        config.registry.traced_pages.add(("entry_page", PAGE))
        config.add_view(
            send,
            route_name="entry_page",
            match_param=f"page={PAGE}",
            request_method="GET",
            permission="export",
        )
