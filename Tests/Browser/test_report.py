"""Proves the HTML report in Chromium: it opens from disk, loads nothing, shows the analysis' numbers, and its viewer works."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from chromium import ARGUMENTS, EXECUTABLE
from harness.livetape import TOP, run
from playwright.async_api import Page, async_playwright

RECORDINGS = [TOP / "Recordings" / f"gallery-{name}.mcap" for name in ("table", "pitfalls-leaf", "pitfalls-tracking")]


def opened(path: Path, scheme: str, look) -> None:
    """Calls `look` with the page of a report, and fails for any error, or anything that it tried to load."""

    async def open_it() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
            page = await browser.new_page(color_scheme=scheme, viewport={"width": 1240, "height": 900})
            errors: list[str] = []
            requests: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            page.on("request", lambda request: requests.append(request.url))
            await page.goto(path.as_uri())
            await look(page)
            await browser.close()
            assert errors == []
            assert requests == [path.as_uri()]

    asyncio.run(open_it())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    result = run("analyze", *RECORDINGS, "--format", "html", "--output", path)
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture(scope="module")
def analysis() -> dict:
    return json.loads(run("analyze", *RECORDINGS, "--format", "json").stdout)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shows_the_numbers_of_the_analysis(report: Path, analysis: dict, scheme: str) -> None:
    summary = analysis["summary"]

    async def look(page: Page) -> None:
        assert await page.inner_text("#finding-count b") == str(len(analysis["findings"]))
        assert f"{summary['diffSizes']['count']} diffs" in await page.inner_text("#diff-bytes")
        shown = await page.inner_text("#redundant b")
        assert abs(float(shown.split()[0]) / 100 - summary["redundantShare"]) < 0.006
        assert await page.locator("#sizes svg g").count() == (
            summary["diffSizes"]["count"] + summary["joinSizes"]["count"]
        )
        assert await page.locator("#latencies svg circle").count() == summary["latencies"]["count"]
        assert await page.locator("#views tbody tr").count() == len(analysis["views"])
        assert await page.locator("#findings details").count() == len(analysis["findings"])
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, ground[4:-1].split(","))) < 300) == (scheme == "dark")

    opened(report, scheme, look)


def test_treemap_areas_are_bytes(report: Path, analysis: dict) -> None:
    async def look(page: Page) -> None:
        boxes = await page.evaluate(
            """[...document.querySelectorAll('#treemap .leaf')].map(leaf => [
                leaf.title.split('\\n')[0], parseFloat(leaf.style.width) * parseFloat(leaf.style.height)])"""
        )
        assert len(boxes) == len([path for path in analysis["paths"] if path["bytes"]])
        largest = max(analysis["paths"], key=lambda path: path["bytes"])
        assert max(boxes, key=lambda box: box[1])[0] == largest["path"]

    opened(report, "light", look)


def test_viewer_marks_what_was_there_already(report: Path) -> None:
    async def look(page: Page) -> None:
        buttons = page.locator("#diffs button")
        assert await buttons.count() > 3
        first = await page.inner_text("#diffs pre")
        assert await page.locator("#diffs mark.redundant").count() > 0
        await buttons.last.click()
        assert await buttons.last.get_attribute("aria-pressed") == "true"
        assert await page.inner_text("#diffs pre") != first

    opened(report, "light", look)


def test_recorded_markup_stays_text(report: Path) -> None:
    """The leaf's page sends HTML in one text: it is in the report, and is no element of it."""

    async def look(page: Page) -> None:
        text = await page.evaluate("document.getElementById('data').textContent")
        assert "\\u003cli" in text or "\\u003ctr" in text or "\\u003cspan" in text
        assert await page.locator("#diffs pre *").evaluate_all(
            "nodes => nodes.every(node => ['SPAN', 'MARK'].includes(node.tagName))"
        )

    opened(report, "light", look)
