"""Messages reach mail servers, robots of WeCom and DingTalk, gateways of SMS, and through Apprise all others."""

import json
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest

from renda.errors import Misconfigured
from renda.notices import carriers
from renda.notices.carriers import CHANNELS, NotTaken
from renda.settings import resolve

BY_NAME = {one.name: one for one in CHANNELS}
TEXT = "逾期：1 条未读通知"


def served(server):
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.fixture
def robot():
    """A machine that takes JSON; `answer` is what it says."""
    heard = SimpleNamespace(bodies=[], paths=[], answer=b'{"errcode": 0}')

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.paths.append(self.path)
            heard.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(heard.answer)

        def log_message(self, *_words):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"http://127.0.0.1:{served(server).server_port}/send?key=1"
        yield heard
        server.shutdown()


@pytest.fixture
def post_office():
    """A mail server that takes one message at a time."""
    heard = SimpleNamespace(lines=[])

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            inside = False
            for raw in self.rfile:
                line = raw.decode().rstrip("\r\n")
                heard.lines.append(line)
                if inside:
                    inside = line != "."
                    if not inside:
                        self.wfile.write(b"250 taken\r\n")
                elif line.upper() == "DATA":
                    inside = True
                    self.wfile.write(b"354 go on\r\n")
                elif line.upper() == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"smtp://127.0.0.1:{served(server).server_address[1]}?from=rd@example.cn"
        yield heard
        server.shutdown()


@pytest.mark.parametrize(
    ("channel", "body"),
    [
        ("wecom", {"msgtype": "text", "text": {"content": TEXT, "mentioned_mobile_list": ["13800000000"]}}),
        ("dingtalk", {"msgtype": "text", "text": {"content": TEXT}, "at": {"atMobiles": ["13800000000"]}}),
        ("sms", {"to": "13800000000", "subject": TEXT, "text": TEXT}),
    ],
)
def test_what_robots_and_gateways_are_sent(robot, channel, body):
    BY_NAME[channel].send(robot.url, "13800000000", TEXT, TEXT)
    assert robot.bodies == [body]


def test_the_address_of_a_gateway_may_name_the_receiver(robot):
    BY_NAME["sms"].send(robot.url + "&to={address}", "+86@1", TEXT, TEXT)
    assert robot.paths == ["/send?key=1&to=%2B86%401"]


def test_a_robot_that_says_no_has_taken_nothing(robot):
    robot.answer = b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
    with pytest.raises(NotTaken, match="93000"):
        BY_NAME["wecom"].send(robot.url, "1", TEXT, TEXT)


def test_mail_is_handed_to_the_server(post_office):
    BY_NAME["mail"].send(post_office.url, "li@example.cn", "subject", "words")
    said = "\n".join(post_office.lines)
    assert "mail FROM:<rd@example.cn>" in said
    assert "rcpt TO:<li@example.cn>" in said
    assert "Subject: subject" in said
    assert "words" in said


@pytest.mark.parametrize("taken", [True, False])
def test_other_addresses_are_apprise_s(monkeypatch, taken):
    asked = []

    class Apprise:
        def add(self, url):
            asked.append(url)
            return True

        def notify(self, **said):
            asked.append(said)
            return taken

    monkeypatch.setitem(sys.modules, "apprise", SimpleNamespace(Apprise=Apprise))
    if taken:
        BY_NAME["wecom"].send("wechat://id:secret@agent/{address}", "li", "题", "文")
    else:
        with pytest.raises(NotTaken):
            BY_NAME["wecom"].send("wechat://id:secret@agent/{address}", "li", "题", "文")
    assert asked == ["wechat://id:secret@agent/li", {"body": "文", "title": "题"}]


def read(monkeypatch, text, *, apprise):
    monkeypatch.setattr(carriers, "find_spec", lambda _name: apprise or None)
    declared = {one.name: one for one in carriers.SETTINGS}
    return resolve(declared, {"renda.mail_url": text}, {}, {}, "city")["mail_url"]


@pytest.mark.parametrize("text", ["", "smtps://a:b@mail.example.cn", "https://gate.example.cn/"])
def test_what_needs_nothing_but_python_is_taken_without_apprise(monkeypatch, text):
    assert read(monkeypatch, text, apprise=False) == text


def test_other_addresses_need_apprise_and_are_not_repeated(monkeypatch):
    assert read(monkeypatch, "mailtos://a:b@c", apprise=True) == "mailtos://a:b@c"
    for text in ("mailtos://user:secret@c", "secret"):
        with pytest.raises(Misconfigured) as refused:
            read(monkeypatch, text, apprise=False)
        assert "secret" not in str(refused.value)
