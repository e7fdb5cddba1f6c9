"""`livetape serve` as a process: its client, its end, restarts that a browser outlives."""

from __future__ import annotations

import asyncio
import os
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Iterator

import pytest
from chromium import Tab, open_tab
from client.script import client_script
from client.served import CLIENTS
from harness.livetape import TOP, Server, run

FIXTURES = TOP / "Tests/Fixtures/TLS"
SECRET = "a secret for tests, of more than 32 bytes"


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> list[object]:
    return CLIENTS[request.param]


@pytest.fixture
def server(client: list[object]) -> Iterator[Server]:
    with Server(*client) as server:
        yield server


def play(url: str, scene) -> None:
    async def run_scene() -> None:
        async with open_tab(url) as tab:
            await scene(tab)
            # While there is no server, the browser says that it was refused.
            assert [error for error in tab.witness.errors if "ERR_CONNECTION_" not in error] == []

    asyncio.run(asyncio.wait_for(run_scene(), 60))


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, dict(answer.headers), answer.read()


def test_our_client_is_in_the_binary_whole() -> None:
    with Server() as server:
        status, headers, body = get(server.url + "/client.js")
        assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
        assert body.decode() == client_script()
        assert get(server.url + "/client.js", **{"If-None-Match": headers["ETag"]})[0] == 304


async def connected(tab: Tab) -> None:
    await tab.page.wait_for_selector("[data-phx-main].phx-connected", timeout=20_000)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_page_joins_again_when_the_server_is_back(number: signal.Signals, client: list[object]) -> None:
    env = {"LIVETAPE_SECRET": SECRET}
    with Server(*client, env=env) as first:

        async def scene(tab: Tab) -> None:
            await tab.open_live("/light")
            await tab.page.evaluate("() => { window.isSamePage = true }")
            await tab.page.evaluate(
                "() => liveSocket.getSocket().onClose((event) => { window.closeCode ??= event.code })"
            )
            code = await asyncio.to_thread(first.stop, number)
            assert code == 0, first.report()
            await tab.page.wait_for_function("() => window.closeCode === 1012")
            await tab.page.wait_for_selector("[data-phx-main]:not(.phx-connected)")
            with Server(*client, listen=f"127.0.0.1:{first.port}", env=env) as second:
                await connected(tab)
                await tab.click("#on")
                await tab.sees("main", "100 %")
                assert await tab.page.evaluate("() => window.isSamePage")
                assert second.is_running

        play(first.url, scene)


def test_a_page_over_tls(client: list[object]) -> None:
    async def scene(tab: Tab) -> None:
        await tab.open_live("/light")
        await tab.click("#on")
        await tab.sees("main", "100 %")
        assert [socket.url[:6] for socket in tab.witness.sockets.values()] == ["wss://"]

    with Server("--cert", FIXTURES / "localhost.pem", "--key", FIXTURES / "localhost-key.pem", *client) as server:
        play(server.url, scene)


def test_a_second_signal_stops_at_once() -> None:
    # A socket that never answers keeps the server for the whole drain time.
    with Server() as server:
        with open_raw_socket(server.port):
            server.send(signal.SIGTERM)
            server.err.wait_for("stopping")
            assert server.stop(signal.SIGTERM, timeout=3) == 128 + signal.SIGTERM


def open_raw_socket(port: int):
    import socket

    raw = socket.create_connection(("127.0.0.1", port), timeout=10)
    raw.sendall(
        b"GET /live/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert raw.recv(100).startswith(b"HTTP/1.1 101")
    return raw


def test_a_supervised_server_outlives_a_trap(client: list[object]) -> None:
    with Server("--supervise", *client) as server:

        async def scene(tab: Tab) -> None:
            await tab.open_live("/crash")
            await tab.page.evaluate("() => { window.isSamePage = true }")
            sockets = len(tab.witness.sockets)
            await tab.click("#trap")
            await asyncio.to_thread(server.out.wait_for, "^listening on", 20, 1)
            await tab.page.wait_for_function("() => liveSocket.isConnected()")
            await connected(tab)
            assert len(tab.witness.sockets) > sockets
            assert await tab.page.evaluate("() => window.isSamePage"), "the page was loaded again: its token did not hold"

        play(server.url, scene)
        assert "starting it again" in server.err.text
        assert server.stop() == 0, server.report()


def test_a_supervised_server_keeps_its_port_for_itself() -> None:
    # From before the first child until after the last, also while there is none.
    with Server("--supervise") as server:
        for restart in range(3):
            child = children(server.pid)[0]
            os.kill(child, signal.SIGKILL)
            # It is answered by the next child, however long that takes to start.
            assert get(server.url + "/light")[0] == 200
            assert child not in children(server.pid)
            assert server.out.wait_for("^listening on (.+)", after=restart + 1).group(1) == server.url
        assert server.stop() == 0, server.report()


def children(process: int) -> list[int]:
    """Of all its threads: any may have started them."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def test_a_supervised_server_ends_with_its_supervisor() -> None:
    with Server("--supervise") as server:
        server.send(signal.SIGKILL)
        server.wait()  # until the child, which has the same outputs, has closed them
        assert server.out.ended and "stopping" in server.err.text


def test_a_supervised_server_ends_with_what_cannot_be_helped() -> None:
    with Server() as other:
        result = run("serve", "--supervise", "--listen", f"127.0.0.1:{other.port}")
        assert result.returncode == 1
        assert "cannot listen" in result.stderr
        assert "starting it again" not in result.stderr


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVETAPE_SECRET", "short")
    result = run("serve", "--listen", "127.0.0.1:0")
    assert result.returncode == 1
    assert "32 bytes" in result.stderr
