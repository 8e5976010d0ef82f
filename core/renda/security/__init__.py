"""Security that every page has without asking: identity, permissions, CSRF, and views that say their methods.

Public names: `policy.EVERYONE` and `policy.SIGNED_IN` (permissions), `identity.Identity`, `audit.record`,
and the services of `accounts`, `grants` and `entrance`.
"""

from pyramid.config import Configurator

from renda.security import second_factor
from renda.security.csrf import CSRFPolicy
from renda.security.policy import NOBODY, Policy
from renda.types import Request


def includeme(config: Configurator) -> None:
    """Install the policy; every view of every component is closed unless it names a permission."""
    second_factor.check_roles(config.registry)
    # pyramid_tm would look up the reader of each static file, outside of the error pages.
    config.registry.settings["tm.annotate_user"] = "false"
    config.set_security_policy(Policy())
    config.set_default_permission(NOBODY)
    config.set_csrf_storage_policy(CSRFPolicy())
    config.set_default_csrf_options(require_csrf=True)
    config.add_request_method(_reader, "reader", reify=True)
    config.include("renda.security.derivers")


def _reader(request: Request) -> object:
    return request.identity
