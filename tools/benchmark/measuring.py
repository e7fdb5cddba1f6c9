"""One measurement: one case with one contender."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import live_view, processes
from .cases import Idle, Soak, Traffic
from .contenders import Contender, Running, livetape
from .programs import WORK, Failed

Figures = dict[str, float]


class Load:
    """The load generator, and what it says."""

    def __init__(self, port: int, arguments: list[object]) -> None:
        command = [str(part) for part in [WORK / "load", *arguments, port]]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def lines(self) -> Iterator[str]:
        assert self._process.stdout
        for line in self._process.stdout:
            yield line.strip()

    def finish(self) -> None:
        _, errors = self._process.communicate("\n")
        if self._process.returncode:
            raise Failed(f"{errors.strip()} (exit code {self._process.returncode})")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def echo_server(*arguments: object) -> Iterator[int]:
    port = processes.free_port()
    log = WORK / "echo_server.log"
    process = processes.start([WORK / "echo_server", port, *arguments], log)
    try:
        processes.wait_for_port(port, process, log)
        yield port
    finally:
        processes.stop(process)


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps the processors awake, and goes before other sessions of the machine where the system allows it."""
    process = processes.start([WORK / "keep_awake", 3600], WORK / "keep_awake.log")
    try:
        with processes.before_other_sessions():
            yield
    finally:
        processes.stop(process)


@contextmanager
def running(contender: Contender, target: int) -> Iterator[Running | None]:
    """The contender in a folder of its own, which goes with it, recordings and all."""
    if contender.start is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix=f"{contender.name}-", dir=WORK))
    try:
        proxy = contender.start(target, folder)
        try:
            yield proxy
        finally:
            proxy.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def traffic(case: Traffic, contender: Contender, seconds: float) -> Figures:
    with echo_server() as target, running(contender, target) as proxy:
        load = Load(proxy.port if proxy else target, case.arguments(seconds))
        pids = proxy.pids() if proxy else []
        before = after = 0.0
        result: dict[str, float] = {}
        for line in load.lines():
            if line == "measuring":
                before = processes.cpu_seconds(pids)
            elif line.startswith("{"):
                after = processes.cpu_seconds(pids)
                result = json.loads(line)
        load.finish()
        messages = result["messages"]
        if messages == 0:  # So slow that no answer came in time: no figures are better than wrong ones.
            return {}
        if proxy and contender.name == "livetape" and proxy.recorded_bytes() < 2 * result["bytes"]:
            raise Failed(f"{case.name}: the recording is smaller than what was sent and answered")
    figures = {
        "messages_per_second": result["messages"] / result["seconds"],
        "megabytes_per_second": result["bytes"] / result["seconds"] / 1e6,
        "p50_us": result["p50_us"],
        "p99_us": result["p99_us"],
    }
    return figures | ({"cpu_us": (after - before) * 1e6 / messages} if proxy else {})


def idle(case: Idle, contender: Contender) -> Figures:
    with echo_server() as target, running(contender, target) as proxy:
        if not proxy:
            return {}
        first = Load(proxy.port, ["-c", 4, "-n", 4])
        list(first.lines())
        first.finish()
        time.sleep(0.5)
        before = processes.memory(proxy.pids())
        load = Load(proxy.port, ["-c", case.sockets, "-n", case.sockets, "-k"])
        try:
            if not any(line.startswith("{") for line in load.lines()):
                load.finish()
            time.sleep(1)
            after = processes.memory(proxy.pids())
        finally:
            load.kill()
        return {"kilobytes_per_socket": (after - before) / case.sockets / 1000}


def soak(case: Soak, contender: Contender) -> Figures:
    with echo_server() as target, running(contender, target) as proxy:
        if not proxy:
            return {}
        load = Load(proxy.port, ["-c", 10, "-w", 100, "-n", case.messages])
        marks: list[tuple[int, int]] = []
        for line in load.lines():
            if line.startswith("progress"):
                marks.append((int(line.split()[1]), processes.memory(proxy.pids())))
        load.finish()
        (first, before), (last, after) = marks[0], marks[-1]
        return {"growth_per_message": (after - before) / max(1, last - first)}


def disk(megabytes: int = 1024) -> Figures:
    """How fast the disk itself takes pieces of 1 MB (O_DIRECT), and how fast the system's memory takes them."""
    size, piece = megabytes << 20, mmap.mmap(-1, 1 << 20)  # A mapping is aligned, as O_DIRECT wants it.
    piece.write(os.urandom(1 << 20))
    path = WORK / "disk.tmp"
    figures = {}
    try:
        for name, flags in (("disk", os.O_DIRECT), ("disk_cached", 0)):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | flags, 0o600)
            began = time.monotonic()
            for _ in range(megabytes):
                os.write(descriptor, piece)
            figures[name] = size / (time.monotonic() - began) / 1e6
            os.close(descriptor)
    finally:
        path.unlink(missing_ok=True)
    return figures


def can_seal(binary: Path) -> bool:
    # The help of an unknown command is that of all, and no failure.
    help_text = subprocess.run([binary, "seal", "--help"], capture_output=True, text=True)
    return help_text.returncode == 0 and "livetape seal" in help_text.stdout


def sealing(binary: Path, exchanges: int) -> Figures:
    """Records live views, ends the proxy without warning so that a journal is left, and seals it."""
    pages = 50
    folder = Path(tempfile.mkdtemp(prefix="seal-", dir=WORK))
    try:
        asked, answered = live_view.write(folder, pages, exchanges // pages)
        with echo_server(answered) as target:
            proxy = livetape(binary)(target, folder)
            try:
                arguments = ["-c", pages, "-w", 4, "-f", asked, "-n", exchanges // pages * pages]
                load = Load(proxy.port, arguments)
                result = [json.loads(line) for line in load.lines() if line.startswith("{")]
                load.finish()
            finally:
                proxy.stop(gently=False)
            assert proxy.recording
            files = sorted(proxy.recording.glob("*.mcap"))
            journal = proxy.recorded_bytes()
            os.sync()
            began = time.monotonic()
            for file in files:
                subprocess.run([binary, "seal", file], check=True, capture_output=True)
            took = time.monotonic() - began
            subprocess.run([binary, "verify", proxy.recording], check=True, capture_output=True)
            sealed = proxy.recorded_bytes()
        return {
            "sealed_share": sealed / result[0]["bytes"],
            "journal_share": journal / result[0]["bytes"],
            "sealing_mb_s": journal / took / 1e6,
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
