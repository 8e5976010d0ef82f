"""What carries notices: e-mail, WeCom, DingTalk and a gateway for SMS.

A node's setting is an address. `smtp:`, `smtps:`, `https:` and `http:` need nothing but Python; any other is
handed to Apprise (https://github.com/caronc/apprise), where that is installed. In each, `{address}` stands
for where the notice goes.
"""

import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import Request, urlopen

from renda.declarations import Channel, Setting
from renda.i18n import _
from renda.settings import Unfit

SECONDS = 15
"""How long another machine may take to answer."""

OWN = frozenset({"smtp", "smtps", "http", "https"})


class NotTaken(Exception):
    """The other machine answered, and took nothing."""


def reachable(text: str) -> str:
    """Read the address of a channel, or nothing; it may hold a password and is never repeated."""
    scheme = text.partition("://")[0].lower()
    if text and (scheme == text.lower() or not (scheme in OWN or find_spec("apprise"))):
        raise Unfit(_("begin it with smtp://, smtps:// or https://, or install Apprise for other addresses"))
    return text


Body = Callable[[str, str, str], Mapping[str, Any]]
"""Makes what is posted of (address, subject, text)."""


def _carry(setting: str, address: str, subject: str, text: str, body: Body) -> None:
    scheme = urlsplit(setting).scheme.lower()
    if scheme in {"smtp", "smtps"}:
        _mail(setting, address, subject, text)
    elif scheme in OWN:
        _post(setting.replace("{address}", quote(address, safe="")), body(address, subject, text))
    else:
        _apprise(setting.replace("{address}", quote(address, safe="@")), subject, text)


def _mail(setting: str, address: str, subject: str, text: str) -> None:
    place = urlsplit(setting)
    said = parse_qs(place.query)
    message = EmailMessage()
    message["From"] = said.get("from", [unquote(place.username or "")])[0]
    message["To"], message["Subject"] = address, subject
    message.set_content(text)
    host, context = place.hostname or "", ssl.create_default_context()
    if place.scheme.lower() == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, place.port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, place.port or 25, timeout=SECONDS)
    with server:
        if not isinstance(server, smtplib.SMTP_SSL):
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        server.send_message(message)


def _post(url: str, body: Mapping[str, Any]) -> None:
    data = json.dumps(body, ensure_ascii=False).encode()
    request = Request(url, data, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310 - see `OWN`
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        said = answer.read(65_536)
    # WeCom and DingTalk answer 200 and say in `errcode` whether they took it.
    try:
        code = json.loads(said).get("errcode", 0)
    except (ValueError, AttributeError):
        return
    if code:
        raise NotTaken(code)


def _apprise(url: str, subject: str, text: str) -> None:
    found = import_module("apprise").Apprise()
    if not found.add(url) or not found.notify(body=text, title=subject):
        raise NotTaken


def _plain(address: str, subject: str, text: str) -> Mapping[str, Any]:
    """What a gateway for SMS, or any other that takes JSON, is sent."""
    return {"to": address, "subject": subject, "text": text}


def _wecom(address: str, _subject: str, text: str) -> Mapping[str, Any]:
    """What WeCom's group robots take (https://developer.work.weixin.qq.com/document/path/91770)."""
    return {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": [address]}}


def _dingtalk(address: str, _subject: str, text: str) -> Mapping[str, Any]:
    """What DingTalk's group robots take (https://open.dingtalk.com/document/robots/custom-robot-access)."""
    return {"msgtype": "text", "text": {"content": text}, "at": {"atMobiles": [address]}}


def _through(body: Body) -> Callable[[str, str, str, str], None]:
    def send(setting: str, address: str, subject: str, text: str) -> None:
        _carry(setting, address, subject, text, body)

    return send


CHANNELS = [
    Channel("mail", _("E-mail"), "mail_url", _("E-mail address"), _through(_plain)),
    Channel("wecom", _("WeCom"), "wecom_url", _("WeCom account or mobile number"), _through(_wecom)),
    Channel("dingtalk", _("DingTalk"), "dingtalk_url", _("DingTalk mobile number"), _through(_dingtalk)),
    Channel("sms", _("SMS"), "sms_url", _("Mobile number"), _through(_plain)),
]
"""The channels of the core; a node has those whose setting says how."""

SETTINGS = [
    Setting(
        "pages_url",
        _("Address at which people reach this node's pages; links in messages begin with it."),
        environment="RENDA_PAGES_URL",
    ),
    Setting(
        "mail_url",
        _("How notices go out by e-mail: smtps://USER:PASSWORD@HOST?from=ADDRESS, or empty for not at all."),
        reachable,
        environment="RENDA_MAIL_URL",
    ),
    Setting(
        "wecom_url",
        _("How notices go out by WeCom: the address of a group robot or of Apprise, or empty."),
        reachable,
        environment="RENDA_WECOM_URL",
    ),
    Setting(
        "dingtalk_url",
        _("How notices go out by DingTalk: the address of a group robot or of Apprise, or empty."),
        reachable,
        environment="RENDA_DINGTALK_URL",
    ),
    Setting(
        "sms_url",
        _("How notices go out by SMS: the address of a gateway that takes JSON (to, text), or empty."),
        reachable,
        environment="RENDA_SMS_URL",
    ),
]
"""How this node reaches its channels."""
