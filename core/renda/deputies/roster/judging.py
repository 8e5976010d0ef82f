"""What each row of a roster would do, and which rows need an answer before they do anything.

A person is told by the id that a file of ours carries, else by the identity number, else by name, birth and
congress. The last is a guess: unless the row changes nothing, it is the user who says whether it is right.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from sqlalchemy.orm import Session

from renda.declarations import Message
from renda.deputies import people
from renda.deputies.ages import not_born, too_young
from renda.deputies.fields import SEALED, SEAT
from renda.deputies.mandates import NO_GROUP
from renda.deputies.roster.form import Line, lines
from renda.deputies.roster.known import Known
from renda.deputies.secrets import masked
from renda.directory.models import Mandate, Person
from renda.directory.names import plain_name
from renda.directory.persons import SEAT_TAKEN
from renda.directory.terms import wrong_first_day
from renda.excel.asking import OF_ITS_OWN
from renda.excel.columns import Layout
from renda.excel.values import Reader
from renda.excel.verdicts import CHANGED, FAULTY, NEW, UNCHANGED, Verdict
from renda.i18n import Translate, _
from renda.records.models import Record

_GONE = _("This congress has no such seat any more. Empty the cell of its id to enter it as a new one.")
_TWICE = _("An earlier row of this file is about the same person.")
_WHO = _("Say below who this is.")
_NO_TERM = _("Say which term; none is entered that runs today.")
_NO_START = _("Say from which day on; this term is not entered.")
_MASKED = _("This is masked, and not what is known. Write it in full, or leave it empty.")


@dataclass(frozen=True)
class Plan:
    """What is to become of a row.

    Attributes:
        verdict: as in a register's file; its `row` is the seat that is changed.
        person: whom it is about, None for somebody new.
        values: what is to be written, by field.
        candidates: who might be meant, where the user has to say.
    """

    verdict: Verdict
    person: Person | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    candidates: Sequence[Person] = ()

    @property
    def seat(self) -> Mandate | None:
        """The seat that is changed; None for a new one."""
        return cast("Mandate | None", self.verdict.row)


def judge(
    session: Session,
    organisation: str,
    layout: Layout,
    answers: Mapping[int, str],
    *,
    translate: Translate,
    today: date,
) -> list[Plan]:
    """A plan for every row; nothing is written."""
    reader = Reader(translate, lambda: (), layout.grid.since_1904)
    rows = list(lines(layout, reader))
    known = Known(session, organisation)
    judging = _Judge(known, answers, today, [one.given.get("identity") for one in rows])
    return [judging.plan(one) for one in rows]


class _Judge:
    """Judges the rows of one file, which may contradict one another."""

    def __init__(
        self,
        known: Known,
        answers: Mapping[int, str],
        today: date,
        identities: Sequence[str | None],
    ) -> None:
        self.known, self.answers, self.today = known, answers, today
        self.term = known.current_term(today)
        self.identified = known.by_identity({one for one in identities if one})
        self.met: set[Any] = set()
        self.taken = {(seat.term, seat.seat): seat.person for seat in known.seats.values()}

    def plan(self, line: Line) -> Plan:
        if line.errors:
            return self._faulty(line, line.errors)
        told = self._told(line)
        if isinstance(told, Person):
            return self._of(line, told)
        return self._faulty(line, told) if told else self._guessed(line)

    def _guessed(self, line: Line) -> Plan:
        """Of a row that names nobody for certain: nothing happens before the user has said who is meant."""
        known = line.given.get("identity") in self.identified
        alike = [] if known else self.known.alike(line.given)
        answer = self.answers.get(line.number, "")
        chosen = next((one for one in alike if str(one.id) == answer), None)
        if len(alike) == 1 and not self._differences(line, alike[0])[0]:
            return self._of(line, alike[0])
        if alike and chosen is None and answer != OF_ITS_OWN:
            return Plan(Verdict(line.number, FAULTY, errors={"": _WHO}), candidates=alike)
        return replace(self._of(line, chosen), candidates=alike)

    def _told(self, line: Line) -> Person | Mapping[str, Message]:
        """The person whom the row itself names by an id or identity number; errors; nothing."""
        if line.identity is not None:
            seat = self.known.seats.get(_uuid(line.identity))
            return self.known.persons[seat.person] if seat is not None else {"": _GONE}
        person = self.identified.get(line.given.get("identity", ""))
        if person is None or person.erased_at is not None:
            return {}
        same = plain_name(person.name) == plain_name(line.given["name"])
        return person if same else {"identity": people.OTHER_NAME}

    def _faulty(self, line: Line, errors: Mapping[str, Message]) -> Plan:
        return Plan(Verdict(line.number, FAULTY, errors=errors))

    def _of(self, line: Line, person: Person | None) -> Plan:
        given = line.given
        alone = (plain_name(given["name"]), given.get("born_on"))
        who: Any = person.id if person else given.get("identity") or alone
        if who in self.met:
            return self._faulty(line, {"": _TWICE})
        changes, errors, seat = self._differences(line, person)
        if not errors and (number := changes.get("seat")):
            term = given.get("term", self.term)
            if self.taken.setdefault((term, number), who) != who:
                errors = {"seat": _(SEAT_TAKEN, mapping={"seat": number})}
        if errors:
            return self._faulty(line, errors)
        self.met.add(who)
        row = cast("Record | None", seat)
        if not changes:
            return Plan(Verdict(line.number, UNCHANGED, row=row), person)
        if seat is None:
            return Plan(Verdict(line.number, NEW, changes), person, changes)
        assert person is not None  # noqa: S101 - a seat has somebody who holds it
        before = {name: self.known.value(name, person, seat) for name in changes}
        return Plan(Verdict(line.number, CHANGED, changes, row, before), person, changes)

    def _differences(
        self, line: Line, person: Person | None
    ) -> tuple[dict[str, Any], dict[str, Message], Mandate | None]:
        """What the row says otherwise than what is entered, what is wrong with it, and its seat."""
        given, errors = dict(line.given), dict[str, Message]()
        term = given.get("term", self.term)
        if term is None:
            return given, {"term": _NO_TERM}, None
        given["term"] = term
        seat = self.known.seat_of(person, term) if person else None
        if seat is None:
            self._begin(given, term, errors)
        errors |= self._wrong(given, line, person)
        errors |= self._untimely(given, term, person, seat)
        if person is not None:
            same = [name for name in given if self._is(name, given[name], person, seat)]
            given = {name: value for name, value in given.items() if name not in same}
        return given, errors, seat

    def _begin(self, given: dict[str, Any], term: int, errors: dict[str, Message]) -> None:
        """The first day of a new seat: by default that of its term."""
        entered = self.known.terms.get(term)
        if "starts_on" not in given:
            if entered is None:
                errors["starts_on"] = _NO_START
            else:
                given["starts_on"] = entered.starts_on

    def _untimely(
        self, given: Mapping[str, Any], term: int, person: Person | None, seat: Mandate | None
    ) -> dict[str, Message]:
        """What is wrong with the days of birth and of the seat, where the row says others than before."""
        was_born, began = person.born_on if person else None, seat.starts_on if seat else None
        born_on, starts_on = given.get("born_on", was_born), given.get("starts_on", began)
        if (born_on, starts_on) == (was_born, began):
            return {}
        if wrong := not_born(born_on, self.today):
            return {"born_on": wrong}
        wrong = too_young(born_on, starts_on)
        if starts_on is not None and starts_on != began:
            entered, years = self.known.terms.get(term), self.known.years
            wrong = wrong_first_day(entered, starts_on, today=self.today, years=years) or wrong
        return {"starts_on": wrong} if wrong else {}

    def _wrong(self, given: Mapping[str, Any], line: Line, person: Person | None) -> dict[str, Message]:
        errors = {
            name: _MASKED
            for name, shown in line.masks.items()
            if person is None or shown != masked(name, self.known.value(name, person, None) or "")
        }
        other = self.identified.get(given.get("identity", ""))
        if person is not None and other is not None and other.id != person.id:
            errors["identity"] = people.SOMEBODY_ELSE
        if "group" in given and given["group"] not in self.known.groups:
            errors["group"] = NO_GROUP
        return errors

    def _is(self, name: str, value: Any, person: Person, seat: Mandate | None) -> bool:
        if name in SEAT and seat is None and name != "group":
            return False
        held = self.known.value(name, person, seat)
        return bool(held == value or (not held and not value and name not in SEALED))


def _uuid(cell: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(cell).strip())
    except ValueError:
        return uuid.UUID(int=0)
