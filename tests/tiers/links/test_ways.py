"""What complains of a body goes no way that passes this body's node; on other ways it goes as ever."""

from datetime import date

import pytest
from sqlalchemy import func, select

from renda.directory.models import Edge, Organisation
from renda.errors import Invalid
from renda.security.models import AuditEntry
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.links import routing
from renda_tiers.matters import answering, handing
from renda_tiers.matters.answering import Reply
from renda_tiers.matters.handing import Handing
from renda_tiers.matters.models import Matter
from renda_tiers.matters.state import RETURN
from renda_tiers.matters.ways import Passing
from tests.core.security.town import post
from tests.tiers.chain import CAO, CITY, SHAN, TOWN
from tests.tiers.links.test_parts import held
from tests.tiers.web.conftest import text
from tests.tiers.web.node.conftest import reader

__all__ = ["reader"]

ABOUT_THE_COUNTY = Handing(
    CITY,
    "petition",
    "反映曹县道路施工扰民",
    "夜间施工。",
    about=CAO,
    name="王某",
    contact="电话",
    reveal=True,
)


def join(network, start, code, above):
    node = start(code)
    network.join(code, above)
    network.settle()
    return node


@pytest.fixture
def town(network, start, city, county):
    """A town's own node, below the county's own."""
    del city, county
    return join(network, start, TOWN, CAO)


def hand(node, origin, said=ABOUT_THE_COUNTY):
    with node.work() as session:
        return handing.hand_over(session, origin, said, actor=None, now=node.clock())


def everything(node):
    """How much the node holds and has written down."""
    with node.work() as session:
        return [
            session.scalar(select(func.count()).select_from(one))
            for one in (LedgerDocument, Matter, AuditEntry)
        ]


def bodies(node, speaker, receiver):
    """At whose nodes something may arrive on its way."""
    with node.work() as session:
        event = Passing(session, speaker, receiver, date(2026, 5, 6))
        node.registry.notify(event)
    return event.bodies


def test_over_the_node_of_the_body_complained_of_nothing_goes_and_nothing_is_signed(network, town):
    nodes = [town, network.node(CAO), network.node(CITY)]
    before = [everything(node) for node in nodes]
    with pytest.raises(Invalid) as refused:
        hand(town, TOWN)
    assert "over the node of" in refused.value.errors["receiver"]
    network.settle()
    assert [everything(node) for node in nodes] == before


def test_the_page_says_what_to_do_instead(town, reader):
    clerk = reader(town, "clerk", TOWN)
    typed = {
        "receiver": CITY,
        "category": "petition",
        "title": "反映曹县道路施工扰民",
        "text": "夜间施工。",
        "about": CAO,
    }
    page = post(clerk, f"/o/{TOWN}/m/tiers/matters/new", typed, status=422)
    assert "Nothing was sent. Hand it in at 菏泽市 itself, on a page there or on paper." in text(page)
    post(clerk, f"/o/{TOWN}/m/tiers/matters/new", {**typed, "about": SHAN}, status=303)


def test_a_matter_about_nobody_or_somebody_else_goes_over_the_same_node(network, town):
    said = [Handing(**{**dict(_fields(ABOUT_THE_COUNTY)), "about": about}) for about in ("", SHAN)]
    cases = [hand(town, TOWN, one) for one in said]
    network.settle()
    for case in cases:
        assert held(network.node(CITY), case) == {"identity", "text"}


def _fields(said):
    return [(name, getattr(said, name)) for name in Handing.__slots__]


def test_a_town_whose_node_hangs_below_the_citys_complains_of_its_county(network, start, city):
    """The county is hosted by the city: its node is none that the way passes."""
    town = join(network, start, TOWN, CITY)
    case = hand(town, TOWN)
    network.settle()
    assert held(city, case) == {"identity", "text"}


def test_where_all_are_hosted_on_one_node_it_goes_as_ever(city):
    assert held(city, hand(city, TOWN)) == {"identity", "text"}


def test_downwards_the_way_is_looked_at_as_well(town, network):
    city = network.node(CITY)
    down = Handing(TOWN, "opinion", "了解情况", "请说明。", about=CAO)
    with pytest.raises(Invalid):
        hand(city, CITY, down)
    assert hand(city, CITY, Handing(TOWN, "opinion", "了解情况", "请说明。", about=SHAN))


def test_it_is_not_passed_on_over_that_node_either(town, network):
    city = network.node(CITY)
    case = hand(city, CITY, Handing(SHAN, "opinion", "了解情况", "请说明。", about=CAO))
    with city.work() as session:
        back = Reply(RETURN, "不属我县。")
        answering.reply(session, SHAN, case, back, actor=None, now=city.clock())
    with city.work() as session, pytest.raises(Invalid) as refused:
        handing.pass_on(session, CITY, case, TOWN, actor=None, now=city.clock())
    assert "over the node of" in refused.value.errors["receiver"]
    with city.work() as session:
        assert session.scalar(select(func.count()).select_from(Matter)) == 1


def test_of_those_beyond_the_next_node_each_may_have_one_of_its_own(network, county):
    city, village = network.node(CITY), "371721101001"
    with city.work() as session:
        session.add(Organisation(code=village, name="村", kind="committee", tier="township", congress=False))
        session.flush()
        session.add(Edge(child=village, parent=TOWN, valid_from=date(2025, 1, 1)))
        session.flush()
        routing.reach(session)
    assert bodies(city, CITY, village) == {CAO, TOWN}
    assert bodies(city, CITY, CAO) == set()
    assert bodies(city, CITY, SHAN) == set()
    assert bodies(city, SHAN, TOWN) == {CAO}
    assert bodies(county, TOWN, SHAN) == {CITY}
