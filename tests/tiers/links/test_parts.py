"""A part goes only where somebody may have it: over the link, not around the rule."""

from renda_tiers.documents import parts
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerDocument, LedgerPart
from renda_tiers.matters import handing
from renda_tiers.matters.handing import Handing
from tests.tiers.chain import CAO, CITY, TOWN


def held(node, document):
    with node.work() as session:
        rows = session.query(LedgerPart).filter(LedgerPart.document == document)
        return {row.name for row in rows if row.content is not None}


def test_the_identity_stays_below_and_the_text_goes_to_whom_it_is_for(network, start, city):
    start(CAO)
    network.join(CAO, CITY)
    network.settle()
    start(TOWN)
    network.join(TOWN, CAO)
    network.settle()
    town = network.node(TOWN)
    with town.work() as session:
        said = Handing(
            CITY, "petition", "反映道路破损", "村东头道路破损。", name="王某", contact="电话", reveal=False
        )
        case = handing.hand_over(session, TOWN, said, actor=None, now=town.clock())
    network.settle()
    with city.work() as session:
        document = decode(session.get(LedgerDocument, case).payload)
        allowed = parts.parts_for(document, CITY).given
    assert held(city, case) == allowed
    assert "identity" not in held(city, case)
    assert held(town, case) > allowed
