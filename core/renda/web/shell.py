"""What every page shows around its content, and in which language."""

import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup
from pyramid.config import Configurator
from pyramid.csrf import get_csrf_token
from pyramid.events import BeforeRender
from pyramid.threadlocal import get_current_request
from pyramid_jinja2 import get_jinja2_environment

from renda.i18n import DEFAULT_LOCALE, LOCALES, Translator, _
from renda.security.bearer import for_programs, known
from renda.security.identity import qualified
from renda.security.sessions import cookie_name
from renda.types import Request
from renda.web import lasting
from renda.web.contexts import Organisation
from renda.web.static import static_address

SLOTS: Mapping[str, str] = {
    "todo": _("To do"),
    "reporting": _("Reporting"),
    "supervision": _("Supervision"),
    "opinions": _("Opinions"),
    "deputies": _("Deputies"),
    "topics": _("Topics"),
    "statistics": _("Statistics"),
    "administration": _("Administration"),
}
"""Groups of the menu, in their order."""

_REFUSED = 400
"""The least status of a page that shows a form again with what is wrong in it."""

_Link = tuple[str, str, str]
"""Group, title and address of an entry of the menu."""


def language_cookie(request: Request) -> str:
    """Name of the cookie that keeps the reader's language."""
    return f"{cookie_name(request.registry)}-language"


_ASKED: Mapping[str, str] = {"zh-Hans": "zh_Hans", "zh-CN": "zh_Hans", "zh": "zh_Hans", "en": "en"}
"""Languages as programs ask for them."""


def negotiate(request: Request) -> str:
    """The language that the reader chose, or that a program asks for, or Chinese."""
    chosen: str = request.cookies.get(language_cookie(request), "")
    if chosen in LOCALES:
        return chosen
    if for_programs(request):
        asked = str(request.accept_language.lookup([*_ASKED], default="zh"))
        return _ASKED.get(asked, DEFAULT_LOCALE)
    return DEFAULT_LOCALE


def menu(context: Organisation, request: Request) -> Markup:
    """Links to what the reader may open at this organisation, and to registers that it keeps, in groups."""
    root = f"{request.script_name}/o/{context.organisation.code}"
    entries: list[_Link] = [("todo", _("My to-do list"), root), ("todo", _("Calendar"), f"{root}/calendar")]
    declared, permissions = request.registry.declared, context.permissions
    for module, entry in sorted(declared.menu, key=lambda pair: pair[1].weight):
        if qualified(entry.permission, module) not in permissions:
            continue
        register = declared.record_types.get(entry.path.removeprefix("r/"))
        kept = register is None or not context.barred(register)
        if kept and (entry.concerns is None or entry.concerns(request)):
            entries.append((entry.slot, entry.title, f"{root}/{entry.path}"))
    # An entry leads to what lies below its address too; the to-do list, below which all lies, does not.
    addresses, here = {href for _slot, _title, href in entries}, request.path
    while here not in addresses and len(here) > len(root):
        here = here.rpartition("/")[0]
    here = here if here != root or request.path == root else ""
    return _drawn(get_jinja2_environment(request), tuple(entries), here, request.translate)


@lru_cache(maxsize=1024)
def _drawn(
    environment: Environment, entries: tuple[_Link, ...], current: str, translate: Translator
) -> Markup:
    """Of a menu there are as many as there are roles at an organisation, and it stands on every page."""
    groups: dict[str, list[dict[str, str]]] = {slot: [] for slot in SLOTS}
    for slot, title, href in entries:
        groups[slot].append({"title": title, "href": href})
    shown = [{"title": SLOTS[slot], "entries": links} for slot, links in groups.items() if links]
    return Markup(environment.get_template("menu.jinja2").render(groups=shown, current=current, _=translate))  # noqa: S704 - a template that escapes


def _steps(context: Organisation, request: Request) -> Iterator[dict[str, str | None]]:
    for place in context.path:
        open_to_reader = bool(context.reader.plays_at(place.code))
        yield {
            "name": place.name,
            "href": f"{request.script_name}/o/{place.code}" if open_to_reader else None,
        }


def before_render(event: BeforeRender) -> None:
    """Give templates what the layout needs; a page that tells of an error asks the database nothing."""
    request: Request | None = event.get("request")
    if request is None or not str(event.get("renderer_name", "")).endswith(".jinja2"):
        return
    failed = getattr(request, "exception", None) is not None
    posted = request.method != "GET"
    reader = known(request) if failed else request.reader
    context = getattr(request, "context", None)
    here = context if isinstance(context, Organisation) else None
    event.update(
        {
            "_": request.translate,  # As `_say` would; a page need not look for its request each time.
            "locale": request.translate.locale,
            "today": request.today,
            "identity": reader,
            "session": lasting.shown(request) if reader and not for_programs(request) else None,
            "languages": [(code, name) for code, name in LOCALES.items() if code != request.locale_name],
            "refused": posted and not failed and request.response.status_int >= _REFUSED,
            "all_languages": () if reader or failed or posted else tuple(LOCALES.items()),
            "here": f"{request.script_name}/" if failed or posted else request.path_qs,
            "organisation": here.organisation if here else None,
            "path": list(_steps(here, request)) if here else [],
            "menu": menu(here, request) if here else "",
            "unread": here.unread if here else 0,
            "notice": request.registry.values["notice"] or None,
            "contact": request.registry.values["contact"] or None,
            "flashes": [],
        }
    )


def _asked() -> Request:
    """The request whose page is being drawn: macros are made once, for the pages of all."""
    request: Request = get_current_request()
    return request


def _say(message: object, domain: str = "") -> str:
    said: str = _asked().translate(message, domain)
    return said


def _static(path: str) -> str:
    return static_address(_asked(), path)


def _csrf_token() -> str:
    """What forms send; on a page that tells a stranger of an error nothing is asked of the database."""
    request = _asked()
    failed = getattr(request, "exception", None) is not None
    return "" if failed and known(request) is None else get_csrf_token(request)


def _share(config: Configurator) -> None:
    environment = config.get_jinja2_environment()
    environment.globals.update({"_": _say, "static": _static, "csrf_token": _csrf_token})


def includeme(config: Configurator) -> None:
    """Give requests their number and language, and templates their frame."""
    packages = [component.package for component in config.registry.declared.components]
    translators = {locale: Translator(packages, locale) for locale in LOCALES}
    config.set_locale_negotiator(negotiate)
    config.add_request_method(lambda request: translators[request.locale_name], "translate", reify=True)
    config.add_request_method(lambda _request: secrets.token_hex(8), "request_id", reify=True)
    config.add_subscriber(before_render, BeforeRender)
    config.action(None, _share, args=(config,), order=1)
