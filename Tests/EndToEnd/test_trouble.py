"""Proves that trouble around the proxy is said, recorded and survived: no target, no descriptors, no space."""

from __future__ import annotations

import http.client
import resource
import socket
from pathlib import Path
from typing import Callable

import pytest
from harness import recording
from harness.livetape import Proxy, run
from harness.servers import EchoServer
from websockets.sync.client import connect

from test_cli import free_port, say


def get(proxy: Proxy) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    connection.request("GET", "/page")
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def limit(kind: int, soft: int) -> Callable[[], None]:
    """To be run in the child before it becomes the proxy. A file limit sends SIGXFSZ, which must not end it either."""

    def apply() -> None:
        resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))

    return apply


class TestTarget:
    def test_down_is_a_page_that_says_what_was_tried(self, tmp_path: Path) -> None:
        port = free_port()
        with Proxy(f"http://127.0.0.1:{port}", tmp_path) as proxy:
            status, page = get(proxy)
            assert status == 502
            assert f"127.0.0.1:{port}" in page
            assert proxy.stop() == 0, proxy.report()

    def test_name_that_nobody_knows(self, tmp_path: Path) -> None:
        with Proxy("http://no-such-host.invalid:4000", tmp_path) as proxy:
            status, page = get(proxy)
            assert status == 502
            assert "no-such-host.invalid" in page
            assert proxy.stop() == 0, proxy.report()

    def test_comes_up_later(self, tmp_path: Path) -> None:
        with socket.socket() as placeholder:
            placeholder.bind(("127.0.0.1", 0))
            with Proxy(f"http://127.0.0.1:{placeholder.getsockname()[1]}", tmp_path) as proxy:
                assert get(proxy)[0] == 502
                placeholder.listen()
                with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
                    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    placeholder.settimeout(10)
                    server, _ = placeholder.accept()
                    with server:
                        server.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                        assert client.recv(100).startswith(b"HTTP/1.1 204")

    def test_dies_while_a_socket_is_open(self, tmp_path: Path) -> None:
        with EchoServer() as server, Proxy(server.url, tmp_path) as proxy:
            with connect(proxy.socket_url, ping_interval=None) as client:
                client.send("before")
                assert client.recv(timeout=10) == "before"
                server.kill()
                with pytest.raises(Exception, match="close|reset|received"):
                    client.recv(timeout=10)
            assert proxy.stop() == 0, proxy.report()
            shown = [message.payload for message in recording.messages(proxy.recording) if not message.is_control]
            assert shown == [b"before", b"before"]


class TestLimits:
    def test_few_descriptors(self, tmp_path: Path) -> None:
        """It stops accepting when there are none left, says so, and serves again when some are free."""
        with EchoServer() as server:
            with Proxy(server.url, tmp_path, before_exec=limit(resource.RLIMIT_NOFILE, 48)) as proxy:
                many = [socket.create_connection(("127.0.0.1", proxy.port), timeout=10) for _ in range(80)]
                for client in many:
                    client.close()
                say(proxy.socket_url, "still alive")
                assert proxy.is_running
                assert proxy.stop() == 0, proxy.report()
            shown = [message.payload for message in recording.messages(proxy.recording) if not message.is_control]
            assert shown == [b"still alive"] * 2

    def test_disk_full_is_a_gap_and_traffic_goes_on(self, tmp_path: Path) -> None:
        """A limit on the file's size stands for a full disk: the write falls short in the same way."""
        size = 200_000
        with EchoServer(deflate=False) as server:
            with Proxy(server.url, tmp_path, before_exec=limit(resource.RLIMIT_FSIZE, size)) as proxy:
                with connect(proxy.socket_url, compression=None, ping_interval=None) as client:
                    for number in range(100):
                        client.send(f"{number:8}" * 1_000)
                        assert client.recv(timeout=10) == f"{number:8}" * 1_000, "traffic goes on"
                assert proxy.stop() == 0, proxy.report()
        assert all(path.stat().st_size <= size for path in tmp_path.rglob("*.mcap"))
        recording.verify(tmp_path)
        info = run("info", tmp_path)
        assert info.returncode == 0, info.stderr
        assert "gap" in info.stdout.lower(), info.stdout
        whole = [message for message in recording.messages(tmp_path) if message.is_whole and not message.is_control]
        assert whole, "what was recorded before the disk was full is read"
        assert whole[0].payload == f"{0:8}".encode() * 1_000
