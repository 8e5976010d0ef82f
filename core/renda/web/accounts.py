"""The pages on which an organisation's administrator manages who plays which part there."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther

from renda.deputies import leavers, subjects
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.notices import owners
from renda.profile import profile_at
from renda.records import forms
from renda.records.fields import Choice, Text
from renda.security import managing, second_factor
from renda.security.models import Account, Grant
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse

_LOGIN = Text(_("Account"), help=_("What the person types to sign in, such as a telephone number or pinyin."))
_NAME = Text(_("Name"), help=_("What others see."), max_length=64)
_WHOM = Text(
    _("Is the deputy or handling unit"),
    required=False,
    help=_("For the roles deputy and handling unit alone: the name as it stands in the register."),
)
GIVE, TAKE, CODE, RESET = owners.GIVEN, owners.TAKEN, owners.CODE, owners.RESET
CLOSE, OPEN, KEEP, FORGET = "close", "open", "keep", "forget"
_DONE = {
    GIVE: _("The role is given."),
    TAKE: _("The role is taken, from now on and also in sessions that are open."),
    RESET: _("Two-step verification is off."),
    CLOSE: _("The account is closed, and its sessions have ended."),
    OPEN: _("The account is open."),
    KEEP: _("The account stays as it is."),
    FORGET: _("The account is closed, and bears no name."),
}


def listed(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Everybody who plays a part here, or did, and the form of a new account."""
    return _list(context, request)


def add(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Make an account with its first role; its one-time code is shown on this one page alone."""
    typed = {name: request.POST.get(name, "") for name in ("login", "name", "role", "for")}
    try:
        account, code = managing.add(
            request.db,
            context.organisation.code,
            login=typed["login"],
            name=typed["name"],
            role=typed["role"],
            whom=typed["for"],
            now=request.now,
            actor=context.reader.account,
        )
    except (Invalid, Conflict) as error:
        return _list(context, request, typed=typed, errors=_refused(request, error))
    return {**_list(context, request), "made": {"login": account.login, "code": code}}


def shown(context: Organisation, request: Request) -> Mapping[str, Any]:
    """One account: its roles here, and what can be done with it."""
    said = _DONE.get(request.GET.get("said", ""))
    return _one(context, request, _account(context, request), said=said)


def change(context: Organisation, request: Request) -> Mapping[str, Any] | HTTPSeeOther:
    """Give or take a role, let the owner in anew, close the account or open it."""
    account = _account(context, request)
    typed = {name: str(request.POST.get(name, "")) for name in ("do", "role", "for")}
    try:
        code = _do(context, request, account, **typed)
        owners.tell(
            request.db,
            account,
            typed["do"],
            now=request.now,
            organisation=context.organisation.code,
            role=typed["role"],
        )
    except (Invalid, Conflict) as error:
        return _one(context, request, account, typed=typed, errors=_refused(request, error))
    if code:
        return {**_one(context, request, account), "made": {"login": account.login, "code": code}}
    return HTTPSeeOther(_address(request, account.id, said=typed["do"]))


def _do(context: Organisation, request: Request, account: Account, **typed: str) -> str:
    """What was asked for; a new code, or ""."""
    session, place, do, role = request.db, context.organisation.code, typed["do"], typed["role"]
    now, actor = request.now, context.reader.account
    if do == CODE:
        return managing.let_in(session, place, account, now=now, actor=actor)
    if do == GIVE:
        managing.give(session, place, account, role=role, whom=typed["for"], now=now, actor=actor)
    elif do == TAKE:
        managing.take(session, place, account, role, now=now, actor=actor)
    elif do == RESET:
        managing.forget_factor(session, place, account, now=now, actor=actor)
    elif do in {CLOSE, OPEN}:
        managing.switch(session, place, account, active=do == OPEN, now=now, actor=actor)
    elif do in {KEEP, FORGET}:
        (leavers.keep if do == KEEP else leavers.forget)(session, place, account, now=now, actor=actor)
    else:
        raise Invalid({"": _("Choose what is to be done with the account.")})
    return ""


def _account(context: Organisation, request: Request) -> Account:
    return managing.find(request.db, context.organisation.code, request.matchdict["account"])


def _refused(request: Request, error: Invalid | Conflict) -> Mapping[str, str]:
    refuse(request, error.status)
    return error.errors if isinstance(error, Invalid) else {"": error.message}


def _list(
    context: Organisation,
    request: Request,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    here = managing.held(request.db, context.organisation.code, request.now)
    shown_as = _words(context, request, [one for many in here.values() for one in many])
    return {
        "columns": [{"title": one} for one in (_("Name"), _("Account"), _("Roles"), _("State"))],
        "rows": [
            {
                "cells": [
                    {"text": one.name, "href": _address(request, one.id)},
                    {"code": one.login},
                    "、".join(shown_as[grant.role, grant.subject] for grant in here.get(one.id, ())) or None,
                    _state(one),
                ]
            }
            for one in managing.listed(request.db, context.organisation.code)
        ],
        "fields": [
            forms.control(name, field, (typed or {}).get(name, ""), (errors or {}).get(name, ""))
            for name, field in {"login": _LOGIN, "name": _NAME, **_role_fields(context, request)}.items()
        ],
        "errors": errors or {},
        "made": None,
    }


def _one(
    context: Organisation,
    request: Request,
    account: Account,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    said: str | None = None,
) -> dict[str, Any]:
    place = context.organisation.code
    here = managing.held(request.db, place, request.now).get(account.id, [])
    shown_as = _words(context, request, here)
    leaver = leavers.of(request.db, place, account, request.now)
    return {
        "leaver": leaver and {"text": leavers.state(leaver), "plays": leaver.plays, "named": leaver.named},
        "name": account.name,
        "login": account.login,
        "state": _state(account),
        "active": account.active,
        "roles": [{"name": one.role, "text": shown_as[one.role, one.subject]} for one in here],
        "fields": [
            forms.control(name, field, (typed or {}).get(name, ""), (errors or {}).get(name, ""))
            for name, field in _role_fields(context, request).items()
        ],
        "errors": errors or {},
        "is_own": managing.belongs(request.db, place, account),
        "is_reader": account.id == context.reader.account,
        "obstacle": managing.obstacle(request.db, place, account, context.reader.account),
        "has_factor": second_factor.find(request.db, account.id) is not None,
        "back": request.route_path("core.accounts", org=place),
        "made": None,
        "flashes": [{"light": "ok", "text": request.translate(said)}] if said else [],
    }


def _labels(context: Organisation, request: Request) -> Mapping[str, str]:
    labels = profile_at(request.registry.profiles, context.organisation.tier).roles.labels
    declared = request.registry.declared.roles
    return {name: label for name, label in labels.items() if name in declared}


def _role_fields(context: Organisation, request: Request) -> dict[str, Choice | Text]:
    return {"role": Choice(_("Role here"), choices=tuple(_labels(context, request).items())), "for": _WHOM}


def _words(
    context: Organisation, request: Request, here: Iterable[Grant]
) -> dict[tuple[str, uuid.UUID | None], str]:
    """What each role is called, with the name of whom it is played for."""
    many, labels = list(here), _labels(context, request)
    called = subjects.names(request.db, {one.subject for one in many if one.subject})
    found = {}
    for one in many:
        label, whom = request.translate(labels.get(one.role, one.role)), one.subject
        found[one.role, whom] = f"{label} {called[whom]}" if whom in called else label
    return found


def _state(account: Account) -> dict[str, str]:
    if not account.active:
        return {"light": "off", "text": _("Account closed")}
    if account.password is None:
        return {"light": "warn", "text": _("No password yet")}
    return {"light": "ok", "text": _("Account open")}


def _address(request: Request, account: uuid.UUID, **query: str) -> str:
    place = {"org": request.context.organisation.code, "account": str(account)}
    address: str = request.route_path("core.account", **place, **({"_query": query} if query else {}))
    return address


def includeme(config: Configurator) -> None:
    """Mount the pages at `/o/{org}/m/core/accounts`, for those who administer an organisation."""
    pages, templates = config.add_page, "renda:web/templates/accounts"
    one, all_of_them = f"{templates}/account.jinja2", f"{templates}/list.jinja2"
    pages("accounts", "accounts", listed, "administer", renderer=all_of_them)
    pages("accounts", "accounts", add, "administer", request_method="POST", renderer=all_of_them)
    pages("account", "accounts/{account}", shown, "administer", renderer=one)
    pages("account", "accounts/{account}", change, "administer", request_method="POST", renderer=one)
