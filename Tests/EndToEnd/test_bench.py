"""Keeps the bench from rotting: it compiles, its load is answered byte for byte, and it prints its table."""

from __future__ import annotations

import os
import subprocess
import sys

from harness.livetape import TOP, binary


def test_the_bench_measures_the_direct_way_and_livetape() -> None:
    result = subprocess.run(
        [sys.executable, str(TOP / "tools/bench"), "--smoke"],
        env={**os.environ, "LIVETAPE_BIN": str(binary())},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    header, _, *rows = (line for line in result.stdout.splitlines() if line.startswith("|"))
    assert [cell.strip() for cell in header.split("|")[2:-1]] == ["direct", "livetape"]
    shown = {row.split("|")[1].strip(): row.split("|")[2:-1] for row in rows}
    for label in ("100 B ping-pong, 100 sockets: messages/s", "256 kB, 8 sockets, 2 in flight each: MB/s"):
        direct, livetape = (float(cell.replace(",", "")) for cell in shown[label])
        assert direct > livetape > 0, f"{label}: {direct} directly, {livetape} through the proxy"
