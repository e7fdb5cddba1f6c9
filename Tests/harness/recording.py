"""A recording as Python values: the lines of `livetape show --json`, decoded and grouped by socket and direction."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from .livetape import binary, run

CONTROL = {"close", "ping", "pong"}


@dataclass(frozen=True)
class Message:
    """One message or control frame, as `show --json` says it. `payload` is unmasked and inflated."""

    run: str
    connection: int
    path: str
    number: int
    elapsed: float
    direction: str
    opcode: str
    wire: int
    size: int
    frames: int
    payload: bytes
    is_text: bool
    compressed: bool
    completeness: str | None
    violations: tuple[object, ...]
    raw: dict = field(compare=False, repr=False)

    @property
    def is_control(self) -> bool:
        return self.opcode in CONTROL

    @property
    def is_whole(self) -> bool:
        return self.completeness is None


def parse_line(line: str) -> Message:
    """Fails on a key that is missing, and on both or none of `text` and `base64`: the schema is a promise."""
    entry = json.loads(line)
    if ("text" in entry) == ("base64" in entry):
        raise AssertionError(f"expected either text or base64: {line[:300]}")
    is_text = "text" in entry
    payload = entry["text"].encode() if is_text else base64.b64decode(entry["base64"], validate=True)
    return Message(
        run=entry["run"],
        connection=entry["connection"],
        path=entry["path"],
        number=entry["number"],
        elapsed=entry["elapsed"],
        direction=entry["direction"],
        opcode=entry["opcode"],
        wire=entry["wire"],
        size=entry["size"],
        frames=entry["frames"],
        payload=payload,
        is_text=is_text,
        compressed=entry["compressed"],
        completeness=entry.get("completeness"),
        violations=tuple(entry.get("violations", ())),
        raw=entry,
    )


def messages(recording: Path, *options: object) -> Iterator[Message]:
    """Every message of a run, read as it is printed: a recording may be larger than memory."""
    with tempfile.TemporaryFile() as errors:
        command = [str(binary()), "show", str(recording), "--json", *map(str, options)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as show:
            for line in show.stdout:
                yield parse_line(line.decode())
            code = show.wait(60)
        errors.seek(0)
        text = errors.read().decode(errors="replace")
    if code != 0:
        raise AssertionError(f"livetape show ended with {code}: {text}")


@dataclass
class Socket:
    """The data messages of one socket in order, by direction."""

    connection: int
    path: str
    client: list[Message] = field(default_factory=list)
    server: list[Message] = field(default_factory=list)

    def of(self, direction: str) -> list[Message]:
        return self.client if direction == "client" else self.server


def sockets(recording: Path) -> list[Socket]:
    """The sockets of a run in the order of their connections, control frames left out."""
    found: dict[int, Socket] = {}
    for message in messages(recording):
        socket = found.setdefault(message.connection, Socket(message.connection, message.path))
        if not message.is_control:
            socket.of(message.direction).append(message)
    return [found[connection] for connection in sorted(found)]


def verify(recording: Path) -> None:
    """Fails when `livetape verify` finds a checksum that is not right."""
    result = run("verify", recording)
    if result.returncode != 0:
        raise AssertionError(f"livetape verify: {result.returncode}\n{result.stdout}{result.stderr}")
