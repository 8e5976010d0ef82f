"""Where there is no connection, files carried by hand do all that calls do, one at a time."""

import pytest

from renda import backup
from renda_tiers.documents.issuing import Recovering
from renda_tiers.links import state
from renda_tiers.links.transports import file
from tests.tiers.chain import CITY
from tests.tiers.links.test_exchange import totals
from tests.tiers.links.test_restore import is_recovering, report


def write(node, peer):
    with node.work() as session:
        return file.write(session, peer.code, now=node.clock())


def read(node, data):
    with node.work() as session:
        return file.read(session, data, now=node.clock())


def carry(one, other):
    """A file each way."""
    read(other, write(one, other))
    read(one, write(other, one))


def test_a_report_comes_up_and_its_receipt_down(county, city):
    sent = report(county, "一")
    carry(county, city)
    assert sent in city.documents("report")
    assert totals(city, CITY)["T01"] == 1
    with county.work() as session:
        (link,) = state.of(session, county.clock()).links
    assert (link.waiting, link.state) == (0, state.LEVEL)


@pytest.mark.parametrize("restored", ["county", "city"])
def test_after_a_restore_a_few_files_bring_back_what_was_lost_and_open_the_gate(
    county, city, tmp_path, restored
):
    node, other = (county, city) if restored == "county" else (city, county)
    path = tmp_path / "node.backup"
    backup.backup(node.registry, path, node.clock())
    sent = report(county, "一")
    carry(county, city)
    backup.restore(node.registry, path, replace=True)
    assert is_recovering(node)
    assert sent not in node.documents("report")
    for _journey in range(5):
        carry(node, other)
        if not is_recovering(node):
            break
    assert not is_recovering(node)
    assert sent in node.documents("report")
    assert totals(city, CITY)["T01"] == 1


@pytest.mark.parametrize("restored", ["county", "city"])
def test_a_file_from_before_the_restore_opens_no_gate(county, city, tmp_path, restored):
    node, other = (county, city) if restored == "county" else (city, county)
    carry(county, city)
    carry(county, city)
    path = tmp_path / "node.backup"
    backup.backup(node.registry, path, node.clock())
    old = write(other, node)
    report(county, "一")
    carry(county, city)
    backup.restore(node.registry, path, replace=True)
    read(node, old)
    assert is_recovering(node)
    write(node, other)
    read(node, old)
    assert is_recovering(node)
    if node is county:
        with pytest.raises(Recovering):
            report(county, "二")
