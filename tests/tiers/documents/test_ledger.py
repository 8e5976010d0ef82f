"""Receiving: bad input is told apart, kept with its reason or refused, and never stops what is good."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from renda.declarations import DocumentKind
from renda.errors import Invalid
from renda_tiers.documents import issuing, ledger, signing
from renda_tiers.documents.envelope import Outcome, Signed
from renda_tiers.documents.models import LedgerDocument, LedgerPart, LedgerSignature
from renda_tiers.documents.signing import make_part, withhold
from renda_tiers.reports import definitions
from renda_tiers.reports.models import Report, Standing
from tests.tiers.documents.receipts import CELLS, SPRING, outcomes, reason
from tests.tiers.simulation.node import Node
from tests.tiers.simulation.test_convergence import assert_right
from tests.tiers.simulation.world import (
    CITY,
    N1,
    NORTH,
    S1,
    SOUTH,
    World,
    line,
    private_key,
)


def count(node: Node, model) -> int:
    with node.work() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_what_is_no_document_is_refused_and_nothing_of_it_is_kept(node: Node, world: World):
    good = world.said[0].signed
    bad = [
        replace(good, payload=b"x" * 50_000_000),
        replace(good, payload=b"[" * 10_000 + b"]" * 10_000),
        replace(good, payload=b'{"v":' * 10_000 + b"1" + b"}" * 10_000),
        replace(good, payload=b"\xff\xfe"),
        replace(good, payload=good.payload.replace(b"city", b"town")),
        replace(good, signature=bytes(64)),
        replace(good, signature=b""),
        replace(good, key=b"short"),
        replace(good, algorithm="none"),
    ]
    receipts = node.receive([*bad, good])
    assert outcomes(receipts) == [None] * len(bad) + [Outcome.APPLIED]
    assert all(reason(receipt) for receipt in receipts[:-1])
    assert count(node, LedgerDocument) == 1


def test_a_key_that_is_not_the_origins_is_set_aside_with_the_reason(node: Node, world: World):
    definition = world.define()
    forged = [
        world.report(N1, SPRING, definition, CELLS, signer=S1),
        world.report(N1, SPRING, definition, CELLS, signer=NORTH),
        world.report(NORTH, SPRING, definition, CELLS, signer=SOUTH),
        world.say("report", "000000", "report:000000:sim:2026-b2", world.said[-1].document.body, signer=N1),
        world.place("900001101", origin=NORTH, signer=SOUTH),
        world.enrol("900001101", key=3, origin=SOUTH),
    ]
    receipts = node.receive(world.said)[-len(forged) :]
    assert outcomes(receipts) == [Outcome.ASIDE] * len(forged)
    assert all(reason(receipt) for receipt in receipts)
    assert count(node, Report) == 0


def test_a_body_cannot_place_itself_or_another_where_it_has_no_say(node: Node, world: World):
    since = date(2020, 1, 1)
    stolen = world.place(S1, [(CITY, since, None)], origin=NORTH)
    itself = world.place(N1, [(SOUTH, since, None)], origin=N1)
    receipts = node.receive(world.said)[-2:]
    assert outcomes(receipts) == [Outcome.ASIDE, Outcome.ASIDE]
    assert node.outcomes()[stolen.hash] == node.outcomes()[itself.hash] == "aside"


def test_somebody_elses_signature_delivered_first_does_not_silence_the_origin(node: Node, world: World):
    honest = world.report(N1, SPRING, world.define(), CELLS)
    thief = Signed(
        payload=honest.signed.payload,
        signature=signing.sign(honest.signed.payload, private_key(S1)).signature,
        key=signing.sign(honest.signed.payload, private_key(S1)).key,
        algorithm=signing.ALGORITHM,
    )
    node.receive(world.said[:-1])
    assert outcomes(node.receive([thief])) == [Outcome.ASIDE]
    assert outcomes(node.receive([honest])) == [Outcome.APPLIED]
    assert outcomes(node.receive([thief, honest])) == [Outcome.APPLIED, Outcome.APPLIED]
    assert count(node, Report) == 1
    assert_right(node, world.said)
    before = node.dump()
    assert node.reset().deliver(world.said).dump() == before


def test_an_unknown_kind_is_parked_and_applied_when_a_module_declares_it(node: Node, world: World):
    world.say("petition", N1, "petition:1", {"words": "修路"})
    newer = world.say("report", N1, f"report:{N1}:sim:{SPRING}", {"new": 1}, schema=2)
    parked = node.receive(world.said)[-2:]
    assert outcomes(parked) == [Outcome.PARKED, Outcome.PARKED]
    assert "petition" in reason(parked[0])
    heard = []
    kind = DocumentKind("petition", 1, lambda _body: None, lambda _session, said: heard.extend(said))
    node.registry.declared = replace(
        node.declared, document_kinds={**node.declared.document_kinds, "petition": kind}
    )
    with node.work() as session:
        ledger.reconsider(session)
    assert [one.body for one in heard] == [{"words": "修路"}]
    assert node.outcomes()[newer.hash] == "parked"
    with node.work() as session:
        ledger.reconsider(session)
    assert len(heard) == 1


def test_reports_are_folded_again_once_their_kind_is_known(node: Node, world: World):
    world.report(N1, SPRING, world.define(), CELLS)
    with node.without("report", "review"):
        node.receive(world.said)
        assert count(node, Report) == 0
    with node.work() as session:
        ledger.reconsider(session)
    assert_right(node, world.said)


def test_a_report_waits_for_its_template(node: Node, world: World):
    definition = world.define()
    report = world.report(N1, SPRING, definition, CELLS)
    founding = [one for one in world.said if one not in (definition, report)]
    node.receive(founding)
    assert outcomes(node.receive([report])) == [Outcome.PARKED]
    node.receive([definition])
    assert node.outcomes()[report.hash] == "applied"
    assert_right(node, world.said)


def test_a_report_is_aside_until_its_origin_is_enrolled(node: Node, world: World):
    report = world.report(N1, SPRING, world.define(), CELLS)
    enrolments = [one for one in world.said if one.document.subject == f"enrolment:{N1}"]
    node.receive([one for one in world.said if one not in (*enrolments, report)])
    assert outcomes(node.receive([report])) == [Outcome.ASIDE]
    node.receive(enrolments)
    assert node.outcomes()[report.hash] == "applied"
    assert_right(node, world.said)


def test_a_review_waits_for_its_report(node: Node, world: World):
    report = world.report(N1, SPRING, world.define(), CELLS)
    review = world.review(NORTH, report)
    node.receive(world.said[:-2])
    assert outcomes(node.receive([review])) == [Outcome.PARKED]
    node.receive([report])
    assert node.outcomes()[review.hash] == "applied"
    assert_right(node, world.said)


@pytest.mark.parametrize("reviewer", [S1, SOUTH, CITY, N1])
def test_invariant_7_a_review_by_another_than_the_direct_parent_is_aside(
    node: Node, world: World, reviewer: str
):
    report = world.report(N1, SPRING, world.define(), CELLS)
    world.review(reviewer, report)
    assert node.receive(world.said)[-1].outcome is Outcome.ASIDE
    assert_right(node, world.said)


def test_invariant_7_a_review_counts_for_the_hash_it_names_and_for_no_other_revision(
    node: Node, world: World
):
    definition = world.define()
    first = world.report(N1, SPRING, definition, CELLS)
    world.review(NORTH, first)
    world.report(N1, SPRING, definition, [["SUM", "", "reported", 9, "="]])
    node.receive(world.said)
    assert_right(node, world.said)
    with node.work() as session:
        stands = {row.standing: row.report for row in session.execute(standing_of(N1))}
    assert stands["endorsed"] == first.hash
    assert stands["latest"] == world.said[-1].hash


def standing_of(code: str):
    return select(Standing.standing, Standing.report).where(Standing.organisation == code)


def test_a_fork_keeps_both_and_every_node_picks_the_same_until_a_higher_revision_ends_it(
    node: Node, world: World
):
    definition = world.define()
    left = world.report(N1, SPRING, definition, CELLS)
    right = world.report(N1, SPRING, definition, [["SUM", "", "reported", 8, "="]], revision=1)
    picked = set()
    for order in ([left, right], [right, left]):
        node.reset().receive(world.said[: -len(order)])
        for one in order:
            node.receive([one])
        assert count(node, Report) == 2
        with node.work() as session:
            picked |= {row.report for row in session.execute(standing_of(N1))}
        assert_right(node, world.said)
    assert picked == {max((left, right), key=lambda one: (one.document.issued, one.hash)).hash}
    end = world.report(N1, SPRING, definition, [["SUM", "", "reported", 1, "="]], revision=2)
    node.receive([end])
    assert_right(node, world.said)


def test_one_poison_among_a_thousand_parks_alone(node: Node, world: World):
    def apply(_session, documents) -> None:
        if any(document.body["number"] == 617 for document in documents):
            raise ZeroDivisionError

    kind = DocumentKind("probe", 1, lambda _body: None, apply)
    said = [world.say("probe", N1, f"probe:{number}", {"number": number}) for number in range(1000)]
    node.registry.declared = replace(
        node.declared, document_kinds={**node.declared.document_kinds, "probe": kind}
    )
    receipts = node.receive(world.said)[-1000:]
    assert [number for number, one in enumerate(receipts) if one.outcome is not Outcome.APPLIED] == [617]
    assert receipts[617].outcome is Outcome.PARKED
    assert "ZeroDivisionError" in reason(receipts[617])
    assert len(said) == 1000


@pytest.mark.parametrize("hook", ["check", "judge", "apply"])
def test_whatever_of_a_kind_raises_parks_only_that_document(node: Node, world: World, hook: str):
    def fail(*given: object) -> dict[bytes, object]:
        body = given[-1]
        bodies = [body] if isinstance(body, dict) else [one.body for one in body]
        if any(one["bad"] for one in bodies):
            given[0].execute(select(func.no_such_function())) if hook != "check" else int("no")
        return {}

    hooks = {"check": lambda _body: None, "apply": lambda _session, _said: None} | {hook: fail}
    kind = DocumentKind("probe", 1, **hooks)
    node.registry.declared = replace(
        node.declared, document_kinds={**node.declared.document_kinds, "probe": kind}
    )
    for number in range(5):
        world.say("probe", N1, f"probe:{number}", {"bad": number == 2})
    world.report(N1, SPRING, world.define(), CELLS)
    receipts = node.receive(world.said)
    wrong = [receipt for receipt in receipts if receipt.outcome is not Outcome.APPLIED]
    assert [receipt.outcome for receipt in wrong] == [Outcome.PARKED]
    assert wrong[0].hash == next(one.hash for one in world.said if one.document.body.get("bad"))


@pytest.mark.parametrize(
    "cells",
    [
        [["SUM", "", ["reported"], 3, "="]],
        [["SUM", "", "reported", 3, {"a": 1}]],
        [["SUM", "", "reported", True, "="]],
        [["SUM", "", "reported", None, "="]],
        [["SUM", "", "reported", 10**17, "="]],
        [["SUM", "", "nil", 3, "="]],
        [["SUM", "", "reported", 3, "=", [1, 2, 3]]],
        [["WHO", "", "reported", 3, "="]],
        [["WHO", "", "reported", 2, "=", [1, 1]]],
        [["NOPE", "", "reported", 3, "="]],
        [["SUM", "", "reported", 3, "="], ["SUM", "", "nil", 0, "="]],
        ["SUM"],
    ],
)
def test_a_report_with_an_impossible_cell_is_parked_and_counts_nowhere(node: Node, world: World, cells):
    definition = world.define()
    body = {
        "template": "sim",
        "period": SPRING,
        "definition": definition.hash.hex(),
        "reason": "",
        "cells": cells,
        "explanations": [],
    }
    world.say("report", N1, f"report:{N1}:sim:{SPRING}", body)
    good = world.report(S1, SPRING, definition, CELLS)
    receipts = node.receive(world.said)
    assert outcomes(receipts[-2:]) == [Outcome.PARKED, Outcome.APPLIED]
    assert reason(receipts[-2])
    assert_right(node, [*world.said[:-2], good])


def test_a_template_under_anothers_name_is_parked(node: Node, world: World):
    world.say("definition", CITY, "definition:other", world.define().document.body)
    assert node.receive(world.said)[-1].outcome is Outcome.PARKED


def test_a_lower_body_does_not_replace_the_template_of_a_higher_one(node: Node, world: World):
    world.define()
    world.define("of the county", origin=NORTH, revision=50)
    node.receive(world.said)
    with node.work() as session:
        assert definitions.current(session, "sim", CITY).origin == CITY
        assert [one.origin for one in definitions.every(session, CITY)] == [CITY]


def test_of_two_counties_templates_each_stands_for_its_own_bodies(node: Node, world: World):
    world.define(origin=NORTH)
    world.define("of the south", origin=SOUTH, revision=50)
    node.receive(world.said)
    with node.work() as session:
        for body, setter in ((N1, NORTH), (S1, SOUTH)):
            assert definitions.current(session, "sim", body).origin == setter
            assert [one.origin for one in definitions.every(session, body)] == [setter]


def test_a_template_of_a_sibling_binds_nobody(node: Node, world: World):
    sibling = world.define(origin=SOUTH)
    world.report(N1, SPRING, sibling, CELLS)
    assert node.receive(world.said)[-1].outcome is Outcome.ASIDE


def test_a_strangers_revision_does_not_use_up_the_origins_numbers(node: Node, world: World):
    definition = world.define()
    subject = f"report:{N1}:sim:{SPRING}"
    body = world.report(N1, SPRING, definition, CELLS).document.body
    top = 2**31 - 1
    world.say("report", N1, subject, body, signer=S1, revision=top)
    world.say("report", S1, subject, body, revision=top)
    world.say("definition", S1, subject, definition.document.body, revision=top)
    node.receive(world.said)
    with node.work() as session:
        assert issuing.next_revision(session, "report", N1, subject)[0] == 2


def test_parts_are_kept_whichever_copy_brings_them(node: Node, world: World):
    reference, part = make_part("evidence", b"secret")
    report = world.report(N1, SPRING, world.define(), CELLS, parts=[(reference, part)])
    without = replace(report.signed, parts=())
    withheld = replace(report.signed, parts=(withhold(part),))
    for batches in (
        [[report, without]],
        [[without, report]],
        [[withheld], [report]],
        [[report], [withheld, without]],
    ):
        node.reset().receive(world.said[:-1])
        for batch in batches:
            node.receive(batch)
        with node.work() as session:
            row = session.execute(select(LedgerPart.salt, LedgerPart.content)).one()
        assert tuple(row) == (part.salt, b"secret")


def test_a_part_that_is_not_the_documents_refuses_the_copy(node: Node, world: World):
    reference, part = make_part("evidence", b"secret")
    report = world.report(N1, SPRING, world.define(), CELLS, parts=[(reference, part)])
    changed = replace(report.signed, parts=(replace(part, content=b"Secret"),))
    node.receive(world.said[:-1])
    assert outcomes(node.receive([changed])) == [None]
    assert outcomes(node.receive([report])) == [Outcome.APPLIED]


def test_the_same_document_twice_has_one_effect_and_one_signature(node: Node, world: World):
    """Invariant 3."""
    report = world.report(N1, SPRING, world.define(), CELLS)
    node.receive([*world.said, report, report])
    before = node.dump()
    assert outcomes(node.receive([report])) == [Outcome.APPLIED]
    assert node.dump() == before
    assert count(node, LedgerSignature) == len(world.said)


def test_a_definition_whose_figure_does_not_mean_what_its_hash_says_is_parked(node: Node, world: World):
    body = world.define().document.body
    lines = [{**line("SUM"), "texts": {"en": "something else"}}]
    world.say("definition", CITY, "definition:sim", {**body, "lines": lines})
    receipt = node.receive(world.said)[-1]
    assert receipt.outcome is Outcome.PARKED
    assert reason(receipt)


def test_organisation_documents_that_contradict_themselves_are_parked_or_aside(node: Node, world: World):
    since, later = date(2020, 1, 1), date(2025, 1, 1)
    wrong = [
        world.place(N1, [(NORTH, since, None), (SOUTH, later, None)], origin=CITY),
        world.place(N1, [(NORTH, later, since)], origin=CITY),
        world.place(N1, [("777777", since, later), (NORTH, later, None)], origin=CITY),
        world.place(N1, [(N1, since, None)], origin=CITY),
    ]
    receipts = node.receive(world.said)[-len(wrong) :]
    assert all(receipt.outcome in (Outcome.PARKED, Outcome.ASIDE) for receipt in receipts)
    assert_right(node, world.said[: -len(wrong)])


def test_a_body_that_is_placed_later_makes_its_parent_an_inner_body(node: Node, world: World):
    world.report(S1, SPRING, world.define(), CELLS)
    node.receive(world.said)
    assert_right(node, world.said)
    new = "900002101901"
    world.tree[new] = S1
    node.receive([world.place(new)])
    assert_right(node, world.said)


def test_a_body_that_loses_its_place_leaves_the_tree(node: Node, world: World):
    station = "900001101901"
    world.tree[station] = N1
    world.place(station, origin=NORTH)
    world.enrol(station, origin=NORTH)
    report = world.report(station, SPRING, world.define(), CELLS)
    assert node.receive(world.said)[-1].outcome is Outcome.APPLIED
    move = world.move(N1, SOUTH, date(2026, 1, 1))
    node.receive([move])
    state = node.dump()
    assert node.outcomes()[report.hash] == "aside"
    assert state["tiers_rollup"] == []
    node.reset().receive([move])
    node.receive(world.said)
    different = {name for name, rows in node.dump().items() if rows != state[name]}
    assert different == {"core_organisation"}


def test_a_check_that_refuses_gives_its_own_words(node: Node, world: World):
    def refuse(_body: object) -> None:
        raise Invalid({"body": "Write it again."})

    kind = DocumentKind("probe", 1, refuse, lambda _session, _said: None)
    node.registry.declared = replace(
        node.declared, document_kinds={**node.declared.document_kinds, "probe": kind}
    )
    world.say("probe", N1, "probe:1", {})
    assert reason(node.receive(world.said)[-1]) == "Write it again."
