"""The sums by which two nodes compare what they hold are kept up to date as documents pass."""

from sqlalchemy import select

from renda_tiers.links import digests, managing
from renda_tiers.links.models import MINE, THEIRS, LinkDigest
from tests.tiers.chain import CAO, CITY
from tests.tiers.links.test_restore import report


def kept(node, peer):
    with node.work() as session:
        found = session.scalars(select(LinkDigest).where(LinkDigest.link == peer)).all()
        return {(one.side, one.month): (one.count, one.digest) for one in found}


def made_anew(node, peer, places):
    with node.work() as session:
        return {
            (side, month): digests.summed(digests.rows(session, peer, side, month)) for side, month in places
        }


def test_they_are_those_of_what_is_listed_after_every_exchange(network, county, city):
    for number, title in enumerate(("一", "二", "三")):
        report(county, title, **({"reason": "补报"} if number else {}))
        network.settle()
        for node, peer in ((county, CITY), (city, CAO)):
            sums = kept(node, peer)
            assert {side for side, _month in sums} == {MINE, THEIRS}
            assert sums == made_anew(node, peer, sums)


def test_what_is_new_is_added_and_nothing_is_summed_again(network, county, city):
    before = kept(county, CITY)
    report(county, "一")
    after = kept(county, CITY)
    assert after.keys() == before.keys()
    assert after != before
    assert after == made_anew(county, CITY, after)


def test_a_month_that_is_doubted_stays_so_until_its_list_has_come(network, county, city):
    with city.work() as session:
        managing.act(session, CAO, managing.COMPARE, organisation=CITY, actor=None, now=city.clock())
    assert {count for (side, _month), (count, _sum) in kept(city, CAO).items() if side == THEIRS} == {
        digests.NO_COUNT
    }
    report(county, "一")
    network.settle()
    sums = kept(city, CAO)
    assert sums == made_anew(city, CAO, sums)
    assert city.link(CAO).level
