"""Processes that a measurement starts, and what /proc says of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Sequence

def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold anything: [0] is the state."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := stat_fields(int(entry))):
            children.setdefault(int(fields[1]), []).append(int(entry))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of the processes, in seconds: /proc has it in steps of 10 ms, their clocks exactly."""
    total = 0.0
    for pid in pids:
        try:
            # What clock_getcpuclockid(3) of a process is on Linux.
            total += time.clock_gettime(~pid << 3 | 2)
        except OSError:
            pass
    return total


def memory(pids: Sequence[int]) -> int:
    """Bytes of memory; what processes share is counted once (Pss).

    Without mapped files: a program's own text would be a smaller share as soon as anybody else starts the same program.
    """
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                total += int(line.split()[1]) * 1024
    return total


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, limit: float = 20) -> None:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args} does not listen:\n{log.read_text(errors='replace')}")


@contextmanager
def before_other_sessions(nice: int = -5) -> Iterator[None]:
    """Linux shares processors out by sessions first (autogroup): a build in another terminal is then not measured.

    Only root may do so. Not by much: the kernel's own threads, which write to the disk, stand behind this session too.
    """
    group = Path("/proc/self/autogroup")
    try:
        before = group.read_text().split()[-1]
        group.write_text(str(nice))
    except (OSError, IndexError):
        yield
        return
    try:
        yield
    finally:
        group.write_text(before)


def start(command: Sequence[object], log: Path) -> subprocess.Popen[bytes]:
    """Starts a program in a process group of its own, with all that it says in a file.

    Not in a session of its own: Linux shares processors out by sessions first (autogroup), so that `keep_awake`, which
    is to give way to everything, would get as much as a proxy.
    """
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=os.setpgrp,
        )


def stop(process: subprocess.Popen[bytes], gently: bool = True) -> None:
    """Ends a process that `start` started, and all of its group."""
    if process.poll() is None and gently:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
