"""A directive as a Word file, as an official notice is set."""

from collections.abc import Iterator

from pyramid.response import Response

from renda import word
from renda.clock import local_day
from renda.directory.kinds import formal_names
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.word.paper import Block, Paper, Steps, Text, in_words
from renda_tiers.directives import held
from renda_tiers.directives.held import Held
from renda_tiers.web.directives import address, fields, said
from renda_tiers.web.printed import receipt


def send(context: Organisation, request: Request) -> Response:
    """What a directive asks and of whom, for everybody who holds it."""
    found = held.find(request.db, address.subject(request), context.organisation.code)
    called = formal_names(request.db, found.parties)
    made = Paper(
        title=found.body["title"],
        addressees=[called[code] for code in found.body["targets"] if code in called],
        content=tuple(_content(request, found)),
        attachments=[part.name for part in found.call.parts],
        signer=called[found.issuer],
        day=local_day(found.call.issued),
        source=word.source(request, address.to(request, "directive", found.subject)),
        notes=receipt(request, found.current.hash),
    )
    return word.send(request, made, found.body["title"], called[found.issuer], plain="directive")


def _content(request: Request, found: Held) -> Iterator[Block]:
    body, translate = found.body, request.translate
    yield Text(body["text"])
    if body["steps"]:
        yield Text(f"{translate(_('Steps'))}：")
        yield Steps(body["steps"])
    asked = [(_("Due"), in_words(found.due, translate))]
    if body["report"]:
        asked.append((_("Report that is asked for"), fields.report(request, body["report"])))
    if found.current.revision > 1:
        asked.append((_("Version"), str(found.current.revision)))
    if not found.open:
        asked.append((_("State"), translate(said.STATES[body["state"]][1])))
    if body["reason"]:
        asked.append((_("Reason"), body["reason"]))
    yield Text("\n".join(f"{translate(label)}：{text}" for label, text in asked))
