"""Places at which a test lets the process die, as a power cut would.

`RENDA_FAIL_AT` names one place, or several with a space between; `name:3` dies when `name` is reached the
third time. Where the variable is not set, reaching a place costs a lookup in an empty dictionary.
"""

import os
import signal


def _parse(text: str) -> dict[str, int]:
    parts = (word.partition(":") for word in text.split())
    return {name: int(count or 1) for name, _, count in parts}


_left = _parse(os.environ.get("RENDA_FAIL_AT", ""))


def reach(name: str) -> None:
    """Kill this process at once, with no clean-up, if the environment says so for this place."""
    if name in _left:
        _left[name] -= 1
        if _left[name] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
