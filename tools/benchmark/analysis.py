"""`livetape analyze` on a large recording, beside a Python script that only decodes the same file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from . import gallery_traffic
from .cases import Analysis
from .contenders import HERE, TOP
from .programs import WORK, Failed

Figures = dict[str, float]
#: Messages and bytes by who sent them.
Sums = dict[str, dict[str, int]]

#: Linux counts what a process had before its exec, which is all of its parent: so the parent has to be small.
MEASURE = """
import json, os, subprocess, sys, time
began = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
took = time.monotonic() - began
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), took, cpu, usage.ru_maxrss * 1024]))
"""


@dataclass(frozen=True)
class Usage:
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    #: What the program wrote.
    said: str

    def figures(self, size: int) -> Figures:
        """For so many bytes of inflated messages."""
        return {
            "megabytes_per_second": size / self.seconds / 1e6,
            "cpu_ms_per_megabyte": self.cpu_seconds * 1e3 / (size / 1e6),
            "peak_megabytes": self.peak_bytes / 1e6,
        }


def measured(folder: Path, *command: object) -> Usage:
    """Runs a program in the folder, where no livetape.yml is."""
    output = folder / "output"
    with output.open("wb") as said:
        small_parent = [sys.executable, "-S", "-c", MEASURE, *map(str, command)]
        result = subprocess.run(small_parent, cwd=folder, stdout=subprocess.PIPE, stderr=said)
    text = output.read_text(errors="replace")
    if result.returncode:
        raise Failed(f"{command[0]} cannot be measured:\n{text[-2000:]}")
    code, seconds, cpu_seconds, peak_bytes = json.loads(result.stdout)
    if code:
        raise Failed(f"that failed with {code}: {' '.join(map(str, command))}\n{text[-2000:]}")
    return Usage(seconds, cpu_seconds, peak_bytes, text)


@contextmanager
def recording(case: Analysis, binary: Path, megabytes: int) -> Iterator[Path]:
    """The case's recording, in a folder of its own that goes with it."""
    WORK.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="analyze-", dir=WORK))
    try:
        path = folder / f"{case.name}.mcap"
        make(path, binary, gallery_traffic.twin(TOP / "Recordings", megabytes * 1_000_000, case.is_deflated))
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make(path: Path, binary: Path, twin: Iterator[str]) -> None:
    log = path.with_suffix(".log")
    with log.open("wb") as said:
        command = [binary, "pack", "-", "-o", path]
        pack = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said, encoding="utf-8")
        try:
            assert pack.stdin
            with pack.stdin as lines:
                lines.writelines(twin)
        except BrokenPipeError:
            pass  # Its exit code tells.
        if pack.wait():
            raise Failed(f"livetape pack: {log.read_text()}")


def can_analyze(binary: Path) -> bool:
    # The help of an unknown command is that of all, and no failure.
    help_text = subprocess.run([binary, "analyze", "--help"], capture_output=True, text=True)
    return "USAGE: livetape analyze" in help_text.stdout


def livetape(binary: Path, path: Path) -> tuple[Figures, Sums]:
    usage = measured(path.parent, binary, "analyze", path, "--format", "json", "-o", path.parent / "report.json")
    summary = json.loads((path.parent / "report.json").read_text())["summary"]
    sides = {"client": summary["fromClient"], "server": summary["fromServer"]}
    sums = {side: {"messages": traffic["messages"], "bytes": traffic["bytes"]} for side, traffic in sides.items()}
    return usage.figures(size_of(sums)), sums


def python(interpreter: Path, path: Path) -> tuple[Figures, Sums]:
    usage = measured(path.parent, interpreter, HERE / "decode.py", path)
    sums: Sums = json.loads(usage.said)
    return usage.figures(size_of(sums)), sums


def size_of(sums: Sums) -> int:
    return sum(side["bytes"] for side in sums.values())


def interpreter() -> Path:
    """A Python with the MCAP library: of the bench, of the tests, or this one."""
    for path in (TOP / ".venv-bench/bin/python", TOP / ".venv/bin/python", Path(sys.executable)):
        found = path.is_file() and subprocess.run([path, "-c", "import mcap, mcap_protobuf"], capture_output=True)
        if found and found.returncode == 0:
            return path
    raise Failed("no Python here has the MCAP library: run `tools/install bench`")
