"""A command on a terminal of its own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import termios
import threading
from contextlib import contextmanager
from typing import Iterator, Mapping, Sequence

from .process import Output


class Terminal:
    """A started command whose standard input and output are a terminal. As a context manager it is killed at the end."""

    def __init__(self, command: Sequence[object], env: Mapping[str, str] | None = None) -> None:
        self._main, self._child = pty.openpty()
        self.modes = termios.tcgetattr(self._child)
        self._popen = subprocess.Popen(
            [str(part) for part in command],
            stdin=self._child,
            stdout=self._child,
            stderr=subprocess.PIPE,
            env={**os.environ, "TERM": "xterm", **(env or {})},
        )
        read, write = os.pipe()
        threading.Thread(target=self._copy, args=(write,), daemon=True).start()
        self.out = Output("terminal", os.fdopen(read, "rb"))
        self.err = Output("stderr", self._popen.stderr)

    def _copy(self, pipe: int) -> None:
        """What is printed, until nobody has the terminal open; a terminal then gives an error, not an end."""
        with os.fdopen(pipe, "wb", buffering=0) as out:
            try:
                while piece := os.read(self._main, 1 << 16):
                    out.write(piece)
            except OSError:
                pass

    def type(self, keys: str) -> None:
        os.write(self._main, keys.encode())

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Whatever happens within has happened before the command sees any of it."""
        self._popen.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._popen.pid, os.WSTOPPED)
        yield
        self._popen.send_signal(signal.SIGCONT)

    def wait(self, timeout: float = 20) -> int:
        """The exit code."""
        return self._popen.wait(timeout)

    @property
    def modes_now(self) -> list:
        return termios.tcgetattr(self._child)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._popen.kill()
        self._popen.wait(10)
        os.close(self._child)
        self.err.wait_for_end(5)
