"""Taking part in a record: the record type that a declaration of participation stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from renda.declarations import Message, Participation, RecordType
from renda.i18n import _
from renda.records.fields import Choice, Field, Person
from renda.records.models import Participant


@dataclass(frozen=True, eq=False)
class ParticipationType(RecordType):
    """A record type over `Participant`; its fields are the person, and one of the roles declared."""

    roles: tuple[tuple[str, Message], ...] = ()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """See `RecordType`."""
        return {"person": Person(_("Deputy")), "role": Choice(_("Role"), choices=self.roles)}


def participation_type(host: RecordType, participation: Participation) -> RecordType:
    """The record type of those who take part in records of `host`; it is a part of them."""
    name = f"{host.name}_{participation.name}"
    return ParticipationType(
        model=Participant,
        title=participation.title,
        workflow=participation.workflow,
        columns=("person", "role", "state"),
        evidence=("role", "state"),
        duty=host.duty,
        part_of=host.name,
        name=name,
        constants={"type": name},
        roles=participation.roles,
    )
