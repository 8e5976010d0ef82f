"""Who asks, and what they may do where."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from renda.declarations.modules import CORE
from renda.plugins import Declared


@dataclass(frozen=True)
class Identity:
    """A person who is signed in, apart from any database session.

    Attributes:
        account: id of their account.
        login: what they type to sign in.
        name: what others see.
        roles: names of the roles that they play now, by organisation code.
        ceiling: full names of the only permissions that count, where a program acts through a token.
    """

    account: uuid.UUID
    login: str
    name: str
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ceiling: frozenset[str] | None = None

    def plays_at(self, organisation: str) -> frozenset[str]:
        """Roles at one organisation; empty where there are none."""
        return self.roles.get(organisation, frozenset())


def permissions(
    identity: Identity, organisation: str, declared: Declared, enabled: Collection[str]
) -> frozenset[str]:
    """What an identity may do at an organisation, as `<module>:<verb>`.

    A module that the organisation does not use grants nothing; the core is always in use.

    Args:
        identity: who asks.
        organisation: code of the organisation asked about.
        declared: what the components of this node declare.
        enabled: names of the modules that this organisation uses.
    """
    roles = identity.plays_at(organisation)
    held = frozenset(
        f"{name}:{verb}"
        for name, module in declared.modules.items()
        if name == CORE or name in enabled
        for role in roles
        for verb in module.grants.get(role, ())
    )
    return held if identity.ceiling is None else held & identity.ceiling


def qualified(permission: str, module: str) -> str:
    """A permission's full name: `read` means the reading of the module at hand."""
    return permission if ":" in permission else f"{module}:{permission}"
