"""`renda demo` ends by serving what it made, and serves it again the next time without making it anew."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from renda_tiers.demo import node


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_finished_demonstration_is_served_at_once(tmp_path):
    port = free_port()
    config = node.prepare(tmp_path, port)
    upgrade = [sys.executable, "-m", "renda", "upgrade", str(config)]
    subprocess.run(upgrade, check=True, capture_output=True)
    (tmp_path / node.DONE).write_text("abcd-efgh-ijkl", encoding="ascii")
    command = [sys.executable, "-m", "renda", "demo", "--dir", str(tmp_path), "--port", str(port)]
    output = tmp_path / "output"
    with output.open("w", encoding="utf-8") as said:
        running = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env={**os.environ})
        try:
            page = answer(f"http://127.0.0.1:{port}/sign-in", running)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(timeout=30)
    assert "演示数据" in page
    shown = output.read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{port}/" in shown
    assert "abcd-efgh-ijkl" in shown
    assert re.search(r"shi-shenhe\s+市人大审核员\s+371700", shown)


def answer(address: str, running: subprocess.Popen) -> str:
    """The page, once the server is up."""
    for _try in range(240):
        assert running.poll() is None, "the demonstration ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise AssertionError(address)
