"""Keeps the bench from rotting: it compiles, its loads are answered as they must be, and it prints its tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from benchmark import analysis, cases, parsing
from benchmark.programs import Failed
from benchmark.results import Results
from benchmark.run import Plan, analysis_rounds
from harness.livetape import TOP, Server, binary


@pytest.fixture(scope="module")
def tables() -> list[dict[str, list[str]]]:
    """Cells by label, the first row under the label "", of each table of a smoke run."""
    result = subprocess.run(
        [sys.executable, str(TOP / "tools/bench"), "--smoke"],
        env={**os.environ, "LIVETAPE_BIN": str(binary())},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    tables: list[dict[str, list[str]]] = []
    before = ""
    for line in result.stdout.splitlines():
        if line.startswith("|"):
            label, *cells = (cell.strip() for cell in line.split("|")[1:-1])
            if not before.startswith("|"):
                tables.append({})
            tables[-1][label] = cells
        before = line
    return tables


def figure(cell: str) -> float:
    return float(cell.replace(",", ""))


def test_the_bench_measures_the_direct_way_and_livetape(tables: list[dict[str, list[str]]]) -> None:
    shown = tables[0]
    assert shown[""] == ["direct", "livetape"]
    for label in ("100 B ping-pong, 100 sockets: messages/s", "256 kB, 8 sockets, 2 in flight each: MB/s"):
        direct, livetape = map(figure, shown[label])
        assert direct > livetape > 0, f"{label}: {direct} directly, {livetape} through the proxy"


def test_the_bench_measures_live_views(tables: list[dict[str, list[str]]]) -> None:
    assert tables[1][""] == ["livetape"]
    shown = {label: figure(cells[0]) for label, cells in tables[1].items() if ":" in label}
    assert 0 < shown["200 views: kB/view"] < 1_000
    # A join renders the whole page, a heartbeat is answered by a line.
    assert shown["200 views: CPU µs/join"] > shown["200 views: CPU µs/heartbeat"] > 0
    assert shown["200 views: joins/s"] > 0
    # In a closed loop of 20 views no more than 20 events are under way: Little's law, with room for a skewed median.
    rate, p50, p99 = (shown[f"events of 20 views: {name}"] for name in ("events/s", "p50 µs", "p99 µs"))
    assert 0 < p50 <= p99
    assert rate * p50 / 1e6 < 2 * 20
    assert shown["a word to 200 views: ms until the last has it"] > 0
    assert shown["200 views come back at once: ms until the last is back"] > 0
    assert shown["200 views come back at once: connections that failed"] == 0


def test_the_bench_measures_the_analyzer_beside_python(tables: list[dict[str, list[str]]]) -> None:
    assert tables[2][""] == ["python", "livetape", "livetape : python"]
    for case in cases.ANALYSES:
        python, livetape, ratio = map(figure, tables[2][f"{case.title}: MB/s"])
        assert ratio == pytest.approx(livetape / python, rel=0.1) and ratio > 0


def test_livetape_and_python_count_the_same_messages_and_bytes() -> None:
    counts, wire = [], []
    for case in cases.ANALYSES:
        with analysis.recording(case, binary(), 1) as path:
            _, theirs = analysis.python(analysis.interpreter(), path)
            _, ours = analysis.livetape(binary(), path)
            report = json.loads((path.parent / "report.json").read_text())
        assert ours == theirs
        counts.append(ours)
        wire.append(report["summary"]["fromServer"]["wireBytes"])
    plain, deflated = counts
    # Compression changes what is on the wire and nothing else.
    assert deflated == plain
    assert wire[1] < wire[0] / 2
    # The last session goes to its end, however large it is.
    assert 1_000_000 <= sum(side["bytes"] for side in plain.values()) < 3_000_000


def test_the_bench_refuses_figures_of_messages_that_python_counts_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    python = analysis.python

    def one_byte_more(*arguments: object) -> object:
        figures, sums = python(*arguments)
        sums["server"]["bytes"] += 1
        return figures, sums

    monkeypatch.setattr(analysis, "python", one_byte_more)
    plan = Plan(binary(), [], rounds=1, analysis_megabytes=1, analyzers={"livetape": binary()})
    with pytest.raises(Failed, match="analyze-plain: livetape counts"):
        analysis_rounds(plan, cases.ANALYSES[0], Results())


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("page", "level", "commands", "complaint"),
    [
        ("/light", 20, "page 3\njoin 3\nclick 3 0\nheartbeat 3\n", ""),
        ("/chat", -1, "page 3\njoin 3\nsay 3\n", ""),
        ("/light", 30, "page 3\njoin 3\n", "the answer lacks the light's level"),
        ("/crash", -1, "page 3\njoin 3\nclick 3 0\n", "not the click's answer"),
        ("/gallery.css", -1, "page 3\n", "the page has no live view"),
        ("/light", 20, "page 3\nclick 3 0\n", "cannot do this now"),
    ],
)
def test_the_load_of_live_views_reads_its_answers(page: str, level: int, commands: str, complaint: str) -> None:
    with Server() as server:
        load = subprocess.run(
            [TOP / ".build/bench/live_load", "-c", "3", "-p", page, "-l", str(level), str(server.port)],
            input=commands, capture_output=True, text=True, timeout=60,
        )
    results = [json.loads(line) for line in load.stdout.splitlines()]
    if complaint:
        assert complaint in load.stderr
        assert load.returncode == 4
    else:
        assert [result["count"] for result in results] == [3] * len(commands.splitlines()), load.stderr


@pytest.mark.parametrize("case", cases.PARSINGS, ids=lambda case: case.name)
def test_json_is_measured_with_whole_messages_of_the_gallery(case: cases.Parsing) -> None:
    messages = parsing.messages(case)
    assert len(messages) >= 10
    for message in messages:
        assert case.least <= len(message) < case.most
        assert len(json.loads(message)) == 5, "a message of Phoenix channels"
