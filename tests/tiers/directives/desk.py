"""What people and the node do with directives, in few words."""

import json
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.tasks.models import TaskRow
from renda_tiers.directives import answers, decisions, endings, orders, receipts, versions
from renda_tiers.directives.answers import Answering
from renda_tiers.directives.models import TargetProgress
from renda_tiers.directives.orders import Order
from renda_tiers.directives.selections import Selection
from tests.tiers.chain import CAO, CITY, SHAN

TITLE = "开展优化营商环境联动监督"
TEXT = "请各县区人大常委会组织代表开展明查暗访。"
STEPS = ("制定方案", "组织视察")
DUE = date(2026, 5, 20)


def named(*codes: str) -> Selection:
    return Selection("list", codes=codes)


def order(**said: Any) -> Order:
    given = {"title": TITLE, "text": TEXT, "due": DUE, "steps": STEPS, "selection": named(CAO, SHAN)}
    return Order(**{**given, **said})


class Desk:
    """A session, and the instant at which everything on it happens."""

    def __init__(self, session: Session, clock: Any) -> None:
        self.session = session
        self.clock = clock

    @property
    def when(self) -> dict[str, Any]:
        return {"actor": None, "now": self.clock()}

    def issue(self, issuer: str = CITY, *, files: Any = (), parent: str = "", **said: Any) -> str:
        """Issue a directive; its subject."""
        found = orders.issue(self.session, issuer, order(**said), files, parent=parent, **self.when)
        return found.subject

    def assign(self, issuer: str, parent: str, *codes: str, **said: Any) -> str:
        return self.issue(issuer, parent=parent, selection=named(*codes), **said)

    def deliver(self) -> int:
        """Run the tasks that wait, as a worker does; how many there were."""
        self.session.flush()
        rows = self.session.scalars(select(TaskRow).where(TaskRow.name == receipts.RECEIVE)).all()
        for row in rows:
            receipts.receive(None, self.session, self.clock(), *json.loads(row.args))
        self.session.execute(delete(TaskRow).where(TaskRow.name == receipts.RECEIVE))
        return len(rows)

    def respond(self, code: str, subject: str, state: str = "acknowledged", **said: Any) -> bytes:
        return answers.respond(self.session, code, subject, Answering(state, **said), **self.when)

    def done(self, code: str, subject: str, steps: int = 2, **said: Any) -> bytes:
        return self.respond(code, subject, "done", steps=tuple(range(steps)), **said)

    def decide(
        self, issuer: str, subject: str, *responses: bytes, decision: str = "verify", reason: str = ""
    ) -> Any:
        return decisions.decide(
            self.session, issuer, subject, responses, decision, reason=reason, **self.when
        )

    def send_back(self, issuer: str, subject: str, response: bytes, reason: str = "请补充") -> Any:
        return self.decide(issuer, subject, response, decision="return", reason=reason)

    def close(self, issuer: str, subject: str, **said: Any) -> Any:
        return endings.close(self.session, issuer, subject, **said, **self.when)

    def cancel(self, issuer: str, subject: str, reason: str = "情况有变") -> Any:
        return endings.cancel(self.session, issuer, subject, reason=reason, **self.when)

    def revise(self, issuer: str, subject: str, **changes: Any) -> Any:
        return versions.revise(self.session, issuer, subject, changes, **self.when)

    def phases(self, subject: str) -> dict[str, str]:
        rows = self.session.execute(
            select(TargetProgress.organisation, TargetProgress.phase).where(TargetProgress.subject == subject)
        )
        return {row.organisation: row.phase for row in rows}

    def phase(self, subject: str, code: str = CAO) -> str:
        return self.phases(subject)[code]
