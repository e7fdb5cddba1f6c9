"""Recordings of any size from the committed ones of the Gallery, as text twins for `livetape pack`.

Each socket of the Gallery comes again and again, as a connection of its own with views of its own; times and all that
is said stay as they are. Every second time its events and their answers come `REPEATS` times on the one socket, so that
joins are not all of it; only of pages whose events can be repeated: one that navigates or removes a component cannot.
All pages come equally often, so most bytes are those of the pages that send most.
"""

from __future__ import annotations

import base64
import heapq
import json
import re
import zlib
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Callable, Iterator

REPEATS = 10
#: Nanoseconds from one session's begin to the next one's: some 16 sockets are open at a time.
APART = 120_000_000
#: Between a session's events and their repetition.
PAUSE = 100_000_000
REPEATABLE = {"event", "phx_reply", "diff"}
#: join_ref, ref, topic, event: the beginning of a message of Phoenix channels.
EVENT_NAME = re.compile(rb'\[(?:null|"[^"]*"),(?:null|"[^"]*"),"[^"]*","(\w+)"')
#: The id that a server makes for a view of a page.
VIEW_ID = re.compile(r"phx-[\w-]{16}")
DATA = {"text", "binary", "part"}
EXTENSION = "permessage-deflate"


def compact(values: list[object]) -> str:
    """The columns behind the connection's, as a twin has them."""
    return json.dumps(values, separators=(",", ":"))[1:]


@dataclass(frozen=True)
class Line:
    """A line of a twin: its columns behind the connection's, as they are written and as values."""

    #: In nanoseconds.
    time: int
    columns: str
    direction: str | None
    kind: str
    payload: bytes
    extras: dict[str, object]

    @property
    def event_name(self) -> bytes | None:
        found = EVENT_NAME.match(self.payload)
        return found[1] if found else None

    def later(self, by: int) -> Line:
        return replace(self, time=self.time + by)

    def renamed(self, old: str, new: str) -> Line:
        if old not in self.columns:
            return self
        payload = self.payload.replace(old.encode(), new.encode())
        return replace(self, columns=self.columns.replace(old, new), payload=payload)

    def deflated(self, payload: bytes) -> Line:
        """The line of a whole message, however many parts it came in, with the bytes on the wire."""
        extras = {"base64": True, "rsv": 4} | {key: value for key, value in self.extras.items() if key == "mask"}
        return replace(self, columns=compact([self.direction, self.kind, base64.b64encode(payload).decode(), extras]))

    def with_extension(self) -> Line:
        """Itself; if it says which extensions the socket has, with permessage-deflate."""
        if self.kind == "socket-opened":
            values = [self.direction, self.kind, None, self.extras | {"extensions": EXTENSION}]
        elif self.kind == "http-head" and self.payload.startswith(b"HTTP/1.1 101"):
            head = self.payload.decode().removesuffix("\r\n") + f"Sec-WebSocket-Extensions: {EXTENSION}\r\n\r\n"
            values = [self.direction, self.kind, head, self.extras]
        else:
            return self
        return replace(self, columns=compact(values))


@dataclass
class Session:
    """One socket, from connection to end; times count from the first line."""

    lines: list[Line]

    @property
    def is_compressed(self) -> bool:
        return any(line.kind == "socket-opened" and line.extras.get("extensions") for line in self.lines)

    @property
    def size(self) -> int:
        """Bytes of inflated messages."""
        return sum(len(line.payload) for line in self.lines if line.kind in DATA)

    def prolonged(self) -> Session | None:
        """With its events many times, if they can be repeated."""
        starts = [index for index, line in enumerate(self.lines) if line.event_name == b"event"]
        ends = [index for index, line in enumerate(self.lines) if line.kind == "close"]
        if not starts or not ends:
            return None
        start, end = starts[0], ends[0]
        events = self.lines[start:end]
        names = {line.event_name.decode() if line.event_name else "" for line in events if line.kind != "part"}
        if not names <= REPEATABLE:
            return None
        step = events[-1].time - events[0].time + PAUSE
        repeated = [line.later(turn * step) for turn in range(REPEATS) for line in events]
        return Session(self.lines[:start] + repeated + [line.later((REPEATS - 1) * step) for line in self.lines[end:]])

    def anew(self, number: int) -> Session:
        """With ids of its views that no session of another number has."""
        lines = self.lines
        for old in {name for line in lines for name in VIEW_ID.findall(line.columns)}:
            lines = [line.renamed(old, f"{old[:-6]}{number:06d}") for line in lines]
        return Session(lines)

    def deflated(self) -> Session:
        """With permessage-deflate, as RFC 7692 has it: with context takeover, a stream for each direction."""
        streams: dict[str | None, Callable[[bytes], bytes]] = {}
        lines = []
        first, message = None, b""
        for line in self.lines:
            if line.kind not in DATA:
                lines.append(line.with_extension())
                continue
            if line.kind != "part":
                first, message = line, b""
            message += line.payload
            if first and "more" not in line.extras:
                deflate = streams.setdefault(line.direction, deflater())
                whole = replace(first, time=line.time, payload=message)
                lines.append(whole.deflated(deflate(message)))
        return Session(lines)


def deflater() -> Callable[[bytes], bytes]:
    stream = zlib.compressobj(wbits=-15)
    # The empty block that a flush ends with is not sent (RFC 7692, 7.2.1).
    return lambda message: (stream.compress(message) + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


def payload_bytes(value: object, extras: dict[str, object]) -> bytes:
    if isinstance(value, str):
        return base64.b64decode(value) if extras.get("base64") else value.encode()
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() if value is not None else b""


def sessions(twin: Path) -> Iterator[Session]:
    """The connections of a twin that became sockets."""
    found: dict[int, list[Line]] = {}
    now = 0
    for text in twin.read_text(encoding="utf-8").splitlines():
        if not text.startswith("["):
            continue
        time, _, columns = text[1:].split(",", 2)
        now += int(Decimal(time) * 1_000_000)
        _, connection, direction, kind, payload, *rest = json.loads(text)
        extras = rest[0] if rest else {}
        line = Line(now, columns, direction, kind, payload_bytes(payload, extras), extras)
        found.setdefault(connection, []).append(line)
    for lines in found.values():
        if any(line.kind == "socket-opened" for line in lines):
            yield Session([line.later(-lines[0].time) for line in lines])


def gallery(recordings: Path) -> list[Session]:
    """Every socket of the Gallery that is not compressed already, followed by its long form if it has one."""
    twins = sorted(recordings.glob("gallery-*.ndjson"))
    plain = [session for twin in twins for session in sessions(twin) if not session.is_compressed]
    forms = [(session, session.prolonged()) for session in plain]
    return [form for both in forms for form in both if form]


def twin(recordings: Path, size: int, is_deflated: bool) -> Iterator[str]:
    """The lines of a twin with so many bytes of inflated messages, sockets side by side."""
    start = {"wall_ns": "1795000000000000000", "monotonic_ns": "1000000000", "details": {"command": "tools/bench"}}
    yield json.dumps({"livetape_twin": 1, "format": 1, "run": "bench1"} | start, separators=(",", ":")) + "\n"
    choice = gallery(recordings)
    # Time, connection, the next line's index, lines: connections differ, so lines are never compared.
    under_way: list[tuple[int, int, int, list[Line]]] = []
    now = begun = 0
    while size > 0 or under_way:
        if size > 0 and (not under_way or begun * APART <= under_way[0][0]):
            session = choice[begun % len(choice)].anew(begun)
            size -= session.size
            lines = (session.deflated() if is_deflated else session).lines
            heapq.heappush(under_way, (begun * APART, begun + 1, 0, lines))
            begun += 1
            continue
        time, connection, index, lines = under_way[0]
        gap, now = time - now, time
        yield f"[{gap // 1_000_000}.{gap % 1_000_000:06d},{connection},{lines[index].columns}\n"
        index += 1
        if index == len(lines):
            heapq.heappop(under_way)
        else:
            time = max(time, (connection - 1) * APART + lines[index].time)
            heapq.heapreplace(under_way, (time, connection, index, lines))
    yield '[0,0,null,"run-ended","the run ended"]\n'
