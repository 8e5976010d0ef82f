"""Whoever sits on the wire, in a node below or at a database: each threat, and what comes of it.

A county and one of its towns have nodes of their own.
"""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from renda.i18n import thaw
from renda.security.calls import Buckets, TooOften
from renda.tasks.declare import TASKS
from renda.tasks.models import TaskRow
from renda.tasks.relay import Relay
from renda.tasks.running import run
from renda.testing.plugin import VirtualClock
from renda_tiers.documents import issuing, ledger, signing
from renda_tiers.documents.issuing import Forbidden
from renda_tiers.documents.models import LedgerDocument, LedgerPart, LedgerSignature
from renda_tiers.documents.payload import Refused
from renda_tiers.links import answering, calling, exchange, keys, messages, renewal, routing, state
from renda_tiers.links.messages import Sent
from renda_tiers.links.models import REFUSED, Link, LinkDocument
from renda_tiers.links.node import signing_key
from renda_tiers.links.sealing import NotAMessage
from renda_tiers.links.transports import http
from renda_tiers.reports.models import Report
from tests.tiers.links import storage
from tests.tiers.links.voices import (
    answer,
    call_of,
    everything,
    key_of,
    say,
    signature_of,
    value_at,
    verdict,
    written,
)
from tests.tiers.simulation.world import CITY, N1, N2, NORTH, S1, SOUTH, private_key

# Forged, and spoken with another's voice


def test_forged_a_message_or_document_without_the_right_signature_changes_nothing(three):
    before = everything(three.county)
    honest = signing.sign(written(three.town, N1, 5), key_of(three.town, N1))
    call = call_of(three.town)
    head, _line, payload = call.partition(b"\n")
    said = json.loads(head)
    for change in (
        {"signature": "00" * 64},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"key": "00" * 32},
    ):
        with pytest.raises(Refused):
            answer(three.county, json.dumps({**said, **change}).encode() + b"\n" + payload)
    for broken in (
        replace(honest, signature=bytes(64)),
        replace(honest, algorithm="none"),
        replace(honest, payload=honest.payload.replace(b'"reported",5', b'"reported",9')),
        replace(honest, key=bytes(32)),
    ):
        got = answer(three.county, call_of(three.town, broken))
        assert [word for _hash, word in got.verdicts] == ["refused"]
        assert verdict(three.county, broken) is None
    assert everything(three.county) == before


def test_wrong_key_a_document_signed_with_a_key_of_nobody_is_set_aside_and_goes_no_further(three):
    forged = signing.sign(written(three.town, N1, 5), private_key("stranger"))
    answer(three.county, call_of(three.town, forged))
    three.network.settle(2)
    assert verdict(three.county, forged) == "aside"
    assert verdict(three.city, forged) is None
    assert value_at(three.county, N1) is None


def test_wrong_key_a_call_of_a_stranger_is_refused_and_leaves_nothing(three):
    with three.town.work() as session:
        link = session.scalars(select(Link)).one()
        message = exchange.compose(session, link, now=three.clock(), token=link.token)
    junk = signing.sign(written(three.town, N1, 5), private_key("stranger"))
    before = three.county.documents()
    for tickets in ((), message.tickets, (Sent(junk, "applied", (signature_of(junk),)),)):
        call = messages.encode(replace(message, tickets=tickets), private_key("stranger"))
        with pytest.raises(answering.Stranger):
            answer(three.county, call)
    assert three.county.documents() == before


def test_siblings_origin_a_county_says_nothing_for_another_nor_for_its_own_town(three):
    """The key of 900001 under documents of 900002, of the city, and of its own town."""
    key = key_of(three.county, NORTH)
    before = everything(three.city)
    for origin in (SOUTH, S1, CITY, N1):
        forged = signing.sign(written(three.county, origin, 5), key)
        answer(three.city, call_of(three.county, forged))
        assert verdict(three.city, forged) == "aside", origin
    after = everything(three.city)
    assert {name for name in before if before[name] != after[name]} <= {"verdicts"}
    with three.city.work() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_audience_swapped_a_message_for_another_node_is_refused(three):
    call = call_of(three.town)
    with pytest.raises(answering.Stranger):
        answer(three.city, call)
    with three.town.work() as session:
        link = session.scalars(select(Link)).one()
        message = replace(exchange.compose(session, link, now=three.clock(), token=link.token), to=CITY)
        redirected = messages.encode(message, signing_key(session))
    with pytest.raises(answering.Stranger):
        answer(three.county, redirected)


def test_audience_swapped_the_readers_of_a_document_are_inside_its_signature(three):
    honest = signing.sign(written(three.town, N1, 5), key_of(three.town, N1))
    swapped = replace(honest, payload=honest.payload.replace(f'"{CITY}"'.encode(), f'"{SOUTH}"'.encode(), 1))
    assert swapped.payload != honest.payload
    got = answer(three.county, call_of(three.town, swapped))
    assert got.verdicts[-1][1] == "refused"


def test_an_answer_to_another_call_is_not_heard(three):
    """Whoever keeps answers of the parent cannot give them again."""
    old: list[bytes] = []

    def record(address: str, call: bytes) -> bytes:
        old.append(three.network.answer(address, call))
        return old[-1]

    calling.dial(three.town.registry, NORTH, record)
    calling.dial(three.town.registry, NORTH, lambda _address, _call: old[0])
    assert "not to this call" in three.town.link(NORTH).reason


# Replayed, reordered, cut


def test_replayed_a_hundred_times_in_16_threads_a_call_has_one_effect(three):
    hash_ = say(three.town, N1, 7)
    call = call_of(three.town)
    first = answer(three.county, call)
    assert (hash_, "applied") in first.verdicts
    once = everything(three.county)
    lock, failed = threading.Lock(), []

    def again(_number: int) -> None:
        try:
            answer(three.county, call)
        except Exception as error:  # noqa: BLE001 - whatever happens in a thread is to be seen
            with lock:
                failed.append(error)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(again, range(100)))
    assert everything(three.county) == once
    assert not [one for one in failed if "locked" not in str(one) and "serialize" not in str(one)], failed[:3]
    three.network.settle(3)
    assert value_at(three.city, N1) == 7
    assert not three.town.link(NORTH).reason


def test_replayed_after_the_clock_has_jumped_400_days_a_call_has_no_effect(three):
    say(three.town, N1, 7)
    old = call_of(three.town)
    answer(three.county, old)
    say(three.town, N1, 8, revision=2)
    three.network.settle(3)
    before = everything(three.county), everything(three.city)
    three.clock.forward(days=400)
    answer(three.county, old)
    assert (everything(three.county), everything(three.city)) == before
    three.network.settle(3)
    assert value_at(three.city, N1) == 8
    assert three.town.link(NORTH).level


@pytest.mark.parametrize("ahead", [{"hours": 1}, {"days": 40}, {"days": 400}])
def test_after_a_clock_that_jumped_ahead_is_set_right_a_node_calls_as_before(three, monkeypatch, ahead):
    clock = VirtualClock(three.clock.now)
    monkeypatch.setattr(three.town.registry, "clock", clock)
    monkeypatch.setattr(http, "post", lambda address, _path, call: three.network.send(address, call))
    relay = Relay(three.town.registry, run)
    say(three.town, N1, 7)
    work_off(relay)
    three.network.settle(2)
    before = everything(three.city), everything(three.county), everything(three.town)
    assert value_at(three.city, N1) == value_at(three.county, N1) == 7
    clock.forward(**ahead)
    work_off(relay)
    clock.back(**ahead)
    work_off(relay)
    calls = three.network.calls
    clock.forward(seconds=calling.SLOWEST.total_seconds())
    three.clock.now = clock.now
    work_off(relay)
    assert three.network.calls > calls
    assert three.town.link(NORTH).last_contact == clock.now
    assert (everything(three.city), everything(three.county), everything(three.town)) == before
    with three.town.work() as session:
        for row in session.scalars(select(TaskRow)):
            longest = TASKS[row.name].longest
            assert longest is None or row.due <= clock.now + longest
    say(three.town, N1, 8, revision=2)
    work_off(relay)
    three.network.dial(NORTH)
    assert value_at(three.city, N1) == 8


def work_off(relay: Relay) -> None:
    """Do all that is due."""
    while relay.turn() == timedelta():
        pass


def test_a_node_heard_last_while_the_own_clock_was_ahead_counts_as_silent(three):
    three.clock.forward(days=400)
    three.network.settle(2)
    three.clock.back(days=400)
    with three.county.work() as session:
        assert N1 in state.silent(session, three.clock())
    three.network.settle(1)
    with three.county.work() as session:
        assert N1 not in state.silent(session, three.clock())


def test_a_replay_of_old_beliefs_is_healed_by_the_next_honest_call(three):
    old = call_of(three.town)
    say(three.town, N1, 7)
    three.network.settle(2)
    answer(three.county, old)
    three.network.settle(2)
    assert three.county.link(N1).level
    assert three.town.link(NORTH).level


def test_reordered_calls_come_to_the_same(three):
    calls = []
    for revision, value in enumerate((3, 4, 5), 1):
        say(three.town, N1, value, revision=revision)
        calls.append(call_of(three.town))
        with three.town.work() as session:
            # As if the answer had never come: the next call has everything once more.
            session.execute(update(LinkDocument).values(theirs=None))
    for call in reversed(calls):
        answer(three.county, call)
    three.network.settle(3)
    assert value_at(three.county, N1) == 5
    assert value_at(three.city, N1) == 5
    assert three.town.link(NORTH).level


def test_truncated_at_each_byte_a_call_changes_nothing(three):
    say(three.town, N1, 7)
    call = call_of(three.town)
    before = everything(three.county), three.county.link(N1).last_contact
    with three.county.work() as session:
        for length in range(len(call)):
            with pytest.raises((NotAMessage, Refused)):
                answering.answer(session, call[:length], now=three.clock())
    assert (everything(three.county), three.county.link(N1).last_contact) == before


def test_truncated_at_each_byte_a_document_is_refused(three):
    honest = signing.sign(written(three.town, N1, 5), key_of(three.town, N1))
    cut = [replace(honest, payload=honest.payload[:length]) for length in range(len(honest.payload))]
    before = three.county.documents()
    with three.county.work() as session:
        verdicts = ledger.receive(session, cut, now=three.clock())
    assert all(one.outcome is None for one in verdicts)
    assert three.county.documents() == before


# Tampered in the database, and two-tongued


def _payload(session: Any, hash_: bytes) -> None:
    payload = session.scalar(select(LedgerDocument.payload).where(LedgerDocument.hash == hash_))
    changed = payload.replace(b'"reported",7', b'"reported",9')
    session.execute(update(LedgerDocument).where(LedgerDocument.hash == hash_).values(payload=changed))


def _signature(session: Any, hash_: bytes) -> None:
    of_it = LedgerSignature.document == hash_
    session.execute(update(LedgerSignature).where(of_it).values(signature=bytes(64)))


def _no_signature(session: Any, hash_: bytes) -> None:
    session.execute(delete(LedgerSignature).where(LedgerSignature.document == hash_))


@pytest.mark.parametrize("tamper", [_payload, _signature, _no_signature])
def test_tampered_in_the_database_is_found_and_does_not_spread(three, tamper):
    """`chain verify` names the row; no peer keeps what was changed, and everything else goes on."""
    hash_ = say(three.town, N1, 7)
    other = say(three.county, N2, 1)
    with three.town.work() as session:
        tamper(session, hash_)
    calls = three.network.calls
    three.network.settle(3)
    assert three.network.calls - calls < 20
    with three.town.work() as session:
        faults = ledger.verify(session)
    assert [fault for fault in faults if hash_.hex() in fault]
    for node in (three.county, three.city):
        assert value_at(node, N1) is None
        assert other in node.documents("report")
        with node.work() as session:
            assert ledger.verify(session) == []
    assert "verify" in str(thaw(three.town.link(NORTH).alarm))


def test_tampered_part_is_found_and_does_not_spread(three):
    evidence = signing.make_part("evidence", b"[]")
    payload = written(three.town, N1, 7, parts=[evidence])
    signed = signing.sign(payload, key_of(three.town, N1), [evidence[1]])
    with three.town.work() as session:
        (receipt,) = ledger.receive(session, [signed], now=three.clock())
        session.execute(update(LedgerPart).values(content=b"{}"))
    three.network.settle(2)
    assert receipt.hash not in three.county.documents()
    with three.town.work() as session:
        assert ledger.verify(session)


def test_equivocated_both_nodes_pick_the_same_until_a_higher_revision_ends_it(three):
    """A node that was rolled back says something else under the number it has used already."""
    copy = storage.take(three.town.registry)
    say(three.town, N1, 3)
    three.network.settle(2)
    storage.lay(three.town.registry, copy)
    say(three.town, N1, 4)
    three.network.settle(4)
    both = three.town.documents("report")
    assert len(both) == 2
    assert both <= three.county.documents("report")
    assert both <= three.city.documents("report")
    assert value_at(three.town, N1) == value_at(three.county, N1) == value_at(three.city, N1)
    assert three.county.link(N1).alarm
    say(three.town, N1, 5, revision=2)
    three.network.settle(3)
    assert value_at(three.city, N1) == value_at(three.town, N1) == 5


# Revoked, flooded, poisoned


def test_key_revoked_in_mid_backlog_what_the_closing_keeps_counts_and_nothing_else(three):
    first = say(three.town, N1, 3)
    three.network.settle(2)
    late = say(three.town, N1, 4, revision=2)
    with three.county.work() as session:
        renewal.revoke(session, N1, now=three.clock())
    three.network.settle(3)
    assert three.county.link(N1).state == REFUSED
    assert three.town.link(NORTH).state == REFUSED
    assert first in three.city.documents("report")
    assert late not in three.county.documents()
    assert value_at(three.city, N1) == value_at(three.county, N1) == value_at(three.town, N1) == 3
    with pytest.raises(Forbidden):
        key_of(three.town, N1)


def test_key_revoked_and_back_the_node_is_invited_again_with_what_it_has(three):
    say(three.town, N1, 3)
    three.network.settle(2)
    with three.county.work() as session:
        renewal.revoke(session, N1, now=three.clock())
    three.network.settle(2)
    three.network.join(N1, NORTH)
    three.network.settle(3)
    assert three.town.link(NORTH).state == "open"
    say(three.town, N1, 9, revision=2)
    three.network.settle(2)
    assert value_at(three.city, N1) == 9


def test_key_revoked_only_what_a_person_lists_still_counts(three):
    first = say(three.town, N1, 3)
    stolen = say(three.town, N1, 99, revision=2)
    three.network.settle(2)
    assert value_at(three.city, N1) == 99
    with three.county.work() as session:
        listed = set(keys.signed_with(session, N1, keys.granted(session, N1))) - {stolen}
        renewal.revoke(session, N1, keeps=listed, now=three.clock())
    three.network.settle(3)
    assert value_at(three.city, N1) == value_at(three.county, N1) == 3
    assert first in three.city.documents("report")


def test_a_countys_closed_key_leaves_enrolments_out_until_a_person_signs_them_again(three):
    """R8: without that its towns would fall out of the tree."""
    with three.city.work() as session:
        renewal.revoke(session, NORTH, keeps=[], now=three.clock())
    three.network.settle(3)
    three.network.join(NORTH, CITY)
    three.network.settle(3)
    with three.county.work() as session:
        left = renewal.unsaid(session)
        assert {one.subject for one in left} == {f"enrolment:{N1}", f"enrolment:{N2}"}
        while left := renewal.unsaid(session):
            renewal.say_again(session, left[0].hash, actor=None, now=three.clock())
    three.network.settle(4)
    say(three.town, N1, 6)
    three.network.settle(3)
    assert value_at(three.city, N1) == 6


def test_rotated_both_keys_speak_and_the_new_one_signs(three):
    three.clock.forward(hours=1)
    with three.town.work() as session:
        new = renewal.rotate(session, N1, now=three.clock())
        assert keys.public_of(issuing.private_keys(session, {N1})[N1]) != new
    three.network.settle(3)
    assert keys.public_of(key_of(three.town, N1)) == new
    say(three.town, N1, 6)
    three.network.settle(3)
    assert value_at(three.city, N1) == 6
    for node, code in ((three.city, CITY), (three.county, NORTH), (three.county, N2)):
        with node.work() as session:
            renewal.rotate(session, code, now=three.clock())
    three.network.settle(4)
    say(three.town, N1, 7, revision=2)
    three.network.settle(3)
    assert value_at(three.city, N1) == 7


def test_flood_a_caller_is_stopped_and_others_are_not():
    buckets = Buckets(rate=0.001, size=50, most=100)
    for _ in range(50):
        buckets.take("flooder")
    with pytest.raises(TooOften):
        buckets.take("flooder")
    buckets.take("neighbour")


def test_flood_of_callers_the_buckets_stay_bounded():
    buckets = Buckets(rate=0.001, size=5, most=100)
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets._left) <= 100


def test_flood_many_addresses_do_not_refill_the_bucket_of_one():
    """Whoever has many addresses must not make the node forget who called too often."""
    buckets = Buckets(rate=0.001, size=5, most=100)
    for _ in range(5):
        buckets.take("flooder")
    for number in range(300):
        buckets.take(str(number))
    with pytest.raises(TooOften):
        buckets.take("flooder")


def test_poison_of_a_report_from_the_last_year_of_the_calendar_is_refused_and_the_next_applied(three):
    """In a time zone east of Greenwich that instant has no year that programs know."""
    key = key_of(three.town, N1)
    honest = signing.sign(written(three.town, N1, 5), key)
    issued = re.compile(rb'"issued":"[^"]+"')
    late = issued.sub(b'"issued":"9999-12-31T23:59:59.000Z"', written(three.town, N1, 7, revision=2))
    answer(three.county, call_of(three.town, signing.sign(late, key), honest))
    assert verdict(three.county, honest) == "applied"
    assert value_at(three.county, N1) == 5


def test_poison_among_a_thousand_nothing_else_stops_and_it_is_kept_with_its_reason(three):
    """A report that no template fits, one that nobody may say, and one that was changed."""
    key = key_of(three.town, N1)
    honest = [
        signing.sign(written(three.town, N1, number, revision=number + 1), key) for number in range(1000)
    ]
    parked = signing.sign(written(three.town, N1, 5, revision=2000).replace(b'"SUM"', b'"NIX"'), key)
    aside = signing.sign(written(three.town, SOUTH, 5), key)
    broken = replace(honest[500], payload=honest[500].payload + b" ")
    batch = [*honest[:500], parked, aside, broken, *honest[500:]]
    with three.town.work() as session:
        ledger.receive(session, [one for one in batch if one is not broken], now=three.clock())
    answer(three.county, call_of(three.town, broken))
    three.network.settle(4)
    assert value_at(three.city, N1) == 999
    for node in (three.county, three.city):
        with node.work() as session:
            rows = dict(
                session.execute(
                    select(LedgerDocument.outcome, func.count())
                    .where(LedgerDocument.kind == "report")
                    .group_by(LedgerDocument.outcome)
                ).all()
            )
        assert rows["applied"] == 1000
        assert rows["parked"] == 1
    with three.town.work() as session:
        reasons = {
            row.outcome: row.reason
            for row in session.execute(
                select(LedgerDocument.outcome, LedgerDocument.reason).where(LedgerDocument.reason != "")
            )
        }
    assert reasons.keys() == {"parked", "aside"}
    with three.town.work() as session:
        assert routing.count_waiting(session) == {}
