"""Options that all Python tests share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def is_long() -> bool:
    """Whether to run everything without shortening (`tools/test --long`)."""
    return os.environ.get("LIVETAPE_LONG") == "1"
