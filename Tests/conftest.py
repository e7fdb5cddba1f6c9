"""Options that all Python tests share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def is_long() -> bool:
    """Whether to run everything without shortening (`tools/test --long`)."""
    return os.environ.get("LIVETAPE_LONG") == "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the tests that are marked as long out of a run that is not."""
    if os.environ.get("LIVETAPE_LONG") == "1":
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]
