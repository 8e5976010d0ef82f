"""Invented stations, reception days and opinions, for demonstrations: the same for the same seed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from renda.declarations import SampleScope
from renda.records.models import Participant
from renda_liaison.opinions import ANSWERED, ASSIGNED, CLOSED, RATINGS, RECEIVED, PublicOpinionItem
from renda_liaison.stations import CAME, HELD, HOME, ON_DUTY, OPEN, STATION, ReceptionDay, Station

PLACES = ("中心", "城东", "城西", "南街", "北街", "新村社区")
TOPICS = ("道路交通", "环境卫生", "农田水利", "物业管理", "教育医疗", "养老服务")
SAID: tuple[tuple[str, str, str, str], ...] = (
    (
        "traffic",
        "路灯维修",
        "村口路灯坏了两个月，晚上走路不方便。",
        "已安排维修，路灯恢复照明。",
    ),
    (
        "traffic",
        "校门口交通",
        "学校门口放学时车多，建议增设斑马线和减速带。",
        "已施划斑马线、安装减速带。",
    ),
    (
        "environment",
        "河沟清理",
        "河沟里垃圾多，夏天有味道，建议定期清理。",
        "已列入每月清理计划。",
    ),
    ("farming", "机井维修", "机井水泵老化，春灌排队时间长。", "已列入今年农田水利维修项目，设备更换完毕。"),
    (
        "housing",
        "电梯停运",
        "小区电梯常停，物业报修没有回音。",
        "已约谈物业公司，电梯检修完成。",
    ),
    ("health", "村卫生室药品", "村卫生室常用药不全，老人要跑到镇上买。", "已补齐基本药物目录内品种。"),
    ("education", "课后服务时间", "希望镇中心小学延长课后服务时间。", "学校已将课后服务延长到十八时。"),
    ("service", "周六办事", "办事大厅周六没人，上班的人办事难。", "已开通周六上午预约办理。"),
)
UNITS = ("交通运输所", "综合执法队", "农业农村办", "民生保障办", "住建所")
FRESH, OLD = (20, 25, 20, 35), (0, 1, 4, 95)
"""How many of a hundred are in each of these states: what came lately is under way."""
RECENT = timedelta(days=12)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
MOST_STATIONS = 2
STATES = (RECEIVED, ASSIGNED, ANSWERED, CLOSED)


def make(scope: SampleScope) -> None:
    """A home and a few stations, made once; of each about one reception day a month, with opinions."""
    for station in _stations(scope):
        day = scope.start + timedelta(days=scope.random.randrange(12))
        while day <= scope.end:
            _receive(scope, station, day)
            day += timedelta(days=24 + scope.random.randrange(14))


def _common(scope: SampleScope, state: str) -> dict[str, Any]:
    return {
        "organisation": scope.organisation,
        "state": state,
        "author": None,
        "created_at": scope.now,
        "changed_at": scope.now,
    }


def _stations(scope: SampleScope) -> list[Station]:
    held = select(Station).where(Station.organisation == scope.organisation, Station.state == OPEN)
    found = list(scope.session.scalars(held.order_by(Station.name)))
    if found:
        return found
    names = scope.random.sample(PLACES, MOST_STATIONS - 1 + scope.random.randrange(2))
    for number, name in enumerate(["人大代表之家", *(f"{name}人大代表联络站" for name in names)]):
        found.append(
            Station(
                **_common(scope, OPEN),
                name=name,
                kind=STATION if number else HOME,
                address=f"{name.removesuffix('人大代表联络站')}便民服务中心一楼" if number else "机关院内",
                hours="每月接待日上午9:00—11:00",
                standard=number == 0 or scope.random.random() < 0.6,  # noqa: PLR2004 - most are
                opened_on=date(2022, 3, 1) + timedelta(days=scope.random.randrange(700)),
                closed_on=None,
                code="".join(scope.random.choices(LETTERS, k=16)),
            )
        )
    scope.session.add_all(found)
    scope.session.flush()
    return found


def _receive(scope: SampleScope, station: Station, day: date) -> None:
    received = 1 + scope.random.randrange(12)
    row = ReceptionDay(
        **_common(scope, HELD),
        whole=station.id,
        held_on=day,
        hours="9:00—11:00",
        place=station.name,
        topic=scope.random.choice(TOPICS),
        received=received,
        summary=None,
    )
    scope.session.add(row)
    scope.session.flush()
    for person in scope.random.sample([*scope.persons], min(2, len(scope.persons))):
        state = CAME if scope.random.random() < 0.95 else "leave"  # noqa: PLR2004 - some are on leave
        duty = {"type": ON_DUTY, "whole": row.id, "person": person.id, "role": "receiver"}
        scope.session.add(Participant(**_common(scope, state), **duty))
    for number in range(scope.random.randrange(1, 3)):
        _tell(scope, station, day, by_code=number > 0)


def _tell(scope: SampleScope, station: Station, day: date, *, by_code: bool) -> None:
    kind, subject, content, reply = scope.random.choice(SAID)
    state = scope.random.choices(STATES, FRESH if scope.end - day < RECENT else OLD)[0]
    scope.session.add(
        PublicOpinionItem(
            **_common(scope, state),
            **_handled(scope, state, reply),
            subject=subject,
            source="station_code" if by_code else "reception_day",
            kind=kind,
            received_on=day,
            place=station.name,
            deputy=None,
            content=content,
            phone=None,
            station=station.id if by_code else None,
        )
    )


def _handled(scope: SampleScope, state: str, reply: str) -> Mapping[str, Any]:
    """Unit, reply and rating, as far as it has come."""
    known: dict[str, Any] = {"handler": None, "reply": None, "rating": None, "rated_at": None}
    if state != RECEIVED:
        known["handler"] = scope.random.choice(UNITS)
    if state in {ANSWERED, CLOSED}:
        known["reply"] = reply
    if state == CLOSED:
        known["rating"] = scope.random.choices([name for name, _title in RATINGS], (70, 25, 5))[0]
        known["rated_at"] = scope.now
    return known
