"""What the system points out about deputies; what follows from it people decide.

Absent from two sessions of the congress without leave, a seat ends (代表法, art. 62): only sessions of all
deputies of the seat's own term count, no other meeting or activity.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from renda.directory.kinds import kind_at
from renda.directory.meetings import ATTENDANCE, MEETINGS, CongressMeeting
from renda.directory.models import Mandate
from renda.records.models import Participant

ABSENCES = 2
"""Sessions that somebody may not miss without leave (代表法, art. 62)."""


def absences(session: Session, organisation: str) -> Mapping[uuid.UUID, int]:
    """How often who holds an open seat was absent from sessions of its term, by seat, from `ABSENCES` on."""
    plenary = [code for code, organ in kind_at(session, organisation).organs.items() if organ.plenary]
    number = func.count(CongressMeeting.id.distinct())
    rows = session.execute(
        select(Mandate.id, number.label("number"))
        .join(
            CongressMeeting,
            and_(
                CongressMeeting.organisation == Mandate.organisation,
                CongressMeeting.term == Mandate.term,
                CongressMeeting.organ.in_(plenary),
                CongressMeeting.state == "held",
            ),
        )
        .join(
            Participant,
            and_(
                Participant.whole == CongressMeeting.id,
                Participant.person == Mandate.person,
                Participant.type == f"{MEETINGS.name}_{ATTENDANCE.name}",
                Participant.role == "member",
                Participant.state == "absent",
            ),
        )
        .where(Mandate.organisation == organisation, Mandate.ended_on.is_(None))
        .group_by(Mandate.id)
        .having(number >= ABSENCES)
    )
    return {row.id: row.number for row in rows}
