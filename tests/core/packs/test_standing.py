"""What is declared follows what is installed: in every process, without a restart."""

import pytest
import transaction

from renda.app import configure, open_session, unit_of_work
from renda.database import everything
from renda.directory import modules
from renda.errors import Conflict
from renda.packs import keeping, shipped
from renda.packs.reading import read
from renda.testing.plugin import node_settings
from tests.core.packs import files
from tests.core.packs.files import NAME, TYPE
from tests.core.security.town import CITY, COUNTY, OTHER


@pytest.fixture
def second(database_url, node_folder, clock):
    """The registry of another process of the same node."""
    found = configure(node_settings(node_folder, database_url), environment={}, clock=clock).registry
    yield found
    found.engine.dispose()


def known(registry):
    with unit_of_work(registry, reading=True) as session:
        session.connection()
        return TYPE in registry.declared.record_types


def test_every_process_knows_a_pack_as_soon_as_it_is_installed(install, registry, second):
    assert not known(registry)
    assert not known(second)
    install(enable=False)
    assert known(registry)
    assert known(second)


def test_nothing_is_read_again_while_no_pack_comes(install, registry):
    install()
    assert known(registry)
    before = registry.declared
    assert known(registry)
    assert registry.declared is before


def test_what_was_not_committed_is_not_there(registry, second, people, clock):
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    session = open_session(registry, manager)
    with everything(session):
        keeping.install(session, COUNTY, files.pack(), actor=None, now=clock())
    manager.abort()
    assert not known(registry)
    assert not known(second)


def test_only_who_has_it_can_enable_it(install, registry, work, clock):
    install(enable=False)
    with work() as session:
        states = dict(modules.overview(modules.read(session, COUNTY, clock().date())))
        elsewhere = dict(modules.overview(modules.read(session, OTHER, clock().date())))
    assert states[NAME] == modules.AVAILABLE
    assert NAME not in elsewhere


def test_a_higher_version_stands_in_the_place_of_a_lower_one(install, registry):
    install()
    install(files.pack(("version = 1\n", "version = 2\n"), ('title = "走访日"', 'title = "走访月"')))
    assert known(registry)
    assert registry.declared.modules[NAME].title == "走访月"
    assert registry.declared.packs[NAME].version == 2


def test_another_text_of_the_same_version_is_refused(install):
    install()
    with pytest.raises(Conflict):
        install(files.pack(('title = "走访日"', 'title = "走访月"')), enable=False)


def test_nobody_passes_for_a_shipped_one(install):
    text = shipped.packs()["renda-courtwatch"].text
    with pytest.raises(Conflict):
        install(read(text.replace("version = 1\n", "version = 9\n").encode(), "x.toml"), enable=False)
    install(read(text.encode(), "x.toml"))


def test_nobody_else_here_changes_what_a_body_made(install):
    install()
    newer = files.pack(("version = 1\n", "version = 2\n"))
    with pytest.raises(Conflict):
        install(newer, CITY, enable=False)
    install(files.pack(), CITY, enable=False)
    install(newer, enable=False)
