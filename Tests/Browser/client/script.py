"""Our browser client as one script, put together as the server does it."""

from __future__ import annotations

from pathlib import Path

CLIENT = Path(__file__).resolve().parents[3] / "Sources" / "LiveServer" / "Client"


def client_script() -> str:
    """All files in the order of their names, in one scope of their own."""
    parts = [path.read_text() for path in sorted(CLIENT.glob("*.js"))]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"
