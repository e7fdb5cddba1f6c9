"""What a person does on each page of the Gallery: each control once, and what is to be seen then.

The server is to have a virtual clock: time goes on by `Visit.tick` alone.
"""

from __future__ import annotations

import asyncio
import urllib.request
import zlib
from typing import Awaitable, Callable

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

    async def open(self, path: str) -> None:
        await self.tab.open_live(path)
        await self.note()

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


async def use_light(tab: Tab) -> None:
    """For `tools/demo`."""
    await light(Visit(tab))


async def light(visit: Visit) -> None:
    await visit.open("/light")
    for button, level in (("on", 100), ("down", 90), ("up", 100), ("off", 0), ("up", 10)):
        await visit.click(f"#{button}", f".bar[aria-valuenow='{level}']", f"{level} %")
    await visit.page.keyboard.press("ArrowUp")
    await visit.sees(".bar", "20 %")
    await visit.page.keyboard.press("ArrowDown")
    await visit.sees(".bar", "10 %")
    await visit.change(".bar", "#random")


async def clock(visit: Visit) -> None:
    await visit.open("/clock")
    await visit.tick(1000)
    await visit.sees("#time", "00:00:01")
    await visit.click("#toggle", "#toggle", "Go on")
    await visit.tick(5000)
    await visit.click("#toggle", "#toggle", "Stop", "#time", "00:00:06")


async def crash(visit: Visit) -> None:
    await visit.open("/crash")
    await visit.click("#add", "#count", "1")
    await visit.click("#crash", "#count", "0")
    await visit.page.wait_for_selector("[data-phx-main].phx-connected")
    await visit.click("#add", "#count", "1")


async def work(visit: Visit) -> None:
    await visit.open("/async")
    await visit.click("#start", "#result", "17984 primes below 200000")
    await visit.click("#tap", "#tap", "Tapped 1 times")
    await visit.click("#fail", "#result", "It failed: there are no primes below -200000")
    await visit.click("#start:enabled", "#result", "17984 primes")


def table(path: str) -> Callable[[Visit], Awaitable[None]]:
    async def scene(visit: Visit) -> None:
        await visit.open(path)
        await visit.click("#visit", "#row-151", "770")
        await visit.click("#insert", "tbody tr:first-child", "301")
        await visit.click("#remove")
        await visit.there("#row-301", 0)
        await visit.note()
        await visit.click("#reverse", "tbody tr:first-child", "300")
        await visit.change("tbody", "#shuffle")
        await visit.there("tbody tr", 300)

    return scene


async def stream(visit: Visit) -> None:
    await visit.open("/table/stream")
    await visit.click("#insert", "tbody tr:first-child", "301")
    await visit.click("#delete")
    await visit.there("#person-301", 0)
    await visit.change("#person-1", "#update")
    await visit.page.evaluate("() => { const box = document.querySelector('.scroll'); box.scrollTop = box.scrollHeight }")
    await visit.page.wait_for_selector("#person-80", state="attached")
    await visit.page.evaluate("() => { document.querySelector('.scroll').scrollTop = 0 }")
    await visit.click("#reset")
    await visit.there("tbody tr", 40)
    await visit.note()


async def form(visit: Visit) -> None:
    await visit.open("/form")
    await fill_in(visit)


async def debounced_form(visit: Visit) -> None:
    await visit.open("/form/debounce")
    await fill_in(visit)


async def fill_in(visit: Visit) -> None:
    """Official clients before 1.0 do not say which fields are untouched, so nothing is compared before all are filled."""
    await visit.page.fill("#name", "Al")
    await visit.tab.sees("label:has(#name)", "three characters")
    await visit.page.fill("#name", "Ada")
    await visit.there("label:has(#name) .problem", 0)
    await visit.page.fill("#email", "ada")
    await visit.tab.sees("label:has(#email)", "no address")
    await visit.page.fill("#email", "ada@example.com")
    await visit.there("label:has(#email) .problem", 0)
    await visit.page.fill("#password", "correct horse")
    assert await visit.page.input_value("#name") == "Ada"
    await visit.click("#save")
    await visit.tab.sees("form", "Welcome, Ada. Your password has 13 characters.")
    assert await visit.page.input_value("#email") == "ada@example.com"


async def upload(visit: Visit) -> None:
    await visit.open("/upload")
    kept = bytes(range(256)) * 200
    files = [("first.txt", b"not to be sent"), ("second.bin", kept)]
    await visit.page.set_input_files(
        "input[type=file]",
        [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files],
    )
    await visit.there(".entry", 2)
    await visit.page.click(".entry >> nth=0 >> button")
    await visit.there(".entry", 1)
    await visit.click("#save", "tbody", "second.bin", "tbody", "51200", "tbody", f"{zlib.adler32(kept):x}")


async def components(visit: Visit) -> None:
    await visit.open("/components")
    await visit.click("#counter-1", "#counter-1 b", "1", "#total", "1")
    await visit.click("#step", "#step", "Steps of 2", "#counter-50", "+2")
    await visit.click("#counter-2", "#counter-2 b", "2", "#total", "3")
    await visit.click("#one", "#counter-25 b", "100")
    await visit.click("#drop")
    await visit.there("#counter-50", 0)
    await visit.change(".counters", "#shuffle")
    await visit.click("#counter-2", "#counter-2 b", "4", "#total", "5")


async def nested(visit: Visit) -> None:
    await visit.open("/nested")
    await visit.there("main .pair .phx-connected", 3)
    await visit.click("#ring", "main", "It rang 1 times")
    await visit.click("#kitchen [phx-click=warmer]", "#kitchen", "21 °C")
    await visit.click("#attic [phx-click=cooler]", "#attic", "13 °C")
    await visit.click("#study [phx-click=warmer]", "#study", "21 °C")
    await visit.click("#study [phx-click=crash]", "#study", "20 °C", "#kitchen", "21 °C", "#attic", "13 °C")


async def navigation(visit: Visit) -> None:
    await visit.open("/navigation")
    await visit.page.evaluate("() => { window.isSamePage = true }")
    await visit.click(".tabs >> text=market", ".panel", "The market")
    await visit.click("#next", ".panel", "The station")
    await visit.page.go_back()
    await visit.sees(".panel", "The market")
    assert visit.page.url.endswith("?place=market")
    await visit.click("#travel", "main", "Abroad", "main", "You came from the market.")
    await visit.click("main a >> text=Home", ".panel", "The harbour")
    assert await visit.page.evaluate("() => window.isSamePage"), "live navigation loaded the page"
    await visit.click("#redirect", "h1", "Abroad")
    assert not await visit.page.evaluate("() => window.isSamePage")


async def sticky(visit: Visit) -> None:
    await visit.open("/sticky")
    await visit.page.wait_for_selector("#radio.phx-connected")
    await visit.click("#tune", "#station", "jazz")
    await visit.click("#go", "h1", "Kitchen", "#station", "jazz")
    await visit.click("#tune", "#station", "a string quartet", "#radio", "Tuned 2 times")
    await visit.page.go_back()
    await visit.sees("h1", "Sticky view", "#station", "a string quartet")
    await visit.click("#tune", "#station", "noise")


async def chat(visit: Visit) -> None:
    await visit.open("/chat")
    await visit.page.fill("#text", "Is anybody there? <b>")
    await visit.page.press("#text", "Enter")
    await visit.sees("#lines", "Is anybody there? <b>")
    await visit.page.wait_for_function("() => document.querySelector('#text').value === ''")


async def chart(visit: Visit) -> None:
    await visit.open("/chart")
    await visit.tick(1000)
    await visit.sees("#count", "1")
    await visit.click("#measure", "#count", "11")
    await visit.click("#chart svg", "[data-answer]", "The mean of 11 points is")
    visit.texts.append(await visit.page.get_attribute("#chart polyline", "points"))


def pitfall(path: str, button: str, mark: str, count: int) -> Callable[[Visit], Awaitable[None]]:
    async def scene(visit: Visit) -> None:
        await visit.open(path)
        await visit.there("main .pair .phx-connected", 2)
        await visit.click(f"#{button}")
        for side in ("bad", "good"):
            await visit.there(f"main .{side} {mark}", count)
        await visit.note()

    return scene


async def tracking(visit: Visit) -> None:
    await visit.open("/pitfalls/tracking")
    await visit.there("main .pair .phx-connected", 2)
    await visit.click("#nothing")
    await visit.click("#measure", "main .bad ul", "In the hall it has 20", "main .good ul", "In the hall it has 20")


SCENES: dict[str, Callable[[Visit], Awaitable[None]]] = {
    "/light": light,
    "/clock": clock,
    "/crash": crash,
    "/async": work,
    "/table": table("/table"),
    "/table/keyed": table("/table/keyed"),
    "/table/stream": stream,
    "/form": form,
    "/form/debounce": debounced_form,
    "/upload": upload,
    "/components": components,
    "/nested": nested,
    "/navigation": navigation,
    "/sticky": sticky,
    "/chat": chat,
    "/chart": chart,
    "/pitfalls/tracking": tracking,
    "/pitfalls/leaf": pitfall("/pitfalls/leaf", "tick", "li.done", 1),
    "/pitfalls/keys": pitfall("/pitfalls/keys", "arrive", "li", 41),
    "/pitfalls/list": pitfall("/pitfalls/list", "take", ".seat.taken", 1),
}
