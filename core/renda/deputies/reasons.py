"""Why performance is suspended and why a seat ends: the closed lists of the law, each with its article.

The software flags and writes down; a credentials committee reports, and a standing committee (in a township
the congress) decides and announces (代表法, art. 63).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from renda.declarations import Message
from renda.directory.persons import TERM_OVER
from renda.i18n import Translate, _


@dataclass(frozen=True)
class Reason:
    """A statutory reason, and the article that names it."""

    title: Message
    article: str


_ENDS, _RESTS, _TERM = "代表法第六十二条", "代表法第六十一条", "代表法第二条"

ENDINGS: Mapping[str, Reason] = {
    "moved": Reason(_("Moved or was transferred out of the area"), _ENDS),
    "resigned": Reason(_("Resignation was accepted"), _ENDS),
    "absent_twice": Reason(_("Absent from two sessions of the congress without leave"), _ENDS),
    "recalled": Reason(_("Recalled"), _ENDS),
    "nationality": Reason(_("Lost the nationality of the People's Republic of China"), _ENDS),
    "rights": Reason(_("Deprived of political rights by law"), _ENDS),
    "incapable": Reason(_("Lost the capacity to act"), _ENDS),
    "died": Reason(_("Died"), _ENDS),
}
"""Why people end a seat."""

SUSPENSIONS: Mapping[str, Reason] = {
    "detained": Reason(_("Detained, under investigation, prosecution or trial in a criminal case"), _RESTS),
    "serving": Reason(_("Serving a sentence without being deprived of political rights"), _RESTS),
}
"""Why performance is suspended; it goes on when the reason is gone."""

_OVER = Reason(_("The term is over"), _TERM)


def choices(reasons: Mapping[str, Reason], translate: Translate) -> tuple[tuple[str, str], ...]:
    """Reasons as a form offers them, each with its article."""
    return tuple((name, _said(one, translate)) for name, one in reasons.items())


def said(name: str, translate: Translate) -> str:
    """A reason with its article; a word that is none of them as it is."""
    reason = {**ENDINGS, **SUSPENSIONS, TERM_OVER: _OVER}.get(name)
    return _said(reason, translate) if reason else name


def _said(reason: Reason, translate: Translate) -> str:
    return f"{translate(reason.title)}（{reason.article}）"
