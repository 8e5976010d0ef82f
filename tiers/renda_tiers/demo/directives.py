"""Two directives of the city: one that went down to townships and was closed, and one that is under way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.directory.divisions import Body
from renda.indicators.kinds import Qualifier, Status
from renda.indicators.periods import Period
from renda_tiers.demo import plan
from renda_tiers.demo.chain import Chain
from renda_tiers.demo.plan import Calendar
from renda_tiers.directives import answers, bodies, decisions, endings, held, orders
from renda_tiers.directives.answers import Answering
from renda_tiers.directives.models import TargetProgress
from renda_tiers.directives.orders import Order
from renda_tiers.directives.requirements import Figure, Requirement
from renda_tiers.directives.selections import Selection
from renda_tiers.reports import definitions, entering, reviewing, submission
from renda_tiers.reports.entering import Entered

CLOSED = Order(
    "开展优化营商环境联动监督",
    "请组织代表对优化营商环境情况进行视察，督促解决发现的问题。",
    days=10,
    steps=("制定方案", "组织视察", "督促整改"),
)
RUNNING = Order(
    "开展代表接待选民月活动",
    "请安排代表到联络站接待选民，收集意见建议，及时交办反馈。",
    days=15,
    steps=("公布安排", "接待选民", "交办反馈"),
)
ASKED = {
    CLOSED.title: Figure("视察次数", "次", "本单位组织的代表视察，一次视察多个点计一次。"),
    RUNNING.title: Figure("接待选民人次", "人次", "代表在联络站接待的选民，一人多次计多次。"),
}


def value_of(code: str) -> int:
    """The invented figure of a body, from none to four."""
    return sum(map(int, code)) % 5


@dataclass(frozen=True)
class Course:
    """A directive on its way.

    Attributes:
        subject: of the city's directive.
        broken_down: what the counties made of it, by county.
    """

    subject: str
    broken_down: dict[str, str]


def close_one(chain: Chain, calendar: Calendar) -> Course:
    """From the city to all counties, by some of them to their townships, and back until it is closed."""
    when = [calendar.after(calendar.before, 7 + step) for step in range(6)]
    course = _issue(chain, CLOSED, calendar.before, plan.BREAK_DOWN, when)
    for county, subject in course.broken_down.items():
        _answer(chain, _children(chain, county), subject, when[2])
    chain.settle()
    for county, subject in course.broken_down.items():
        _verify(chain, county, subject, when[3])
    _answer(chain, _children(chain, plan.CITY), course.subject, when[4])
    chain.settle()
    _verify(chain, plan.CITY, course.subject, when[5])
    chain.settle()
    return course


def begin_one(chain: Chain, calendar: Calendar) -> Course:
    """From the city to all counties: one has gone on to its towns, one is at work, one was returned."""
    now = calendar.recently
    course = _issue(chain, RUNNING, calendar.period, (plan.PLAIN,), (now(1), now(2)))
    county = plan.WAITING[:6]
    _answer(chain, [one for one in chain.bodies if one.code == county], course.subject, now(3))
    with chain.work(plan.UNREVIEWED) as session:
        said = Answering(bodies.PROGRESS, "联络站排班已经公布。", (0,))
        answers.respond(session, plan.UNREVIEWED, course.subject, said, actor=None, now=now(3))
    with chain.work(plan.RETURNED) as session:
        subject = course.broken_down[plan.PLAIN]
        said = Answering(bodies.ACKNOWLEDGED)
        answers.respond(session, plan.RETURNED, subject, said, actor=None, now=now(3))
    chain.settle()
    with chain.work(plan.CITY) as session:
        decisions.decide(
            session,
            plan.CITY,
            course.subject,
            _responses(session, course.subject),
            bodies.RETURN,
            reason="请补充意见建议的交办情况。",
            actor=None,
            now=now(4),
        )
    chain.settle()
    return course


def _children(chain: Chain, parent: str) -> list[Body]:
    return [one for one in chain.bodies if one.parent == parent]


def _issue(
    chain: Chain, said: Order, period: Period, counties: Collection[str], when: Sequence[datetime]
) -> Course:
    """The city issues it, and counties break it down to all of their townships."""
    order = replace(said, report=Requirement(period.code, figures=(ASKED[said.title],)))
    with chain.work(plan.CITY) as session:
        subject = orders.issue(session, plan.CITY, order, actor=None, now=when[0]).subject
    chain.settle()
    broken_down = {}
    for county in counties:
        with chain.work(county) as session:
            outer = held.find(session, subject, county)
            inner = orders.inherited(outer, Selection())
            found = orders.issue(session, county, inner, parent=subject, actor=None, now=when[1])
            broken_down[county] = found.subject
    chain.settle()
    return Course(subject, broken_down)


def _answer(chain: Chain, targets: Sequence[Body], subject: str, now: datetime) -> None:
    """Targets report their figure, and say that all is done."""
    for host in dict.fromkeys(chain.host(one.code) for one in targets):
        with chain.work(host) as session:
            for one in targets:
                if chain.host(one.code) == host:
                    _done(session, one.code, subject, now)


def _done(session: Session, code: str, subject: str, now: datetime) -> None:
    directive = held.find(session, subject, code).body
    asked, value = directive["report"], value_of(code)
    template, period = definitions.current(session, asked["template"], code), Period.parse(asked["period"])
    entry = Entered(status=Status.REPORTED if value else Status.NIL, value=value, qualifier=Qualifier.EXACT)
    entering.enter(session, code, template, period, {("Q1", ""): entry}, author=None, now=now)
    submission.submit(session, code, template.code, period, actor=None, now=now)
    said = Answering(bodies.DONE, "已按要求完成。", tuple(range(len(directive["steps"]))))
    answers.respond(session, code, subject, said, actor=None, now=now)


def _verify(chain: Chain, issuer: str, subject: str, now: datetime) -> None:
    """The issuer endorses every report and verifies every response, and closes the directive."""
    with chain.work(issuer) as session:
        responses = _responses(session, subject)
        reports = [_reported(session, one) for one in responses]
        reviewing.endorse_many(session, issuer, reports, actor=None, now=now)
        decisions.decide(session, issuer, subject, responses, bodies.VERIFY, actor=None, now=now)
        endings.close(session, issuer, subject, actor=None, now=now)


def _reported(session: Session, response: bytes) -> bytes:
    return bytes.fromhex(held.document(session, response).body["report"])


def _responses(session: Session, subject: str) -> list[bytes]:
    """The last word of each target that said that all is done."""
    statement = select(TargetProgress.response).where(
        TargetProgress.subject == subject, TargetProgress.phase == bodies.DONE
    )
    return [one for one in session.scalars(statement) if one is not None]
