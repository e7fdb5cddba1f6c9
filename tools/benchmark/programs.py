"""The programs that a run needs: built from source, or installed by `tools/install bench`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
WORK = TOP / ".build/bench"
#: Release builds of the working tree and of the base have their own folders: each stays incremental.
RELEASE = TOP / ".build-release"
BASE = TOP / ".build/bench-base"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Failed(Exception):
    """Something that a run needs is not there; says what to do."""


def run_step(text: str, command: list[object], folder: Path = TOP) -> None:
    """Runs a command with its output in a log that is shown if it fails; a line every half minute."""
    say(f"{text} …")
    WORK.mkdir(parents=True, exist_ok=True)
    log = WORK / "step.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        while True:
            try:
                code = process.wait(timeout=30)
                break
            except subprocess.TimeoutExpired:
                say(f"  {time.monotonic() - began:.0f} s")
    if code:
        say("\n".join(log.read_text(errors="replace").splitlines()[-30:]))
        raise Failed(f"that failed with {code}: {' '.join(map(str, command))}")


def install() -> None:
    run_step("Installing what is missing (nginx, haproxy, mitmproxy, pyview)", ["tools/install", "bench"])


def build_load() -> Path:
    """Compiles the load generator and the echo server; returns their folder."""
    compiler = next((name for name in ("gcc", "clang", "cc") if shutil.which(name)), None)
    if not compiler:
        raise Failed("no C compiler: install gcc")
    WORK.mkdir(parents=True, exist_ok=True)
    headers = max(path.stat().st_mtime for path in HERE.glob("*.h"))
    for source in HERE.glob("*.c"):
        program = WORK / source.stem
        if program.is_file() and program.stat().st_mtime > max(source.stat().st_mtime, headers):
            continue
        flags = ["-O3", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-pthread"]
        subprocess.run([compiler, *flags, "-o", program, source], check=True)
    return WORK


def build_livetape() -> Path:
    """A release build of the working tree."""
    command = ["swift", "build", "-c", "release", "--product", "livetape", "--scratch-path", RELEASE]
    run_step("Building livetape for release (minutes the first time)", command)
    return RELEASE / "release/livetape"


def build_json_bench() -> Path:
    command = ["swift", "build", "-c", "release", "--package-path", HERE / "json", "--scratch-path", WORK / "json"]
    run_step("Building the JSON readers for release", command)
    return WORK / "json/release/json-bench"


def build_base(revision: str) -> Path:
    """A release build of another revision, in a working tree of its own."""
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], cwd=TOP, capture_output=True, text=True
    )
    if found.returncode:
        raise Failed(f"{revision} is neither a revision nor a JSON file of an earlier run")
    commit = found.stdout.strip()
    if not (BASE / "Package.swift").is_file():
        subprocess.run(["git", "worktree", "prune"], cwd=TOP, check=True)
        run_step("Checking out the base", ["git", "worktree", "add", "--force", "--detach", BASE, commit])
    else:
        run_step("Checking out the base", ["git", "checkout", "--quiet", "--force", "--detach", commit], BASE)
    command = ["swift", "build", "-c", "release", "--product", "livetape"]
    run_step(f"Building the base, {commit[:10]} (minutes the first time)", command, BASE)
    return BASE / ".build/release/livetape"


def built_livetape() -> Path:
    """What is built already: LIVETAPE_BIN, else a release build, else a debug build."""
    names = [os.environ.get("LIVETAPE_BIN"), RELEASE / "release/livetape"]
    names += [TOP / ".build/release/livetape", TOP / ".build/debug/livetape"]
    for name in names:
        if name and Path(name).is_file():
            return Path(name).resolve()
    raise Failed("no livetape is built: run `swift build`, or set LIVETAPE_BIN")


def revision() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True).stdout.strip() or "unknown"


def machine() -> str:
    """Processor, cores, memory, system: what figures mean something with."""
    model = "processor unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    system = os.uname()
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {system.sysname} {system.release.partition('-')[0]}"
