"""Proves that the recording has what the browser saw, on a live-view server that we did not write.

Chromium uses each page through the proxy; every message that it reports over CDP is in the recording, byte for byte,
in order, both directions, with and without permessage-deflate.
"""

from __future__ import annotations

import asyncio
from typing import Awaitable, Callable

import pytest
from chromium import SeenSocket, Tab, Witness, open_tab
from comparison import assert_same
from harness import recording
from harness.livetape import Proxy
from harness.servers import PyviewServer
from scenes import SCENES


async def play(url: str, *scenes: str) -> tuple[list[SeenSocket], Witness]:
    async with open_tab(url) as tab:
        for scene in scenes:
            await SCENES[scene](tab)
            await tab.save_screenshot(scene)
        return await tab.close_socket(), tab.witness


@pytest.mark.parametrize("scene", SCENES)
def test_recording_has_what_the_browser_saw(
    scene: str, deflate: bool, pyview: PyviewServer, proxy: Callable[..., Proxy]
) -> None:
    running = proxy(pyview.url)
    seen, witness = asyncio.run(asyncio.wait_for(play(running.url, scene), 60))
    assert running.stop() == 0, running.report()

    assert witness.errors == []
    sockets = recording.sockets(running.recording)
    assert assert_same(seen, sockets) >= 8
    compressed = {message.compressed for socket in sockets for message in socket.server}
    assert (True in compressed) == deflate, "the server's messages are compressed only when that was negotiated"


def test_one_recording_holds_every_page_of_a_visit(pyview: PyviewServer, proxy: Callable[..., Proxy]) -> None:
    running = proxy(pyview.url)
    seen, witness = asyncio.run(asyncio.wait_for(play(running.url, *SCENES), 90))
    assert running.stop() == 0, running.report()

    assert len(seen) == len(SCENES), "one socket a page load"
    assert assert_same(seen, recording.sockets(running.recording)) >= 60
    recording.verify(running.recording)
    fallbacks = [url for url in witness.requests if "longpoll" in url]
    assert fallbacks == [], "the client fell back to long polling: the proxy got in the way of its socket"


def test_a_page_can_be_read_while_it_is_open(pyview: PyviewServer, proxy: Callable[..., Proxy]) -> None:
    """The journal is complete while the proxy runs: nothing waits in memory for the end of the socket."""
    running = proxy(pyview.url)

    async def look_while_open() -> None:
        async with open_tab(running.url) as tab:
            await SCENES["light"](tab)
            open_sockets = await asyncio.to_thread(recording.sockets, running.recording)
            seen = list(tab.witness.sockets.values())
            assert assert_same(seen, open_sockets) >= 8

    asyncio.run(asyncio.wait_for(look_while_open(), 60))
    assert running.stop() == 0, running.report()
