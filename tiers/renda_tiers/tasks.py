"""Background work of the chain: calling the node above, and knocking at those below."""

from datetime import datetime

from sqlalchemy.orm import Session

from renda.tasks import task
from renda.types import Registry
from renda_tiers.links import calling, waking


@task(waking.DIAL, locked=False)
def dial(registry: Registry, _session: Session, _now: datetime, peer: str) -> None:
    """Call the parent's node until there is nothing more to say; arranges for its next time itself."""
    calling.dial(registry, peer)


@task(waking.POKE, locked=False)
def poke(registry: Registry, _session: Session, _now: datetime, peer: str) -> None:
    """Let a child's node know that there is something to fetch."""
    calling.poke(registry, peer)
