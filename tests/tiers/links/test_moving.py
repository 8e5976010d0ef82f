"""A hosted town moves to its own node in the middle of everything, and back."""

import base64
import gzip
import json
from datetime import date

import pytest
from sqlalchemy import select

from renda.app import Node
from renda.deputies import mandates, people, secrets
from renda.errors import Conflict, Forbidden, RendaError
from renda.files.store import StoredFile
from renda.records import attaching, attachments, engine
from renda.search.finding import find
from renda.search.sound import entries_fit
from renda.security import grants
from renda.security.accounts import create_account
from renda.security.models import Account
from renda_tiers.documents import issuing
from renda_tiers.links import bundle, hosting
from renda_training.records import CLASSES, TrainingClass
from tests.core.files.samples import PDF
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.links.test_exchange import totals


@pytest.fixture
def kept(city):
    """The town has deputies, a clerk, a class and a report while the city hosts it."""
    with city.work() as session:
        chain.seat(session, TOWN, ("己", "庚"))
        clerk = create_account(session, login="clerk", name="录入员", now=city.clock())
        grants.grant(session, account=clerk, organisation=TOWN, role="clerk", now=city.clock())
        chain.training(session, TOWN, ["己"], now=city.clock())
        return chain.submit(session, TOWN, now=city.clock())


def test_its_records_people_accounts_and_reports_come_along(network, start, city, kept):
    town = start(TOWN)
    city.clock.forward(hours=1)
    network.join(TOWN, CITY)
    network.settle()
    assert kept in town.documents("report")
    with town.work() as session:
        (row,) = session.scalars(select(TrainingClass)).all()
        assert engine.find(session, CLASSES, TOWN, row.id).title == "代表法培训班"
        account = session.scalars(select(Account)).one()
        assert grants.roles_at(session, account.id, TOWN, town.clock()) == {"clerk"}
        chain.training(session, TOWN, ["庚"], now=town.clock())
        chain.submit(session, TOWN, now=town.clock(), reason="又办了一期")
    network.settle()
    found = totals(city, CITY)
    assert (found["T01"], found["T02"], found["T03"]) == (2, 2, 2)


def test_what_is_sealed_of_its_deputies_comes_along_and_opens(network, start, city):
    with city.work() as session:
        values = {"name": "王小明", "identity": "11010519491231002X", "phone": "13805301234"}
        person = people.add(session, TOWN, values, now=city.clock(), actor=None)
        seat = {"term": 19, "starts_on": date(2022, 1, 8)}
        mandates.give(session, TOWN, person, seat, now=city.clock(), actor=None)
    town = start(TOWN)
    network.join(TOWN, CITY)
    network.settle()
    with town.work() as session:
        found = people.known(session, "11010519491231002X")
        assert secrets.unsealed(session, TOWN, found)["phone"] == "13805301234"
        assert secrets.shown(session, TOWN, [found.id])[found.id]["phone"] == "138****1234"


def test_what_came_along_is_found_by_search(network, start, city, kept):
    town = start(TOWN)
    city.clock.forward(hours=1)
    network.join(TOWN, CITY)
    network.settle()
    with town.work() as session:
        assert list(entries_fit(Node(town.registry, session, town.clock()))) == []
        assert find(session, "代表法", {TOWN: [CLASSES.name]}, [CLASSES.name]).total == 1


def attached(session):
    """(name, bytes) of each file of the town's class."""
    (row,) = session.scalars(select(TrainingClass)).all()
    return [
        (one.row.name, attachments.content(session, one.row)) for one in attachments.of(session, CLASSES, row)
    ]


def test_attached_files_come_along_and_go_back(network, start, city, kept):
    with city.work() as session:
        (row,) = session.scalars(select(TrainingClass)).all()
        given = [attaching.Given("通知.pdf", PDF)]
        settings = city.registry.values
        attaching.add(session, CLASSES, row, given, settings=settings, now=city.clock(), actor=None)
    town = start(TOWN)
    city.clock.forward(hours=1)
    network.join(TOWN, CITY)
    network.settle()
    with town.work() as session:
        assert attached(session) == [("通知.pdf", PDF)]
        session.scalars(select(StoredFile)).one()
        records = bundle.pack(session, [TOWN])
    with city.work() as session:
        hosting.take_back(session, TOWN, records, now=city.clock())
        assert attached(session) == [("通知.pdf", PDF)]


def test_more_than_can_move_is_refused_above_and_the_code_stays_good(network, start, city, kept, monkeypatch):
    start(TOWN)
    city.clock.forward(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "MAX_BUNDLE", 10)
        with pytest.raises(RendaError):
            network.join(TOWN, CITY)
    network.join(TOWN, CITY)


def test_a_bundle_whose_file_is_not_the_one_it_names_is_none(city, kept):
    with city.work() as session:
        (row,) = session.scalars(select(TrainingClass)).all()
        given = [attaching.Given("通知.pdf", PDF)]
        settings = city.registry.values
        attaching.add(session, CLASSES, row, given, settings=settings, now=city.clock(), actor=None)
        content = json.loads(gzip.decompress(bundle.pack(session, [TOWN])))
    content["tables"]["core_file"][0]["content"]["bytes"] = base64.b64encode(PDF[:-1]).decode()
    with pytest.raises(bundle.NotABundle), city.work() as session:
        bundle.unpack(session, gzip.compress(json.dumps(content).encode()))


def test_the_old_node_signs_nothing_more_for_it_and_nobody_plays_a_role_there(network, start, city, kept):
    start(TOWN)
    network.join(TOWN, CITY)
    network.settle()
    with city.work() as session:
        assert TOWN not in issuing.hosted(session)
        account = session.scalars(select(Account)).one()
        assert grants.roles_at(session, account.id, TOWN, city.clock()) == frozenset()
    with city.work() as session:
        chain.training(session, TOWN, ["庚"], now=city.clock(), title="再办一期")
    with pytest.raises(Forbidden), city.work() as session:
        chain.submit(session, TOWN, now=city.clock(), reason="更正")


def test_a_whole_county_moves_with_its_towns(network, start, city, kept):
    county = start(CAO)
    city.clock.forward(hours=1)
    network.join(CAO, CITY)
    network.settle()
    with county.work() as session:
        assert {CAO, TOWN} < issuing.hosted(session)
        chain.training(session, TOWN, ["庚"], now=county.clock())
        chain.submit(session, TOWN, now=county.clock(), reason="又办了一期")
    network.settle()
    assert totals(city, CITY)["T01"] == 2


def test_it_moves_back_with_what_it_has_done_meanwhile(network, start, city, kept):
    town = start(TOWN)
    city.clock.forward(hours=1)
    network.join(TOWN, CITY)
    network.settle()
    with town.work() as session:
        chain.training(session, TOWN, ["庚"], now=town.clock())
        chain.submit(session, TOWN, now=town.clock(), reason="又办了一期")
    network.settle()
    with town.work() as session:
        records = bundle.pack(session, [TOWN])
    with city.work() as session:
        assert hosting.take_back(session, TOWN, records, now=city.clock()) == [TOWN]
        chain.training(session, TOWN, ["己"], now=city.clock(), title="第三期")
        chain.submit(session, TOWN, now=city.clock(), reason="第三期")
    assert totals(city, CITY)["T01"] == 3
    network.dial(TOWN)
    assert town.link(CITY).state == "refused"
    with town.work() as session:
        chain.training(session, TOWN, ["庚"], now=town.clock(), title="再办一期")
    with pytest.raises(Forbidden), town.work() as session:
        chain.submit(session, TOWN, now=town.clock(), reason="还想报")


def test_nothing_moves_back_while_the_ends_differ(network, start, city, kept):
    start(TOWN)
    network.join(TOWN, CITY)
    with pytest.raises(Conflict), city.work() as session:
        hosting.take_back(session, TOWN, None, now=city.clock())
