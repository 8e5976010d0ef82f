"""What renda attaches to Pyramid's objects, so that type checkers and readers see it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pyramid.registry import Registry as PyramidRegistry
from pyramid.request import Request as PyramidRequest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from renda.clock import Clock

if TYPE_CHECKING:
    from renda.i18n import Translator
    from renda.plugins import Declared
    from renda.profile import Profile
    from renda.security.identity import Identity
    from renda.settings import Settings


class Registry(PyramidRegistry):
    """The application's registry.

    Attributes:
        declared: what components and practice packs declare; another object whenever a pack has come.
        plugins: what the components alone declare.
        packs_stamp: which state of the packs `declared` knows, see `renda.packs.standing`; "" for none yet.
        traced_pages: (name of the route, `page` in its address or "") of those that are only read, and yet
            leave an audit row; their sessions may write from the start, since a reader of SQLite cannot
            become a writer half way.
        reading_first: the same of those that are posted to and first do something long, such as reading a
            file; they ask for the right to write with `renda.app.go_on_writing`.
    """

    declared: "Declared"
    plugins: "Declared"
    packs_stamp: str = ""
    profiles: "dict[str, Profile]"
    values: "Settings"
    engine: Engine
    clock: Clock
    traced_pages: set[tuple[str, str]]
    reading_first: set[tuple[str, str]]
    static_stamps: "dict[str, str]"


class Request(PyramidRequest):
    """A request as renda's views see it.

    Attributes:
        db: the session of this request, opened for the organisations of its reader.
        now: the instant at which it arrived.
        today: the civil day in China at that instant.
        reader: who asks, or None.
        translate: turns a message into the reader's language.
    """

    request_body_tempfile_limit: ClassVar[int] = 32 * 1024 * 1024
    """The server bounds bodies below this, so that none of them goes through a file."""

    registry: Registry
    context: Any
    db: Session
    now: datetime
    today: date
    reader: "Identity | None"
    translate: "Translator"
