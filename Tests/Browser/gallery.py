"""What a person does on each page of the Gallery: each control once, and what is to be seen then.

The server is to have a virtual clock: time goes on by `Visit.tick` alone.
"""

from __future__ import annotations

import zlib
from typing import Awaitable, Callable

from chromium import Tab
from visits import Visit


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


async def light_that_throws(visit: Visit) -> None:
    """With a client that cannot read what it gets: the page stays as it was loaded."""
    async with visit.page.expect_event("pageerror"):
        await visit.page.goto(visit.tab.base + "/light")
    await visit.sees(".bar", "20 %")
    assert not await visit.page.query_selector("[data-phx-main].phx-connected")


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


async def busy_table(visit: Visit) -> None:
    await visit.open("/table")
    for first in ("300", "1") * 5:
        await visit.click("#reverse", "tbody tr:first-child td", first)


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
    await fill_in(visit, is_typed=True)


async def debounced_form(visit: Visit) -> None:
    await visit.open("/form/debounce")
    await fill_in(visit)


async def fill_in(visit: Visit, is_typed: bool = False) -> None:
    """Official clients before 1.0 do not say which fields are untouched, so nothing is compared before all are filled."""
    await visit.page.fill("#name", "Al")
    await visit.tab.sees("label:has(#name)", "three characters")
    if is_typed:
        await visit.page.fill("#name", "")
        await visit.page.locator("#name").press_sequentially("Ada", delay=40)
    else:
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
    for room, degrees in (("hall", 20), ("kitchen", 22), ("study", 21)):
        await visit.click("#nothing")
        expected = f"In the {room} it has {degrees}"
        await visit.click("#measure", "main .bad ul", expected, "main .good ul", expected)
    for side in ("bad", "good"):
        await visit.click(f"main .{side} [phx-click=reset]", f"main .{side} ul", "In the hall it has 19")


async def events(visit: Visit) -> None:
    await visit.open("/pitfalls/events")
    await visit.there("main .pair .phx-connected", 2)
    page, keys = visit.page, visit.page.keyboard
    for side in ("bad", "good"):
        pane = f"main .{side}"
        for state in ("visible", "hidden") * 2:
            await page.click(f"{pane} h4 >> nth=0 >> xpath=following-sibling::button[1]")
            await page.wait_for_selector(f"{pane} >> text=Soup", state=state)
        await page.focus(f"{pane} .pad")
        await keys.type("not this way")
        await keys.press("ArrowRight")
        await visit.sees(f"{pane} .pad", "Steps: 1")
        await page.focus(f"{pane} textarea")
        await keys.press("Control+End")
        await keys.type(" very much.", delay=40)
        await visit.sees(pane, f"Letters: {len(await page.input_value(f'{pane} textarea'))}")
        await page.focus(f"{pane} input[name=code]")
        await keys.type("12345", delay=40)
        await visit.sees(pane, "Digits: 5")
        for count in (1, 2):
            await visit.click(f"{pane} [phx-click=report]", pane, f"Reports: {count}")
    await visit.click(".good [phx-click=pay]", ".good", "There is no order 7.")
    # The view on the left dies of it, and begins anew.
    for steps in (2, 1):
        await page.focus(".bad .pad")
        await keys.press("ArrowRight")
        await visit.sees(".bad .pad", f"Steps: {steps}")
        await visit.click(".bad [phx-click=pay]", ".bad .pad", "Steps: 0")
        await page.wait_for_selector("#bad.phx-connected")


async def templates(visit: Visit) -> None:
    await visit.open("/pitfalls/templates")
    await visit.there("main .pair .phx-connected", 2)
    for side in ("bad", "good"):
        pane = f"main .{side}"
        for sky in ("It rains.", "The sun shines.") * 2:
            await visit.click(f"{pane} [phx-click=weather]", f"{pane} .tip", sky)
        for count in (1, 2, 3):
            await visit.click(f"{pane} [phx-click=like]", f"{pane} [data-likes='{count}']", f"Likes: {count}")
        await visit.click(f"{pane} li >> nth=4 >> a", pane, "Guest 5")
        for greeting in ("Good night.", "Good morning."):
            await visit.click(f"{pane} [phx-click=night]", f"{pane} [phx-click=night]", greeting)


async def parts(visit: Visit) -> None:
    await visit.open("/pitfalls/parts")
    await visit.there("main .pair .phx-connected", 8)
    for side in ("bad", "good"):
        pane = f"main .{side}"
        for votes in (1, 2):
            await visit.click(f"{pane} [phx-click=vote]", pane, f"Votes for soup: {votes}")
        for host in ("Bo", "Ada"):
            await visit.click(f"{pane} [phx-click=rename]", pane, f"Host: {host}.")
        await visit.click(f"{pane} [phx-click=again]", pane, "1 times")
        for votes in (3, 4):
            await visit.click(f"{pane} [phx-click=vote]", pane, f"Votes for soup: {votes}")
        await visit.click(f"{pane} [phx-click=switch] >> nth=1", pane, "Kitchen: on")


async def streams(visit: Visit) -> None:
    await visit.open("/pitfalls/streams")
    await visit.there("main .pair .phx-connected", 2)
    # A limit saves memory, not bytes: once is enough to see it.
    for side, times, lines in (("bad", 5, 550), ("good", 1, 100)):
        pane = f"main .{side}"
        for _ in range(4):
            await visit.page.click(f"{pane} [phx-click=measure]")
        for _ in range(2):
            await visit.page.click(f"{pane} [phx-click=refresh]")
        for likes in (1, 2):
            await visit.click(f"{pane} [phx-click=like]", pane, f"Likes: {likes}")
        for _ in range(times):
            await visit.page.click(f"{pane} [phx-click=log]")
        await visit.there(f"#{side}-log li", lines)
        await visit.click(f"{pane} [phx-click=report]", pane, "The whole report:")


async def journeys(visit: Visit) -> None:
    # The view within dies three times; each time the browser waits for a second.
    arrived = ("#bad", "Attempts: 4", "#bad", "Here at last.")
    await visit.open("/pitfalls/journeys", *arrived)
    for number in (2, 3):
        await visit.click(f"main .good a >> text={number}", "#number", f"{number}")
    # All of it begins anew.
    await visit.click("main .bad a >> text=1", "#number", "1", *arrived)
    for side in ("bad", "good"):
        file = {"name": "plums.bin", "mimeType": "application/octet-stream", "buffer": bytes(24_500)}
        await visit.page.set_input_files(f"#{side}-files input", [file])
        await visit.sees(f"#{side}-files", "100 %")


async def baggage(visit: Visit) -> None:
    await visit.open("/pitfalls/baggage")
    await visit.there("main .pair .phx-connected", 2)
    for side in ("bad", "good"):
        pane = f"main .{side}"
        await visit.click(f"{pane} [phx-click=open]", pane, "Jars of plums: 70")
        await visit.click(f"{pane} [phx-click=bill]", f"#{side}-receipt", "70 things, 4585 crowns")


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
    "/pitfalls/events": events,
    "/pitfalls/templates": templates,
    "/pitfalls/parts": parts,
    "/pitfalls/streams": streams,
    "/pitfalls/journeys": journeys,
    "/pitfalls/baggage": baggage,
}
