"""The Gallery of `livetape serve` in Chromium, with our client and with the official one: the same is to be seen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Awaitable, Callable

import pytest
from chromium import Tab, open_tab
from client.served import CLIENTS
from gallery import SCENES, use_light
from harness import recording
from harness.livetape import Proxy, Server
from visits import Visit

REPEATABLE = ["--seed", "7", "--clock", "virtual"]


def visit(client: str, scene: Callable[[Visit], Awaitable[None]]) -> list[str]:
    """Plays a scene on a server of its own; returns what was to be read after each step."""

    async def play(url: str) -> list[str]:
        async with open_tab(url) as tab:
            one = Visit(tab)
            await scene(one)
            assert tab.witness.errors == []
            assert not [request for request in tab.witness.requests if "longpoll" in request]
            return one.texts

    with Server(*REPEATABLE, *CLIENTS[client]) as server:
        try:
            return asyncio.run(asyncio.wait_for(play(server.url), 60))
        except BaseException as error:
            error.add_note(server.report())
            raise


@pytest.mark.parametrize("path", SCENES)
def test_every_control_does_what_it_says_with_both_clients(path: str) -> None:
    ours, official = (visit(client, SCENES[path]) for client in CLIENTS)
    assert len(ours) >= 1
    assert ours == official


@pytest.mark.parametrize("client", CLIENTS)
def test_the_scenes_leave_out_no_page(client: str) -> None:
    async def scene(one: Visit) -> None:
        await one.open("/")
        pages = await one.page.evaluate("() => [...document.querySelectorAll('nav section a')].map((a) => a.pathname)")
        assert sorted(pages) == sorted(SCENES)
        for path in pages:
            await one.page.click(f"nav a[href='{path}']")
            await one.page.wait_for_function("(path) => location.pathname === path", arg=path)
            await one.page.wait_for_selector("[data-phx-main].phx-connected")

    visit(client, scene)


@pytest.mark.parametrize("client", CLIENTS)
def test_two_tabs_chat(client: str) -> None:
    async def scene(one: Visit) -> None:
        other = Tab(await one.page.context.browser.new_page(), one.tab.witness, one.tab.base)
        await one.open("/chat")
        await other.open_live("/chat")
        for speaker, text in ((one.tab, "Good morning"), (other, "Good evening")):
            await speaker.page.fill("#text", text)
            await speaker.page.press("#text", "Enter")
            for tab in (one.tab, other):
                await tab.sees("#lines", text)

    visit(client, scene)


@pytest.mark.parametrize("path", [path for path in SCENES if path.startswith("/pitfalls/")])
def test_the_good_side_of_a_pitfall_sends_less(path: str) -> None:
    async def scene(one: Visit) -> None:
        await SCENES[path](one)
        sums = [await one.page.text_content(f"#bytes-{side} [data-sum]") for side in ("bad", "good")]
        bad, good = (int(number.replace(",", "")) for number in sums)
        assert good * 2 < bad

    visit("ours", scene)


@pytest.mark.parametrize("options", [[], ["--compress"]], ids=["plain", "compressed"])
def test_messages_are_compressed_on_request(options: list[str], tmp_path: Path) -> None:
    async def play(url: str) -> None:
        async with open_tab(url) as tab:
            await use_light(tab)
            await tab.close_socket()

    with Server(*options) as server, Proxy(server.url, tmp_path) as proxy:
        asyncio.run(asyncio.wait_for(play(proxy.url), 60))
        assert proxy.stop() == 0, proxy.report()
        messages = [message for socket in recording.sockets(proxy.recording) for message in socket.server]
        assert any(message.compressed for message in messages) == bool(options)


def test_pages_fit_a_narrow_window() -> None:
    async def scene(one: Visit) -> None:
        await one.page.set_viewport_size({"width": 400, "height": 850})
        for path in ("/", *SCENES):
            await one.open(path)
            # What scrolls in itself may be wider; the navigation stands above, and may not push the page out of sight.
            wide = await one.page.evaluate(
                """() => [...document.querySelectorAll("body, body *")]
                  .filter((one) => !one.parentElement.closest(".scroll, nav, svg"))
                  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
                  .map((one) => one.outerHTML.slice(0, 80))"""
            )
            assert wide == [], path
            assert await one.page.evaluate("() => document.documentElement.scrollWidth") <= 400, path
            current = "() => document.querySelector('nav [aria-current]').getBoundingClientRect()"
            assert await one.page.evaluate(f"() => [({current})()].every((one) => one.left >= 0 && one.right <= innerWidth)"), path
            assert await one.page.evaluate("() => document.querySelector('h1').getBoundingClientRect().bottom") < 250

    visit("ours", scene)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_for_a_human(mode: str) -> None:
    """Nothing to compare; LIVETAPE_SCREENSHOT names a folder for them."""

    async def scene(one: Visit) -> None:
        await one.page.emulate_media(color_scheme=mode)
        for name, path in (("contents", "/"), ("light", "/light"), ("pitfall", "/pitfalls/keys")):
            await one.open(path)
            await one.tab.save_screenshot(f"{name}-{mode}")

    visit("ours", scene)
