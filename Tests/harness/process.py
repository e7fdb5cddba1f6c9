"""A process whose output can be waited for, line by line: no test sleeps or polls."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, Callable, Mapping, Sequence


class Output:
    """The lines of one pipe, collected by a thread of its own, so that the process never waits for its reader."""

    def __init__(self, name: str, pipe: IO[bytes]) -> None:
        self.name = name
        self.lines: list[str] = []
        self.ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._collect, args=(pipe,), daemon=True)
        self._thread.start()

    def _collect(self, pipe: IO[bytes]) -> None:
        with pipe:
            for line in pipe:
                with self._changed:
                    self.lines.append(line.decode(errors="replace").rstrip("\r\n"))
                    self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_for(self, pattern: str, timeout: float = 20, after: int = 0) -> re.Match[str]:
        """The first match of `pattern` in a line from number `after` on; fails with all that was printed instead."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for line in self.lines[after:]:
                    if match := re.search(pattern, line):
                        return match
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    why = "the process ended" if self.ended else f"{timeout} s passed"
                    raise AssertionError(f"{self.name}: {why} without a line like {pattern!r}; it printed:\n{self.text}")
                self._changed.wait(left)

    def wait_for_end(self, timeout: float = 20) -> str:
        """All the text, once every process that holds the pipe has closed it."""
        self._thread.join(timeout)
        return self.text

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Process:
    """A started process with both outputs collected. As a context manager it is killed, if need be, at the end."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        before_exec: Callable[[], None] | None = None,
    ) -> None:
        self.command = [str(part) for part in command]
        self._popen = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            preexec_fn=before_exec,
            start_new_session=True,
        )
        name = Path(self.command[0]).name
        self.out = Output(f"{name} stdout", self._popen.stdout)
        self.err = Output(f"{name} stderr", self._popen.stderr)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        return self._popen.poll() is None

    def ready(self, output: Output, pattern: str, timeout: float = 20) -> re.Match[str]:
        """Waits for the line that says so. If it does not come, or at Ctrl-C, nothing is left running."""
        try:
            return output.wait_for(pattern, timeout)
        except BaseException as error:
            self.kill()
            error.add_note(self.report())
            raise

    def send(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def wait(self, timeout: float = 20) -> int:
        """The exit code, once the process has ended and all its output is read."""
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.command} still ran after {timeout} s\n{self.report()}") from None
        self.out.wait_for_end(5)
        self.err.wait_for_end(5)
        return code

    def stop(self, number: signal.Signals = signal.SIGINT, timeout: float = 20) -> int:
        if self.is_running:
            self.send(number)
        return self.wait(timeout)

    def kill(self) -> None:
        """Ends it with SIGKILL, and what it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait(10)

    def report(self) -> str:
        return f"--- stdout\n{self.out.text}\n--- stderr\n{self.err.text}"

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
