"""Answering a directive: acknowledged, reported on, done; one click leads back to its page."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.errors import Invalid
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.directives import answers
from renda_tiers.directives.answers import Answering
from renda_tiers.web import given
from renda_tiers.web.directives import address, board, desk


def respond(context: Organisation, request: Request) -> Any:
    """Sign the response that the form says; a refusal shows the form again with what was typed."""
    subject, typed = address.subject(request), desk.answered(request)
    state = given.text(request.POST, "state")
    said = Answering(state, typed["note"], typed["steps"], given.files(request.POST, "files"))
    try:
        answers.respond(
            request.db,
            context.organisation.code,
            subject,
            said,
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        refuse(request, error.status)
        return board.page(context, request, typed, error.errors)
    return HTTPSeeOther(address.to(request, "directive", subject, {"said": state}))
