"""Holds the golden HTML of the live-view samples to the other implementation that it comes from."""

from __future__ import annotations

import subprocess
from pathlib import Path

MAKER = Path(__file__).parents[2] / "tools/make-golden-html"


def test_the_golden_html_is_what_the_other_implementation_makes() -> None:
    result = subprocess.run([MAKER, "--verify"], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
