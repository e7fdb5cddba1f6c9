"""Proves `tail` and `proxy --tail`: what is printed, while it happens, and the keys."""

from __future__ import annotations

import html
import json
import re
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator
from urllib.parse import quote

from harness.livetape import TOP, Proxy, Server, binary, run
from harness.terminal import Terminal
from websockets.sync.client import connect

RECORDINGS = TOP / "Recordings"
TABLE = RECORDINGS / "gallery-table.mcap"
PLAIN = {"NO_COLOR": "1"}


class Light:
    """A client on the light's page, by its socket."""

    def __init__(self, client, topic: str) -> None:
        self._client = client
        self._topic = topic
        self._ref = 4

    def join(self, payload: dict) -> None:
        self._client.send(json.dumps(["4", "4", self._topic, "phx_join", payload]))
        assert json.loads(self._client.recv(timeout=10))[4]["status"] == "ok"

    def press(self, button: str) -> None:
        """Returns when the answer is there: it is in the recording then."""
        self._ref += 1
        event = {"type": "click", "event": button, "value": {}}
        self._client.send(json.dumps(["4", str(self._ref), self._topic, "event", event]))
        assert json.loads(self._client.recv(timeout=10))[1] == str(self._ref)


@contextmanager
def light(proxy: Proxy) -> Iterator[Light]:
    with urllib.request.urlopen(f"{proxy.url}/light") as response:
        page = response.read().decode()
        cookies = [value.split(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
    patterns = {
        "csrf": r'name="csrf-token" content="([^"]*)"',
        "session": r'data-phx-session="([^"]*)"',
        "static": r'data-phx-static="([^"]*)"',
        "id": r'<[^>]*id="([^"]*)"[^>]*data-phx-main|data-phx-main[^>]* id="([^"]*)"',
    }
    found = {name: html.unescape(re.search(pattern, page).group(1)) for name, pattern in patterns.items()}
    socket = f"{proxy.socket_url}/live/websocket?_csrf_token={quote(found['csrf'])}&vsn=2.0.0"
    headers = {"Cookie": "; ".join(cookies)}
    with connect(socket, origin=proxy.url, additional_headers=headers, ping_interval=None) as client:
        visitor = Light(client, f"lv:{found['id']}")
        parameters = {"_csrf_token": found["csrf"], "_mounts": 0}
        visitor.join(
            {
                "url": f"{proxy.url}/light", "params": parameters,
                "session": found["session"], "static": found["static"],
            }
        )
        yield visitor


class TestRecordings:
    def test_prints_what_a_browser_would(self) -> None:
        result = run("tail", TABLE)
        assert result.returncode == 0
        lines = result.stdout.splitlines()
        summary = json.loads(run("analyze", TABLE, "--format", "json").stdout)["summary"]
        assert sum(" mount: " in line for line in lines) == summary["joinSizes"]["count"]
        assert sum(" update: " in line for line in lines) == summary["diffSizes"]["count"]
        assert "\x1b" not in result.stdout
        assert "statics" in result.stdout and "dynamics" in result.stdout

    def test_errors_are_shown(self) -> None:
        assert "error: view crashed" in run("tail", RECORDINGS / "gallery-crash.mcap").stdout

    def test_disabled_prints_nothing(self) -> None:
        assert run("tail", TABLE, "--disable").stdout == ""


class TestWhileItIsRecorded:
    def test_proxy_prints_what_happens(self, tmp_path: Path) -> None:
        with Server() as server, Proxy(server.url, tmp_path / "out", "--tail") as proxy:
            with light(proxy) as visitor:
                proxy.out.wait_for(r"mount: .*statics.*/light", 5)
                visitor.press("on")
                proxy.out.wait_for(r"update: .*“on”", 5)
            assert proxy.stop() == 0

    def test_keys_enable_disable_and_end_it(self, tmp_path: Path) -> None:
        with Server() as server, Proxy(server.url, tmp_path / "out") as proxy, light(proxy) as visitor:
            with Terminal([binary(), "tail", tmp_path / "out"], PLAIN) as tail:
                tail.out.wait_for(r"mount: ")
                assert tail.modes_now != tail.modes, "keys are read as they are pressed"
                tail.type("d")
                tail.err.wait_for(r"disabled")
                with tail.standing_still():
                    visitor.press("off")
                    visitor.press("up")
                    # What was recorded before the key was pressed belongs to the time before it.
                    tail.type("e")
                tail.err.wait_for(r"enabled; 2 were not shown")
                visitor.press("down")
                tail.out.wait_for(r"update: .*“down”")
                tail.type(" ")
                tail.err.wait_for(r"disabled", after=2)
                visitor.press("on")
                tail.type(" ")
                tail.err.wait_for(r"enabled; 1 were not shown")
                tail.type("q")
                assert tail.wait() == 0
                assert tail.modes_now == tail.modes
                assert not re.search("“on”|“up”|“off”", tail.out.text)

    def test_goes_on_in_the_next_file(self, tmp_path: Path) -> None:
        with Server() as server, Proxy(server.url, tmp_path / "out", "--rotate-size", "64kB", "--no-seal") as proxy:
            with light(proxy) as visitor, Terminal([binary(), "tail", tmp_path / "out"], PLAIN) as tail:
                tail.out.wait_for(r"mount: ")
                presses = 0
                while len(list((tmp_path / "out").glob("*.mcap"))) < 3:
                    visitor.press("on")
                    visitor.press("off")
                    presses += 2
                visitor.press("up")
                tail.out.wait_for(r"update: .*“up”")
                assert tail.out.text.count(" update: ") == presses + 1
                proxy.stop()
                assert tail.wait() == 0
