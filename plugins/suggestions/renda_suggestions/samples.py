"""Invented suggestions in every state of their course, for demonstrations: the same for the same seed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from renda.clock import LOCAL, local_day
from renda.database import new_id
from renda.declarations import SampleScope
from renda.deputies.samples import UNITS
from renda.directory.kinds import profile_of
from renda.directory.models import Organisation
from renda.notices.limits import months_later
from renda.records.models import Participant, TransitionLog
from renda_suggestions.course import REHANDLE_MONTHS
from renda_suggestions.records import COSIGNER, SIGNATURE, SUGGESTIONS, Suggestion

MOST = 4
"""Suggestions of one body in one span, at most."""
_KEY = 0.15
_JOINT = 0.4
_TITLES = (
    ("关于规范城区占道经营的建议", "construction", "住房和城乡建设局"),
    ("关于修复县乡道路破损路面的建议", "transport", "交通运输局"),
    ("关于解决老城区内涝问题的建议", "construction", "住房和城乡建设局"),
    ("关于增加学校周边停车位的建议", "education", "教育局"),
    ("关于改善村卫生室条件的建议", "health", "卫生健康局"),
    ("关于加强农村生活垃圾治理的建议", "environment", "住房和城乡建设局"),
    ("关于增开城乡公交班次的建议", "transport", "交通运输局"),
    ("关于扩大普惠幼儿园学位的建议", "education", "教育局"),
)
_TEXT = "代表在走访中了解到，群众对这一问题反映较多。建议有关部门实地调查，提出解决办法，明确完成时间。"
_REPLY = "收到建议后，我单位进行了实地调查，制定了整改方案，现将办理情况答复如下：已列入工作计划并组织实施。"
_STEPS = (
    ("submit", "draft", "submitted", 0, 1),
    ("accept", "submitted", "accepted", 1, 4),
    ("assign", "accepted", "assigned", 1, 6),
    ("reply", "assigned", "replied", 8, 40),
    ("satisfy", "replied", "rated", 1, 7),
    ("close", "rated", "closed", 1, 5),
)
"""Steps of a suggestion that goes well: from where, to where, and in how many days at least and at most."""
_QUICK = tuple((name, source, target, least, least) for name, source, target, least, _most in _STEPS[:4])
"""One that is soon replied to, and waits to be rated."""
_UNHAPPY = (
    *_STEPS[:4],
    ("dissatisfy", "replied", "dissatisfied", 1, 4),
    ("rehandle", "dissatisfied", "rehandling", 1, 3),
)
_ASTRAY = (
    (*_STEPS[:1], ("withdraw", "submitted", "withdrawn", 1, 3)),
    (*_STEPS[:1], ("send_back", "submitted", "returned", 1, 3)),
    (*_STEPS[:1], ("decline", "submitted", "declined", 1, 3)),
)
_REASONS = {
    "close": "已实地查看，问题已经解决，附整改照片和说明。",
    "withdraw": "同一问题已有其他代表提出。",
    "send_back": "请补充具体地点和情况。",
    "decline": "属于个人事务，不作为代表建议处理。",
}


def make(scope: SampleScope) -> None:
    """A few of each body that has a congress; how far they have come depends on the day."""
    place = scope.session.get_one(Organisation, scope.organisation)
    if not place.congress or not scope.persons:
        return
    _make_one(scope, scope.start, _QUICK)
    for _number in range(1 + scope.random.randrange(MOST - 1)):
        day = scope.start + timedelta(days=scope.random.randrange((scope.end - scope.start).days + 1))
        courses = (_STEPS, _UNHAPPY, scope.random.choice(_ASTRAY))
        _make_one(scope, day, scope.random.choices(courses, (80, 12, 8))[0])
    scope.session.flush()


def _make_one(scope: SampleScope, made_on: date, course: Any) -> None:
    chance = scope.random
    title, subject, unit = chance.choice(_TITLES)
    lead, *others = chance.sample(list(scope.persons), min(len(scope.persons), 3))
    taken = list(_taken(scope, made_on, course))
    days = {step: day for step, _source, _target, day in taken}
    row = Suggestion(
        id=new_id(),
        organisation=scope.organisation,
        state=taken[-1][2] if taken else "draft",
        author=None,
        created_at=_instant(made_on),
        changed_at=_instant(taken[-1][3] if taken else made_on),
        title=title,
        text=_TEXT,
        category="suggestion",
        subject=subject,
        raised_in=chance.choice(("session", "recess")),
        made_on=made_on,
        lead_deputy=lead.id,
        is_key=chance.random() < _KEY,
        is_public=True,
        is_difficult=False,
        **_handled(scope, days, unit if unit in UNITS else UNITS[0]),
    )
    row.supervised_by = "分管副主任" if row.is_key else None
    scope.session.add(row)
    scope.session.add_all(_log(row, one) for one in taken)
    if others and chance.random() < _JOINT:
        scope.session.add_all(_signature(row, one.id) for one in others)


def _taken(scope: SampleScope, made_on: date, course: Any) -> Iterator[tuple[str, str, str, date]]:
    """The steps that were taken until now, each (name, source, target, day)."""
    day = made_on
    for name, source, target, least, most in course:
        day += timedelta(days=scope.random.randint(least, most))
        if day > local_day(scope.now):
            return
        yield name, source, target, day


def _handled(scope: SampleScope, days: dict[str, date], unit: str) -> dict[str, Any]:
    """What was filled in until now."""
    chance = scope.random
    found: dict[str, Any] = {}
    if assigned := days.get("assign"):
        months = profile_of(scope.session, scope.organisation).rules.reply_months
        found |= {"lead_handler": unit, "assigned_on": assigned, "due_on": months_later(assigned, months)}
    if replied := days.get("reply"):
        found |= {
            "replied_on": replied,
            "reply": _REPLY,
            "outcome_class": chance.choices("ABCD", (60, 25, 10, 5))[0],
        }
    if rated := days.get("satisfy"):
        attitude, result = (
            chance.choice(("satisfied", "satisfied", "fairly")),
            chance.choice(("satisfied", "fairly")),
        )
        found |= {"rated_on": rated, "attitude": attitude, "result": result}
    if rated := days.get("dissatisfy"):
        found |= {"rated_on": rated, "attitude": "fairly", "result": "dissatisfied"}
    if again := days.get("rehandle"):
        found |= {"final_due_on": months_later(again, REHANDLE_MONTHS)}
    return found


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(10), LOCAL)


def _log(row: Suggestion, taken: tuple[str, str, str, date]) -> TransitionLog:
    name, source, target, day = taken
    return TransitionLog(
        organisation=row.organisation,
        type=SUGGESTIONS.name,
        record=row.id,
        at=_instant(day),
        actor=None,
        name=name,
        source=source,
        target=target,
        reason=_REASONS.get(name, ""),
    )


def _signature(row: Suggestion, person: Any) -> Participant:
    return Participant(
        organisation=row.organisation,
        type=SIGNATURE,
        whole=row.id,
        person=person,
        role=COSIGNER,
        state="signed",
        author=None,
        created_at=row.created_at,
        changed_at=row.created_at,
    )
