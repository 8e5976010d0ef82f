"""The audit trail is one chain: whatever is changed in it afterwards is found, and nothing else is."""

import hashlib
import json
import threading
import uuid
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine, delete, insert, select, text, update

from renda.app import unit_of_work
from renda.security import audit, trail
from renda.security.accounts import create_account
from renda.security.audit_commands import audit as command
from renda.security.models import AuditEntry, AuditLink
from renda.testing.plugin import node_settings

ENTRY, LINK = AuditEntry.__table__, AuditLink.__table__


def write(session, now, action="thing.change", **more):
    said = {"actor": None, "organisation": None, "target": "it", **more}
    return audit.record(session, action=action, now=now, **said)


@pytest.fixture
def written(work, clock):
    """A trail of seven entries, by two transactions; the first made the account that acted in some others."""
    with work() as session:
        account = create_account(session, login="li", name="李四", now=clock())
        for _number in range(3):
            write(session, clock(), actor=account.id, detail={"a": "甲"})
    clock.forward(minutes=1)
    with work() as session:
        for _number in range(3):
            write(session, clock())
    return 7


def found(work):
    with work() as session:
        return trail.verify(session)


@pytest.fixture
def unwatched(database_url):
    """Changes by somebody who has the database, and for whom no reference counts."""

    def act(change):
        engine = create_engine(database_url, poolclass=NullPool)
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                for table, name in connection.execute(_REFERENCES).all():
                    connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
            change(connection)

    return act


_REFERENCES = text(
    "SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
    "WHERE relname IN ('core_audit', 'core_audit_link') AND contype = 'f'"
)


def entry_of(connection, number):
    return connection.scalar(select(AuditLink.entry).where(AuditLink.number == number))


def move(connection, place, **values):
    connection.execute(update(LINK).where(AuditLink.number == place).values(**values))


def remove(connection, *numbers):
    for number in numbers:
        entry = entry_of(connection, number)
        connection.execute(delete(LINK).where(AuditLink.number == number))
        connection.execute(delete(ENTRY).where(AuditEntry.id == entry))


def test_every_entry_is_chained_when_its_transaction_commits(work, written):
    whole = found(work)
    assert (whole.wrong, whole.count) == ("", written)
    with work() as session:
        numbers = session.scalars(select(AuditLink.number).order_by(AuditLink.number)).all()
        first = session.scalar(
            select(AuditEntry).join(AuditLink, AuditLink.entry == AuditEntry.id).where(AuditLink.number == 1)
        )
    assert numbers == list(range(1, written + 1))
    assert whole.since == first.at


def test_the_digest_is_what_the_page_says(work, clock):
    with work() as session:
        entry = write(session, clock(), detail={"字": 1})
    said = json.dumps(
        [
            1,
            str(entry.id),
            "2026-05-06T01:00:00.000000Z",
            None,
            None,
            "thing.change",
            "it",
            '{"字": 1}',
            "",
            None,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert found(work).digest == hashlib.sha256(bytes(32) + said.encode()).digest()


def test_what_is_taken_back_leaves_no_gap(work, clock):
    def fail():
        with work() as session:
            write(session, clock())
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with work() as session:
        write(session, clock(), "thing.before")
        point = session.begin_nested()
        write(session, clock(), "thing.undone")
        session.flush()
        session.expunge_all()
        point.rollback()
        with session.begin_nested():
            write(session, clock(), "thing.kept")
    whole = found(work)
    assert (whole.wrong, whole.count) == ("", 2)


CHANGES = {
    "id": uuid.UUID(int=2),
    "at": datetime(2026, 5, 6, 1, 0, 0, 1, tzinfo=UTC),
    "actor": None,
    "organisation": "371721",
    "action": "thing.other",
    "target": "another",
    "detail": '{"a": "乙"}',
    "request": "7",
    "token": uuid.UUID(int=7),
}


def test_a_change_of_any_column_is_found_and_the_entry_named(work, written, unwatched):
    assert set(CHANGES) == set(trail.COLUMNS) == set(ENTRY.c.keys())
    for column, value in CHANGES.items():
        before = {}

        def change(connection, column=column, value=value, before=before):
            entry = entry_of(connection, 3)
            before["value"] = connection.scalar(select(ENTRY.c[column]).where(ENTRY.c.id == entry))
            connection.execute(update(ENTRY).where(ENTRY.c.id == entry).values({column: value}))
            move(connection, 3, entry=value if column == "id" else entry)

        def repair(connection, column=column, before=before):
            entry = entry_of(connection, 3)
            connection.execute(update(ENTRY).where(ENTRY.c.id == entry).values({column: before["value"]}))
            move(connection, 3, entry=before["value"] if column == "id" else entry)

        unwatched(change)
        whole = found(work)
        assert whole.count == 2, column
        assert whole.wrong.mapping["number"] == 3, column
        unwatched(repair)
        assert found(work).wrong == "", column


def test_a_changed_digest_is_found(work, written, unwatched):
    unwatched(lambda connection: move(connection, 3, digest=bytes(32)))
    assert found(work).wrong.mapping["number"] == 3


def test_a_removed_entry_is_found_whether_its_link_stays_or_goes_or_the_others_move_up(
    work, written, unwatched
):
    def empty(connection):
        connection.execute(delete(ENTRY).where(AuditEntry.id == entry_of(connection, 3)))

    def close_up(connection):
        for number in range(4, written + 1):
            move(connection, number, number=number - 1)

    for act in (empty, lambda connection: remove(connection, 3), close_up):
        unwatched(act)
        assert found(work).wrong.mapping["number"] == 3


def test_two_entries_that_change_places_are_found(work, written, unwatched):
    def swap(connection):
        second, third = entry_of(connection, 2), entry_of(connection, 3)
        for number, entry in ((2, uuid.UUID(int=9)), (3, second), (2, third)):
            move(connection, number, entry=entry)

    unwatched(swap)
    assert found(work).wrong.mapping["number"] == 2


def test_an_entry_that_was_put_in_is_found_with_a_link_or_without(work, written, clock, unwatched):
    row = {"id": uuid.UUID(int=5), "at": clock(), "action": "thing.invented", "target": "", "detail": "{}"}

    def put_in(connection):
        connection.execute(insert(ENTRY), {**row, "request": ""})

    unwatched(put_in)
    assert "thing.invented" in str(found(work).wrong.mapping)

    def link(connection):
        connection.execute(insert(LINK), {"number": written + 1, "entry": row["id"], "digest": bytes(32)})

    unwatched(link)
    assert found(work).wrong.mapping["number"] == written + 1


def test_with_the_end_gone_or_all_made_anew_only_an_anchor_tells(work, written, unwatched, anchors):
    with work() as session:
        point = trail.head(session.connection())
    unwatched(lambda connection: remove(connection, written, written - 1))
    assert found(work).wrong == ""
    anchors.append(trail.Anchor("371700", *point))
    whole = found(work)
    assert (whole.count, whole.wrong.mapping["last"]) == (written - 2, written)

    def anew(connection):
        connection.execute(delete(LINK))
        rows = connection.execute(select(*(ENTRY.c[name] for name in trail.COLUMNS)))
        kept = [tuple(row) for row in rows][1:]
        connection.execute(delete(ENTRY).where(AuditEntry.id.not_in([row[0] for row in kept])))
        trail.append(connection, kept)

    anchors[:] = [trail.Anchor("371700", 3, point[1])]
    unwatched(anew)
    assert found(work).wrong.mapping == {"number": 3, "holder": "371700"}


@pytest.fixture
def anchors(registry):
    """What another node keeps of this trail, as far as it is asked."""
    kept = []

    def add(event):
        event.anchors.extend(kept)

    registry.registerHandler(add, (trail.Anchoring,))
    yield kept
    registry.unregisterHandler(add, (trail.Anchoring,))


def test_many_writers_at_once_make_one_chain(work, registry, clock):
    def run():
        for _number in range(4):
            with unit_of_work(registry) as session:
                write(session, clock())

    threads = [threading.Thread(target=run) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = found(work)
    assert (whole.wrong, whole.count) == ("", 48)


def test_a_walk_of_several_batches(work, clock, monkeypatch):
    monkeypatch.setattr(trail, "SLICE", 2)
    with work() as session:
        for _number in range(5):
            write(session, clock())
    whole = found(work)
    assert (whole.wrong, whole.count) == ("", 5)


def test_the_command_says_it_and_ends_with_one_where_something_is_wrong(
    node_folder, database_url, work, written, unwatched
):
    ini = node_folder / "trail.ini"
    lines = [
        f"{key} = {str(value).replace('%', '%%')}"
        for key, value in node_settings(node_folder, database_url).items()
    ]
    ini.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines), encoding="utf-8")

    def run(*options):
        return CliRunner().invoke(command, ["verify", str(ini), *options], catch_exceptions=False)

    sound = run("--json")
    said = json.loads(sound.output)
    assert (sound.exit_code, said["whole"], said["count"]) == (0, True, written)
    assert said["digest"] == found(work).digest.hex()
    unwatched(lambda connection: connection.execute(update(ENTRY).values(target="another")))
    wrong = run()
    assert wrong.exit_code == 1
    assert "1" in wrong.output.splitlines()[-1]
