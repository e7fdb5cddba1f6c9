"""Our browser client with a live-view server that we did not write: pyview-web, wire format of LiveView 0.20."""

from __future__ import annotations

import asyncio

import pytest
from chromium import Tab, open_tab
from client.script import client_script
from harness.servers import PyviewServer
from scenes import SCENES


@pytest.mark.parametrize("scene", SCENES)
def test_every_page_works_with_our_client(scene: str, pyview: PyviewServer) -> None:
    async def play() -> None:
        async with open_tab(pyview.url) as tab:
            await use_our_client(tab)
            await SCENES[scene](tab)
            assert tab.witness.errors == []
            assert not [url for url in tab.witness.requests if "longpoll" in url]

    asyncio.run(asyncio.wait_for(play(), 60))


async def use_our_client(tab: Tab) -> None:
    """In place of the script that pyview's pages ask for."""
    script = client_script()

    async def answer(route) -> None:
        await route.fulfill(body=script, content_type="text/javascript")

    await tab.page.route("**/static/assets/app.js", answer)
