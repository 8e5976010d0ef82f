"""Invented meetings, for demonstrations: the same for the same seed, and never mixed with real records."""

from datetime import date, timedelta

from renda.declarations import SampleScope
from renda.directory import terms
from renda.directory.kinds import kind_at
from renda.directory.meetings import ATTENDANCE, MEETINGS, CongressMeeting
from renda.directory.organs import Organ
from renda.records.models import Participant
from renda.records.ordinals import chinese

REGULAR = ("standing_committee", "presidium", "street_work_committee", "work_committee")
"""Organs that meet about every two months, whichever of them a body has (组织法, art. 51)."""
EVERY_MONTHS = 2


def make(scope: SampleScope) -> None:
    """One meeting of the regular organ; most members are present, some are on leave, few are absent."""
    meeting = kind_at(scope.session, scope.organisation).meeting
    code = next((one for one in REGULAR if one in meeting), None)
    if code is None:
        return
    day = scope.start + timedelta(days=scope.random.randrange((scope.end - scope.start).days + 1))
    row = _meeting(scope, code, meeting[code], day)
    scope.session.add(row)
    scope.session.flush()
    # Members of a working organ are no deputies, and this node knows no other persons.
    for person in scope.persons if meeting[code].decides else ():
        scope.session.add(
            Participant(
                organisation=scope.organisation,
                type=f"{MEETINGS.name}_{ATTENDANCE.name}",
                whole=row.id,
                person=person.id,
                role="member",
                state=scope.random.choices(("attended", "leave", "absent"), (88, 10, 2))[0],
                author=None,
                created_at=scope.now,
                changed_at=scope.now,
            )
        )


def _meeting(scope: SampleScope, code: str, organ: Organ, day: date) -> CongressMeeting:
    term = terms.current(scope.session, scope.organisation, day)
    number = _months(term.starts_on, day) // EVERY_MONTHS + 1 if term else None
    return CongressMeeting(
        organisation=scope.organisation,
        state="held",
        author=None,
        created_at=scope.now,
        changed_at=scope.now,
        title=f"{organ.name}第{chinese(number)}次会议" if number else f"{organ.name}工作会议",
        organ=code,
        term=term.number if term else None,
        number=number,
        opens_on=day,
        closes_on=None,
        place=None,
    )


def _months(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month
