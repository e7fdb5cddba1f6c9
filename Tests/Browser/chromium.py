"""Chromium by Playwright, with a witness: every WebSocket frame that the browser itself reports over CDP.

CDP shows payloads after inflation and joins fragments; it shows no control frames. The last frame before a full page
load can be missing.
"""

from __future__ import annotations

import asyncio
import base64
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import AsyncIterator

from playwright.async_api import CDPSession, Page, async_playwright

EXECUTABLE = os.environ.get("LIVETAPE_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OPCODES = {1: "text", 2: "binary"}


@dataclass(frozen=True)
class SeenFrame:
    opcode: str
    payload: bytes


@dataclass
class SeenSocket:
    """A socket as the browser saw it: data messages in order, by direction."""

    url: str
    client: list[SeenFrame] = field(default_factory=list)
    server: list[SeenFrame] = field(default_factory=list)
    is_closed: bool = False
    #: The page was left while the socket was open: CDP may have missed the last message, and says nothing of its end.
    is_cut: bool = False

    def of(self, direction: str) -> list[SeenFrame]:
        return self.client if direction == "client" else self.server


class Witness:
    """Collects what CDP says of one page's sockets and requests."""

    def __init__(self) -> None:
        self.sockets: dict[str, SeenSocket] = {}
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._changed = asyncio.Event()

    async def watch(self, session: CDPSession) -> None:
        session.on("Network.requestWillBeSent", self._requested)
        session.on("Network.webSocketCreated", self._created)
        session.on("Network.webSocketFrameSent", lambda event: self._frame(event, "client"))
        session.on("Network.webSocketFrameReceived", lambda event: self._frame(event, "server"))
        session.on("Network.webSocketFrameError", lambda event: self.errors.append(event["errorMessage"]))
        session.on("Network.webSocketClosed", self._closed)
        limit = 256 * 1024 * 1024
        await session.send("Network.enable", {"maxTotalBufferSize": limit, "maxResourceBufferSize": limit})

    def _requested(self, event: dict) -> None:
        self.requests.append(event["request"]["url"])
        if event.get("type") == "Document":
            self._cut_open_sockets()

    def _created(self, event: dict) -> None:
        self.sockets[event["requestId"]] = SeenSocket(event["url"])
        self._changed.set()

    def _frame(self, event: dict, direction: str) -> None:
        response = event["response"]
        opcode, data = int(response["opcode"]), response["payloadData"]
        if opcode not in OPCODES:
            return
        payload = data.encode() if opcode == 1 else base64.b64decode(data)
        self.sockets[event["requestId"]].of(direction).append(SeenFrame(OPCODES[opcode], payload))
        self._changed.set()

    def _closed(self, event: dict) -> None:
        self.sockets[event["requestId"]].is_closed = True
        self._changed.set()

    def _cut_open_sockets(self) -> None:
        for socket in self.sockets.values():
            socket.is_cut = not socket.is_closed
        self._changed.set()

    async def all_closed(self, timeout: float = 20) -> list[SeenSocket]:
        """Every socket, once the browser has said that the last page's are closed: CDP has nothing more to say then."""

        async def closed() -> None:
            while not all(socket.is_closed or socket.is_cut for socket in self.sockets.values()):
                self._changed.clear()
                await self._changed.wait()

        await asyncio.wait_for(closed(), timeout)
        return list(self.sockets.values())


@dataclass
class Tab:
    """One page with its witness."""

    page: Page
    witness: Witness
    base: str

    async def open_live(self, path: str) -> None:
        """Loads a live view, with a full page load, and waits until it has joined."""
        await self.page.goto(self.base + path)
        await self.page.wait_for_selector("[data-phx-main].phx-connected", timeout=20_000)

    async def click(self, selector: str) -> None:
        await self.page.click(selector)

    async def sees(self, selector: str, text: str) -> None:
        """Waits until the element's text contains `text`."""
        await self.page.wait_for_function(
            "([selector, text]) => document.querySelector(selector)?.textContent.includes(text)",
            arg=[selector, text],
            timeout=10_000,
        )

    async def save_screenshot(self, name: str) -> None:
        """For a human, when LIVETAPE_SCREENSHOT names a folder."""
        if folder := os.environ.get("LIVETAPE_SCREENSHOT"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            await self.page.screenshot(path=str(Path(folder) / f"{name}.png"))

    async def close_socket(self) -> list[SeenSocket]:
        """Closes the page's socket, and returns all that the browser saw. (Leaving the page would cut CDP short.)"""
        await self.page.evaluate("() => window.liveSocket ? window.liveSocket.disconnect() : socket.close()")
        return await self.witness.all_closed()


@asynccontextmanager
async def open_tab(base: str, *arguments: str) -> AsyncIterator[Tab]:
    """A fresh headless browser with one page, ended with the context. `arguments` are Chromium's, besides the usual."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=[*ARGUMENTS, *arguments])
        try:
            # The tests' own authority is not in the browser's list.
            page = await browser.new_page(ignore_https_errors=base.startswith("https:"))
            witness = Witness()
            page.on("pageerror", lambda error: witness.errors.append(str(error)))
            await witness.watch(await page.context.new_cdp_session(page))
            yield Tab(page, witness, base)
        finally:
            await browser.close()
