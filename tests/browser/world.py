"""A small chain in which everything that a page can show has happened once."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import select

from renda.app import unit_of_work
from renda.deputies import mandates, people, subjects
from renda.deputies import publishing as public
from renda.deputies.registers import HANDLING_UNITS, HOUSEHOLDS
from renda.directory.models import DeputyGroup
from renda.errors import NotFound
from renda.i18n import freeze
from renda.indicators.periods import Period
from renda.packs import keeping, shipped
from renda.records import attaching, engine, parts, workflow
from renda.records.attaching import Given
from renda.records.batches import Batch
from renda.security import accounts, grants, second_factor
from renda.security.models import Account
from renda.testing.plugin import VirtualClock
from renda.types import Registry
from renda_liaison import receipts
from renda_liaison.opinions import OPINIONS
from renda_liaison.stations import DAYS, ON_DUTY, STATIONS
from renda_suggestions.acting import OWN
from renda_suggestions.records import SUGGESTIONS
from renda_tiers.directives.files import File
from renda_tiers.directives.requirements import Figure, Requirement
from renda_tiers.matters import answering, handing
from renda_tiers.matters.answering import Reply
from renda_tiers.matters.handing import Handing
from renda_tiers.policies import deciding
from renda_tiers.policies.deciding import Said
from renda_tiers.publications import publishing
from renda_tiers.reports import reviewing, standings
from renda_training.records import CLASSES, TrainingClass
from tests.core.files.samples import PDF, PNG, docx
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE
from tests.tiers.directives.desk import Desk

NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)
"""A day after the reports of March and April were due, ten days before they are locked."""

FIGURES = Requirement("2026-01-01..2026-05-20", figures=(Figure("查办问题数", "件", "已立案的问题"),))
WINTER = Period.parse("2026-b1")
SENT = datetime(2026, 3, 3, 2, tzinfo=UTC)
PASSWORD = "only-for-browser-tests-7"
PACK = "renda-studentaid"
"""The practice pack that the city has, and a county has not."""
NOTE = "与签到表不符，请核对参训人次。"
STATION_CODE = "caoxianstation22"
RECEIPT = "ABCD-EFGH-IJKL-MNOP-QRST"

WITH_SECOND_FACTOR = "twostep"
PEOPLE = (
    ("city", "市人大审核员", (CITY,), ("clerk", "reviewer", "leader")),
    ("cao", "曹县人大审核员", (CAO,), ("reviewer",)),
    (WITH_SECOND_FACTOR, "市审计员", (CITY,), ("auditor",)),
    ("desktop", "初次设置者一", (CITY,), ("deputy",)),
    ("phone", "初次设置者二", (CITY,), ("deputy",)),
    ("town", "镇人大录入员", (TOWN,), ("clerk",)),
    ("village", "单县乡镇录入员", (VILLAGE,), ("clerk",)),
    ("counties", "两县督查员", (CAO, SHAN), ("leader",)),
    ("admin", "市系统管理员", (CITY,), ("admin",)),
    ("caoclerk", "曹县录入员", (CAO,), ("clerk",)),
    ("caoadmin", "曹县系统管理员", (CAO,), ("admin",)),
    ("caodeputy", "王小明", (), ()),
    ("caoroads", "曹县交通运输局", (), ()),
)
"""(login, name, organisations, roles)."""


@dataclass(frozen=True)
class World:
    """What a test needs to know of the chain.

    Attributes:
        reports: hash of the latest report by organisation, as addresses have it.
        matter: hash of a petition from the town that the county has passed to the city.
        classes: id of a training class by organisation.
        published: hashes of the city's vintages of spring; the second counts one report more.
        directives: addresses of a task of the city and of its break-down by a county, below `directives/`.
        response: the same of a response to the city's.
        deputy: address of the page of a county's deputy, with sealed data, below the county's.
        suggestions: id of a county deputy's suggestion by its state.
        batch: id of a step that the town's clerk let many records take, and one could not.
        station: id of a county's liaison station with a QR code, whose deputies are on duty today.
        opinion: id of an answered opinion with a phone number, whose receipt code is `RECEIPT`.
    """

    reports: dict[str, str]
    classes: dict[str, UUID]
    published: list[str]
    matter: str
    directives: tuple[str, str]
    response: str
    deputy: str
    suggestions: dict[str, UUID]
    batch: UUID
    station: UUID
    opinion: UUID


def build(registry: Registry) -> World:
    """Found the chain, train deputies in two periods, report; return one report, endorse some, leave one out."""
    with unit_of_work(registry) as session:
        chain.found(session)
        _open_accounts(session)
        held = _train(session)
    with unit_of_work(registry) as session:
        early = {code: chain.submit(session, code, now=SENT, period=WINTER) for code in chain.TREE}
        for code, report in early.items():
            if parent := chain.TREE[code]:
                reviewing.endorse_many(session, parent, [report], actor=None, now=SENT)
    with unit_of_work(registry) as session:
        day = datetime(2026, 5, 4, 2, tzinfo=UTC)
        for code in (CITY, CAO, STREET):
            chain.submit(session, code, now=day)
        published = [_publish(session, day)]
        chain.submit(session, TOWN, now=day)
        published.append(_publish(session, day))
        _decide(session, TOWN, standings.RETURN, reason="", notes=[("T02", "", NOTE)])
    with unit_of_work(registry) as session:
        said = Said("training", "require", NOW.date(), "全市统一开展代表培训", frozenset({"county"}))
        deciding.say(session, CITY, said, actor=None, now=NOW)
        keeping.install(session, CITY, shipped.packs()[PACK], actor=None, now=NOW)
    with unit_of_work(registry) as session:
        latest = {code: chain.standing(session, code) for code in chain.TREE}
        directives, response = _direct(session)
    return World(
        {code: found.hex() for code, found in latest.items() if found},
        held,
        published,
        _hand_over(registry),
        directives,
        response,
        _deputy(registry),
        _suggest(registry),
        _batch(registry, held[TOWN]),
        *_receive(registry),
    )


def _batch(registry: Registry, refused: UUID) -> UUID:
    with unit_of_work(registry) as session:
        account = session.scalars(select(Account.id).where(Account.login == "town")).one()
        told = json.dumps([(str(refused), freeze(NotFound.message))])
        said = {"type": "training_class", "step": "hold", "query": "", "reason": "", "total": 2, "told": told}
        batch = Batch(
            organisation=TOWN, account=account, asked_at=NOW, settled_at=NOW, done=1, refused=1, **said
        )
        session.add(batch)
        session.flush()
        return batch.id


def _receive(registry: Registry) -> tuple[UUID, UUID]:
    """A station that people scan, with deputies on duty today; an opinion that was scanned in and answered."""
    with unit_of_work(registry) as session:
        who: dict[str, Any] = {"now": NOW, "author": None}
        values = {"name": "曹县庄寨人大代表联络站", "kind": "liaison_station", "opened_on": "2024-03-01"}
        address = {"address": "庄寨镇便民服务中心一楼", "hours": "每月6日、20日上午9:00—11:00"}
        station = engine.create(session, STATIONS, CAO, values | address, **who)
        station.state, station.code = "open", STATION_CODE
        day = engine.create(session, DAYS, CAO, {"held_on": "2026-05-06"}, whole=station, **who)
        day.state = "announced"
        duty = registry.declared.record_types[ON_DUTY]
        deputies = chain.persons_named(session, ("丙", "丁"))
        parts.add_participants(session, duty, day, set(deputies), "receiver", now=NOW, actor=None)
        said = {
            "subject": "路灯（庄寨站）",
            "source": "station_code",
            "kind": "traffic",
            "place": station.name,
        }
        said |= {"received_on": "2026-05-04", "content": "村口路灯坏了两个月。", "phone": "13805301234"}
        said |= {"handler": "交通运输局", "reply": "已安排维修，路灯恢复照明。"}
        item = engine.create(session, OPINIONS, CAO, said, **who)
        item.state, item.station, item.receipt = "answered", station.id, receipts.hashed(RECEIPT)
        session.flush()
        return station.id, item.id


def _publish(session: Any, now: datetime) -> str:
    done = publishing.publish(session, CITY, chain.TRAINING, chain.SPRING, actor=None, now=now)
    return done.document.hex()


def _deputy(registry: Registry) -> str:
    """A county's deputy with a number, a household and a group, whom another row of a roster may mean."""
    with unit_of_work(registry) as session:
        session.add(DeputyGroup(organisation=CAO, name="第一代表小组", starts_on=date(2022, 2, 1)))
        session.flush()
        values = {"name": "王小明", "identity": "11010519491231002X", "phone": "13805301234"}
        person = people.add(session, CAO, values, now=NOW, actor=None)
        seat = {"term": 19, "starts_on": date(2022, 1, 8), "constituency": "第一选区"}
        held = mandates.give(session, CAO, person, {**seat, "group": "第一代表小组"}, now=NOW, actor=None)
        household = {"deputy": str(person.id), "householder": "张三", "since": "2023-01-01"}
        engine.create(session, HOUSEHOLDS, CAO, household, now=NOW, author=None)
        fields = ["name", "constituency", "position"]
        account = session.scalars(select(Account.id).where(Account.login == "cao")).one()
        public.publish(session, CAO, person, fields, now=NOW, actor=account)
        return f"deputies/{person.id}/seats/{held.id}"


def _suggest(registry: Registry) -> dict[str, UUID]:
    """Suggestions of the county's deputy, each led so far, and the accounts of the deputy and of a unit."""
    who: dict[str, Any] = {"now": NOW, "actor": None}
    courses = ((), ("submit",), ("accept",), ("assign",), ("reply",))
    found, steps = {}, []
    with unit_of_work(registry) as session:
        for name in ("交通运输局", "教育局"):
            engine.create(session, HANDLING_UNITS, CAO, {"name": name}, now=NOW, author=None)
        for login, role, name in (("caodeputy", "deputy", "王小明"), ("caoroads", "handler", "交通运输局")):
            account = session.scalars(select(Account).where(Account.login == login)).one()
            subject = subjects.find(session, CAO, role, name, NOW)
            grants.grant(session, account=account, organisation=CAO, role=role, now=NOW, subject=subject)
        person = subjects.find(session, CAO, "deputy", "王小明", NOW)
        for more in courses:
            steps += more
            said = {
                "title": "关于修复县乡道路破损路面的建议",
                "text": "庄寨镇至县城的道路破损多年，群众出行不便。",
                "category": "suggestion",
                "subject": "transport",
                "raised_in": "recess",
                "made_on": "2026-05-06",
                "lead_deputy": str(person),
                "lead_handler": "交通运输局",
                "outcome_class": "B" if "reply" in steps else "",
                "reply": "已列入下半年养护计划。" if "reply" in steps else "",
            }
            row = engine.create(session, SUGGESTIONS, CAO, said, now=NOW, author=None)
            for step in steps:
                workflow.move(session, SUGGESTIONS, row, step, permissions=OWN, **who)
            found[row.state] = row.id
            if row.state == "assigned":
                attaching.add(
                    session,
                    SUGGESTIONS,
                    row,
                    [Given("现场.pdf", PDF)],
                    settings={"attachments_mb": 10},
                    **who,
                )
    return found


def _hand_over(registry: Registry) -> str:
    """A petition that was passed on, and two opinions in other states."""
    with unit_of_work(registry) as session:
        who = {"name": "王某某", "contact": "电话在册", "reveal": True, "due": date(2026, 7, 5)}
        said = Handing(CAO, "petition", "反映农田灌溉渠道淤塞", "渠道淤塞多年，春灌困难。", **who)
        case = handing.hand_over(session, TOWN, said, actor=None, now=SENT)
        handing.pass_on(session, CAO, case, CITY, note="涉及市级河道。", reveal=True, actor=None, now=NOW)
        answered = handing.hand_over(
            session,
            TOWN,
            Handing(CITY, "opinion", "建议增设公交站", "镇东头没有公交站。"),
            actor=None,
            now=SENT,
        )
        answering.reply(session, CITY, answered, Reply("answer", "已列入计划。"), actor=None, now=NOW)
        due = date(2026, 5, 4)
        late = Handing(CITY, "suggestion", "建议修缮乡村道路", "道路破损。", due=due)
        handing.hand_over(session, TOWN, late, actor=None, now=SENT)
    return case.hex()


def _direct(session: Any) -> tuple[tuple[str, str], str]:
    """The city sets both counties a task; one passes it on and is done, the other has not read it."""
    clock = VirtualClock(NOW - timedelta(days=5))
    desk = Desk(session, clock)
    outer = desk.issue(report=FIGURES, files=[File("实施方案.pdf", PDF)])
    desk.deliver()
    inner = desk.assign(CAO, outer, STREET, TOWN)
    desk.deliver()
    clock.now = NOW
    desk.respond(TOWN, inner, "progress", steps=(0,), note="方案已印发，正在组织代表视察。")
    desk.send_back(CAO, inner, desk.done(STREET, inner), "请补充视察照片和问题清单。")
    response = desk.respond(
        CAO, outer, "progress", steps=(0,), note="已部署", files=[File("方案.docx", docx())]
    )
    places = tuple("/".join(one.split(":")[1:]) for one in (outer, inner))
    return (places[0], places[1]), f"{places[0]}/responses/{response.hex()}"


def _decide(session: Any, organisation: str, decision: str, **said: Any) -> None:
    report = chain.standing(session, organisation)
    assert report is not None
    reviewing.decide(session, chain.TREE[organisation], report, decision, actor=None, now=NOW, **said)


def _open_accounts(session: Any) -> None:
    for login, name, organisations, roles in PEOPLE:
        account = accounts.create_account(session, login=login, name=name, now=NOW, password=PASSWORD)
        for organisation, role in product(organisations, roles):
            grants.grant(session, account=account, organisation=organisation, role=role, now=NOW)
    careful = accounts.find_account(session, WITH_SECOND_FACTOR)
    second_factor.turn_on(session, careful, second_factor.offered(session, careful.id), 0, NOW)


def _attach(session: Any, row: TrainingClass) -> None:
    """A notice, a picture, and a plan that was removed."""
    files = [
        Given("关于举办代表法和代表履职培训班的通知（菏人发〔2026〕12号）.pdf", PDF),
        Given("签到现场.png", PNG),
        Given("方案.docx", docx()),
    ]
    settings = {"attachments_mb": 10}
    made = attaching.add(session, CLASSES, row, files, settings=settings, now=NOW, actor=None)
    attaching.remove(session, CLASSES, row, made[-1], now=NOW, actor=None)


def _train(session: Any) -> dict[str, UUID]:
    """One class everywhere in winter, one or two in spring; 共 attends in three places."""
    found = {}
    for code in chain.TREE:
        names = chain.SEATS.get(code, ())
        chain.training(
            session, code, names[:1], now=SENT, day=date(2026, 1, 15), title="预算审查监督实务培训班"
        )
        row = chain.training(session, code, names, now=NOW, title="代表法和代表履职培训班")
        found[code] = row.id
        _attach(session, row)
    for code in (CAO, TOWN, VILLAGE):
        chain.training(session, code, ("共",), now=NOW, day=date(2026, 4, 8), title="怎样写好代表建议培训班")
    session.flush()
    return found
