"""How often one caller may call: a bucket of calls each, so that none of them keeps the others waiting."""

import threading
import time
from dataclasses import dataclass, field

from renda.errors import RendaError
from renda.i18n import _


class TooOften(RendaError):
    """More calls than one node or program makes that works."""

    status = 429
    message = _("This node is called too often. Wait a minute.")


@dataclass
class Buckets:
    """Calls left by caller; they refill at `rate` a second up to `size`."""

    rate: float = 10.0
    size: float = 300.0
    most: int = 10_000
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, caller: str) -> None:
        """Count a call.

        Raises:
            TooOften: none is left.
        """
        now = time.monotonic()
        with self._lock:
            left, since = self._left.get(caller, (self.size, now))
            left = min(self.size, left + (now - since) * self.rate)
            if left < 1:
                raise TooOften
            if len(self._left) >= self.most and caller not in self._left:
                self._forget_half()
            self._left[caller] = (left - 1, now)

    def _forget_half(self) -> None:
        """Make room: who has called least is forgotten, never who has called too often."""
        emptiest = sorted(self._left.items(), key=lambda one: one[1][0])
        self._left = dict(emptiest[: self.most // 2])
