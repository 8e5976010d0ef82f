"""What a file may be called: a plain name, whatever the browser or program sent."""

import re
import unicodedata

LONGEST = 120
"""Characters of a name, its ending among them."""
_LONGEST_ENDING = 20

_SEPARATORS = re.compile(r"[/\\]")
_UNFIT = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that nobody sees; some of them turn the letters after them round."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Names that Windows keeps for itself."""


def cleaned(name: str) -> str:
    """The last part of a path, without what a name cannot hold or would hide; "" where nothing is left."""
    plain = unicodedata.normalize("NFC", _SEPARATORS.split(name)[-1])
    plain = "".join(one for one in plain if unicodedata.category(one) not in _UNSEEN)
    plain = " ".join(_UNFIT.sub("_", plain).split()).strip(". ")
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    if len(plain) <= LONGEST:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return plain[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"
