"""Background work: a task is a row of the transaction that asks for it.

So what was committed is done, what was aborted is not, and no broker needs to be trusted with either. A
relay hands due rows on: to a thread of this process (embedded), or through RabbitMQ or Redis to workers
(production). Either runs the function and removes the row in one transaction.
"""

from pyramid.config import Configurator

from renda.tasks.declare import load, periodic, task
from renda.tasks.queue import enqueue

__all__ = ["enqueue", "includeme", "periodic", "task"]


def includeme(config: Configurator) -> None:
    """Import the `tasks` module of every component, so that requests can ask for its tasks."""
    load(config.registry.declared.components)
