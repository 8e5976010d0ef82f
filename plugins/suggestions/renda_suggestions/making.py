"""The deputy's form: title and text, who signs as well, and files; it makes a draft."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from renda.directory import persons as directory
from renda.directory.strokes import official
from renda.errors import Invalid
from renda.files.kinds import endings
from renda.i18n import _
from renda.records import attaching, engine, forms, parts, persons
from renda.records.attaching import Given
from renda.records.attachments import declared
from renda.records.fields import Person, Rejected
from renda.records.models import Participant
from renda.types import Request
from renda_suggestions import acting
from renda_suggestions.records import COSIGNER, SIGNATURE, SUGGESTIONS, Suggestion

ASKED = ("title", "text", "category", "subject", "raised_in")
"""Fields that a deputy fills in; the last three stand at what is usual."""
_USUAL = {"category": "suggestion", "subject": "other", "raised_in": "recess"}
_SIGNER = Person(_("Cosigners"), required=False)


def typed(request: Request) -> dict[str, Any]:
    """What the form holds, with `kept`, the cosigners that stay."""
    found: dict[str, Any] = {name: request.POST.get(name, "") for name in ASKED}
    return {**found, "kept": [one for one in request.POST.getall("kept") if isinstance(one, str)]}


def usual() -> dict[str, Any]:
    """What the empty form holds."""
    return dict(_USUAL)


def present(row: Suggestion) -> dict[str, Any]:
    """What the form holds of a draft."""
    return {name: SUGGESTIONS.fields[name].typed(getattr(row, name)) for name in ASKED}


def seated(request: Request) -> list[tuple[uuid.UUID, str]]:
    """The deputies of this congress, as official lists have them."""
    here = request.context.organisation.code
    found = [(one.id, one.name) for one in directory.in_office(request.db, here, request.today)]
    return sorted(found, key=lambda one: official(one[1]))


def fields(
    request: Request, own: uuid.UUID | None, values: Mapping[str, Any], errors: Mapping[str, str]
) -> list[forms.Control]:
    """The controls; of files only that more can be added. `own` is the lead deputy, where that is known."""
    rules = declared(SUGGESTIONS)
    kind = SUGGESTIONS.fields
    asked = {
        name: forms.control(name, kind[name], values.get(name, ""), errors.get(name, "")) for name in ASKED
    }
    offered = [one for one in seated(request) if one[0] != own]
    signers = forms.control("cosigner", _SIGNER, "", errors.get("cosigner", ""), offered)
    signers |= {
        "many": True,
        "help": _("Only who has agreed. Choose several, or type names with commas between them."),
    }
    most = {"endings": " ".join(endings(rules.kinds)), "limit": rules.limit, "most": rules.most}
    files = {
        "name": "file",
        "label": _("Attachments"),
        "widget": "file",
        "many": True,
        "required": False,
        "accept": ",".join(endings(rules.kinds)),
        "help": _("Not needed. ${endings}; at most ${limit} MB each.", mapping=most),
        "error": errors.get("file", ""),
    }
    first, second, *others = asked.values()
    return [first, second, signers, files, *others]


def save(request: Request, values: Mapping[str, Any], row: Suggestion | None = None) -> Suggestion:
    """Keep what a form holds as a draft, a new one or `row`, with its cosigners and files.

    Args:
        request: whose form sends cosigners and files beside the values.
        values: of fields, as typed, and `kept`, the cosigners that stay.
        row: what is changed, or None for a new one.

    Raises:
        Invalid: with a sentence for each field that is wrong; nothing is kept.
        RendaError: see `renda.records.engine.create`.
    """
    here, db = request.context.organisation.code, request.db
    account = request.context.reader.account
    said = {name: value for name, value in values.items() if name in SUGGESTIONS.fields}
    wanted = _signers(request, values["kept"])
    if row is None:
        made = engine.create(db, SUGGESTIONS, here, said, now=request.now, author=account)
    else:
        made = engine.update(db, SUGGESTIONS, row, said, lock=row.lock, now=request.now, actor=account)
    assert isinstance(made, Suggestion)  # noqa: S101 - it is what the type makes
    _sign(request, made, wanted - {made.lead_deputy})
    sent = [one for one in request.POST.getall("file") if getattr(one, "filename", "")]
    files = [Given(str(one.filename), one.file.read()) for one in sent]
    if files:
        settings = request.registry.values
        attaching.add(db, SUGGESTIONS, made, files, settings=settings, now=request.now, actor=account)
    return made


def _signers(request: Request, kept: Sequence[str]) -> set[uuid.UUID]:
    here, db = request.context.organisation.code, request.db
    try:
        chosen = {_SIGNER.clean(one) for one in [*request.POST.getall("cosigner"), *kept]} - {None}
        chosen |= persons.many_called_so(db, here, request.today, acting.text(request, "cosigner.typed"))
    except Rejected as error:
        raise Invalid({"cosigner": error.message}) from None
    seated = {one.id for one in directory.in_office(db, here, request.today)}
    if not chosen <= seated:
        raise Invalid({"cosigner": engine.NOT_OFFERED})
    return chosen


def _sign(request: Request, row: Suggestion, wanted: set[uuid.UUID]) -> None:
    """Let exactly these have signed; what was signed before stays in the history."""
    db, kind = request.db, request.registry.declared.record_types[SIGNATURE]
    who: dict[str, Any] = {"now": request.now, "actor": request.context.reader.account}
    there = {
        one.person: one
        for one in db.scalars(
            select(Participant).where(Participant.whole == row.id, Participant.type == SIGNATURE)
        )
    }
    parts.add_participants(db, kind, row, wanted - there.keys(), COSIGNER, **who)
    for state, people in (("signed", wanted), ("taken_back", there.keys() - wanted)):
        ids = [there[one].id for one in people if one in there]
        parts.mark(db, kind, row, ids, state, permissions=acting.OWN, **who)
