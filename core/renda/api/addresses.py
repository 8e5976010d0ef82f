"""Where the API lies, and what an address of it may not ask for."""

from webob.multidict import MultiDict

from renda.i18n import _

BASE = "/api/v1"


def twice(params: MultiDict[str, str]) -> dict[str, str]:
    """A sentence for each parameter that an address has more than once."""
    return {name: _("This is asked for twice.") for name in params if len(params.getall(name)) > 1}
