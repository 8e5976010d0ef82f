"""Running one task: its effect and the removal of its row are one transaction."""

import logging

from renda.app import unit_of_work
from renda.failpoints import reach
from renda.tasks import queue
from renda.tasks.declare import TASKS
from renda.tasks.queue import Claim
from renda.types import Registry

log = logging.getLogger(__name__)


class _TakenError(Exception):
    """Somebody else has finished this row, or is at it: what was done here is undone."""


def run(registry: Registry, claimed: Claim) -> None:
    """Run a claimed task; a failure is kept in its row, which becomes due again.

    A row that is gone, or that somebody else holds, is nobody's work here: nothing happens.

    Raises:
        SQLAlchemyError: the database did not even take the note that the task failed.
    """
    try:
        _attempt(registry, claimed)
    except _TakenError:
        log.debug("task %s %s is somebody else's", claimed.name, claimed.id)
    except Exception as error:
        log.exception("task %s %s failed at try %s", claimed.name, claimed.id, claimed.tries)
        with unit_of_work(registry) as session:
            queue.fail(session, claimed, error, registry.clock())


def _attempt(registry: Registry, claimed: Claim) -> None:
    task = TASKS[claimed.name]
    now = registry.clock()
    with unit_of_work(registry) as session:
        if task.locked and not queue.lock(session, claimed):
            raise _TakenError
        task.function(registry, session, now, *claimed.args)
        session.flush()
        reach("tasks.before_delete")
        if not queue.finish(session, claimed, task, now):
            raise _TakenError
        reach("tasks.before_commit")
