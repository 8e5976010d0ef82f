"""`renda user …`: accounts and roles from the command line."""

import sys
import uuid
from collections.abc import Callable
from typing import Any

import click

from renda.app import Node, open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.deputies import subjects
from renda.i18n import _
from renda.notices import owners
from renda.security import accounts, grants, second_factor
from renda.security.models import Account


@click.group(help=_("Accounts and their roles."))
def user() -> None:
    """Commands about accounts."""


def _on_account(
    config: str, login: str, act: Callable[[Node, Account], None], done: str = "", **where: str
) -> uuid.UUID:
    """Act on an account, and tell its owner what was `done`, see `owners.tell`; the id of the account."""
    with open_node(config) as node:
        account = accounts.find_account(node.session, login)
        act(node, account)
        owners.tell(node.session, account, done, now=node.now, **where)
        return account.id


@user.command(help=_("Create an account; prints a one-time code unless a password comes by standard input."))
@config_argument
@click.argument("login")
@click.option("--name", required=True, help=_("The name that others see."))
@click.option("--password-stdin", is_flag=True, help=_("Read the password from one line of standard input."))
@json_option
def add(config: str, login: str, name: str, password_stdin: bool, as_json: bool) -> None:  # noqa: FBT001 - click
    """Create an account that has no role yet."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    result: dict[str, Any] = {"login": accounts.folded(login)}
    with open_node(config) as node:
        account = accounts.create_account(
            node.session, login=login, name=name, now=node.now, password=password
        )
        result["account"] = str(account.id)
        if password is None:
            result["code"] = accounts.issue_code(node.session, account, now=node.now)
    _emit_code(result, as_json=as_json)


@user.command(help=_("Print a new one-time code, with which the account's owner chooses a password."))
@config_argument
@click.argument("login")
@json_option
def code(config: str, login: str, *, as_json: bool) -> None:
    """Let an owner in who has no password yet, or has forgotten it."""
    result: dict[str, Any] = {"login": accounts.folded(login)}

    def act(node: Node, account: Account) -> None:
        result["code"] = accounts.issue_code(node.session, account, now=node.now)

    result["account"] = str(_on_account(config, login, act, owners.CODE))
    _emit_code(result, as_json=as_json)


def _emit_code(result: dict[str, Any], *, as_json: bool) -> None:
    say = translator()
    lines = [say(_("Account ${login} is ready.", mapping={"login": result["login"]}))]
    if "code" in result:
        lines.append(
            say(
                _(
                    "Sign-in code, good once and for 24 hours, to be entered at /first-sign-in: ${code}",
                    mapping={"code": result["code"]},
                )
            )
        )
    emit(result, as_json=as_json, lines=lines)


_ORG = click.option("--org", required=True, help=_("Code of the organisation."))
_ROLE = click.option("--role", required=True, help=_("Name of the role, such as clerk."))


@user.command(help=_("Give an account a role at an organisation."))
@config_argument
@click.argument("login")
@_ORG
@_ROLE
@click.option(
    "--for", "whom", default="", help=_("Name of the deputy, or of the handling unit, who the account is.")
)
@json_option
def grant(config: str, login: str, org: str, role: str, whom: str, *, as_json: bool) -> None:
    """Let an account play a role, for itself or for a deputy or a handling unit."""

    def act(node: Node, account: Account) -> None:
        subject = subjects.find(node.session, org, role, whom, node.now) if whom else None
        grants.grant(
            node.session, account=account, organisation=org, role=role, now=node.now, subject=subject
        )

    said = _("${login} now holds the role ${role} at ${code}.")
    where = {"organisation": org, "role": role}
    _emit_role(config, login, act, owners.GIVEN, where=where, said=said, as_json=as_json)


@user.command(help=_("Take a role at an organisation from an account."))
@config_argument
@click.argument("login")
@_ORG
@_ROLE
@json_option
def revoke(config: str, login: str, org: str, role: str, *, as_json: bool) -> None:
    """End a role of an account."""

    def act(node: Node, account: Account) -> None:
        grants.revoke(node.session, account=account, organisation=org, role=role, now=node.now)

    said = _("${login} no longer holds the role ${role} at ${code}.")
    where = {"organisation": org, "role": role}
    _emit_role(config, login, act, owners.TAKEN, where=where, said=said, as_json=as_json)


def _emit_role(
    config: str,
    login: str,
    act: Callable[[Node, Account], None],
    done: str,
    *,
    where: dict[str, str],
    said: str,
    as_json: bool,
) -> None:
    account = _on_account(config, login, act, done, **where)
    words = {"login": login, "role": where["role"], "code": where["organisation"]}
    emit(
        {"account": str(account), "login": accounts.folded(login), **where},
        as_json=as_json,
        lines=[translator()(_(said, mapping=words))],
    )


def _switch_command(name: str, help_text: str, done: str, *, active: bool) -> None:
    @user.command(name, help=help_text)
    @config_argument
    @click.argument("login")
    @json_option
    def command(config: str, login: str, *, as_json: bool) -> None:
        def act(node: Node, account: Account) -> None:
            accounts.set_active(node.session, account, active=active, now=node.now, actor=None)

        account = _on_account(config, login, act)
        emit(
            {"account": str(account), "login": accounts.folded(login), "active": active},
            as_json=as_json,
            lines=[translator()(_(done, mapping={"login": login}))],
        )


@user.command(
    "reset-second-factor",
    help=_("Turn two-step verification of an account off whose owner has lost the phone; ends its sessions."),
)
@config_argument
@click.argument("login")
@json_option
def reset_second_factor(config: str, login: str, *, as_json: bool) -> None:
    """Let an owner in by the password alone, or to set it up anew where a role needs it."""

    def act(node: Node, account: Account) -> None:
        second_factor.reset(node.session, account, now=node.now, actor=None)

    account = _on_account(config, login, act, owners.RESET)
    emit(
        {"account": str(account), "login": accounts.folded(login)},
        as_json=as_json,
        lines=[translator()(_("Two-step verification of ${login} is off.", mapping={"login": login}))],
    )


_switch_command(
    "close",
    _("Close an account and end its sessions; nothing is deleted."),
    _("The account ${login} is closed."),
    active=False,
)
_switch_command("open", _("Open a closed account again."), _("The account ${login} is open."), active=True)
