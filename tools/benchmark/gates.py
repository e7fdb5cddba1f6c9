"""What LiveTape is held to. A gate that is missed fails the run; the aim beyond it holds nothing open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

from .results import Results


@dataclass(frozen=True)
class Gate:
    name: str
    text: str
    #: Nothing if the run did not measure it.
    measure: Callable[[Results], float | None]
    limit: Callable[[Results], float | None]
    aim: float | None = None
    is_least: bool = False
    #: How figures are printed.
    form: str = "{:.2f}"

    def holds(self, value: float, limit: float) -> bool:
        return value >= limit if self.is_least else value <= limit


def fixed(limit: float) -> Callable[[Results], float | None]:
    return lambda results: limit


def of(case: str, metric: str, other: str) -> Callable[[Results], float | None]:
    return lambda results: results.ratio(case, "livetape", other, metric)


def own(case: str, metric: str) -> Callable[[Results], float | None]:
    return lambda results: results.median(case, "livetape", metric)


def disk_or_nginx(case: str) -> Callable[[Results], float | None]:
    """Half of what nginx with 64 kB buffers does, or what 0.8 of the disk's speed allows, as a share of nginx's MB/s.

    Each byte that is echoed passes twice, so the journal takes two for each that counts here.
    """

    def limit(results: Results) -> float | None:
        nginx = results.median(case, "nginx-64k", "megabytes_per_second")
        disk = results.median("disk", "disk", "disk")
        return 0.5 if not nginx or not disk else min(0.5, 0.8 * disk / 2 / nginx)

    return limit


GATES = [
    Gate(
        "cpu", "CPU per message at 100 sockets' ping-pong, recording : nginx",
        of("pingpong-100", "cpu_us", "nginx"), fixed(2.2), 1.0,
    ),
    Gate(
        "latency-1", "added p50 latency at 1 socket : nginx's",
        of("pingpong-1", "added_p50_us", "nginx"), fixed(1.5), 1.0,
    ),
    Gate(
        "latency-open", "added p50 latency at 20,000 messages/s : nginx's",
        of("open-20k", "added_p50_us", "nginx"), fixed(1.5), 1.0,
    ),
    Gate(
        "pipelined", "messages/s of 100 B pipelined, recording : nginx",
        of("pipelined", "messages_per_second", "nginx"), fixed(0.7), 1.0, is_least=True,
    ),
    Gate(
        "16k", "MB/s of 16 kB, recording : nginx with 64 kB buffers (or 0.8 of the disk)",
        of("16k", "megabytes_per_second", "nginx-64k"), disk_or_nginx("16k"), 0.9, is_least=True,
    ),
    Gate(
        "256k", "MB/s of 256 kB, recording : nginx with 64 kB buffers (or 0.8 of the disk)",
        of("256k", "megabytes_per_second", "nginx-64k"), disk_or_nginx("256k"), 0.9, is_least=True,
    ),
    Gate(
        "mitmproxy", "messages/s at 100 sockets' ping-pong : mitmproxy",
        of("pingpong-100", "messages_per_second", "mitmproxy"), fixed(25), is_least=True, form="{:.0f}",
    ),
    Gate(
        "mitmproxy-pipelined", "messages/s of 100 B pipelined : mitmproxy",
        of("pipelined", "messages_per_second", "mitmproxy"), fixed(25), is_least=True, form="{:.0f}",
    ),
    Gate("memory-1000", "kB of memory for each of 1,000 idle sockets",
         own("idle-1000", "kilobytes_per_socket"), fixed(16), 8, form="{:.1f}"),
    Gate("memory-9000", "kB of memory for each of 9,000 idle sockets",
         own("idle-9000", "kilobytes_per_socket"), fixed(16), 8, form="{:.1f}"),
    Gate("flat", "bytes of memory kept for each of 10 million messages",
         own("soak", "growth_per_message"), fixed(0.5), form="{:.3f}"),
    Gate("sealed-size", "sealed size : payload bytes, live-view JSON", own("seal", "sealed_share"), fixed(0.5), 0.3),
    *(
        Gate(f"{when}-{views}", f"kB of memory for each of {views:,} views{text}",
             own(f"views-{views}", metric), fixed(12), 8, form="{:.1f}")
        for views in (1_000, 5_000, 9_000)
        for when, metric, text in (
            ("view", "kilobytes_per_view", ""), ("clicked", "kilobytes_after_events", " after an event each"),
        )
    ),
    *(
        Gate(f"event-cpu-{views}", f"CPU µs for an event, {views:,} views",
             own(f"events-{views}", "event_cpu_us"), fixed(25), 15, form="{:.1f}")
        for views in (100, 1_000)
    ),
    Gate("join-cpu", "CPU µs for a join, 9,000 views: connection, upgrade, tokens, mount, render",
         own("views-9000", "join_cpu_us"), fixed(300), 150, form="{:.0f}"),
    Gate("reconnect", "connections that failed as 9,000 views came back at once",
         own("reconnect", "errors"), fixed(0), form="{:.0f}"),
    Gate("sealing", "MB/s of journal sealed", own("seal", "sealing_mb_s"), fixed(150), is_least=True, form="{:.0f}"),
    *(
        gate
        for form, least, aim in (("plain", 250, 600), ("deflated", 120, 250))
        for gate in (
            Gate(f"analyze-{form}", f"MB/s of live-view JSON analysed, {form}",
                 own(f"analyze-{form}", "megabytes_per_second"), fixed(least), aim, is_least=True, form="{:.0f}"),
            Gate(f"analyze-python-{form}", f"MB/s analysed : a Python script that only decodes, {form}",
                 of(f"analyze-{form}", "megabytes_per_second", "python"), fixed(2), 6, is_least=True, form="{:.1f}"),
            Gate(f"analyze-memory-{form}", f"MB of memory at most, {form}",
                 own(f"analyze-{form}", "peak_megabytes"), fixed(300), form="{:.0f}"),
        )
    ),
]


@dataclass(frozen=True)
class Verdict:
    gate: Gate
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        return self.gate.holds(self.value, self.limit)

    def describe(self) -> str:
        form, sign = self.gate.form, "at least" if self.gate.is_least else "at most"
        word = "holds " if self.holds else "MISSED"
        text = f"{word} {self.gate.name:23} {form.format(self.value):>7}, {sign} {form.format(self.limit)}"
        if self.gate.aim is not None:
            reached = ", reached" if self.gate.holds(self.value, self.gate.aim) else ""
            text += f" (aim {form.format(self.gate.aim)}{reached})"
        return f"{text}: {self.gate.text}"


def judge(results: Results) -> Iterator[Verdict]:
    """A verdict for each gate that the run measured."""
    for gate in GATES:
        value, limit = gate.measure(results), gate.limit(results)
        if value is not None and limit is not None:
            yield Verdict(gate, value, limit)
