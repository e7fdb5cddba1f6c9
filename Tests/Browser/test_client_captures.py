"""Our browser client against captured sessions of a real Phoenix server: it says what the official client said, and
shows what the official client showed, after each step.

Two captures are too large for the repository: LIVETAPE_PHOENIX names a folder that has all of them.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from chromium import Tab, open_tab
from client.captures import Capture, Replay, Step
from client.fake_server import Answer, FakeServer, Message, running
from client.make_sessions import LEFT_OUT, session_of

SESSIONS = Path(__file__).parents[1] / "Fixtures" / "PhoenixSessions"
CAPTURES = os.environ.get("LIVETAPE_PHOENIX")
PAGES = sorted(path.name.removesuffix(".json.gz") for path in SESSIONS.glob("*.json.gz"))
PAGES += LEFT_OUT if CAPTURES else ()

#: What the captured application's hooks did, as far as its pages and messages show.
HOOKS = """
LiveTape.hooks.Chart = {
  mounted() {
    this.points = []
    const say = (id, text) => (document.getElementById(id).textContent = text)
    this.handleEvent("points", ({ points, seq }) => {
      this.points = points
      const sum = points.reduce((a, b) => a + b, 0)
      say("chart-info", `seq ${seq}: ${points.length} points, sum ${sum.toFixed(2)}`)
    })
    this.handleEvent("toast", ({ text }) => say("toast", text))
    document.getElementById("measure").addEventListener("click", () => {
      const size = { w: this.el.width, h: this.el.height, n: this.points.length }
      this.pushEvent("measure", size, (reply) => say("measure-reply", JSON.stringify(reply)))
    })
  },
}
"""

TEXT = "() => document.body.innerText.replace(/\\s+/g, ' ').trim()"
VALUES = """() => [...document.querySelectorAll('input[id],textarea[id],select[id]')]
  .filter((field) => field.type !== 'file' && field.type !== 'hidden')
  .map((field) => [field.id, field.type === 'checkbox' ? field.checked : field.value])"""
PLACE = "() => location.pathname + location.search"


@pytest.mark.parametrize("page", PAGES)
def test_our_client_says_and_shows_what_the_official_one_did(page: str) -> None:
    asyncio.run(asyncio.wait_for(replay(page), 100))


async def replay(page: str) -> None:
    capture = Capture.load(session_of(Path(CAPTURES) / page) if CAPTURES else session_in_repository(page))
    if page == "redirects":
        capture.add_reply("redirect", {"redirect": {"to": "/redirects/dest?by=redirect"}})
    async with running(FakeServer()) as server, open_tab(server.url) as tab:
        server.pages["/app.css"] = Answer("#rows-scroll { height: 300px; overflow-y: auto }", "text/css")
        server.pages["/hooks.js"] = Answer(HOOKS, "text/javascript")
        replay = Replay(capture, server)
        serving = asyncio.create_task(replay.serve())
        before = 0.0
        for step in capture.steps:
            await act(tab, step, replay, capture.sent_between(before, step.until))
            await replay.up_to(step.until)
            await shows(tab, step)
            before = step.until
        serving.cancel()
        replay.stop()
        assert replay.surprises == []
        assert tab.witness.errors == []


def session_in_repository(page: str) -> dict:
    return json.loads(gzip.decompress((SESSIONS / f"{page}.json.gz").read_bytes()))


async def shows(tab: Tab, step: Step) -> None:
    """The page's text, its fields, title and URL are what they were."""
    expected = [step.text, step.digest, step.values, step.title, step.url]
    seen: list = []
    for _ in range(80):
        page = tab.page
        text = await page.evaluate(TEXT)
        digest = hashlib.md5(text.encode()).hexdigest()
        seen = [text[:1500], digest, await page.evaluate(VALUES), await page.title(), await page.evaluate(PLACE)]
        if seen == expected:
            return
        await page.evaluate("() => new Promise(requestAnimationFrame)")
    assert seen == expected, step.name


async def act(tab: Tab, step: Step, replay: Replay, sent: list[Message]) -> None:
    """Does what the step's name says; for typing, what its messages show."""
    verb, _, rest = step.name.partition(" ")
    page = tab.page
    page.set_default_timeout(5000)
    if verb == "goto":
        await page.goto(tab.base + rest)
    elif step.name == "off up down on fire at once":
        await page.evaluate(
            "() => ['off', 'up', 'down', 'on', 'fire'].forEach((id) => document.getElementById(id).click())"
        )
    elif step.name == "5 quick clicks on #down":
        await page.evaluate("() => { for (let i = 0; i < 5; i++) document.getElementById('down').click() }")
    elif verb == "click":
        await page.click(rest.split(",")[0].removesuffix(" with no change"))
    elif step.name in ("browser back", "browser back into the other live view"):
        await page.evaluate("() => history.back()")
    elif step.name == "browser forward":
        await page.evaluate("() => history.forward()")
    elif step.name.startswith("scroll to the end"):
        await page.evaluate(
            "() => { const box = document.getElementById('rows-scroll'); box.scrollTop = box.scrollHeight }"
        )
    elif step.name in ACTIONS:
        await ACTIONS[step.name](tab, replay, sent)
    elif verb in ("type", "select", "check", "name", "submit,"):
        await type_all(tab, replay, sent)
        if verb == "type" or step.name == "name too short":
            for field, value in step.values:
                await set_field(tab, f"#{field}", value)


async def click(tab: Tab, selector: str) -> None:
    await tab.page.click(selector)


async def drop_socket(tab: Tab, *_: object) -> None:
    await tab.page.evaluate("() => liveSocket.disconnect(() => setTimeout(() => liveSocket.connect(), 20))")


async def choose(tab: Tab, replay: Replay, sent: list[Message]) -> None:
    """Files of the captured names, types and times; their bytes are what the capture's chunks hold."""
    entries = [dict(entry) for entry in next(iter(sent[0].payload["uploads"].values()))]
    frames = [frame.message for frames in replay.capture.sockets for frame in frames if frame.is_sent]
    for entry in entries:
        chunks = [one.payload for one in frames if one.topic == f"lvu:{entry['ref']}" and one.event == "chunk"]
        entry["bytes"] = list(b"".join(chunks)) or [0] * entry["size"]
    await tab.page.evaluate(
        """(entries) => {
          const transfer = new DataTransfer()
          for (const { bytes, name, type, last_modified: lastModified } of entries)
            transfer.items.add(new File([new Uint8Array(bytes)], name, { type, lastModified }))
          const input = document.querySelector('input[type=file]')
          input.files = transfer.files
          for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true }))
        }""",
        entries,
    )


async def type_all(tab: Tab, replay: Replay, sent: list[Message]) -> None:
    """Fills fields so that each captured form event is made again, one after the other."""
    for message in [one for one in sent if one.event == "event"]:
        if message.payload["event"] == "save":
            await tab.click("#save")
        else:
            values = parse_qs(message.payload["value"], keep_blank_values=True)
            name = message.payload["meta"]["_target"]
            value = "true" in values[name] if name.endswith("[terms]") else values[name][0]
            if not await set_field(tab, f"[name='{name}']:not([type=hidden])", value):
                continue  # the event of an earlier change, still to come: a debounce, or a change at the blur
        await replay.heard(message)


async def set_field(tab: Tab, selector: str, value: str | bool) -> bool:
    """Types, selects or checks; says whether there was anything to do."""
    field = tab.page.locator(selector)
    before = await field.evaluate("(field) => field.type === 'checkbox' ? field.checked : field.value")
    if before == value:
        return False
    if isinstance(value, bool):
        await field.set_checked(value)
    elif await field.evaluate("(field) => field.tagName") == "SELECT":
        await field.select_option(value)
    elif value.startswith(before) and ("\n" in value or len(value) == len(before) + 1):
        await field.press("End")
        await field.press_sequentially(value.removeprefix(before))
    else:
        await field.fill(value)
    return True


ACTIONS = {
    "pause": lambda tab, *_: click(tab, "#pause"),
    "resume": lambda tab, *_: click(tab, "#pause"),
    "remove child b": lambda tab, *_: click(tab, "#toggle"),
    "child b again": lambda tab, *_: click(tab, "#toggle"),
    "add back number 50, fresh": lambda tab, *_: click(tab, "#add"),
    "drop the socket from the client, then reconnect": drop_socket,
    "choose a 300 kB file": choose,
    "choose two small files": choose,
    "cancel the first": lambda tab, *_: click(tab, "button[phx-click=cancel] >> nth=0"),
}
