"""How fast the JSON of live views is read: by the readers of LiveViewWire, and by Foundation's."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from .cases import Parsing
from .gallery_traffic import sessions
from .programs import TOP, WORK


def messages(case: Parsing) -> list[bytes]:
    """The servers' texts in the Gallery's recordings that are of the case's size."""
    twins = sorted((TOP / "Recordings").glob("gallery-*.ndjson"))
    plain = (session for twin in twins for session in sessions(twin) if not session.is_compressed)
    lines = (line for session in plain for line in session.lines)
    texts = (line.payload for line in lines if line.direction == "server" and line.kind == "text")
    return [text for text in texts if case.least <= len(text) < case.most and is_json(text)]


def is_json(text: bytes) -> bool:
    """Whether it is a whole message: large ones are in parts."""
    try:
        return json.loads(text) is not None
    except ValueError:
        return False


def measure(case: Parsing, program: Path) -> dict[str, float]:
    """MB/s by way of reading."""
    with tempfile.NamedTemporaryFile(dir=WORK, suffix=".ndjson") as file:
        file.write(b"\n".join(messages(case)))
        file.flush()
        return json.loads(subprocess.run([program, file.name], check=True, capture_output=True).stdout)
