"""The probe's node, news, and a channel that leads nowhere."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from renda.declarations import Channel
from renda.notices import choices, sending
from renda.notices.choices import Choice, Choices
from renda.notices.kinds import KINDS, TASK
from renda.notices.models import Delivery
from renda.notices.telling import News, tell
from renda.tasks.models import TaskRow
from tests.core.records.conftest import (  # noqa: F401 - fixtures
    COUNTY,
    NOW,
    assembled,
    database_url,
    limited,
    limited_by_day,
    people,
    sign_in,
    stored_visit,
    visit,
)


def news(key="a", kind=TASK, title="走访孙老家镇", roles=("clerk",), organisation=COUNTY):
    return News(organisation, frozenset(roles), kind, title, "r/probe_visit", key)


class Post:
    """A node that sends e-mail nowhere, and its clerk's wishes.

    Attributes:
        sent: what was sent, as (address, subject, text).
        failures: exceptions to raise before the next messages are taken.
    """

    def __init__(self, registry, work, clerk) -> None:
        self.registry, self.work, self.clerk = registry, work, clerk
        self.sent: list[tuple[str, str, str]] = []
        self.failures: list[BaseException] = []

    def carry(self, _setting, address, subject, text):
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((address, subject, text))

    def choose(self, *, kinds=KINDS, quiet=None):
        """Let the clerk choose what goes out by e-mail; no kinds at all close the channel."""
        mail = {"mail": Choice("li@example.cn", frozenset(kinds))} if kinds else {}
        with self.work() as session:
            choices.choose(session, self.clerk, Choices(mail, quiet), now=NOW)

    def tell(self, *many):
        """Tell news and give all deliveries that are planned: (notice, channel)."""
        with self.work() as session:
            tell(session, many or [news()], self.registry.clock())
            rows = session.execute(select(Delivery.notice, Delivery.channel).order_by(Delivery.notice))
            return [(row.notice, row.channel) for row in rows]

    def send(self, delivery):
        """Send a delivery, as the task does."""
        sending.send(self.registry, *delivery)

    def state(self, delivery):
        """The state of a delivery, and how often it was tried."""
        with self.work() as session:
            row = session.get_one(Delivery, delivery)
            return row.state, row.tries

    def due(self):
        """When the deliveries are due, in their order."""
        asked = select(TaskRow.due).where(TaskRow.name == sending.SEND).order_by(TaskRow.id)
        with self.work() as session:
            return list(session.scalars(asked))


@pytest.fixture
def post(registry, work, people):  # noqa: F811 - the fixture
    declared, values = registry.declared, registry.values
    made = Post(registry, work, people.clerk)
    channel = Channel("mail", "E-mail", "mail_url", "Address", made.carry)
    registry.declared = replace(declared, channels={**declared.channels, "mail": channel})
    registry.values = {**values, "mail_url": "smtp://mail", "pages_url": "https://rd.example.cn/"}
    yield made
    registry.declared, registry.values = declared, values
