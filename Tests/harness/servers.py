"""Servers that tests put behind the proxy, each a process of its own on a port that the system chose."""

from __future__ import annotations

import sys
from pathlib import Path

from .process import Process

TESTS = Path(__file__).resolve().parents[1]


class EchoServer(Process):
    """`harness.echo_server`, ready to accept."""

    def __init__(self, *, deflate: bool = True) -> None:
        super().__init__(
            [sys.executable, "-m", "harness.echo_server", *([] if deflate else ["--no-deflate"])], cwd=TESTS
        )
        self.address = self.ready(self.out, r"^listening on (\S+)").group(1)
        self.url = f"http://{self.address}"


class PyviewServer(Process):
    """The live views of Tests/Browser/apps under uvicorn, with or without permessage-deflate."""

    def __init__(self, *, deflate: bool = True, app: str = "apps.pages:app") -> None:
        command = [sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", "0"]
        command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "true" if deflate else "false"]
        super().__init__(command, cwd=TESTS / "Browser")
        self.url = self.ready(self.err, r"running on (http://\S+:\d+)", timeout=40).group(1)
