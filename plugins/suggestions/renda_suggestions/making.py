"""The deputy's form: title and text, who signs as well, and files; it makes a draft."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from renda.directory import persons as directory
from renda.directory.strokes import official
from renda.errors import Invalid, TooLarge
from renda.files.kinds import endings
from renda.i18n import _
from renda.records import attaching, engine, forms, namesakes, parts, persons
from renda.records.attaching import Given
from renda.records.attachments import declared
from renda.records.fields import Person, Rejected
from renda.records.models import Participant
from renda.types import Request
from renda_suggestions import acting
from renda_suggestions.records import COSIGNER, SIGNATURE, SUGGESTIONS, Suggestion
from renda_suggestions.shown import signatories

ASKED = ("title", "text", "category", "subject", "raised_in")
"""Fields that a deputy fills in; the last three stand at what is usual."""
_USUAL = {"category": "suggestion", "subject": "other", "raised_in": "recess"}
_SIGNER = Person(_("Cosigners"), required=False)


def typed(request: Request) -> dict[str, Any]:
    """What the form holds, with `kept`, ids of those who are to sign, and `named`, names that were typed."""
    found: dict[str, Any] = {name: request.POST.get(name, "") for name in ASKED}
    chosen = [one for name in ("kept", "cosigner") for one in request.POST.getall(name)]
    kept = list(dict.fromkeys(one for one in chosen if isinstance(one, str) and one))
    return {**found, "kept": kept, "named": acting.text(request, f"cosigner{forms.TYPED}")}


def usual() -> dict[str, Any]:
    """What the empty form holds."""
    return dict(_USUAL)


def present(row: Suggestion) -> dict[str, Any]:
    """What the form holds of a draft."""
    return {name: SUGGESTIONS.fields[name].typed(getattr(row, name)) for name in ASKED}


def seated(request: Request) -> list[tuple[uuid.UUID, str]]:
    """The deputies of this congress, as official lists have them; those of one name are told apart."""
    here = request.context.organisation.code
    names = {one.id: one.name for one in directory.in_office(request.db, here, request.today)}
    told = namesakes.told_apart(request.db, names, request.today)
    return [(one, told[one]) for one in sorted(names, key=lambda one: official(names[one]))]


def signed(
    request: Request, row: Suggestion | None, values: Mapping[str, Any]
) -> list[tuple[str, str, bool]]:
    """Who has signed and who was chosen, as (id, name, whether they are to sign): boxes of the form."""
    there = {} if row is None else {str(one): name for one, name in signatories(request, row).items()}
    kept = values.get("kept", list(there))
    names = {str(one): name for one, name in seated(request)}
    there = {one: names.get(one, name) for one, name in there.items()}
    chosen = there | {one: names[one] for one in kept if one in names}
    return [(one, name, one in kept) for one, name in chosen.items()]


def wrong(request: Request, error: Invalid | TooLarge) -> dict[str, str]:
    """What is said beside the fields; browsers forget the files of a form that is shown again."""
    errors = error.errors if isinstance(error, Invalid) else {"file": error.sentence}
    return {"file": _("Choose the files again."), **errors} if _files(request) else dict(errors)


def _files(request: Request) -> list[Any]:
    return [one for one in request.POST.getall("file") if getattr(one, "filename", "")]


def fields(
    request: Request, own: uuid.UUID | None, values: Mapping[str, Any], errors: Mapping[str, str]
) -> list[forms.Control]:
    """The controls; of files only that more can be added. `own` is the lead deputy, where that is known."""
    rules = declared(SUGGESTIONS)
    kind = SUGGESTIONS.fields
    asked = {
        name: forms.control(name, kind[name], _shown(values, name), errors.get(name, "")) for name in ASKED
    }
    offered = [one for one in seated(request) if one[0] != own]
    signers = forms.control("cosigner", _SIGNER, "", errors.get("cosigner", ""), offered)
    signers |= {
        "many": True,
        "typed": _shown(values, "named"),
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


def _shown(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else ""


def save(request: Request, values: Mapping[str, Any], row: Suggestion | None = None) -> Suggestion:
    """Keep what a form holds as a draft, a new one or `row`, with its cosigners and files.

    Args:
        request: whose form sends cosigners and files beside the values.
        values: see `typed`.
        row: what is changed, or None for a new one.

    Raises:
        Invalid: with a sentence for each field that is wrong; nothing is kept.
        RendaError: see `renda.records.engine.create`.
    """
    here, db = request.context.organisation.code, request.db
    account = request.context.reader.account
    said = {name: value for name, value in values.items() if name in SUGGESTIONS.fields}
    wanted = _signers(request, values)
    if row is None:
        made = engine.create(db, SUGGESTIONS, here, said, now=request.now, author=account)
    else:
        made = engine.update(db, SUGGESTIONS, row, said, lock=row.lock, now=request.now, actor=account)
    assert isinstance(made, Suggestion)  # noqa: S101 - it is what the type makes
    _sign(request, made, wanted - {made.lead_deputy})
    files = [Given(str(one.filename), one.file.read()) for one in _files(request)]
    if files:
        settings = request.registry.values
        attaching.add(db, SUGGESTIONS, made, files, settings=settings, now=request.now, actor=account)
    return made


def _signers(request: Request, values: Mapping[str, Any]) -> set[uuid.UUID]:
    here, db = request.context.organisation.code, request.db
    try:
        chosen = {_SIGNER.clean(one) for one in values["kept"]}
        chosen |= persons.many_called_so(db, here, request.today, values["named"])
    except Rejected as error:
        raise Invalid({"cosigner": error.message}) from None
    if not chosen <= {one for one, _name in seated(request)}:
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
