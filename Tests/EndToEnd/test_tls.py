"""Proves the TLS legs from outside: a target that is checked, and one that cannot be trusted."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import ssl
import threading
from pathlib import Path
from typing import Iterator

import pytest
from harness import recording
from harness.livetape import TOP, Proxy, Server, run
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

FIXTURES = TOP / "Tests/Fixtures/TLS"
AUTHORITY, CERTIFICATE, KEY = (FIXTURES / name for name in ("authority.pem", "localhost.pem", "localhost-key.pem"))


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@pytest.fixture(scope="module")
def secure_server() -> Iterator[int]:
    """The port of a wss:// echo server, on a thread of its own."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    ports: list[int] = []
    ended = loop.create_future()

    async def run() -> None:
        async with serve(echo, "127.0.0.1", 0, ssl=context) as server:
            ports.append(server.sockets[0].getsockname()[1])
            ready.set()
            await ended

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield ports[0]
    loop.call_soon_threadsafe(ended.set_result, None)
    thread.join(10)


def status_of(proxy: Proxy) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


@pytest.mark.parametrize("options", [["--ca-file", AUTHORITY], ["--insecure"]], ids=["ca-file", "insecure"])
def test_socket_to_a_secure_target(options: list[object], secure_server: int, tmp_path: Path) -> None:
    with Proxy(f"https://localhost:{secure_server}", tmp_path, *options) as proxy:
        with connect(proxy.socket_url, ping_interval=None) as client:
            client.send("over TLS")
            assert client.recv(timeout=10) == "over TLS"
        assert proxy.stop() == 0, proxy.report()
        shown = [message.payload for message in recording.messages(proxy.recording) if not message.is_control]
        assert shown == [b"over TLS", b"over TLS"]


def test_target_that_nobody_vouches_for_is_refused(secure_server: int, tmp_path: Path) -> None:
    with Proxy(f"https://localhost:{secure_server}", tmp_path) as proxy:
        status, page = status_of(proxy)
        assert status == 502
        assert "certificate" in page.lower()
        assert proxy.stop() == 0, proxy.report()


def test_live_views_over_tls() -> None:
    context = ssl.create_default_context(cafile=str(AUTHORITY))
    with Server("--cert", CERTIFICATE, "--key", KEY) as server:
        assert server.url.startswith("https://")
        connection = http.client.HTTPSConnection("localhost", server.port, timeout=20, context=context)
        connection.request("GET", "/light")
        answer = connection.getresponse()
        assert answer.status == 200 and "Secure" in answer.headers["Set-Cookie"]
        url = f"wss://localhost:{server.port}/live/websocket?vsn=2.0.0"
        with connect(url, ssl=context, origin=f"https://localhost:{server.port}") as client:
            client.send('[null,"1","phoenix","heartbeat",{}]')
            assert json.loads(client.recv(timeout=10))[4]["status"] == "ok"
            server.send(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=10)
            assert closed.value.rcvd and closed.value.rcvd.code == 1012
        assert server.wait() == 0, server.report()


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    result = run("serve", "--listen", "127.0.0.1:0", "--cert", nothing, "--key", KEY)
    assert result.returncode == 1
    assert f"cannot use the certificate '{nothing}'" in result.stderr
    assert "--cert and --key go together" in run("serve", "--cert", CERTIFICATE).stderr
