"""The field whose choices depend on the organisation, and record types as one organisation keeps them.

A declaration is made once for all organisations. Which organs a body has, and which of them may meet, says
the profile of its tier; so whoever has an organisation at hand asks for the type `bound` to it, and from
there on everything (form, list, filter, export) finds a plain choice.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Self

from sqlalchemy.orm import Session

from renda.declarations import Message, RecordType
from renda.directory.kinds import kind_at
from renda.directory.organs import Kind
from renda.errors import Conflict
from renda.i18n import _
from renda.records.kinds import Choice, Field, Rejected


@dataclass(frozen=True)
class Organ(Choice):
    """An organ of the record's organisation, by its identifier in the profile (`standing_committee`).

    Attributes:
        names: identifier and name of every organ there, also of those that may not be chosen.
        refusal: why another one cannot be chosen, where the profile says so.
    """

    names: tuple[tuple[str, Message], ...] = ()
    refusal: Message = ""

    @cached_property
    def titles(self) -> dict[str, Message]:
        """See `Choice`."""
        return dict(self.names)

    def check(self, value: Any) -> str:
        """See `Field`."""
        if isinstance(value, str) and value in dict(self.choices):
            return value
        raise Rejected(self.refusal or _("Choose one of the values in the list."))

    def _schema(self) -> dict[str, Any]:
        # Which organs there are says each body's profile; the declaration alone does not know.
        return super()._schema() if self.choices else {"type": "string", "minLength": int(self.required)}

    def schema(self) -> dict[str, Any]:
        """See `Field`."""
        return super().schema() if self.choices else Field.schema(self)

    def at(self, body: Kind) -> Self:
        """The field at bodies of this kind."""
        return replace(
            self,
            choices=tuple((code, organ.name) for code, organ in body.meeting.items()),
            names=tuple((code, organ.name) for code, organ in body.organs.items()),
            refusal=body.why_not,
        )


def bound(kind: RecordType, body: Kind) -> RecordType:
    """The type as a body of this kind keeps it; the same object for the same choices."""
    organs = tuple((name, what.at(body)) for name, what in kind.fields.items() if isinstance(what, Organ))
    return _bound(kind, organs) if organs else kind


@lru_cache(maxsize=1024)
def _bound(kind: RecordType, organs: tuple[tuple[str, Field], ...]) -> RecordType:
    return kind.with_fields({**kind.fields, **dict(organs)})


def depends(kind: RecordType) -> bool:
    """Whether it matters to the type what its organisation is."""
    return kind.barred is not None or any(isinstance(what, Organ) for what in kind.fields.values())


def at(session: Session, kind: RecordType, organisation: str) -> RecordType:
    """The type as an organisation keeps it."""
    return bound(kind, kind_at(session, organisation)) if depends(kind) else kind


def require_kept(session: Session, kind: RecordType, organisation: str) -> None:
    """Raise Conflict with the reason where an organisation keeps no records of this type."""
    if kind.barred is not None and (reason := kind.barred(kind_at(session, organisation))):
        raise Conflict(reason)
