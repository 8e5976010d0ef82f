"""A node signs that a directive came; whoever answers at that very moment has the last word."""

import threading

from renda_tiers.directives import receipts
from tests.tiers.chain import CAO, CITY
from tests.tiers.directives.desk import Desk, named


def test_a_receipt_does_not_overtake_an_answer_that_is_being_signed(work, registry, clock, stored):
    with work() as session:
        subject = Desk(session, clock).issue(selection=named(CAO), steps=())
    begun = threading.Event()

    def receive():
        with work() as session:
            begun.set()
            receipts.receive(registry, session, clock(), subject)

    other = threading.Thread(target=receive)
    with work() as session:
        Desk(session, clock).done(CAO, subject, steps=0)
        session.flush()
        other.start()
        begun.wait()
        # Long enough for it to read what there is, if nothing stopped it.
        other.join(0.5)
    other.join()
    with work() as session:
        assert Desk(session, clock).phases(subject) == {CAO: "done"}
        assert subject.startswith(f"directive:{CITY}:")
