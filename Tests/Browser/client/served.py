"""The browser clients that the Gallery is tried with, as options of `livetape serve`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

#: phoenix_live_view 0.20.17 with phoenix 1.8.3, as pyview-web's wheel carries it. It makes its own liveSocket at /live.
OFFICIAL = Path(find_spec("pyview").origin).parent / "static" / "assets" / "app.js"
#: That bundle looks for the page's hooks under a name of its own.
HOOKS = Path(__file__).with_name("pyview_hooks.js")

CLIENTS: dict[str, list[object]] = {
    "ours": [],
    "official-0.20": ["--client", HOOKS, "--client", OFFICIAL],
}
