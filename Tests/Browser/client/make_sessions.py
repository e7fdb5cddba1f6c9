"""Makes Fixtures/PhoenixSessions from a folder of captures: `python -m client.make_sessions FOLDER` in Tests/Browser.

Each page becomes one gzipped JSON of what a replay needs. Tokens are numbered in place of what they were.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "Fixtures" / "PhoenixSessions"
#: Too large for the repository: a 300 kB upload of noise, and 1.7 MB of blobs.
LEFT_OUT = ("upload", "pitfall")
FRAME = ("ev", "id", "at", "opcode", "text", "b64")
STEP = ("step", "wall", "url", "title", "text", "text_md5", "values")


def session_of(folder: Path) -> dict:
    frames = [json.loads(line) for line in (folder / "frames.jsonl").read_text().splitlines()]
    steps = [json.loads(line) for line in (folder / "steps.jsonl").read_text().splitlines()]
    host = next(frame["headers"]["Host"] for frame in frames if frame["ev"] == "handshake-request")
    return {
        "host": host,
        "documents": [path.read_text() for path in sorted((folder / "http").glob("*.html"))],
        "frames": [{k: f[k] for k in FRAME if k in f} for f in frames if f["ev"] in ("sent", "recv")],
        "steps": [{k: step[k] for k in STEP} for step in steps],
    }


def without_tokens(text: str) -> str:
    """Each signed token, and each CSRF token of a page, by a number of its own."""
    names: dict[str, str] = {}
    for found in re.finditer(r'SFMyNTY\.[\w.-]+|csrf-token\\" content=\\"([\w-]+)', text):
        names.setdefault(found[1] or found[0], f"TOKEN{len(names)}")
    for token in sorted(names, key=len, reverse=True):
        text = text.replace(token, names[token])
    return text


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        if folder.is_dir() and folder.name not in LEFT_OUT:
            text = without_tokens(json.dumps(session_of(folder), ensure_ascii=False))
            (TARGET / f"{folder.name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
