"""What the administrator does on the node's pages; each is audited with the change itself."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.clock import local_minute
from renda.database import everything
from renda.errors import Invalid
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda_tiers.documents import unapplied
from renda_tiers.links import joining, managing
from renda_tiers.web import given, links
from renda_tiers.web.node import said

OVERVIEW = "overview"
"""Value of the field `then`: go on to the page of all links."""


def act(context: Organisation, request: Request) -> HTTPSeeOther:
    """Call, compare, close, reopen, acknowledge or waive, as the field `do` says."""
    said.ensure_top(request)
    peer, name = request.matchdict["peer"], given.text(request.POST, "do")
    # Opening the gate takes over every organisation that this node was handed, whoever pressed the button.
    with everything(request.db):
        managing.act(
            request.db,
            peer,
            name,
            organisation=context.organisation.code,
            actor=context.reader.account,
            now=request.now,
        )
    if given.text(request.POST, "then") == OVERVIEW:
        return HTTPSeeOther(links.to(request, "node", {"said": name}))
    return HTTPSeeOther(links.to(request, "node-link", {"said": name}, peer=peer))


def invite(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Make a one-time code and show it, once, with what the other administrator types.

    Raises:
        Invalid: nobody was chosen, or somebody who cannot be invited here.
    """
    said.ensure_top(request)
    code = given.text(request.POST, "organisation")
    names = managing.invitable(request.db)
    if code not in names:
        message = _("Choose an organisation below this node that has no link yet.")
        raise Invalid({"organisation": message}, message)
    made = joining.invite(request.db, code, actor=context.reader.account, now=request.now)
    address = request.registry.values["tiers.address"] or f"{request.application_url}/"
    return {
        "name": names[code],
        "code": str(made),
        "until": local_minute(request.now + joining.VALID),
        "commands": [
            f"renda init node.ini --org {code} --above {address} --code {made}",
            "renda serve node.ini",
        ],
        "back": links.to(request, "node"),
    }


def withdraw(context: Organisation, request: Request) -> HTTPSeeOther:
    """Make the unused one-time codes of an organisation worthless."""
    said.ensure_top(request)
    code = given.text(request.POST, "organisation")
    joining.withdraw(request.db, code, actor=context.reader.account, now=request.now)
    return HTTPSeeOther(links.to(request, "node", {"said": said.WITHDRAWN}))


def judge_again(context: Organisation, request: Request) -> HTTPSeeOther:
    """Judge again what was not applied, and say how many documents are now."""
    said.ensure_top(request)
    # The effect of a document does not depend on who asked for it.
    with everything(request.db):
        count = unapplied.judge_again(
            request.db,
            organisation=context.organisation.code,
            actor=context.reader.account,
            now=request.now,
        )
    return HTTPSeeOther(links.to(request, "node-documents", {"said": "judged", "n": count}))
