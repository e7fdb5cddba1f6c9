"""Servers for the browser tests, one a session and kind; a proxy of its own for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest
from client.stage import stage  # noqa: F401
from harness.livetape import Proxy
from harness.servers import PyviewServer

from apps.messages_server import MessagesServer


@pytest.fixture(scope="session", params=[True, False], ids=["deflate", "plain"])
def deflate(request: pytest.FixtureRequest) -> bool:
    """Whether the server negotiates permessage-deflate: each test of a socket runs with and without."""
    return request.param


@pytest.fixture(scope="session")
def pyview(deflate: bool) -> Iterator[PyviewServer]:
    with PyviewServer(deflate=deflate) as server:
        yield server


@pytest.fixture(scope="session")
def messages_server(deflate: bool) -> Iterator[MessagesServer]:
    with MessagesServer(deflate=deflate) as server:
        yield server


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Callable[..., Proxy]]:
    """Starts proxies that do not outlive the test."""
    started: list[Proxy] = []

    def start(url: str, *options: object) -> Proxy:
        started.append(Proxy(url, tmp_path / "recordings", *options))
        return started[-1]

    yield start
    for one in started:
        one.kill()
