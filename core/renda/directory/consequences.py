"""What switching a module means for an organisation, told before it is done."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renda.i18n import Translator, _

_GONE = _("Records of ${register} that are no longer shown: ${count}")
_BACK = _("Records of ${register} that are shown again: ${count}")


@dataclass(frozen=True)
class Foreseeing:
    """Said through the registry before a module is switched: a subscriber adds what its component knows.

    Attributes:
        session: in which the module is not switched yet.
        organisation: code of the body that would switch it.
        module: its name.
        enabling: whether it would be enabled.
        say: turns messages into the reader's words.
        found: sentences about what would change, in the reader's words.
    """

    session: Session
    organisation: str
    module: str
    enabling: bool
    say: Translator
    found: list[str] = field(default_factory=list)


def foresee(
    session: Session, organisation: str, module: str, *, enabling: bool, say: Translator
) -> list[str]:
    """Sentences about what enabling or disabling a module from today on would change."""
    event = Foreseeing(session, organisation, module, enabling, say)
    event.found.extend(_records(event))
    session.info["registry"].notify(event)
    return event.found


def _records(event: Foreseeing) -> list[str]:
    """How many records each register of the module has here; all are counted in one statement."""
    declared = event.session.info["registry"].declared
    kinds = [one for one in declared.record_types.values() if one.module == event.module and not one.part_of]
    if not kinds:
        return []
    counts: list[Any] = [
        select(func.count())
        .select_from(kind.model)
        .where(kind.column("organisation") == event.organisation, *kind.conditions())
        .scalar_subquery()
        for kind in kinds
    ]
    told = _BACK if event.enabling else _GONE
    return [
        event.say(_(told, mapping={"register": kind.title, "count": count}))
        for kind, count in zip(kinds, event.session.execute(select(*counts)).one(), strict=True)
        if count
    ]
