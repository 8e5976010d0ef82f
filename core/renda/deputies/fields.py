"""What is kept of a deputy and of a seat: one field kind each, for form, spreadsheet and page alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from renda.deputies.identity import IdentityNumber, Phone, born, gender
from renda.directory.names import tidy
from renda.directory.terms import TERM
from renda.errors import Invalid
from renda.i18n import _
from renda.records.kinds import Choice, Field, Flag, Rejected, Text
from renda.records.ordinals import Ordinal
from renda.records.quantities import Day, Integer

MOST_SEATS = 9_999


@dataclass(frozen=True)
class Name(Text):
    """A person's name, with the spaces and dots of a table made those of a name."""

    max_length: int = 60

    def read(self, text: str) -> str:
        """See `Field`."""
        return self.check(tidy(text))


PERSON: Mapping[str, Field] = {
    "name": Name(_("Name")),
    "identity": IdentityNumber(
        _("Identity number"),
        _("Kept sealed, and shown in full only for a purpose that is recorded."),
        required=False,
        personal=True,
    ),
    "gender": Choice(_("Gender"), required=False, choices=(("male", _("Male")), ("female", _("Female")))),
    "ethnicity": Text(_("Ethnicity"), required=False, max_length=30),
    "born_on": Day(_("Born on"), _("Follows from the identity number, if there is one."), required=False),
    "party": Text(_("Political affiliation"), required=False, max_length=30),
    "position": Text(_("Workplace and post"), required=False, max_length=120),
    "phone": Phone(_("Phone"), _("Kept sealed, like the identity number."), required=False, personal=True),
    "address": Text(
        _("Home address"),
        _("Only where it is needed. Kept sealed, and never published."),
        required=False,
        personal=True,
        max_length=120,
    ),
}
"""Fields of a person."""

SEALED = ("identity", "phone", "address")
"""Those of `PERSON` that are kept sealed; they are never published."""
PLAIN = tuple(name for name in PERSON if name not in SEALED)
"""Those that are columns of the person."""

SEAT: Mapping[str, Field] = {
    "term": Ordinal(_("Term"), words=TERM),
    "seat": Integer(_("Seat"), _("Left empty, the next free one."), required=False, least=1, most=MOST_SEATS),
    "constituency": Text(_("Constituency"), _("Or the unit that elected them."), required=False),
    "delegation": Text(_("Delegation"), required=False, max_length=60),
    "group": Text(_("Group"), required=False, max_length=60),
    "by_election": Flag(
        _("By-election"), _("Then the seat starts on the day of that election."), required=False
    ),
    "starts_on": Day(_("Starts on")),
}
"""Fields of a seat; the group is named, and a row of its own."""


def cleaned(kinds: Mapping[str, Field], given: Mapping[str, object], names: Iterable[str]) -> dict[str, Any]:
    """The values to store of the fields named, and what follows from an identity number among them.

    Raises:
        Invalid: one sentence per field that is wrong.
    """
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in names:
        try:
            found[name] = kinds[name].clean(given.get(name))
        except Rejected as error:
            errors[name] = error.message
    if found.get("identity"):
        errors |= _derived(found)
    if errors:
        raise Invalid(errors)
    return found


_DIFFERS = _("The identity number says ${said}.")


def _derived(found: dict[str, Any]) -> dict[str, str]:
    """Fill in day of birth and gender from the identity number; errors where they contradict it."""
    number = found["identity"]
    titles = dict(PERSON["gender"].choices) if isinstance(PERSON["gender"], Choice) else {}
    errors = {}
    for name, said, shown in (
        ("born_on", born(number), born(number).isoformat()),
        ("gender", gender(number), titles.get(gender(number), "")),
    ):
        if found.get(name) is None:
            found[name] = said
        elif found[name] != said:
            errors[name] = _(_DIFFERS, mapping={"said": shown})
    return errors
