"""A browser and a fake server for all tests of a file; each test gets a page, and plays the server's part itself."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, Awaitable, Callable, Iterator

import pytest
from chromium import ARGUMENTS, EXECUTABLE
from playwright.async_api import Browser, Page, async_playwright

from .fake_server import FakeServer, Link, Message, page, running

TIMEOUT = 30


class Act:
    """One page with the server behind it."""

    def __init__(self, server: FakeServer, page: Page) -> None:
        self.server = server
        self.page = page
        self.console: list[str] = []
        self.errors: list[str] = []
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self, content: str = "", *, path: str = "/", **options: Any) -> Link:
        """Loads a page whose dead render has this content, and returns the client's socket."""
        self.server.pages[path] = page(content, **options)
        await self.page.goto(self.server.url + path)
        return await self.server.link()

    async def join(self, rendered: dict | str, *, version: str = "1.2.10", dead: str = "", **options: Any) -> View:
        """Loads a page and lets its main view join with this tree (or this HTML, without dynamics)."""
        link = await self.open(dead, **options)
        view = View(self, link, await link.expect("phx_join"))
        view.joined(rendered, version)
        await self.page.wait_for_selector("#phx-main.phx-connected", state="attached")
        return view

    async def evaluate(self, script: str, argument: Any = None) -> Any:
        return await self.page.evaluate(script, argument)

    async def until(self, script: str, argument: Any = None) -> None:
        """Waits until the script gives something true."""
        await self.page.wait_for_function(script, arg=argument)

    async def html(self, selector: str) -> str:
        return await self.evaluate("(selector) => document.querySelector(selector).innerHTML", selector)

    async def text(self, selector: str) -> str:
        return await self.evaluate("(selector) => document.querySelector(selector).textContent", selector)


class View:
    """A joined view, from the server's side."""

    def __init__(self, act: Act, link: Link, join: Message) -> None:
        self.act = act
        self.link = link
        self.join = join

    def joined(self, rendered: dict | str, version: str = "1.2.10") -> None:
        tree = {"s": [rendered]} if isinstance(rendered, str) else rendered
        self.link.reply(self.join, {"rendered": tree, "liveview_version": version})

    def diff(self, diff: dict) -> None:
        self.link.push(self.join, "diff", diff)

    def push(self, event: str, payload: Any = None) -> None:
        self.link.push(self.join, event, payload)

    async def event(self, name: str, **payload: Any) -> Message:
        """The next message, an event of this name with at least these parts."""
        return await self.link.expect("event", event=name, **payload)

    def answer(self, message: Message, diff: dict | None = None, **response: Any) -> None:
        self.link.reply(message, response if diff is None else {"diff": diff, **response})

    async def silence(self) -> None:
        """Fails if the client has said anything: a hook event that comes back proves that nothing was before it."""
        await self.act.evaluate("() => liveSocket.main.channel.push('event', { type: 'probe', event: 'probe' })")
        await self.event("probe")


class Stage:
    def __init__(self, loop: asyncio.AbstractEventLoop, browser: Browser) -> None:
        self.loop = loop
        self.browser = browser

    def play(self, scene: Callable[[Act], Awaitable[None]]) -> None:
        async def run() -> None:
            server = FakeServer()
            context = await self.browser.new_context()
            context.set_default_timeout(5000)
            async with running(server):
                try:
                    act = Act(server, await context.new_page())
                    await scene(act)
                    assert act.errors == []
                finally:
                    await context.close()

        self.loop.run_until_complete(asyncio.wait_for(run(), TIMEOUT))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()

    async def start() -> Browser:
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        stack.push_async_callback(browser.close)
        return browser

    try:
        yield Stage(loop, loop.run_until_complete(start()))
    finally:
        loop.run_until_complete(stack.aclose())
        loop.close()
