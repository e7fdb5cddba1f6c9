"""Proves `analyze` and `compare`: exit codes, formats, budgets, and what happens with files that are damaged."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest
from harness.livetape import TOP, binary, run
from harness.terminal import Terminal
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

RECORDINGS = TOP / "Recordings"
NAMES = sorted(path.stem for path in RECORDINGS.glob("*.mcap"))
TABLE = RECORDINGS / "gallery-table.mcap"
LEAF = RECORDINGS / "gallery-pitfalls-leaf.mcap"
SCHEMA = json.loads((TOP / "Sources/livetape/livetape.docc/analysis-1.schema.json").read_text())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without a livetape.yml."""
    monkeypatch.chdir(tmp_path)


def analysis(*arguments: object, code: int = 0) -> dict:
    result = run("analyze", *arguments, "--format", "json")
    assert result.returncode == code, result.stderr
    return json.loads(result.stdout)


class TestFormats:
    @pytest.mark.parametrize("name", NAMES)
    def test_json_is_what_its_schema_says(self, name: str) -> None:
        jsonschema.validate(analysis(RECORDINGS / f"{name}.mcap"), SCHEMA)

    def test_the_same_recordings_give_the_same_report(self) -> None:
        everything = [RECORDINGS / f"{name}.mcap" for name in NAMES]
        # Each process has hashes of its own.
        reports = {run("analyze", *everything, "--format", "json", "--what-if").stdout for _ in range(4)}
        assert len(reports) == 1

    def test_what_if_is_told_when_it_is_asked_for(self) -> None:
        found = analysis(TABLE, "--what-if")
        jsonschema.validate(found, SCHEMA)
        assert analysis(TABLE)["whatIf"] is None
        compression, keyed = found["whatIf"]["compression"], found["whatIf"]["keyedLists"]
        # Rows of a table repeat themselves; with keys, four of its five changes are moves alone, as P1 says too.
        assert 0 < compression["withContext"] < compression["withoutContext"] < compression["bytes"]
        [finding] = found["findings"]
        assert keyed["savedBytes"] == finding["savedBytes"] < keyed["bytes"]
        text = run("analyze", TABLE, "--what-if").stdout
        assert "permessage-deflate" in text and "lists with keys" in text

    @pytest.mark.parametrize("name", NAMES)
    def test_sarif_is_what_the_standard_says(self, name: str) -> None:
        result = run("analyze", RECORDINGS / f"{name}.mcap", "--format", "sarif")
        assert result.returncode == 0
        # Made from the schema of OASIS; it takes no member that the schema does not have.
        Sarif.model_validate_json(result.stdout)
        found = analysis(RECORDINGS / f"{name}.mcap")["findings"]
        assert [one["ruleId"] for one in json.loads(result.stdout)["runs"][0]["results"]] == [
            one["rule"] for one in found
        ]

    def test_junit_is_xml(self) -> None:
        result = run("analyze", LEAF, "--format", "junit")
        root = ElementTree.fromstring(result.stdout)
        assert root.tag == "testsuites"
        assert root.get("failures") == "0"
        cases = {case.get("name") for case in root.iter("testcase")}
        assert "P10 html-in-one-leaf" in cases

    def test_github_annotates_each_finding(self) -> None:
        lines = run("analyze", LEAF, "--format", "github").stdout.splitlines()
        assert len(lines) == len(analysis(LEAF)["findings"]) > 0
        assert all(re.match(r"::(warning|notice) (file=.*,)?title=P\d+ [^:]+::.", line) for line in lines)

    def test_markdown_is_a_comment(self) -> None:
        text = run("analyze", LEAF, "--format", "markdown").stdout
        assert text.startswith("### LiveTape: ")
        assert text.count("<details>") == text.count("</details>") == len(analysis(LEAF)["findings"])

    def test_html_goes_to_a_file(self, tmp_path: Path) -> None:
        result = run("analyze", LEAF, "--format", "html", "--output", tmp_path / "report.html")
        assert (result.returncode, result.stdout) == (0, "")
        assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")

    def test_text_is_one_screen_without_colours(self) -> None:
        result = run("analyze", LEAF)
        assert result.returncode == 0
        assert 8 < len(result.stdout.splitlines()) <= 50
        assert "\x1b" not in result.stdout
        assert re.search(r"^P10 +HTML built as a string", run("analyze", LEAF, "--rule", "P10").stdout, re.M)

    def test_colours_on_a_terminal(self) -> None:
        assert "\x1b[" in on_terminal("analyze", LEAF)
        assert "\x1b[" not in on_terminal("analyze", LEAF, NO_COLOR="1")


class TestWhatIsRead:
    def test_text_twin_folder_and_file_say_the_same(self, tmp_path: Path) -> None:
        shutil.copy(TABLE, tmp_path / TABLE.name)
        summaries = [
            analysis(path)["summary"] for path in (TABLE, TABLE.with_suffix(".ndjson"), tmp_path)
        ]
        for summary in summaries:
            # The twin is made from a file that was recorded: the wire's sizes are in it, masks are not.
            assert summary["diffBytes"] == summaries[0]["diffBytes"]
            assert summary["latencies"]["count"] == summaries[0]["latencies"]["count"]

    def test_several_recordings_count_together(self) -> None:
        one, other, both = analysis(TABLE), analysis(LEAF), analysis(TABLE, LEAF)
        for key in ("sessions", "exchanges"):
            assert both["summary"][key] == one["summary"][key] + other["summary"][key]
        assert len(both["findings"]) == len(one["findings"]) + len(other["findings"])

    def test_filters_leave_what_was_asked_for(self) -> None:
        assert analysis(LEAF, "--rule", "html-in-one-leaf")["findings"]
        assert {one["rule"] for one in analysis(LEAF, "--rule", "p10")["findings"]} == {"P10"}
        assert {one["rule"] for one in analysis(LEAF, "--rule", "P4")["findings"]} <= {"P4"}
        assert analysis(LEAF, "--view", "/nowhere")["views"] == []
        assert {one["event"] for one in analysis(TABLE, "--event", "in*")["events"]} == {"insert"}

    def test_truncated_file_gives_what_is_readable(self, tmp_path: Path) -> None:
        whole = TABLE.read_bytes()
        cut = tmp_path / "cut.mcap"
        for share in (0.3, 0.6, 0.9):
            cut.write_bytes(whole[: int(len(whole) * share)])
            assert run("analyze", cut).returncode == 0

    def test_damage_is_said(self, tmp_path: Path) -> None:
        content = bytearray(TABLE.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 64] = bytes(64)
        damaged = tmp_path / "damaged.mcap"
        damaged.write_bytes(content)
        report = analysis(damaged)
        assert report["noteCount"] > 0
        jsonschema.validate(report, SCHEMA)

    def test_what_is_no_recording_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "no.mcap").write_text("this is no recording")
        for path in (tmp_path / "no.mcap", tmp_path / "missing.mcap", tmp_path / "empty"):
            result = run("analyze", path)
            assert (result.returncode, result.stdout) == (2, ""), path
            assert result.stderr


class TestBudgets:
    def test_kept_broken_and_warned(self, tmp_path: Path) -> None:
        budget = tmp_path / "livetape.yml"
        for text, code in (
            ("all: {max: 1 MB}", 0),
            ("all: {max: 100 B}", 1),
            ("all: {max: 100 B, level: warn}", 0),
            ("rules: {P10: {findings: 0}}", 0),
        ):
            budget.write_text(text)
            assert run("analyze", TABLE).returncode == code, text
        budget.write_text("rules: {P10: {findings: 0}}")
        result = run("analyze", LEAF)
        assert result.returncode == 1
        assert re.search(r"error +rule P10: findings is \d, at most 0", result.stdout)

    def test_a_filter_hides_findings_from_the_report_and_not_from_the_budget(self, tmp_path: Path) -> None:
        (tmp_path / "other.yml").write_text("rules: {P10: {findings: 0}}")
        assert run("analyze", LEAF, "--rule", "P4", "--budgets", "other.yml").returncode == 1

    def test_bad_configuration_says_line_key_and_what_is_allowed(self, tmp_path: Path) -> None:
        (tmp_path / "livetape.yml").write_text("views:\n  /table:\n    p96: 10 kB\n")
        result = run("analyze", TABLE)
        assert (result.returncode, result.stdout) == (2, "")
        assert "livetape.yml, line 3: views./table.p96: there is no such key; allowed: p50, p95, max" in result.stderr

    def test_growth_against_a_baseline_breaks(self, tmp_path: Path) -> None:
        base = tmp_path / "sizes.json"
        assert run("analyze", TABLE, "--save-baseline", base).returncode == 0
        assert run("analyze", TABLE, "--baseline", base).returncode == 0
        measured = json.loads(base.read_text())
        measured["measured"]["view /table"]["max"] //= 2
        base.write_text(json.dumps(measured))
        result = run("analyze", TABLE, "--baseline", base)
        assert result.returncode == 1
        assert "view /table: max is 21 kB, at most 11 kB (it was 10 kB)" in result.stdout
        base.write_text("{}")
        assert run("analyze", TABLE, "--baseline", base).returncode == 2

    def test_first_baseline_of_a_configuration_that_names_one(self, tmp_path: Path) -> None:
        (tmp_path / "livetape.yml").write_text("baseline: sizes.json\nall: {p95: +5 %}\n")
        assert run("analyze", TABLE).returncode == 2, "the file that it names is not there"
        assert run("analyze", TABLE, "--save-baseline", "sizes.json").returncode == 0
        assert run("analyze", TABLE).returncode == 0

    def test_machines_get_the_verdict_too(self, tmp_path: Path) -> None:
        (tmp_path / "livetape.yml").write_text("all: {max: 100 B}")
        assert analysis(TABLE, code=1)["budgets"]["isBroken"] is True
        junit = run("analyze", TABLE, "--format", "junit")
        assert junit.returncode == 1
        assert ElementTree.fromstring(junit.stdout).get("failures") == "1"
        assert "error: all: max is" in junit.stderr
        Sarif.model_validate_json(run("analyze", TABLE, "--format", "sarif").stdout)


class TestRules:
    def test_explained_without_a_recording(self) -> None:
        for name in ("P10", "p10", "html-in-one-leaf"):
            result = run("analyze", "--explain", name)
            assert result.returncode == 0
            for word in ("before", "after", "thresholds", "bytes: 500", "source"):
                assert word in result.stdout

    @pytest.mark.parametrize("option", ["--explain", "--rule"])
    def test_unknown_rule_is_a_wrong_argument(self, option: str) -> None:
        result = run("analyze", option, "P0")
        assert result.returncode == 64
        assert "P10 html-in-one-leaf" in result.stderr


class TestCompare:
    def test_the_same_is_the_same(self) -> None:
        result = run("compare", TABLE, TABLE)
        assert result.returncode == 0
        assert "the same bytes" in result.stdout
        assert "the same findings" in result.stdout

    def test_what_grew_and_what_came(self) -> None:
        report = json.loads(run("compare", TABLE, LEAF, "--json").stdout)
        known = {(one["rule"], one["where"]) for one in analysis(TABLE)["findings"]}
        found = {(one["rule"], one["where"]) for one in analysis(LEAF)["findings"]}
        assert {(one["rule"], one["where"]) for one in report["cameFindings"]} == found - known != set()
        assert {(one["rule"], one["where"]) for one in report["goneFindings"]} == known - found
        assert all(one["difference"] > 0 for one in report["larger"])
        assert "view /table" in {one["name"] for one in report["smaller"]}
        back = json.loads(run("compare", LEAF, TABLE, "--json").stdout)
        assert [one["name"] for one in back["smaller"]] == [one["name"] for one in report["larger"]]

    def test_unreadable_is_said(self, tmp_path: Path) -> None:
        assert run("compare", TABLE, tmp_path / "missing.mcap").returncode == 2
        assert run("compare", TABLE).returncode == 64


def on_terminal(*arguments: object, **environment: str) -> str:
    """What a command prints on a terminal."""
    with Terminal([binary(), *arguments], environment) as terminal:
        terminal.wait()
    return terminal.out.wait_for_end()
