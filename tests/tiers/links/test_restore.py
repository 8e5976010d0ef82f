"""A node restored from a backup signs nothing until it holds again all that it had said."""

import shutil

import pytest

from renda import backup
from renda_tiers.documents.issuing import Recovering
from renda_tiers.documents.models import ThisNode
from renda_tiers.links import renewal
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.links.test_exchange import totals


def report(node, title, **more):
    with node.work() as session:
        chain.training(session, TOWN, now=node.clock(), title=title)
        return chain.submit(session, TOWN, now=node.clock(), **more)


def is_recovering(node):
    with node.work() as session:
        return session.get(ThisNode, node.code).recovering


def test_a_restored_node_waits_and_gets_its_own_documents_back(network, county, city, tmp_path):
    path = tmp_path / "county.backup"
    backup.backup(county.registry, path, county.clock())
    sent = report(county, "一")
    network.settle()
    backup.restore(county.registry, path, replace=True)
    assert sent not in county.documents("report")
    with pytest.raises(Recovering):
        report(county, "二")
    network.settle()
    assert sent in county.documents("report")
    assert not is_recovering(county)
    report(county, "二", reason="补报")
    network.settle()
    assert totals(city, CITY)["T01"] == 1


def test_a_restored_city_gets_everything_back_from_below_without_a_hand(network, county, city, tmp_path):
    path = tmp_path / "city.backup"
    backup.backup(city.registry, path, city.clock())
    report(county, "一")
    network.settle()
    backup.restore(city.registry, path, replace=True)
    assert totals(city, CITY)["T01"] is None
    assert is_recovering(city)
    network.settle()
    assert totals(city, CITY)["T01"] == 1
    assert not is_recovering(city)


def test_a_call_that_was_made_before_the_restore_does_not_open_the_gate(network, county, city, tmp_path):
    path = tmp_path / "city.backup"
    backup.backup(city.registry, path, city.clock())
    calls = len(network.recorded)
    network.dial(CAO)
    backup.restore(city.registry, path, replace=True)
    for address, call in network.recorded[calls:]:
        network.answer(address, call)
    assert is_recovering(city)
    network.settle()
    assert not is_recovering(city)
    assert not is_recovering(county)
    assert not city.link(CAO).alarm


def test_a_silently_restored_node_is_told_by_its_parent_and_stops_signing(
    network, county, city, database_backend
):
    if database_backend != "sqlite":
        pytest.skip("a copy of the file is how the node is restored without being told")
    county.registry.engine.dispose()
    file = county.url.removeprefix("sqlite:///")
    shutil.copyfile(file, f"{file}.old")
    sent = report(county, "一")
    network.settle()
    network.settle()
    county.registry.engine.dispose()
    for suffix in ("-wal", "-shm"):
        (county.folder / (file + suffix)).unlink(missing_ok=True)
    shutil.copyfile(f"{file}.old", file)
    network.dial(CAO)
    network.settle()
    assert sent in county.documents("report")
    assert "old token" in city.link(CAO).alarm


def test_a_node_that_lost_everything_begins_anew_and_gets_its_documents_back(network, start, city, county):
    sent = report(county, "一")
    network.settle()
    with city.work() as session:
        renewal.revoke(session, CAO, now=city.clock())
    city.clock.forward(hours=1)
    county.close()
    again = start(CAO)
    network.join(CAO, CITY)
    network.settle()
    assert sent in again.documents("report")
    assert not is_recovering(again)
    assert totals(city, CITY)["T01"] == 1
    report(again, "二", reason="补报")
    network.settle()
    # The class of the first report lay on the lost node alone.
    assert totals(city, CITY)["T01"] == 1
    assert city.link(CAO).level
