"""The committed recordings are what the Gallery says today: `tools/regenerate-recordings --verify`, page by page."""

from __future__ import annotations

from pathlib import Path

import pytest
from gallery import SCENES
from recordings import FOLDER, SHOWS, VARIANTS, Normal, difference, exchanges, name_of


# Over long poll there are no frames to compare.
@pytest.mark.parametrize("path", [path for path in SHOWS if not path.endswith("/polling")])
def test_a_page_says_what_its_recording_says(path: str, tmp_path: Path) -> None:
    what = difference(path, tmp_path)
    assert what is None, f"{what}\nIf it is meant: tools/regenerate-recordings --only {path}"


def test_each_page_has_a_recording_with_a_line_on_what_it_shows() -> None:
    assert [path for path in SHOWS if path not in VARIANTS] == list(SCENES)
    lines = (FOLDER / "README.md").read_text()
    for path, text in SHOWS.items():
        assert f"| `{name_of(path)}` | {text} |" in lines


def test_what_was_said_is_not_taken_for_something_else() -> None:
    light, clock = (exchanges(FOLDER / f"{name_of(path)}.mcap") for path in ("/light", "/clock"))
    assert light != clock
    (told,) = light
    assert [topic.partition(" ")[0] for topic in told] == ["client", "server"]
    assert all(len(messages) >= 8 for messages in told.values()), "a click is not there"


def test_what_differs_between_runs_is_left_out_and_nothing_else() -> None:
    one, other = Normal(), Normal()
    said = {"url": "http://127.0.0.1:4000/a", "session": "S" * 50, "value": "email=a%40b.se&n=1", "id": "phx-" + "a" * 20}
    same = {"url": "http://127.0.0.1:4001/a", "session": "T" * 50, "value": "email=c%40d.se&n=1", "id": "phx-" + "b" * 20}
    assert one.value(said) == other.value(same)
    assert one.value(said) != other.value({**same, "value": "email=c%40d.se&n=2"})
