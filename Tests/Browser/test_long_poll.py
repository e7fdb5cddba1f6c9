"""The second transport in Chromium: pages do over long poll what they do over WebSockets, with both clients."""

from __future__ import annotations

import asyncio
from typing import Awaitable, Callable

import pytest
from chromium import open_tab
from client.served import CLIENTS
from gallery import SCENES
from harness.livetape import Server
from visits import Visit

#: A browser that has no WebSockets.
NONE = "() => { delete window.WebSocket }"
#: A network that lets none through: each fails as soon as it is opened.
FAILING = """() => {
  const Real = window.WebSocket;
  window.WebSocket = class extends Real { constructor(url) { super(url.replace(/\\/live\\/websocket/, "/nowhere")) } };
}"""
#: The light, the table and the form as the Gallery has them; a crash; bytes in both directions; what the server pushes.
PAGES = ("/light", "/table", "/table/keyed", "/form", "/crash", "/upload", "/nested", "/navigation", "/chart")


def visit(scene: Callable[[Visit], Awaitable[None]], *options: object, before: str | None = None) -> list[str]:
    async def play(url: str) -> list[str]:
        async with open_tab(url) as tab:
            if before:
                await tab.page.add_init_script(f"({before})()")
            one = Visit(tab)
            await scene(one)
            assert [error for error in tab.witness.errors if before != FAILING or "404" not in error] == []
            polls = [request for request in tab.witness.requests if "/live/longpoll" in request]
            assert bool(polls) == bool(before)
            return one.texts

    with Server("--seed", "7", "--clock", "virtual", *options) as server:
        try:
            return asyncio.run(asyncio.wait_for(play(server.url), 60))
        except BaseException as error:
            error.add_note(server.report())
            raise


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("client", CLIENTS)
def test_pages_do_the_same_over_long_poll(client: str, path: str) -> None:
    options = CLIENTS[client]
    assert visit(SCENES[path], *options, before=NONE) == visit(SCENES[path], *options)


def test_a_page_goes_on_by_long_poll_where_websockets_fail() -> None:
    assert visit(SCENES["/light"], before=FAILING) == visit(SCENES["/light"])
