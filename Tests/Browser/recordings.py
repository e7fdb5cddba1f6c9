"""What `tools/regenerate-recordings` runs: Chromium through the proxy on each page of the Gallery, as committed recordings."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path
from typing import Any, Awaitable, Callable, NamedTuple

from chromium import open_tab
from client.served import CLIENTS, OFFICIAL
from gallery import SCENES, busy_table, light_that_throws
from harness.livetape import Proxy, Server, run
from harness.recording import Socket, sockets
from visits import Visit

FOLDER = Path("Recordings")
#: The same random values and the same time on each run.
REPEATABLE = ["--seed", "7", "--clock", "virtual"]
#: What each recording shows, by the page's path.
SHOWS = {
    "/light": "a good view: a handful of bytes for each click and key",
    "/light/polling": "the same in a browser without WebSockets: long poll",
    "/light/other-version": "the official client 0.20.17 throws at what a server says that is of 1.2.10; with scripts",
    "/clock": "messages that nobody asked for: a timer, stopped and started",
    "/crash": "a handler that throws: `phx_error`, and the view joins again",
    "/async": "work off the event loop: the reply, and the result as a diff of its own",
    "/table": "300 rows known by their place: a change of order sends them all",
    "/table/busy": "the same with ten changes of order: much to deflate, and no compression",
    "/table/compressed": "the same with permessage-deflate",
    "/table/keyed": "300 rows with keys: they move without being sent",
    "/table/stream": "the same as a stream: insert, delete, update, more at the end, reset",
    "/form": "a form validated at each key, with a password",
    "/form/debounce": "the same with debounce",
    "/upload": "an upload in chunks, and one that is cancelled",
    "/components": "50 live components: events of their own, one removed, the rest shuffled",
    "/nested": "three nested views, each a channel; one crashes",
    "/navigation": "live patches, live navigation and back, a redirect",
    "/sticky": "a sticky view: its channel stays while the page leaves and joins",
    "/chat": "what one view publishes reaches all",
    "/chart": "`pushEvent` to a hook, and a hook's event with its reply",
    "/pitfalls/tracking": "all is sent again, whatever changed; beside it the cure",
    "/pitfalls/leaf": "one large leaf for one small change; beside it the cure",
    "/pitfalls/keys": "a row put first in a list without keys; beside it the cure",
    "/pitfalls/list": "a list sent whole for one changed row; beside it the cure",
    "/pitfalls/events": "events for looks, for nothing, with too much, slow ones, one that kills; beside it the cures",
    "/pitfalls/templates": "markup, ids, attributes and commands made anew where a value would do; beside it the cures",
    "/pitfalls/parts": "all is given to all parts, and there are too many of them; beside it the cures",
    "/pitfalls/streams": "streams, events and pushes that repeat themselves or that nobody sees; beside it the cures",
    "/pitfalls/journeys": "navigation, a view that dies at once, an upload in small chunks; beside it the cures",
    "/pitfalls/baggage": "notes for developers and a whole order in a page of porch.example; beside it the cures",
}


class Variant(NamedTuple):
    """A page that is played in another way."""

    scene: Callable[[Visit], Awaitable[None]]
    #: A script that runs before the page.
    script: str = ""
    #: What the server is started with.
    options: tuple[object, ...] = ()
    #: What the proxy is started with.
    proxy_options: tuple[str, ...] = ()


VARIANTS = {
    "/light/polling": Variant(SCENES["/light"], script="() => { delete window.WebSocket }"),
    "/light/other-version": Variant(
        light_that_throws, options=(*CLIENTS["official-0.20"], "--format", "keyed"), proxy_options=("--bodies", "all")
    ),
    "/table/busy": Variant(busy_table),
    "/table/compressed": Variant(busy_table, options=("--compress",)),
}

#: What rules look for in a script: that it is LiveView's client, and of which version.
VERSION = re.compile(r'track-static|phx_join|version\(\)\s*\{\s*return\s*"[^"]*"')
#: Pages that are to be a visitor's: the browser knows the proxy by the name of this host.
HOSTS = {"/pitfalls/baggage": "porch.example"}


def name_of(path: str) -> str:
    return "gallery" + path.replace("/", "-")


def record(path: str, folder: Path) -> Path:
    """Plays the page's scene; returns the sealed, redacted recording, with its text twin beside it."""

    variant = VARIANTS.get(path) or Variant(SCENES[path])
    host = HOSTS.get(path, "127.0.0.1")

    async def play(url: str) -> None:
        async with open_tab(url.replace("127.0.0.1", host), f"--host-resolver-rules=MAP {host} 127.0.0.1") as tab:
            if variant.script:
                await tab.page.add_init_script(f"({variant.script})()")
            await variant.scene(Visit(tab))
            await tab.close_socket()

    raw = folder / (name_of(path) + "-raw")
    with Server(*REPEATABLE, *variant.options) as server, Proxy(server.url, raw, *variant.proxy_options) as proxy:
        try:
            asyncio.run(asyncio.wait_for(play(proxy.url), 60))
        except BaseException as error:
            error.add_note(server.report())
            raise
        if proxy.stop() != 0:
            raise RuntimeError(proxy.report())
    redacted, recording = folder / (name_of(path) + "-redacted.mcap"), folder / (name_of(path) + ".mcap")
    for file in (redacted, recording):
        file.unlink(missing_ok=True)
    livetape("redact", raw, redacted)
    # The command that the proxy was started with names places of this machine.
    head, _, rest = livetape("unpack", redacted).partition("\n")
    facts = json.loads(head)
    facts["details"]["command"] = " ".join(["livetape proxy --to", facts["details"]["target"], *variant.proxy_options])
    twin = recording.with_suffix(".ndjson")
    twin.write_text(json.dumps(facts, separators=(",", ":")) + "\n" + blanked(rest))
    livetape("pack", twin, "-o", recording)
    livetape("verify", recording)
    return recording


def blanked(twin: str) -> str:
    """A twin in which others' scripts are blank but for what tells their version: their text is not ours to copy."""
    lines = [json.loads(line) for line in twin.splitlines() if line.startswith("[")]
    scripts: dict[int, list[list[Any]]] = {}
    bodies: list[list[list[Any]]] = []
    for line in lines:
        connection, side, kind = line[1:4]
        if kind == "http-head" and side == "client":
            scripts.pop(connection, None)
            if line[4].split()[1].endswith(OFFICIAL.name):
                bodies.append(scripts.setdefault(connection, []))
        elif kind == "http-body" and side == "server" and connection in scripts:
            scripts[connection].append(line)
    for body in bodies:
        text = "".join(line[4] for line in body)
        kept = [range(*found.span()) for found in VERSION.finditer(text)]
        offset = 0
        for line in body:
            piece = line[4]
            line[4] = "".join(
                letter if any(offset + place in span for span in kept) else " " * len(letter.encode())
                for place, letter in enumerate(piece)
            )
            offset += len(piece)
    return "".join(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n" for line in lines) if bodies else twin


def livetape(*arguments: object) -> str:
    result = run(*arguments)
    if result.returncode:
        raise RuntimeError(f"livetape {arguments[0]}: {result.stdout}{result.stderr}")
    return result.stdout


class Normal:
    """Text messages without what differs from run to run: tokens, ids, the port, what redaction put in."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def _id(self, match: re.Match[str]) -> str:
        return self._ids.setdefault(match[0], f"phx-#{len(self._ids) + 1}")

    def text(self, text: str) -> str:
        text = re.sub(r"phx-[A-Za-z0-9_-]{12,}", self._id, text)
        text = re.sub(r"[A-Za-z0-9_.=-]{40,}", "TOKEN", text)
        text = re.sub(r"(127\.0\.0\.1|\w+\.example):\d+", "HOST", text)
        text = re.sub(r"[\w.+-]+(@|%40)[\w-]+\.[\w.]+", "EMAIL", text)
        return re.sub(r"((?:password|email|token)(?:%5D|\])?=)[^&]*", r"\1SECRET", text)

    def value(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {self.text(name): self.value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, str):
            return "TOKEN" if re.search("token|csrf|session|static", key) else self.text(value)
        return "WHEN" if key == "last_modified" else value


def exchanges(recording: Path) -> list[dict[str, list[Any]]]:
    """Of each socket that said anything, what either side said on each topic, in order; topics may cross by chance."""
    return [told for told in map(told_on, sockets(recording)) if told]


def told_on(socket: Socket) -> dict[str, list[Any]]:
    names, told = Normal(), {}
    for side, messages in (("client", socket.client), ("server", socket.server)):
        normals: dict[str, Normal] = {}
        for message in messages:
            if message.opcode != "text":
                continue
            join_ref, ref, topic, event, payload = json.loads(message.payload)
            if topic == "phoenix":
                continue
            normal = normals.setdefault(topic, Normal())
            said = [bool(join_ref), bool(ref), event, normal.value(payload)]
            told.setdefault(f"{side} {names.text(topic)}", []).append(said)
    return told


def write_list() -> None:
    """Brings the table in the folder's README up to date."""
    readme = FOLDER / "README.md"
    lines = [line for line in readme.read_text().splitlines() if not line.startswith("| `gallery-")]
    last = max(number for number, line in enumerate(lines) if line.startswith("| `"))
    lines[last + 1 : last + 1] = [f"| `{name_of(path)}` | {text} |" for path, text in SHOWS.items()]
    readme.write_text("\n".join(lines) + "\n")


def difference(path: str, folder: Path) -> str | None:
    committed, anew = exchanges(FOLDER / (name_of(path) + ".mcap")), exchanges(record(path, folder))
    if committed == anew:
        return None
    for old, new in zip(committed, anew):
        for topic in {**old, **new}:
            for index, (one, other) in enumerate(zip_longest(old.get(topic, []), new.get(topic, [])), 1):
                if one != other:
                    return f"{topic}, message {index}:\n  {one}\n  {other}"
    return "another number of sockets"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/regenerate-recordings", description=__doc__)
    parser.add_argument("--verify", action="store_true", help="compare with what is committed; change nothing")
    parser.add_argument("--only", action="append", metavar="PATH", choices=SHOWS, help="this page only; repeatable")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        for path in options.only or SHOWS:
            print(f"{name_of(path):28}", end=" ", flush=True)
            if options.verify:
                what = difference(path, Path(temporary))
                failures += what is not None
                print(what or "the same", flush=True)
                continue
            recording = record(path, Path(temporary))
            sizes = []
            for file in (recording, recording.with_suffix(".ndjson")):
                (FOLDER / file.name).write_bytes(file.read_bytes())
                sizes.append(f"{file.stat().st_size / 1000:.1f} kB")
            print(", ".join(sizes), flush=True)
    if not options.verify:
        write_list()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
