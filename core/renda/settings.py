"""Settings of a node: environment over ini file over profile over default; unknown keys stop the start."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from renda.declarations import Message, Setting
from renda.errors import Misconfigured
from renda.i18n import _

PREFIX = "renda."

Settings = Mapping[str, Any]
"""Values by setting name, without the prefix."""

BROKERS = ("amqp", "amqps", "redis", "rediss")
"""What the address of a broker begins with: RabbitMQ's and Redis', each in plain and over TLS."""

_FLAGS = dict.fromkeys(("true", "yes", "1", "on"), True) | dict.fromkeys(("false", "no", "0", "off"), False)


def flag(text: str) -> bool:
    """Read yes or no; ValueError on anything else."""
    try:
        return _FLAGS[text.strip().lower()]
    except KeyError:
        raise ValueError(text) from None


def words(text: str) -> tuple[str, ...]:
    """Read a list of words separated by white space."""
    return tuple(text.split())


class Unfit(ValueError):
    """A text that a setting does not take; `message` says what it takes, and never repeats a secret."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message)


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers between two bounds, both of which it takes."""

    def read(text: str) -> int:
        plain = text.strip()
        if not (plain.isascii() and plain.isdigit() and least <= int(plain) <= most):
            raise Unfit(
                _(
                    "write a whole number from ${least} to ${most} and not ${text}",
                    mapping={"least": least, "most": most, "text": text},
                )
            )
        return int(plain)

    return read


def broker(text: str) -> str:
    """Read the address of a broker, or nothing."""
    if text and text.partition("://")[0] not in BROKERS:
        known = ", ".join(f"{one}://" for one in BROKERS)
        raise Unfit(
            _("the address of a broker begins with one of ${known}, or is left out", mapping={"known": known})
        )
    return text


def cookie(text: str) -> str:
    """Read the name of a cookie: small letters, digits and hyphens."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", text):
        raise Unfit(_("the name of a cookie has small letters, digits and hyphens"))
    return text


CORE = [
    Setting("profile", _("Tier of this node: province, city, county or township."), default="city"),
    Setting("profiles", _("Folder or package path of the profiles."), default="renda_tiers:profiles"),
    Setting("modules", _("Modules to load instead of the profile's list."), words, default=()),
    Setting(
        "database_url",
        _("Address of the database."),
        default="sqlite:///renda.sqlite",
        environment="RENDA_DATABASE_URL",
    ),
    Setting(
        "broker_url",
        _("Address of RabbitMQ or Redis; empty runs background work in this process."),
        broker,
        environment="RENDA_BROKER_URL",
    ),
    Setting("queue", _("Name of this node's queue, where several nodes share a broker."), default="renda"),
    Setting(
        "secret_file",
        _("File with the secret that signs sessions."),
        default="renda.secret",
        environment="RENDA_SECRET_FILE",
    ),
    Setting(
        "key_file",
        _("File with the secret that seals signing keys and the key that hashes persons."),
        default="renda.key",
        environment="RENDA_KEY_FILE",
    ),
    Setting(
        "cookie",
        _("Name of the cookie, where several nodes share a host name."),
        cookie,
        default="renda",
    ),
    Setting("secure_cookies", _("Send cookies over HTTPS only."), flag, default=True),
    Setting(
        "webhook_hosts",
        _("Hosts, each with :port unless it is 443, to which webhooks of organisations here may go."),
        words,
        default=(),
    ),
    Setting("notice", _("A sentence shown on top of every page.")),
    Setting("contact", _("Who answers complaints and questions, and where: shown to strangers, too.")),
    Setting(
        "idle_minutes", _("Minutes without a click after which a session ends."), number(1, 1440), default=30
    ),
    Setting("draft_days", _("Days after which unfinished input is removed."), number(1, 365), default=30),
    Setting(
        "attachments_mb",
        _("Megabytes that the attached files of one organisation may have in all."),
        number(1, 1_000_000),
        default=2_000,
    ),
    Setting(
        "attachment_days",
        _("Days for which an attached file that was removed can be put back; then it is erased."),
        number(0, 3_650),
        default=30,
    ),
    Setting(
        "notice_days",
        _("Days after which a notice that was marked as read is removed."),
        number(30, 3650),
        default=365,
    ),
    Setting(
        "person_years",
        _("Years for which particulars of a deputy are kept after the last seat has ended."),
        number(0, 100),
        default=5,
    ),
    Setting(
        "contact_years",
        _("Years for which a deputy's identity number, phone and address are kept after that."),
        number(0, 100),
        default=1,
    ),
    Setting(
        "second_factor_roles",
        _("Roles whose holders must sign in with two-step verification, such as admin auditor."),
        words,
        default=(),
    ),
    Setting("session_hours", _("Hours after which a session ends in any case."), number(1, 168), default=12),
]
"""The keys of the core."""


def early(text: Mapping[str, Any], environment: Mapping[str, str], name: str) -> Any:
    """A core setting that decides what is loaded, read before any profile or plugin is known."""
    setting = {one.name: one for one in CORE}[name]
    return _value(setting, text, environment, {}, "")


def resolve(
    declared: Mapping[str, Setting],
    text: Mapping[str, Any],
    environment: Mapping[str, str],
    profile: Mapping[str, Any],
    tier: str,
) -> Settings:
    """Every declared setting's value.

    Raises:
        Misconfigured: a key is unknown, or its text cannot be read.
    """
    known = {PREFIX + name for name in declared}
    unknown = sorted(
        [key for key in text if key.startswith(PREFIX) and key not in known]
        + [PREFIX + name for name in profile if name not in declared]
    )
    if unknown:
        raise Misconfigured(
            _(
                "Unknown setting: ${names}. Correct its spelling or remove it.",
                mapping={"names": ", ".join(unknown)},
            )
        )
    return {name: _value(setting, text, environment, profile, tier) for name, setting in declared.items()}


def _value(
    setting: Setting,
    text: Mapping[str, Any],
    environment: Mapping[str, str],
    profile: Mapping[str, Any],
    tier: str,
) -> Any:
    given = environment.get(setting.environment) if setting.environment else None
    if given is None:
        given = text.get(PREFIX + setting.name)
    if given is None and setting.name in profile:
        given = _as_text(profile[setting.name])
    if given is None:
        return setting.tiers.get(tier, setting.default)
    if not isinstance(given, str):
        return given
    name = PREFIX + setting.name
    try:
        return setting.read(given)
    except Unfit as error:
        raise Misconfigured(
            _("The setting ${name}: ${reason}.", mapping={"name": name, "reason": error.message})
        ) from error
    except ValueError as error:
        raise Misconfigured(
            _("The setting ${name} cannot be read: ${text}", mapping={"name": name, "text": given})
        ) from error


def _as_text(value: Any) -> Any:
    """A value of a profile as an ini file would have it, so that one reader judges both."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def unknown_tier(tier: str, known: Iterable[str]) -> str:
    """What to say where `renda.profile` names no profile."""
    return _(
        "The profile ${tier} does not exist. Use one of: ${known}.",
        mapping={"tier": tier, "known": ", ".join(known)},
    )
