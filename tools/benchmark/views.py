"""Live views: one measurement of one server, with the load of `live_load`."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from . import processes
from .cases import Broadcast, Events, Held, Reconnect, ViewCase
from .contenders import HERE, TOP, Running
from .programs import WORK, Failed

Figures = dict[str, float]
#: Descriptors that a server has beside those of its sockets.
SPARE_DESCRIPTORS = 256


@dataclass
class ViewServer:
    """A server with a light at /light and a chat at /chat."""

    name: str
    #: On a port (0: any) with an empty folder; the same pages and sockets are good after a restart.
    start: Callable[[int, Path], Running]
    #: The brightness that the light has at first.
    level: int


def livetape(name: str, binary: Path) -> ViewServer:
    def start(port: int, folder: Path) -> Running:
        secret = f"LIVETAPE_SECRET={'bench' * 8}"
        command: list[object] = ["env", secret, binary, "serve", "--listen", f"127.0.0.1:{port}"]
        return Running([*command, "--max-message-rate", 1_000_000], port, folder)

    return ViewServer(name, start, level=20)


def pyview() -> ViewServer:
    def start(port: int, folder: Path) -> Running:
        port = port or processes.free_port()
        command: list[object] = ["env", f"PYVIEW_SECRET={'bench' * 8}", f"PYTHONPATH={HERE}:{TOP / 'Tests/Browser'}"]
        command += ["PYTHONDONTWRITEBYTECODE=1", TOP / ".venv-views/bin/python", "-m", "uvicorn", "pyview_pages:app"]
        command += ["--host", "127.0.0.1", "--port", port, "--log-level", "warning", "--no-access-log", "--ws", "websockets-sansio"]
        return Running([*command, "--ws-per-message-deflate", "false"], port, folder)

    return ViewServer("pyview", start, level=10)


def can_serve(binary: Path) -> bool:
    help_text = subprocess.run([binary, "serve", "--help"], capture_output=True, text=True)
    return "--max-message-rate" in help_text.stdout


class Visitors:
    """Clients of the server at `port`: all do as they are told."""

    def __init__(self, port: int, count: int, page: str, level: int) -> None:
        self._process = subprocess.Popen(
            [WORK / "live_load", "-c", str(count), "-p", page, "-l", str(level), str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
        )

    def tell(self, *words: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(" ".join(map(str, words)) + "\n")

    def result(self) -> Figures:
        assert self._process.stdout and self._process.stderr
        line = self._process.stdout.readline()
        if not line:
            raise Failed(self._process.stderr.read().strip() or "live_load ended")
        return json.loads(line)

    def do(self, *words: object) -> Figures:
        try:
            self.tell(*words)
        except BrokenPipeError:
            pass
        return self.result()

    def leave(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def visited(server: Running, count: int, page: str = "/light", level: int = -1) -> Iterator[Visitors]:
    visitors = Visitors(server.port, count, page, level)
    try:
        yield visitors
    finally:
        visitors.leave()


class Lifetime:
    """A server in a folder of its own; `restart` ends it without warning, and another takes its place."""

    def __init__(self, server: ViewServer) -> None:
        self._server = server
        self._folder = Path(tempfile.mkdtemp(prefix=f"{server.name}-", dir=WORK))
        self.running = server.start(0, self._folder)

    def stop(self) -> None:
        self.running.stop(gently=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def end_process(self) -> None:
        self.running.stop(gently=False)

    def start_again(self) -> None:
        self.running = self._server.start(self.running.port, self._folder)

    def cpu(self) -> float:
        return processes.cpu_seconds(self.running.pids()) * 1e6

    def memory(self) -> float:
        return processes.memory(self.running.pids()) / 1000


@contextmanager
def living(server: ViewServer, views: int) -> Iterator[Lifetime]:
    """A server that has served a few visitors, who left."""
    allow_descriptors(views + SPARE_DESCRIPTORS)
    lifetime = Lifetime(server)
    try:
        with visited(lifetime.running, 4, level=server.level) as first:
            for words in (("page", 4), ("join", 4), ("click", 4, 0)):
                first.do(*words)
        time.sleep(0.5)
        yield lifetime
    finally:
        lifetime.stop()


def allow_descriptors(count: int) -> None:
    """For this process and those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (OSError, ValueError):
        raise Failed(f"{count:,} file descriptors are needed, and {hard:,} allowed: ulimit -Hn {count}, as root") from None


def measure(case: ViewCase, server: ViewServer, seconds: float) -> Figures:
    match case:
        case Held():
            return held(case, server)
        case Events():
            return events(case, server, seconds)
        case Broadcast():
            return broadcast(case, server)
        case Reconnect():
            return reconnect(case, server)


def held(case: Held, server: ViewServer) -> Figures:
    """Memory, and what it costs to load a page, to join, and to stay."""
    count = case.views
    with living(server, count) as lifetime, visited(lifetime.running, count, level=server.level) as visitors:
        figures = {}
        empty = lifetime.memory()
        for name in ("page", "join"):
            result = costs(lifetime, visitors, name, count)
            figures[f"{name}_cpu_us"] = result["cpu_us"]
            figures[f"{name}s_per_second"] = count / result["seconds"]
        time.sleep(1)
        figures["kilobytes_per_view"] = (lifetime.memory() - empty) / count
        visitors.do("click", count, 0)
        time.sleep(1)
        figures["kilobytes_after_events"] = (lifetime.memory() - empty) / count
        figures["heartbeat_cpu_us"] = costs(lifetime, visitors, "heartbeat", count)["cpu_us"]
        return figures


def costs(lifetime: Lifetime, visitors: Visitors, *words: object) -> Figures:
    """What the visitors' command came to, with the server's CPU time for each of them."""
    before = lifetime.cpu()
    result = visitors.do(*words)
    return result | {"cpu_us": (lifetime.cpu() - before) / result["count"]}


def events(case: Events, server: ViewServer, seconds: float) -> Figures:
    count = case.views
    with living(server, count) as lifetime, visited(lifetime.running, count, level=server.level) as visitors:
        visitors.do("page", count)
        visitors.do("join", count)
        visitors.do("click", count, seconds / 4)
        result = costs(lifetime, visitors, "click", count, seconds)
        return {
            "events_per_second": result["count"] / result["seconds"],
            "event_cpu_us": result["cpu_us"],
            "p50_us": result["p50_us"],
            "p99_us": result["p99_us"],
            "event_bytes": result["bytes"] / result["count"],
        }


def broadcast(case: Broadcast, server: ViewServer) -> Figures:
    """The second word that is said: with the first, clients get the templates of a line too."""
    count = case.views
    with living(server, count) as lifetime, visited(lifetime.running, count, "/chat") as visitors:
        visitors.do("page", count)
        visitors.do("join", count)
        visitors.do("say", count)
        result = costs(lifetime, visitors, "say", count)
        return {"last_ms": result["seconds"] * 1e3, "heard_cpu_us": result["cpu_us"]}


def reconnect(case: Reconnect, server: ViewServer) -> Figures:
    """The process ends without a word, another takes its place; then all clients come at once."""
    count = case.views
    with living(server, count) as lifetime, visited(lifetime.running, count, level=server.level) as visitors:
        visitors.do("page", count)
        visitors.do("join", count)
        visitors.do("click", count, 0)
        visitors.tell("lose", count)
        time.sleep(0.5)
        lifetime.end_process()
        visitors.result()
        lifetime.start_again()
        result = costs(lifetime, visitors, "rejoin", count)
        visitors.do("click", count, 0)
        return {"back_ms": result["seconds"] * 1e3, "rejoin_cpu_us": result["cpu_us"], "errors": result["errors"]}
