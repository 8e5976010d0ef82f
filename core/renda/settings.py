"""Settings of a node: environment over ini file over profile over default; unknown keys stop the start."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from renda.declarations import Setting
from renda.errors import Misconfigured
from renda.i18n import _

PREFIX = "renda."

Settings = Mapping[str, Any]
"""Values by setting name, without the prefix."""

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
    Setting("secure_cookies", _("Send cookies over HTTPS only."), flag, default=True),
    Setting("notice", _("A sentence shown on top of every page.")),
    Setting("idle_minutes", _("Minutes without a click after which a session ends."), int, default=30),
    Setting("session_hours", _("Hours after which a session ends in any case."), int, default=12),
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
    if given is None:
        return profile.get(setting.name, setting.tiers.get(tier, setting.default))
    if not isinstance(given, str):
        return given
    try:
        return setting.read(given)
    except ValueError as error:
        raise Misconfigured(
            _(
                "The setting ${name} cannot be read: ${text}",
                mapping={"name": PREFIX + setting.name, "text": given},
            )
        ) from error


def unknown_tier(tier: str, known: Iterable[str]) -> str:
    """What to say where `renda.profile` names no profile."""
    return _(
        "The profile ${tier} does not exist. Use one of: ${known}.",
        mapping={"tier": tier, "known": ", ".join(known)},
    )


def no_such_file(path: str | Path) -> str:
    """What to say where the ini file is missing."""
    return _("There is no configuration file at ${path}.", mapping={"path": str(path)})
