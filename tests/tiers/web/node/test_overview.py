"""How a node stands among others: each link in words, what waits, and who may look."""

import json

import pytest

from renda.security import audit, trail
from renda_tiers.kinds import KINDS
from renda_tiers.links import gate, joining, state
from renda_tiers.links.models import Link
from renda_tiers.links.transports.http import Unreachable
from renda_tiers.web.node import said
from tests.core.security.town import post
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN
from tests.tiers.web.conftest import row, text
from tests.tiers.web.node.conftest import NODE, act, audited, link_page


def test_each_end_of_a_link_shows_the_other(city, county, reader):
    above = row(reader(city, "admin", CITY).get(NODE.format(CITY)), "曹县")
    assert "Below level 2026-05-06 09:00 it calls here 0 0" in above
    below = row(reader(county, "admin", CAO).get(NODE.format(CAO)), "菏泽市")
    assert "Above level 2026-05-06 09:00 2026-05-06 09:01 0 0" in below


def test_the_menu_leads_administrators_and_auditors_there_and_nobody_else(city, reader):
    for role, there in (("admin", True), ("auditor", True), ("clerk", False), ("leader", False)):
        page = reader(city, role, CITY).get(f"/o/{CITY}")
        assert ("Node and links" in page.text) is there, role


def test_an_auditor_reads_and_others_do_not(city, county, reader):
    pages = [
        NODE.format(CITY),
        link_page(CITY, CAO),
        *(f"{NODE.format(CITY)}/{one}" for one in ("documents", "forks")),
    ]
    auditor, clerk = reader(city, "auditor", CITY), reader(city, "clerk", CITY)
    for page in pages:
        found = auditor.get(page)
        assert [one for one in found.html.find("main").find_all("form") if one.get("method") == "post"] == []
        clerk.get(page, status=403)
        reader(county, "admin", CAO).get(page, status=404)


def test_a_silent_link_says_since_when_and_one_that_was_never_heard_says_that(
    network, start, county, clock, reader
):
    start(TOWN)
    network.join(TOWN, CAO)
    page = reader(county, "admin", CAO).get(NODE.format(CAO))
    assert "Below not heard yet — it calls here" in row(page, "庄寨镇")
    clock.forward(hours=1, seconds=1)
    page = reader(network.node(CITY), "admin", CITY).get(NODE.format(CITY))
    assert "silent since 2026-05-06 09:00" in row(page, "曹县")


def test_a_failed_call_shows_its_reason_and_the_next_try(network, county, clock, reader):
    def broken(_number, _stage):
        raise Unreachable

    network.fault = broken
    clock.forward(minutes=5)
    network.dial(CAO)
    found = row(reader(county, "admin", CAO).get(NODE.format(CAO)), "菏泽市")
    assert "The other node cannot be reached. · 1 calls failed in a row" in found
    assert "2026-05-06 09:05" in found


def test_what_waits_to_be_sent_is_counted(city, county, reader):
    with city.work() as session:
        chain.typed_template(session, chain.typed_line("X1"), now=city.clock())
    del county
    found = row(reader(city, "admin", CITY).get(NODE.format(CITY)), "曹县")
    assert "it calls here 1 0" in found


def test_a_link_tells_version_address_and_kinds_that_the_other_does_not_know(city, county, reader):
    del county
    with city.work() as session:
        known = {name: one.schema for name, one in city.registry.declared.document_kinds.items()}
        session.get(Link, CAO).kinds = json.dumps({**known, "review": 0} | {"stranger": 3})
    page = text(reader(city, "admin", CITY).get(link_page(CITY, CAO)))
    assert "http://371721.example/" in page
    assert "Kinds that it does not know Review Its audit trail" in page


def test_a_recovering_node_names_those_it_waits_for(network, start, county, reader):
    start(TOWN)
    network.join(TOWN, CAO)
    network.settle()
    with county.work() as session:
        gate.close(session)
    page = reader(county, "admin", CAO).get(NODE.format(CAO))
    banner = " ".join(page.html.find(class_="summary").get_text(" ").split())
    assert "This node signs nothing until it is level with its peers" in banner
    assert "菏泽市" in banner
    assert "庄寨镇" in banner
    buttons = [one["value"] for one in page.html.find(class_="summary").find_all("button")]
    assert buttons == ["waive"]
    network.settle()
    assert "signs nothing" not in text(reader(county, "admin", CAO).get(NODE.format(CAO)))


def test_the_last_node_waited_for_is_waived_and_the_gate_opens(network, start, county, reader):
    start(TOWN)
    network.join(TOWN, CAO)
    network.settle()
    with county.work() as session:
        gate.close(session)
    network.dial(CAO)
    admin = reader(county, "admin", CAO)
    act(admin, CAO, CITY, "waive", status=409)
    done = act(admin, CAO, TOWN, "waive", status=303).follow()
    assert "This node does not wait for it any more" in text(done)
    assert "signs nothing" not in text(admin.get(NODE.format(CAO)))
    assert audited(county, "link.waive") == [("link.waive", CAO, TOWN, True)]
    with county.work() as session:
        chain.submit(session, CAO, now=county.clock())


def test_an_organisation_that_is_hosted_is_told_by_whom(city, county, reader):
    del county
    hosted = text(reader(city, "admin", SHAN).get(NODE.format(SHAN)))
    assert "hosted by the node of 菏泽市" in hosted
    assert "Links" not in hosted
    apart = text(reader(city, "admin", STREET).get(NODE.format(STREET)))
    assert "belongs to the node of 曹县" in apart


@pytest.mark.parametrize("page", ["links/371721", "documents", "forks", f"documents/{'0' * 64}"])
def test_only_the_organisation_at_the_top_sees_the_links(city, county, reader, page):
    del county
    found = reader(city, "admin", SHAN).get(f"{NODE.format(SHAN)}/{page}", status=403)
    assert "Only the organisation at the top of this node" in found.text


def test_what_a_hosted_organisations_administrator_posts_is_refused(city, county, reader):
    admin = reader(city, "admin", SHAN)
    act(admin, SHAN, CAO, "close", status=403)
    post(admin, f"{NODE.format(SHAN)}/invite", {"organisation": TOWN}, status=403)
    post(admin, f"{NODE.format(SHAN)}/documents", status=403)
    assert city.link(CAO).state == "open"
    del county


def test_a_link_that_is_not_there_is_not_found(city, reader):
    admin = reader(city, "admin", CITY)
    for peer in (CAO, CITY, "x", "..%2F..", "%E6%9B%B9%E5%8E%BF"):
        admin.get(link_page(CITY, peer), status=404)


def test_a_node_without_links_says_so(city, reader):
    page = text(reader(city, "admin", CITY).get(NODE.format(CITY)))
    assert "This node has no link with another one" in page


def test_an_open_invitation_is_listed_until_it_expires_and_its_code_shows_nowhere(city, reader):
    with city.work() as session:
        code = str(joining.invite(session, CAO, now=city.clock()))
    page = reader(city, "admin", CITY).get(NODE.format(CITY))
    assert "Open invitations" in text(page)
    assert "good until 2026-05-13 09:00" in text(page)
    assert code not in page.text
    city.clock.forward(days=7, seconds=1)
    with city.work() as session:
        assert not state.of(session, city.clock()).invited


def test_every_kind_of_the_chain_has_a_name():
    assert {one.name for one in KINDS} <= said.KINDS.keys()


def test_both_ends_show_up_to_where_they_vouch_for_each_other_s_audit_trail(
    city, county, reader, network, clock
):
    ends = {}
    for code, node in ((CITY, city), (CAO, county)):
        with node.work() as session:
            audit.record(session, actor=None, organisation=None, action="a", target="b", now=node.clock())
        with node.work() as session:
            ends[code] = "{} entries · {}".format(*_read_out(trail.head(session.connection())))
    for _call in range(3):
        clock.forward(minutes=1)
        network.dial(CAO)
    for code, node, peer in ((CITY, city, CAO), (CAO, county, CITY)):
        shown = text(reader(node, "auditor", code).get(link_page(code, peer)))
        assert f"Its audit trail, as vouched for here {ends[peer]}" in shown
        assert f"Our audit trail, as vouched for there {ends[code]}" in shown


def _read_out(head):
    number, digest = head
    return number, digest.hex()[:12].upper()
