"""A visit to the Gallery: steps in a tab, and what is to be read after each."""

from __future__ import annotations

import asyncio
import urllib.request

from chromium import Tab

#: What one can read on the page, without what the wire's format changes: how many bytes it took.
TEXT = """() => {
  const copy = document.querySelector("main").cloneNode(true);
  copy.querySelectorAll(".bytes").forEach((box) => box.remove());
  return copy.textContent.replace(/\\s+/g, " ").trim();
}"""


class Visit:
    """A tab on the Gallery, with the page's text after each step."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.page = tab.page
        self.texts: list[str] = []

    async def open(self, path: str, *expected: str) -> None:
        """Opens a page, and waits for `expected`, as `sees`: for pages that go on changing by themselves."""
        await self.tab.open_live(path)
        await (self.sees(*expected) if expected else self.note())

    async def note(self) -> None:
        self.texts.append(await self.page.evaluate(TEXT))

    async def click(self, selector: str, *expected: str) -> None:
        """Clicks, and waits until the place that is named first has the text that is named second, and so on."""
        await self.page.click(selector)
        await self.sees(*expected)

    async def sees(self, *expected: str) -> None:
        for place, text in zip(expected[::2], expected[1::2]):
            await self.tab.sees(place, text)
        if expected:
            await self.note()

    async def there(self, selector: str, count: int = 1) -> None:
        await self.page.wait_for_function(
            "([selector, count]) => document.querySelectorAll(selector).length === count",
            arg=[selector, count],
            timeout=10_000,
        )

    async def change(self, place: str, by: str) -> None:
        """Clicks what changes the text of a place in a way that chance decides."""
        before = await self.page.text_content(place)
        await self.page.click(by)
        await self.page.wait_for_function(
            "([place, before]) => document.querySelector(place).textContent !== before", arg=[place, before]
        )
        await self.note()

    async def tick(self, milliseconds: int) -> None:
        request = urllib.request.Request(self.tab.base + "/live/tick", data=str(milliseconds).encode())
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=10).close())
