"""Modules, settings, roles, and what they put into the menu, the home page and demonstrations."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

CORE = "core"
"""Name of the component that every node has, and of the module that is always in use."""

ANNOTATE = "annotate"
"""The verb that comes with `read`: to comment on what one may read, and to keep views of it for oneself."""

Message = str
"""A translatable message: `renda.i18n._("…")`."""


@dataclass(frozen=True)
class Module:
    """What an organisation enables or leaves: a plugin, as its users see it.

    Attributes:
        title: its name in menus.
        summary: one sentence about what it is for.
        needs: names of modules that must be enabled with it.
        grants: verbs that each role holds on the module, as `{"clerk": ("read", "write")}`;
            the permission of a verb is `<module>:<verb>`. Who may read may `ANNOTATE`, too.
        guide: what the help says of it to who plays a role, as `{"clerk": (message, …)}`, a paragraph each.
            Names of pages and buttons are values of the message, marked as where they are shown.
    """

    title: Message
    summary: Message = ""
    needs: tuple[str, ...] = ()
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    guide: Mapping[str, Sequence[Message]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        grants = {
            role: (*verbs, ANNOTATE) if "read" in verbs and ANNOTATE not in verbs else tuple(verbs)
            for role, verbs in self.grants.items()
        }
        object.__setattr__(self, "grants", grants)


@dataclass(frozen=True)
class Setting:
    """One key of a node's ini file, written there as `renda.<name>`.

    Attributes:
        name: key without the prefix, `<component>.<word>` for plugins.
        read: turns the text of the file into the value; raises ValueError on nonsense
            (`renda.settings.Unfit` to say what is taken; `renda.settings.number` reads within bounds).
        default: value where neither file nor profile names one.
        tiers: default per tier, which outranks `default`.
        help: what it changes, for the reference page.
        environment: name of an environment variable that outranks the file, or "".
    """

    name: str
    help: Message
    read: Callable[[str], Any] = str
    default: Any = ""
    tiers: Mapping[str, Any] = field(default_factory=dict)
    environment: str = ""


@dataclass(frozen=True)
class Role:
    """A part that an account plays at one organisation."""

    name: str
    title: Message


@dataclass(frozen=True)
class MenuEntry:
    """A line of the menu.

    Attributes:
        slot: todo, reporting, supervision, opinions, deputies, topics, statistics or administration.
        title: what it says.
        path: address below `/o/{organisation}/`.
        permission: what the reader must hold there.
        weight: lower comes first.
        concerns: whether the organisation of a request has any use for it; None for all that have the module.
    """

    slot: str
    title: Message
    path: str
    permission: str
    weight: int = 100
    concerns: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Card:
    """A card of the home page, and a source of its to-do list and of the calendar.

    `content(request)` gives a mapping with `title`, `lines` (label, figure, href) and `tasks` (what, from,
    due, left, light, state, href), or None for nothing to show. A task's `due` is its last day as a date, by
    which the list is ordered and which the calendar shows; `left` says it in working days.

    Attributes:
        done, started: called with a request for tasks as above that the reader or the organisation has done
            lately, and that others now work at for them; None for a source that keeps no such list.
    """

    name: str
    permission: str
    content: Callable[[Any], Mapping[str, Any] | None]
    weight: int = 100
    done: Callable[[Any], Sequence[Mapping[str, Any]]] | None = None
    started: Callable[[Any], Sequence[Mapping[str, Any]]] | None = None


@dataclass(frozen=True)
class Channel:
    """A way by which notices reach people outside the pages.

    Attributes:
        name: identifier, kept with what people chose.
        title: its name.
        setting: name of the setting that says how this node reaches it; a node where it is empty has no
            such channel.
        address: what an account's address there is called, such as a mobile number.
        send: called with (value of the setting, address, subject, text); raises whatever goes wrong. The text
            says how many notices of which kind wait and where, and nothing else, since others carry it.
    """

    name: str
    title: Message
    setting: str
    address: Message
    send: Callable[[str, str, str, str], None]


@dataclass(frozen=True)
class SampleScope:
    """Where and when demonstration data are made; `random` is seeded, so that runs are alike."""

    session: Session
    organisation: str
    start: date
    end: date
    now: datetime
    random: random.Random
    persons: Sequence[Any]


@dataclass(frozen=True)
class Sample:
    """Plausible invented data of a module for one organisation and span."""

    name: str
    make: Callable[[SampleScope], None]
