"""A backup is all rows of one instant, and a restore puts them in the place of all others or changes nothing."""

import json
import zipfile
from uuid import uuid4

import pytest
from sqlalchemy import select

from renda import backup
from renda.directory.models import Mandate, Organisation, Person
from renda.errors import Conflict
from renda.security.models import AuditEntry
from tests.tiers import chain


@pytest.fixture
def kept(registry, work, clock, tmp_path):
    """A chain with persons, and its backup."""
    with work() as session:
        chain.found(session)
    path = tmp_path / "node.backup"
    counts = backup.backup(registry, path, clock())
    assert counts["core_organisation"] == len(chain.TREE)
    return path


def names(work):
    with work() as session:
        seats = len(session.scalars(select(Mandate.id)).all())
        return sorted(session.scalars(select(Person.name))), seats


def test_what_was_there_is_there_again_and_nothing_else(registry, work, kept):
    before = names(work)
    with work() as session:
        chain.seat(session, chain.TOWN, ("新",))
    assert names(work) != before
    backup.restore(registry, kept, replace=True)
    assert names(work) == before


def test_where_there_are_data_it_asks_for_the_word(registry, work, kept):
    before = names(work)
    with pytest.raises(Conflict):
        backup.restore(registry, kept, replace=False)
    assert names(work) == before


def test_only_its_owner_can_read_it_and_the_audit_trail_says_that_it_was_made(kept, work, clock):
    assert kept.stat().st_mode & 0o777 == 0o600
    with work() as session:
        (row,) = session.scalars(select(AuditEntry).where(AuditEntry.action == backup.MADE))
        assert (row.target, row.at) == (kept.name, clock())


def test_others_go_on_writing_while_it_is_made(registry, work, clock, tmp_path, monkeypatch):
    with work() as session:
        chain.found(session)
    write, late = backup._write, []

    def write_slowly(*arguments):
        if not late:
            with work() as session:
                late.append(chain.seat(session, chain.TOWN, ("迟",)))
        return write(*arguments)

    monkeypatch.setattr(backup, "_write", write_slowly)
    backup.backup(registry, tmp_path / "node.backup", clock())
    assert "迟" in names(work)[0]
    backup.restore(registry, tmp_path / "node.backup", replace=True)
    assert "迟" not in names(work)[0], "it is of the instant at which it began"


def rewritten(path, change):
    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    change(content)
    with zipfile.ZipFile(path, "w") as file:
        for name, data in content.items():
            file.writestr(name, data)


def lose_rows(content):
    content["core_person.jsonl"] = b""
    content["core_mandate.jsonl"] = b""
    content["core_group_member.jsonl"] = b""


def point_nowhere(content):
    """As many rows as there were, one of which hangs on a person who is not among them."""
    rows = [json.loads(line) for line in content["core_mandate.jsonl"].splitlines()]
    people = content["core_person.jsonl"].decode()
    content["core_person.jsonl"] = people.replace(rows[0]["person"]["uuid"], str(uuid4())).encode()


def rename_column(content):
    content["core_person.jsonl"] = content["core_person.jsonl"].replace(b'"name"', b'"nom"')


def garble(content):
    content["core_organisation.jsonl"] = b"{not json\n"


def other_version(content):
    manifest = json.loads(content["manifest.json"])
    content["manifest.json"] = json.dumps(manifest | {"revisions": {"core": "core999"}}).encode()


@pytest.mark.parametrize("change", [lose_rows, point_nowhere, rename_column, garble, other_version])
def test_a_damaged_backup_or_one_of_other_tables_changes_nothing(registry, work, kept, change):
    before = names(work)
    rewritten(kept, change)
    with pytest.raises((backup.NotABackup, Conflict)):
        backup.restore(registry, kept, replace=True)
    assert names(work) == before


def test_what_is_no_backup_is_said(registry, tmp_path, work):
    with work() as session:
        assert session.scalar(select(Organisation.code)) is None
    path = tmp_path / "any"
    path.write_bytes(b"no zip")
    with pytest.raises(backup.NotABackup):
        backup.restore(registry, path, replace=True)
