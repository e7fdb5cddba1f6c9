"""What is measured, by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Traffic:
    """Messages to an echo server, for some seconds."""

    name: str
    title: str
    size: int
    sockets: int
    #: Messages in flight on each socket: 1 is ping-pong.
    window: int = 1
    #: Messages a second in all, whatever the answers do; 0: as the answers come.
    rate: int = 0
    #: What its table shows: messages/s for small messages, MB/s for large ones, neither where the rate is given.
    shows: tuple[str, ...] = ("messages_per_second", "cpu_us", "added_p50_us", "added_p99_us")

    def arguments(self, seconds: float) -> list[object]:
        options: list[object] = ["-c", self.sockets, "-w", self.window, "-s", self.size, "-r", self.rate]
        return options + ["-t", seconds, "-u", max(0.1, seconds / 4)]


@dataclass(frozen=True)
class Idle:
    """Sockets that carried one message each and then wait: the memory of one."""

    name: str
    title: str
    sockets: int


@dataclass(frozen=True)
class Soak:
    """Memory between the first million messages and the last: it must not grow."""

    name: str
    title: str
    messages: int


@dataclass(frozen=True)
class Held:
    """Views that joined and stay: the memory of each, before and after an event, and the CPU time of coming."""

    name: str
    title: str
    views: int
    shows = (
        "kilobytes_per_view", "kilobytes_after_events", "page_cpu_us", "join_cpu_us", "joins_per_second",
        "heartbeat_cpu_us",
    )
    #: Whether rounds differ by more than it takes to repeat them.
    wanders = False


@dataclass(frozen=True)
class Events:
    """Views that click, and again when they are answered."""

    name: str
    title: str
    views: int
    shows = ("events_per_second", "event_cpu_us", "p50_us", "p99_us")
    wanders = True


@dataclass(frozen=True)
class Broadcast:
    """One says a word to all."""

    name: str
    title: str
    views: int
    shows = ("last_ms", "heard_cpu_us")
    wanders = False


@dataclass(frozen=True)
class Reconnect:
    """The server is restarted, and all come back at once."""

    name: str
    title: str
    views: int
    shows = ("back_ms", "rejoin_cpu_us", "errors")
    wanders = False


@dataclass(frozen=True)
class Analysis:
    """`livetape analyze` on a recording of live-view JSON, made from the Gallery's."""

    name: str
    title: str
    is_deflated: bool
    shows = ("megabytes_per_second", "cpu_ms_per_megabyte", "peak_megabytes")


@dataclass(frozen=True)
class Parsing:
    """Reading JSON, of messages from `least` bytes on and below `most`."""

    name: str
    title: str
    least: int
    most: int


ViewCase = Held | Events | Broadcast | Reconnect

MEGABYTES = ("megabytes_per_second", "cpu_us", "added_p50_us", "added_p99_us")
TRAFFIC = [
    Traffic("pingpong-1", "100 B ping-pong, 1 socket", 100, 1),
    Traffic("pingpong-100", "100 B ping-pong, 100 sockets", 100, 100),
    Traffic(
        "open-20k", "100 B, 20,000 messages/s over 100 sockets", 100, 100, 64, 20_000,
        ("cpu_us", "added_p50_us", "added_p99_us"),
    ),
    Traffic("pipelined", "100 B pipelined, 16 sockets, 64 in flight each", 100, 16, 64),
    Traffic("16k", "16 kB, 16 sockets, 4 in flight each", 16 << 10, 16, 4, shows=MEGABYTES),
    Traffic("256k", "256 kB, 8 sockets, 2 in flight each", 256 << 10, 8, 2, shows=MEGABYTES),
]
IDLE = [
    Idle("idle-1000", "1,000 idle sockets", 1_000),
    Idle("idle-9000", "9,000 idle sockets", 9_000),
]
SOAK = Soak("soak", "millions of 100 B messages", 10_000_000)
#: The group `views`: of live-view servers.
VIEWS: list[ViewCase] = [
    Held("views-1000", "1,000 views", 1_000),
    Held("views-5000", "5,000 views", 5_000),
    Held("views-9000", "9,000 views", 9_000),
    Events("events-1", "events of 1 view", 1),
    Events("events-100", "events of 100 views", 100),
    Events("events-1000", "events of 1,000 views", 1_000),
    Broadcast("broadcast", "a word to 9,000 views", 9_000),
    Reconnect("reconnect", "9,000 views come back at once", 9_000),
]
#: The group `analyze`.
ANALYSES = [
    Analysis("analyze-plain", "analyze, uncompressed", False),
    Analysis("analyze-deflated", "analyze, permessage-deflate", True),
]
#: The group `json`.
PARSINGS = [
    Parsing("json-small", "JSON of messages below 1 kB", 0, 1_000),
    Parsing("json-large", "JSON of messages of 10 kB and more", 10_000, 1 << 30),
]
#: Not of a proxy: the disk's own speed, and what sealing makes of a journal.
OTHERS = {"disk": "the disk's own speed", "seal": "sealing live-view JSON of uncompressed sockets"}

#: Metrics and how tables head their rows; the last one tells whether less is better.
METRICS = {
    "messages_per_second": ("messages/s", False),
    "megabytes_per_second": ("MB/s", False),
    "cpu_us": ("CPU µs/message", True),
    "p50_us": ("p50 µs", True),
    "p99_us": ("p99 µs", True),
    "added_p50_us": ("added p50 µs", True),
    "added_p99_us": ("added p99 µs", True),
    "kilobytes_per_socket": ("kB/socket", True),
    "growth_per_message": ("bytes kept/message", True),
    "kilobytes_per_view": ("kB/view", True),
    "kilobytes_after_events": ("kB/view after an event each", True),
    "page_cpu_us": ("CPU µs/page load", True),
    "join_cpu_us": ("CPU µs/join", True),
    "joins_per_second": ("joins/s", False),
    "heartbeat_cpu_us": ("CPU µs/heartbeat", True),
    "events_per_second": ("events/s", False),
    "event_cpu_us": ("CPU µs/event", True),
    "last_ms": ("ms until the last has it", True),
    "heard_cpu_us": ("CPU µs/view", True),
    "back_ms": ("ms until the last is back", True),
    "rejoin_cpu_us": ("CPU µs/join", True),
    "cpu_ms_per_megabyte": ("CPU ms/MB", True),
    "peak_megabytes": ("MB of memory at most", True),
    "errors": ("connections that failed", True),
}


def names() -> list[str]:
    proxied = [case.name for case in [*TRAFFIC, *IDLE, SOAK]] + list(OTHERS)
    groups = {"views": VIEWS, "analyze": ANALYSES, "json": PARSINGS}
    return proxied + [name for group, members in groups.items() for name in (group, *(case.name for case in members))]
