"""The `livetape` binary: the proxy as a process that is ready when it says so, and the other commands."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Callable, Mapping

from .process import Process

TOP = Path(__file__).resolve().parents[2]


def binary() -> Path:
    """LIVETAPE_BIN, else the debug build of this clone."""
    path = Path(os.environ.get("LIVETAPE_BIN") or TOP / ".build/debug/livetape")
    if not path.is_file():
        raise AssertionError(f"no livetape at {path}: run `swift build`, or set LIVETAPE_BIN")
    return path


def run(*arguments: object, timeout: float = 60, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end. The caller looks at the exit code."""
    return subprocess.run(
        [str(binary()), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        **options,
    )


class Proxy(Process):
    """`livetape proxy` in front of `target`, listening on a port that the system chose, recording into `out`."""

    def __init__(
        self,
        target: str,
        out: Path,
        *options: object,
        listen: str = "127.0.0.1:0",
        env: Mapping[str, str] | None = None,
        before_exec: Callable[[], None] | None = None,
    ) -> None:
        command = [binary(), "proxy", "--to", target, "--listen", listen, "--out", out, *options]
        super().__init__([str(part) for part in command], env=env, before_exec=before_exec)
        self.url = self.ready(self.out, r"^listening on (https?://\S+)").group(1).rstrip("/")
        self.recording = Path(self.ready(self.out, r"^recording to (.+\.mcap)").group(1))
        self.port = int(self.url.rpartition(":")[2])

    @property
    def socket_url(self) -> str:
        return re.sub("^http", "ws", self.url)


class Server(Process):
    """`livetape serve`, on a port that the system chose."""

    def __init__(self, *options: object, listen: str = "127.0.0.1:0", env: Mapping[str, str] | None = None) -> None:
        command = [binary(), "serve", "--listen", listen, *options]
        super().__init__([str(part) for part in command], env=env)
        self.url = self.ready(self.out, r"^listening on (https?://\S+)").group(1)
        self.port = int(self.url.rpartition(":")[2])
