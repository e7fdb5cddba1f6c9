"""The proxies that are measured, each started anew for each measurement, in front of an echo server."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import processes

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]

#: nginx takes `proxy_buffer_size` for both directions of a socket; the others must not be smaller.
NGINX_64K = "proxy_buffer_size 64k; proxy_buffers 4 64k; proxy_busy_buffers_size 128k;"
HAPROXY_64K = "tune.bufsize 65536"


class Running:
    """A proxy that listens on `port`; `recording` is its folder, if it records."""

    def __init__(self, command: list[object], port: int, folder: Path, recording: Path | None = None) -> None:
        self.recording = recording
        self.port = port
        self._log = folder / "log"
        self._process = processes.start(command, self._log)
        try:
            if port == 0:
                self.port = self._announced_port()
            processes.wait_for_port(self.port, self._process, self._log)
        except BaseException:
            self.stop()
            raise

    def _announced_port(self) -> int:
        for _ in range(1000):
            if found := re.search(r"^listening on http://127\.0\.0\.1:(\d+)", self._log.read_text(), re.M):
                return int(found[1])
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"{self._process.args} does not listen:\n{self._log.read_text()}")

    def pids(self) -> list[int]:
        return processes.family(self._process.pid)

    def recorded_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.recording.iterdir()) if self.recording else 0

    def stop(self, gently: bool = True) -> None:
        processes.stop(self._process, gently)


@dataclass
class Contender:
    name: str
    #: From the target's port and an empty folder; None: the load goes to the target itself.
    start: Callable[[int, Path], Running] | None
    records: bool = False


def _configured(name: str, buffers: str, arguments: list[object], target: int, folder: Path) -> Running:
    port = processes.free_port()
    text = (HERE / name).read_text()
    for key, value in {"FOLDER": folder, "PORT": port, "TARGET": target, "BUFFERS": buffers}.items():
        text = text.replace(f"@{key}@", str(value))
    (folder / name).write_text(text)
    return Running([*arguments, folder / name], port, folder)


def nginx(buffers: str = "") -> Callable[[int, Path], Running]:
    def start(target: int, folder: Path) -> Running:
        # Its workers may be another user's.
        folder.chmod(0o777)
        return _configured("nginx.conf", buffers, ["nginx", "-p", folder, "-e", "stderr", "-c"], target, folder)

    return start


def haproxy(buffers: str = "") -> Callable[[int, Path], Running]:
    return lambda target, folder: _configured("haproxy.cfg", buffers, ["haproxy", "-db", "-f"], target, folder)


def mitmproxy(target: int, folder: Path) -> Running:
    port = processes.free_port()
    recording = folder / "recording"
    recording.mkdir()
    command: list[object] = [TOP / ".venv-bench/bin/mitmdump", "--quiet", "--mode", f"reverse:http://127.0.0.1:{target}"]
    command += ["--listen-host", "127.0.0.1", "--listen-port", port, "--save-stream-file", recording / "flows"]
    return Running([*command, "--set", f"confdir={folder}"], port, folder, recording)


def livetape(binary: Path) -> Callable[[int, Path], Running]:
    def start(target: int, folder: Path) -> Running:
        recording = folder / "recording"
        command: list[object] = [binary, "proxy", "--to", f"http://127.0.0.1:{target}", "--listen", "127.0.0.1:0"]
        return Running([*command, "--out", recording], 0, folder, recording)

    return start


def everyone(binary: Path) -> list[Contender]:
    return [
        Contender("direct", None),
        Contender("nginx", nginx()),
        Contender("nginx-64k", nginx(NGINX_64K)),
        Contender("haproxy", haproxy()),
        Contender("haproxy-64k", haproxy(HAPROXY_64K)),
        Contender("mitmproxy", mitmproxy, records=True),
        Contender("livetape", livetape(binary), records=True),
    ]
