"""The pages that are looked at: who reads them, where they are; and which there are to be looked at."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from renda.security import totp
from renda.types import Registry
from tests.browser.chromium import DESKTOP
from tests.browser.world import (
    CAO,
    CITY,
    NOW,
    PACK,
    PASSWORD,
    RECEIPT,
    STATION_CODE,
    STREET,
    TOWN,
    WITH_SECOND_FACTOR,
    World,
)
from tests.contract.access import methods
from tests.tiers.chain import SPRING

REGISTER = f"/o/{TOWN}/r/training_class"
_ROSTER = "/o/{org}/m/core/deputies/import"
FORM = f"/o/{TOWN}/m/tiers/reports/training-bimonth/{SPRING.code}"
T02 = f"template=training-bimonth&period={SPRING.code}&indicator=T02"
SCANNED = f"/public/{CAO}/liaison/{STATION_CODE}"
DEPUTIES = f"/o/{CAO}/m/core/deputies"
SUGGESTIONS = f"/o/{CAO}/m/suggestions"
CONFIRM = f"/o/{CITY}/m/tiers/policies/confirm?module=training&rule=forbid&tier=township&since=2026-05-06"


@dataclass(frozen=True)
class Shown:
    """A page: who reads it, where it is, what is done there before it is looked at, and where that leads.

    Attributes:
        login: who reads it; none for a stranger.
        address: where it is.
        then: what is done there.
        status: of the answer at the address.
        to: pattern of the route that is looked at, where that is not the address's.
    """

    login: str | None
    address: str | Callable[[World], str]
    then: Callable[[Any], Any] | None = None
    status: int = 200
    to: str = ""


def _attach_wrong(page: Any) -> None:
    content = {"name": "现场.png", "mimeType": "image/png", "buffer": b"<script>"}
    page.set_input_files("#attachments [name=file]", content)
    page.click("#attachments button[value=add]")
    page.wait_for_selector(".summary.bad")


def _send_empty(page: Any) -> None:
    page.click("form.panel button.primary")
    page.wait_for_selector(".summary.bad")


def _open_account(page: Any) -> None:
    page.click("#table tbody a")
    page.wait_for_url("**/accounts/*")


def _make_account(page: Any) -> None:
    """Each size makes one of its own."""
    page.fill("[name=login]", f"new-{page.viewport_size['width']}")
    page.fill("[name=name]", "新来的")
    page.select_option("[name=role]", "clerk")
    page.click("form.panel button.primary")
    page.wait_for_selector("[role=status] pre")


def _answer_empty(page: Any) -> None:
    page.click("[name=do][value=answer]")
    page.wait_for_selector(".summary.bad")


def _refuse(page: Any) -> None:
    page.fill("[name=login]", "nobody")
    page.fill("[name=password]", "wrong-password")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".summary.bad")


def _come_in(page: Any, login: str) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def _give_password(page: Any) -> None:
    _come_in(page, WITH_SECOND_FACTOR)


def _give_wrong_code(page: Any) -> None:
    _give_password(page)
    page.fill("[name=code]", "12 34 56")
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".summary.bad")


def _turn_on_nothing(page: Any) -> None:
    page.click(".two-step button.primary")
    page.wait_for_selector(".summary.bad")


def _turn_on(page: Any) -> None:
    """Each size has an account of its own, since it is turned on once."""
    _come_in(page, "desktop" if page.viewport_size == DESKTOP else "phone")
    page.goto("/two-step")
    secret = base64.b32decode("".join(page.inner_text("#key").split()))
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", totp.code(secret, totp.step_at(NOW)))
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".codes")


def _open_all(page: Any) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


def _check_task(page: Any) -> None:
    page.fill("[name=title]", "开展优化营商环境联动监督")
    page.click("button[value=check]")
    page.wait_for_selector("[name=files]")


def _check_nothing(page: Any) -> None:
    page.click("button[value=check]")
    page.wait_for_selector(".summary.bad")


def _ask_progress(page: Any) -> None:
    page.fill("[name=code]", RECEIPT)
    page.click("main form button.primary")
    page.wait_for_selector("#found")


def _ask_wrongly(page: Any) -> None:
    page.fill("[name=code]", "AAAA")
    page.click("main form button.primary")
    page.wait_for_selector(".summary.bad")


def _tell(page: Any) -> None:
    page.fill("[name=content]", "村口路灯坏了两个月。")
    page.click("form.give button.primary")
    page.wait_for_selector(".code code")


def _open_number(page: Any) -> None:
    page.select_option("[name=purpose]", "reply")
    page.fill("[name=words]", "告知路灯已修好")
    page.click("main form button.primary")
    page.wait_for_selector("#opened")


def _person(world: World) -> str:
    return world.deputy.split("/")[1]


def _mine(world: World, state: str) -> str:
    return f"{SUGGESTIONS}/mine/{world.suggestions[state]}"


def _rate_nothing(page: Any) -> None:
    page.click("[name=do][value=rate]")
    page.wait_for_selector(".summary.bad")


def _end_without_reason(page: Any) -> None:
    page.click("[name=do][value=end]")
    page.wait_for_selector(".summary.bad")


def _give_roster(page: Any) -> None:
    content = "姓名,届,开始日期\n王小明,18,2017-01-10\n李梅,,\n".encode()
    page.set_input_files("[name=file]", {"name": "名册.csv", "mimeType": "text/csv", "buffer": content})
    page.click("form.panel button.primary")
    page.wait_for_selector("#questions")


def _give_classes(page: Any) -> None:
    """A file with a row that is good, one that says the same, one that is wrong, and a column too many."""
    good = "常委会组成人员履职培训班,专题培训,2026-05-05,"
    content = f"名称,类别,开始日期,名称\n{good}\n{good}\n,没有这一类,二月三十,\n".encode()
    page.set_input_files("[name=file]", {"name": "培训班.csv", "mimeType": "text/csv", "buffer": content})
    page.click("form.panel button.primary")
    page.wait_for_selector("#twins")


def _give_wrong(page: Any) -> None:
    table = {"name": "表.csv", "mimeType": "text/csv", "buffer": "代码,本期\nT99,900\n".encode()}
    page.set_input_files("#sheet [name=file]", table)
    page.click("#sheet button")
    page.wait_for_selector("main[data-refused]")


PAGES = {
    "sign-in": Shown(None, "/sign-in"),
    "sign-in refused": Shown(None, "/sign-in", _refuse),
    "first sign-in": Shown(None, "/first-sign-in"),
    "home of a clerk": Shown("town", f"/o/{TOWN}"),
    "home of a reviewer": Shown("cao", f"/o/{CAO}"),
    "home of the city": Shown("city", f"/o/{CITY}"),
    "choice of an organisation": Shown("counties", "/"),
    "password": Shown("town", "/password"),
    "second step": Shown(None, "/sign-in", _give_password, to="/sign-in/code"),
    "second step refused": Shown(None, "/sign-in", _give_wrong_code, to="/sign-in/code"),
    "two-step verification": Shown("town", "/two-step"),
    "two-step verification with errors": Shown("town", "/two-step", _turn_on_nothing),
    "recovery codes": Shown(None, "/sign-in", _turn_on, to="/two-step"),
    "help": Shown("town", "/help"),
    "help of a role": Shown("town", "/help/clerk"),
    "register": Shown("town", REGISTER),
    "register filtered to nothing": Shown("town", f"{REGISTER}?q=没有这样的班"),
    "columns and views": Shown("town", f"{REGISTER}/arrange"),
    "a step of many records": Shown("town", f"{REGISTER}/bulk?of=all&step=reopen"),
    "a step that they cannot take": Shown("town", f"{REGISTER}/bulk?of=all&step=hold"),
    "new record": Shown("town", f"{REGISTER}/new"),
    "new record with errors": Shown("town", f"{REGISTER}/new", _send_empty),
    "record": Shown("town", lambda world: f"{REGISTER}/{world.classes[TOWN]}", _open_all),
    "record with a file that is refused": Shown(
        "caoclerk", lambda world: f"/o/{CAO}/r/training_class/{world.classes[CAO]}", _attach_wrong
    ),
    "reports": Shown("town", f"/o/{TOWN}/m/tiers/reports"),
    "report form": Shown("town", FORM),
    "report form with a workbook that is refused": Shown("town", FORM, _give_wrong),
    "confirmation": Shown("town", f"{FORM}/confirm"),
    "report": Shown("cao", lambda world: f"/o/{CAO}/m/tiers/report/{world.reports[STREET]}"),
    "report that was returned": Shown("cao", lambda world: f"/o/{CAO}/m/tiers/report/{world.reports[TOWN]}"),
    "evidence": Shown(
        "cao", lambda world: f"/o/{CAO}/m/tiers/report/{world.reports[STREET]}/cell?indicator=T02"
    ),
    "matrix": Shown("city", f"/o/{CITY}/m/tiers/matrix"),
    "matrix of a county": Shown("city", f"/o/{CITY}/m/tiers/matrix?at={CAO}"),
    "roll-up": Shown("city", f"/o/{CITY}/m/tiers/rollup"),
    "roll-up of endorsed reports": Shown("city", f"/o/{CITY}/m/tiers/rollup?standing=endorsed"),
    "comparison of periods": Shown("city", f"/o/{CITY}/m/tiers/rollup/compare"),
    "a total over time": Shown("city", f"/o/{CITY}/m/tiers/rollup/trend?{T02}"),
    "publishing": Shown("city", f"/o/{CITY}/m/tiers/rollup/publish?standing=endorsed"),
    "publications": Shown("town", f"/o/{TOWN}/m/tiers/publications"),
    "publication": Shown("city", lambda world: f"/o/{CITY}/m/tiers/publication/{world.published[1]}"),
    "publication read below": Shown(
        "town", lambda world: f"/o/{TOWN}/m/tiers/publication/{world.published[0]}"
    ),
    "two vintages": Shown(
        "city",
        lambda world: f"/o/{CITY}/m/tiers/publication/{world.published[0]}/compare?with={world.published[1]}",
    ),
    "a total": Shown("city", f"/o/{CITY}/m/tiers/rollup/figure?{T02}"),
    "a total on a map": Shown("city", f"/o/{CITY}/m/tiers/rollup/figure?{T02}&chart=map"),
    "a county's total": Shown("city", f"/o/{CITY}/m/tiers/rollup/figure?{T02}&at={CAO}"),
    "accounts": Shown("caoadmin", f"/o/{CAO}/m/core/accounts"),
    "accounts with errors": Shown("caoadmin", f"/o/{CAO}/m/core/accounts", _send_empty),
    "a new account": Shown("caoadmin", f"/o/{CAO}/m/core/accounts", _make_account),
    "an account": Shown(
        "caoadmin", f"/o/{CAO}/m/core/accounts", _open_account, to="/o/{org}/m/core/accounts/{account}"
    ),
    "modules": Shown("caoadmin", f"/o/{CAO}/m/core/modules"),
    "a module": Shown("caoadmin", f"/o/{CAO}/m/core/modules/training"),
    "modules below": Shown("admin", f"/o/{CITY}/m/tiers/policies"),
    "modules below with errors": Shown("admin", f"{CONFIRM}&reason=", status=422),
    "a word on a module": Shown("admin", f"{CONFIRM}&reason=试点结束"),
    "matters": Shown("city", f"/o/{CITY}/m/tiers/matters"),
    "matters handed on": Shown("town", f"/o/{TOWN}/m/tiers/matters?box=out"),
    "matter": Shown("city", lambda world: f"/o/{CITY}/m/tiers/matters/{world.matter}"),
    "matter with errors": Shown(
        "city", lambda world: f"/o/{CITY}/m/tiers/matters/{world.matter}", _answer_empty
    ),
    "matter where it began": Shown("town", lambda world: f"/o/{TOWN}/m/tiers/matters/{world.matter}"),
    "new matter": Shown("town", f"/o/{TOWN}/m/tiers/matters/new"),
    "new matter with errors": Shown("town", f"/o/{TOWN}/m/tiers/matters/new", _send_empty),
    "tasks": Shown("city", f"/o/{CITY}/m/tiers/directives"),
    "tasks from above": Shown("town", f"/o/{TOWN}/m/tiers/directives"),
    "new task": Shown("city", f"/o/{CITY}/m/tiers/directives/new", _open_all),
    "task to be issued": Shown("city", f"/o/{CITY}/m/tiers/directives/new", _check_task),
    "new task with errors": Shown("city", f"/o/{CITY}/m/tiers/directives/new", _check_nothing),
    "task": Shown("city", lambda world: f"/o/{CITY}/m/tiers/directives/{world.directives[0]}", _open_all),
    "task of a county": Shown("cao", lambda world: f"/o/{CAO}/m/tiers/directives/{world.directives[1]}"),
    "task at a township": Shown("town", lambda world: f"/o/{TOWN}/m/tiers/directives/{world.directives[1]}"),
    "response": Shown("city", lambda world: f"/o/{CITY}/m/tiers/directives/{world.response}"),
    "deputies": Shown("caoclerk", f"{DEPUTIES}?q=王小明"),
    "deputy": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}"),
    "deputy to somebody who reads": Shown("cao", lambda world: f"{DEPUTIES}/{_person(world)}"),
    "seat": Shown("caoclerk", lambda world: f"/o/{CAO}/m/core/{world.deputy}"),
    "seat that nothing is said of": Shown(
        "caoclerk", lambda world: f"/o/{CAO}/m/core/{world.deputy}", _end_without_reason
    ),
    "new deputy": Shown("caoclerk", f"{DEPUTIES}/new"),
    "new deputy with errors": Shown("caoclerk", f"{DEPUTIES}/new", _send_empty),
    "change of a deputy": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/edit"),
    "sealed data": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/open"),
    "publication of a deputy": Shown("cao", lambda world: f"{DEPUTIES}/{_person(world)}/public"),
    "erasing": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/erase"),
    "groups": Shown("caoclerk", f"/o/{CAO}/m/core/groups"),
    "roster": Shown("caoclerk", f"{DEPUTIES}/import"),
    "roster with a question": Shown(
        "caoclerk", f"{DEPUTIES}/import", _give_roster, to=f"{_ROSTER}/{{upload}}"
    ),
    "personal data": Shown("caoclerk", f"/o/{CAO}/m/core/data"),
    "public deputies": Shown(None, f"/public/{CAO}/deputies"),
    "public deputy": Shown(None, lambda world: f"/public/{CAO}/deputies/{_person(world)}"),
    "station that was scanned": Shown(None, SCANNED),
    "station with errors": Shown(None, SCANNED, _send_empty),
    "receipt": Shown(None, SCANNED, _tell),
    "progress": Shown(None, f"/public/{CAO}/liaison/progress"),
    "progress of an opinion": Shown(None, f"/public/{CAO}/liaison/progress", _ask_progress),
    "progress of nothing": Shown(None, f"/public/{CAO}/liaison/progress", _ask_wrongly),
    "poster": Shown("caoclerk", lambda world: f"/o/{CAO}/m/liaison/stations/{world.station}/poster"),
    "station": Shown("caoclerk", lambda world: f"/o/{CAO}/r/liaison_station/{world.station}"),
    "public opinion item": Shown(
        "caoclerk", lambda world: f"/o/{CAO}/r/liaison_public_opinion_item/{world.opinion}"
    ),
    "phone number": Shown("caoclerk", lambda world: f"/o/{CAO}/m/liaison/opinions/{world.opinion}/phone"),
    "phone number that was opened": Shown(
        "caoclerk", lambda world: f"/o/{CAO}/m/liaison/opinions/{world.opinion}/phone", _open_number
    ),
    "tokens": Shown("town", f"/o/{TOWN}/tokens"),
    "interface for programs": Shown("town", "/api/v1/", _open_all),
    "what is done": Shown("city", f"/o/{CITY}?show=done"),
    "notices": Shown("town", f"/o/{TOWN}/notices?show=all"),
    "what is sent": Shown("town", f"/o/{TOWN}/notices/choices"),
    "calendar": Shown("town", f"/o/{TOWN}/calendar"),
    "working days": Shown("admin", f"/o/{CITY}/m/core/workdays"),
    "a day with errors": Shown("admin", f"/o/{CITY}/m/core/workdays", _send_empty),
    "import": Shown("town", f"{REGISTER}/import"),
    "import preview": Shown(
        "town", f"{REGISTER}/import", _give_classes, to="/o/{org}/r/{type}/import/{upload}"
    ),
    "change of a record": Shown("town", lambda world: f"{REGISTER}/{world.classes[TOWN]}/edit"),
    "many records that took a step": Shown("town", lambda world: f"{REGISTER}/bulk/{world.batch}"),
    "search": Shown("town", f"/o/{TOWN}/search?q=代表"),
    "new seat": Shown("caoclerk", lambda world: f"{DEPUTIES}/{_person(world)}/seat"),
    "change of a seat": Shown("caoclerk", lambda world: f"/o/{CAO}/m/core/{world.deputy}/edit"),
    "practice packs": Shown("admin", f"/o/{CITY}/m/core/packs"),
    "a shipped practice pack": Shown("caoadmin", f"/o/{CAO}/m/core/packs/shipped/{PACK}"),
    "sharing practice packs": Shown("admin", f"/o/{CITY}/m/tiers/packs"),
    "sharing a practice pack": Shown("admin", f"/o/{CITY}/m/tiers/packs/{PACK}"),
    "webhooks": Shown("caoadmin", f"/o/{CAO}/m/core/webhooks"),
    "webhooks with errors": Shown("caoadmin", f"/o/{CAO}/m/core/webhooks", _send_empty),
    "taking back a word on a module": Shown("admin", f"/o/{CITY}/m/tiers/policies/release?module=training"),
    "home of a deputy": Shown("caodeputy", f"/o/{CAO}"),
    "suggestions of a deputy": Shown("caodeputy", f"{SUGGESTIONS}/mine"),
    "new suggestion": Shown("caodeputy", f"{SUGGESTIONS}/new"),
    "new suggestion with errors": Shown("caodeputy", f"{SUGGESTIONS}/new", _send_empty),
    "draft of a suggestion": Shown("caodeputy", lambda world: f"{_mine(world, 'draft')}/edit"),
    "suggestion to be confirmed": Shown("caodeputy", lambda world: f"{_mine(world, 'draft')}/confirm"),
    "suggestion under way": Shown("caodeputy", lambda world: _mine(world, "assigned")),
    "suggestion to be rated": Shown("caodeputy", lambda world: _mine(world, "replied")),
    "suggestion with errors": Shown("caodeputy", lambda world: _mine(world, "replied"), _rate_nothing),
    "suggestions of a unit": Shown("caoroads", f"{SUGGESTIONS}/handling"),
    "suggestion at its unit": Shown(
        "caoroads", lambda world: f"{SUGGESTIONS}/handling/{world.suggestions['assigned']}"
    ),
    "suggestion on paper": Shown("caoclerk", f"{SUGGESTIONS}/paper"),
    "assignment": Shown("caoclerk", lambda world: f"{SUGGESTIONS}/assign/{world.suggestions['accepted']}"),
    "no such page": Shown("town", f"/o/{TOWN}/r/nothing", status=404),
}


def address_of(shown: Shown, world: World) -> str:
    """Where a page is on a node."""
    return shown.address if isinstance(shown.address, str) else shown.address(world)


def patterns(registry: Registry) -> set[str]:
    """Patterns of the routes that answer a browser with a page."""
    routes = {
        one["introspectable"]["name"]: one["introspectable"]["pattern"]
        for one in registry.introspector.get_category("routes")
    }
    found = set()
    for entry in registry.introspector.get_category("views"):
        view, drawn = entry["introspectable"], {one.category_name for one in entry["related"]}
        if view["context"] is None and "templates" in drawn and "GET" in methods(view):
            page = str(view["match_param"] or "").removeprefix("page=")
            pattern = routes[view["route_name"]]
            found.add(re.sub(r"{page:[^}]+}", page, pattern) if page else pattern)
    return found


def pattern_of(address: str, known: set[str]) -> str:
    """The pattern that an address is meant by: of those that match the one that leaves least open; or ""."""
    path = address.partition("?")[0]
    fitting = [one for one in known if re.fullmatch(_expression(one), path)]
    return min(fitting, key=lambda one: (one.count("{"), one), default="")


def _expression(pattern: str) -> str:
    parts = re.split(r"{(\w+(?::(?:[^{}]|{\d+})+)?)}", pattern)
    return "".join(
        (part.partition(":")[2] or "[^/]+") if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    )
