"""Forms about deputies: their controls, and what comes back from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.deputies import listing
from renda.deputies.fields import PERSON, SEALED, SEAT
from renda.deputies.registers import Constituency
from renda.directory.models import Mandate, Person
from renda.i18n import _
from renda.records.fields import Field
from renda.records.forms import Control, control
from renda.records.ordinals import in_series

FORM = "renda:web/templates/register/form.jinja2"

Typed = Mapping[str, str]


def person_controls(typed: Typed, errors: Typed, masked: Typed) -> list[Control]:
    """The fields of a person; a sealed value is not sent to the browser, and left empty it stays."""
    found = _controls(PERSON, typed, errors)
    for one in found:
        one["sealed"] = one["name"] in SEALED
        if one["name"] in masked:
            present = masked[one["name"]]
            one["help"] = _("Now: ${value}. Leave it empty to keep it.", mapping={"value": present})
    return found


def seat_controls(
    session: Session, organisation: str, typed: Typed, errors: Typed, *, new: bool = True
) -> list[Control]:
    """The fields of a seat; its term is chosen once."""
    found = _controls({name: kind for name, kind in SEAT.items() if new or name != "term"}, typed, errors)
    names = [(name, name) for _id, name in listing.groups(session, organisation)]
    offered = {"group": names, "constituency": _constituencies(session, organisation)}
    for one in found:
        choices = offered.get(one["name"], [])
        if choices and (one["value"] in dict(choices) or not one["value"]):
            one |= {"widget": "choice", "choices": choices}
    return found


def _controls(kinds: Mapping[str, Field], typed: Typed, errors: Typed) -> list[Control]:
    return [control(name, kind, typed.get(name, ""), errors.get(name, "")) for name, kind in kinds.items()]


def _constituencies(session: Session, organisation: str) -> Sequence[tuple[str, str]]:
    names = select(Constituency.name).where(
        Constituency.organisation == organisation, Constituency.state == "in_use"
    )
    return [(name, name) for name in session.scalars(names.order_by(*in_series(Constituency.name)))]


def present_person(person: Person) -> dict[str, str]:
    """What the form of a person holds at first."""
    return {name: kind.typed(getattr(person, name)) for name, kind in PERSON.items() if name not in SEALED}


def present_seat(mandate: Mandate, groups: Sequence[str]) -> dict[str, str]:
    """What the form of a seat holds at first."""
    values: dict[str, Any] = {name: getattr(mandate, name) for name in SEAT if name != "group"}
    return {name: kind.typed(values.get(name, groups[0] if groups else None)) for name, kind in SEAT.items()}


def sent(form: Mapping[str, Any], kinds: Mapping[str, Field]) -> dict[str, str]:
    """What a form sent for these fields; what it did not send is empty."""
    given = {name: form.get(name, "") for name in kinds}
    return {name: value if isinstance(value, str) else "" for name, value in given.items()}
