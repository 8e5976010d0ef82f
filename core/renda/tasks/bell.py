"""Waking the relay of this process: one bell per database, rung after a commit that asked for work."""

import threading

from sqlalchemy import URL, Engine, event
from sqlalchemy.orm import Session

from renda.failpoints import reach

_bells: dict[URL, threading.Event] = {}
_making = threading.Lock()
_ASKED = "renda.tasks.asked"


def bell(engine: Engine) -> threading.Event:
    """The event that the relay of this engine's database waits for."""
    with _making:
        return _bells.setdefault(engine.url, threading.Event())


def ring_after_commit(session: Session) -> None:
    """Ring the bell of the session's database once its transaction is committed; never if it is not."""
    session.info[_ASKED] = True


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    # A released savepoint is not a commit: the flag stays for the one that is.
    if session.in_nested_transaction() or not session.info.pop(_ASKED, False):
        return
    reach("tasks.committed")
    bell(session.get_bind().engine).set()
