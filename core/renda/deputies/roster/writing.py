"""Rosters between their upload and the confirmation, and writing what was confirmed."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.deputies import mandates, people
from renda.deputies.fields import PERSON
from renda.deputies.roster.form import ROSTER, named
from renda.deputies.roster.judging import Plan, judge
from renda.deputies.roster.known import Known
from renda.errors import Conflict
from renda.excel import asking, uploads
from renda.excel.models import Upload
from renda.excel.uploads import Judged, Opened
from renda.excel.verdicts import CHANGED, NEW, fingerprint
from renda.i18n import _
from renda.security import audit
from renda.types import Registry

_TOO_MANY = _("A roster has at most ${rows} rows. Divide it by terms.")


@dataclass(frozen=True)
class Roster:
    """A roster as it would be entered."""

    judged: Judged
    plans: Sequence[Plan]

    @property
    def shown(self) -> str:
        """Tells whether a confirmation is about the very changes, and persons, that were shown."""
        whom = [str(one.person.id) if one.person else "" for one in self.plans]
        text = fingerprint(ROSTER, self.judged.verdicts) + json.dumps(whom)
        return hashlib.sha256(text.encode()).hexdigest()


def reopened(registry: Registry, row: Upload) -> Opened:
    """Read a kept file with the columns that its user gave; see `renda.excel.uploads.opened`."""
    file = uploads.reopened(registry, ROSTER, row)
    return file if row.mapping else replace(file, layout=named(file.layout))


def assess(session: Session, registry: Registry, row: Upload, file: Opened, now: datetime) -> Roster:
    """What a file that was read would do now, with the answers that its user gave."""
    plans = judge(
        session,
        row.organisation,
        file.layout,
        asking.answers_of(row),
        translate=uploads.chinese(registry),
        today=local_day(now),
    )
    return Roster(Judged(file.layout, [one.verdict for one in plans], file.remark), plans)


def confirm(
    session: Session, registry: Registry, row: Upload, file: Opened, shown: str, *, now: datetime
) -> None:
    """Write the good rows that were shown, of a file that was read before the transaction.

    Raises:
        Conflict: they are not what was shown any more, were written already, or are too many.
        Invalid: what was entered meanwhile stands against one of them; the caller aborts the transaction.
    """
    session.refresh(row, with_for_update=True)
    if row.state != uploads.OPEN:
        raise Conflict
    found = assess(session, registry, row, file, now)
    if shown != found.shown:
        raise Conflict(uploads.CHANGED_MEANWHILE)
    if found.judged.good > uploads.MOST_AT_ONCE:
        raise Conflict(_(_TOO_MANY, mapping={"rows": uploads.MOST_AT_ONCE}))
    row.shown, row.state, row.settled_at = shown, uploads.WRITTEN, now
    row.written = write(session, row.organisation, found.plans, now=now, actor=row.account)
    audit.record(
        session,
        actor=row.account,
        organisation=row.organisation,
        action="roster.import",
        target=row.organisation,
        now=now,
        detail={"rows": row.written, "left_out": found.judged.faulty, "upload": str(row.id)},
    )


def write(
    session: Session, organisation: str, plans: Iterable[Plan], *, now: datetime, actor: uuid.UUID
) -> int:
    """Carry out the plans of good rows; how many there were.

    Raises:
        Invalid: see `people.add`, `people.change`, `mandates.give` and `mandates.change`.
    """
    who: dict[str, Any] = {"now": now, "actor": actor}
    good = [(one, *_parted(one.values)) for one in plans if one.verdict.what in {NEW, CHANGED}]
    # Who was erased is known by number and entered again; all others without a person are new.
    numbers = [values.get("identity") for _plan, values, _seat in good]
    again = Known(session, organisation).by_identity({number for number in numbers if number})
    fresh = [
        at
        for at, (plan, values, _seat) in enumerate(good)
        if plan.person is None and values.get("identity") not in again
    ]
    added = people.add_new(session, organisation, [good[at][1] for at in fresh], **who)
    persons = dict(zip(fresh, added, strict=True))
    seated = []
    for at, (plan, particulars, seat) in enumerate(good):
        person = persons.get(at) or plan.person
        if person is None:
            person = people.add(session, organisation, particulars, **who)
        elif at not in persons and particulars:
            people.change(session, organisation, person, particulars, **who)
        if plan.seat is None:
            seated.append((person, seat))
        elif seat:
            mandates.change(session, plan.seat, seat, **who)
    mandates.give_many(session, organisation, seated, **who)
    return len(good)


def _parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of the person, and those of the seat."""
    person = {name: value for name, value in values.items() if name in PERSON}
    return person, {name: value for name, value in values.items() if name not in PERSON}
