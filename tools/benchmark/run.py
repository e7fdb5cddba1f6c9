"""Runs the cases, round by round, each with every contender in turn: what disturbs the machine disturbs all alike."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import analysis, cases, measuring, parsing, views
from .contenders import Contender
from .programs import WORK, Failed, say
from .results import Results


@dataclass
class Plan:
    binary: Path
    contenders: list[Contender]
    rounds: int = 5
    seconds: float = 2.0
    #: Names of cases; empty: all.
    only: set[str] = field(default_factory=set)
    soak_messages: int = cases.SOAK.messages
    idle_sockets: int = 9_000
    seal_exchanges: int = 400_000
    disk_megabytes: int = 1024
    view_servers: list[views.ViewServer] = field(default_factory=list)
    view_cases: list[cases.ViewCase] = field(default_factory=lambda: list(cases.VIEWS))
    most_views: int = 9_000
    #: Inflated megabytes of each recording that is analysed.
    analysis_megabytes: int = 1_000
    #: What reads JSON in all ways.
    json_bench: Path | None = None
    #: The working tree's livetape, and the base's if there is one.
    analyzers: dict[str, Path] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return not self.only or name in self.only


def warn_of_noise() -> None:
    load = os.getloadavg()[0]
    if load > 0.5 * (os.cpu_count() or 1):
        say(f"The machine is busy (load {load:.1f}): ratios mean something, absolute figures little.")


def clean() -> None:
    """Recordings of a run that was interrupted."""
    for path in WORK.glob("*-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def run(plan: Plan, results: Results) -> None:
    clean()
    warn_of_noise()
    began = time.monotonic()
    with measuring.quiet():
        for round_number in range(1, plan.rounds + 1):
            for case in cases.TRAFFIC:
                if plan.has(case.name):
                    say(f"{time.monotonic() - began:5.0f} s  round {round_number} of {plan.rounds}: {case.title}")
                    traffic_round(plan, case, results)
            if plan.has("disk"):
                results.add("disk", "disk", measuring.disk(plan.disk_megabytes))
            for case in plan.view_cases if plan.view_servers else []:
                if plan.has(case.name) and case.views <= plan.most_views and (round_number == 1 or case.wanders):
                    say(f"{time.monotonic() - began:5.0f} s  round {round_number} of {plan.rounds}: {case.title}")
                    view_round(plan, case, results)
            for parsing_case in cases.PARSINGS if plan.json_bench else []:
                if plan.has(parsing_case.name):
                    for way, speed in parsing.measure(parsing_case, plan.json_bench).items():
                        results.add(parsing_case.name, way, {"megabytes_per_second": speed})
        once(plan, results, began)
        for reading in cases.ANALYSES if plan.analyzers else []:
            if plan.has(reading.name):
                size = f"{plan.analysis_megabytes:,} MB"
                say(f"{time.monotonic() - began:5.0f} s  {reading.title}: {size}")
                analysis_rounds(plan, reading, results)


def traffic_round(plan: Plan, case: cases.Traffic, results: Results) -> None:
    direct: dict[str, float] | None = None
    for contender in plan.contenders:
        figures = measuring.traffic(case, contender, plan.seconds)
        results.add(case.name, contender.name, figures)
        if contender.start is None:
            direct = figures
        elif direct and figures:
            results.add_latencies(case.name, contender.name, direct, figures)


def view_round(plan: Plan, case: cases.ViewCase, results: Results) -> None:
    for server in plan.view_servers:
        try:
            results.add(case.name, server.name, views.measure(case, server, plan.seconds))
        except Failed as failure:
            if server.name != "pyview":
                raise
            say(f"  {server.name} does not take them: {failure}")


def analysis_rounds(plan: Plan, case: cases.Analysis, results: Results) -> None:
    """All rounds of one recording, which takes longer to make than to read."""
    python = analysis.interpreter()
    analyzers = {name: binary for name, binary in plan.analyzers.items() if analysis.can_analyze(binary)}
    if "livetape" not in analyzers:
        say("analyze: not there yet (`livetape analyze --help` fails)")
        return
    with analysis.recording(case, plan.binary, plan.analysis_megabytes) as path:
        # Python takes half a minute for 1 GB.
        for _ in range(min(plan.rounds, 3)):
            figures, sums = analysis.python(python, path)
            results.add(case.name, "python", figures)
            for name, binary in analyzers.items():
                figures, counted = analysis.livetape(binary, path)
                if counted != sums:
                    raise Failed(f"{case.name}: {name} counts {counted}, Python {sums}")
                results.add(case.name, name, figures)


def once(plan: Plan, results: Results, began: float) -> None:
    """What needs no others beside it: memory, which does not wander, once; sealing in all its rounds together."""
    for case in cases.IDLE:
        if plan.has(case.name) and case.sockets <= plan.idle_sockets:
            say(f"{time.monotonic() - began:5.0f} s  {case.title}")
            for contender in plan.contenders:
                try:
                    results.add(case.name, contender.name, measuring.idle(case, contender))
                except Failed as failure:
                    if contender.name in ("livetape", "base"):
                        raise
                    say(f"  {contender.name} does not take them: {failure}")
    if plan.has(cases.SOAK.name):
        say(f"{time.monotonic() - began:5.0f} s  {plan.soak_messages:,} messages")
        soak = cases.Soak(cases.SOAK.name, cases.SOAK.title, plan.soak_messages)
        for contender in plan.contenders:
            if contender.name in ("livetape", "base"):
                results.add(soak.name, contender.name, measuring.soak(soak, contender))
    if plan.has("seal"):
        if measuring.can_seal(plan.binary):
            say(f"{time.monotonic() - began:5.0f} s  {cases.OTHERS['seal']}")
            for _ in range(plan.rounds):
                results.add("seal", "livetape", measuring.sealing(plan.binary, plan.seal_exchanges))
        else:
            say("sealing: not there yet (`livetape seal --help` fails)")
