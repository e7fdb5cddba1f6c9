"""Proves the same on a page of our own, for messages that live views do not send.

Text and binary; empty, and each size at which the frame's head grows; up to 10 MB; echoed by the server, and made by it.
"""

from __future__ import annotations

import asyncio
from typing import Callable

import pytest
from apps.messages_server import MessagesServer
from chromium import SeenSocket, open_tab
from comparison import assert_same
from harness import recording
from harness.livetape import Proxy

SIZES = [0, 1, 125, 126, 65_535, 65_536]
MEGABYTE = 1_000_000


async def exchange(url: str, sizes: list[int], kinds: tuple[str, ...]) -> list[SeenSocket]:
    async with open_tab(url) as tab:
        await tab.page.goto(url + "/")
        await tab.sees("#state", "open")
        for kind in kinds:
            for size in sizes:
                assert await tab.page.evaluate("([kind, size]) => echo(kind, size)", [kind, size]), f"{kind} {size}"
                assert await tab.page.evaluate("([kind, size]) => push(kind, size)", [kind, size]) == size
        await tab.save_screenshot("messages")
        return await tab.close_socket()


@pytest.mark.parametrize(
    ("sizes", "kinds"),
    [
        pytest.param(SIZES, ("text", "binary"), id="edges"),
        pytest.param([MEGABYTE, 10 * MEGABYTE], ("text",), id="large-text"),
        pytest.param([MEGABYTE, 10 * MEGABYTE], ("binary",), id="large-binary"),
    ],
)
def test_recording_has_every_message(
    sizes: list[int],
    kinds: tuple[str, ...],
    messages_server: MessagesServer,
    proxy: Callable[..., Proxy],
) -> None:
    running = proxy(messages_server.url)
    seen = asyncio.run(asyncio.wait_for(exchange(running.url, sizes, kinds), 100))
    assert running.stop() == 0, running.report()

    compared = assert_same(seen, recording.sockets(running.recording))
    assert compared == 4 * len(sizes) * len(kinds), "an echo and a push are four messages, and CDP saw them all"
