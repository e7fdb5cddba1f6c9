"""Tables of results, as Markdown that also reads well in a terminal."""

from __future__ import annotations

from . import cases
from .results import Results


def number(value: float | None) -> str:
    if value is None:
        return "-"
    if abs(value) >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def markdown(rows: list[list[str]]) -> str:
    """The first row heads; the first column is text, the others are figures."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(cells: list[str]) -> str:
        padded = [cells[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:])]
        return "| " + " | ".join(padded) + " |"

    ruler = "| " + " | ".join(["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]) + " |"
    return "\n".join([line(rows[0]), ruler] + [line(row) for row in rows[1:]])


#: Not measured here.
PHOENIX = (
    "Phoenix LiveView 1.2.10 (Bandit), the light page, on such a machine: 48 kB a fresh view (1,000 views), 30 kB at "
    "5,000, 82 kB at 5,000 after an event each; 77 to 111 µs of CPU an event; 400 joins/s."
)


def shown(case: cases.Traffic | cases.Idle | cases.Soak) -> tuple[str, ...]:
    match case:
        case cases.Traffic():
            return case.shows
        case cases.Idle():
            return ("kilobytes_per_socket",)
        case cases.Soak():
            return ("growth_per_message",)


def table(results: Results) -> str:
    """Medians: a row for each case and metric, a column for each contender, and LiveTape's ratio to nginx."""
    proxied = [*cases.TRAFFIC, *cases.IDLE, cases.SOAK]
    names = results.contenders({case.name for case in proxied})
    has_ratio = {"nginx", "livetape"} <= set(names)
    rows = [["", *names] + (["livetape : nginx"] if has_ratio else [])]
    for case in proxied:
        for metric in shown(case):
            medians = [results.median(case.name, name, metric) for name in names]
            if all(median is None for median in medians):
                continue
            row = [f"{case.title}: {cases.METRICS[metric][0]}", *map(number, medians)]
            if has_ratio:
                row.append(number(results.ratio(case.name, "livetape", "nginx", metric)))
            rows.append(row)
    return markdown(rows) if len(rows) > 1 else ""


def views_table(results: Results, view_cases: list[cases.ViewCase]) -> str:
    """Medians: a row for each case and metric, a column for each live-view server."""
    names = results.contenders({case.name for case in view_cases})
    rows = [["", *names]]
    for case in view_cases:
        for metric in case.shows:
            medians = [results.median(case.name, name, metric) for name in names]
            if any(median is not None for median in medians):
                rows.append([f"{case.title}: {cases.METRICS[metric][0]}", *map(number, medians)])
    return markdown(rows) if len(rows) > 1 else ""


def analysis_table(results: Results) -> str:
    """Medians: a row for each case and metric, a column for each that read the recording, and LiveTape's ratio."""
    names = results.contenders({case.name for case in cases.ANALYSES})
    rows = [["", *names, "livetape : python"]]
    for case in cases.ANALYSES:
        for metric in case.shows:
            medians = [results.median(case.name, name, metric) for name in names]
            if any(median is not None for median in medians):
                ratio = number(results.ratio(case.name, "livetape", "python", metric))
                rows.append([f"{case.title}: {cases.METRICS[metric][0]}", *map(number, medians), ratio])
    return markdown(rows) if len(rows) > 1 else ""


def parsing_table(results: Results) -> str:
    """Medians: a row for each case, a column for each way of reading, and how much faster the tape is."""
    ways = results.contenders({case.name for case in cases.PARSINGS})
    rows = [["", *ways, "tape : foundation"]]
    for case in cases.PARSINGS:
        if results.values(case.name, "tape", "megabytes_per_second"):
            medians = [number(results.median(case.name, way, "megabytes_per_second")) for way in ways]
            ratio = number(results.ratio(case.name, "tape", "foundation", "megabytes_per_second"))
            rows.append([f"{case.title}: MB/s", *medians, ratio])
    return markdown(rows) if len(rows) > 1 else ""


def extras(results: Results) -> list[str]:
    """What is no proxy's: the disk, and sealing."""
    lines = []
    if disk := results.median("disk", "disk", "disk"):
        cached = results.median("disk", "disk", "disk_cached")
        lines.append(f"The disk takes {number(disk)} MB/s, and {number(cached)} MB/s as long as they stay in memory.")
    if share := results.median("seal", "livetape", "sealed_share"):
        journal = results.median("seal", "livetape", "journal_share")
        speed = results.median("seal", "livetape", "sealing_mb_s")
        lines.append(
            f"Live-view JSON: sealed {number(share)} of the payload bytes (journal {number(journal)}), "
            f"at {number(speed)} MB/s of journal."
        )
    return lines


def comparison(results: Results) -> str:
    """The working tree beside the base that was measured in the same rounds."""
    rows = [["", "base", "livetape", "change"]]
    for case, metric in results.metrics():
        if metric not in cases.METRICS or metric in ("p50_us", "p99_us"):
            continue
        before, after = results.median(case, "base", metric), results.median(case, "livetape", metric)
        ratio = results.ratio(case, "livetape", "base", metric)
        if before is not None and after is not None and ratio is not None:
            rows.append([f"{case}: {cases.METRICS[metric][0]}", number(before), number(after), change(ratio, metric)])
    return markdown(rows)


def change(ratio: float, metric: str) -> str:
    percent = (ratio - 1) * 100
    if abs(percent) < 0.5:
        return "same"
    return f"{percent:+.0f} % {'better' if (percent < 0) == cases.METRICS[metric][1] else 'worse'}"


def comparison_with_earlier(results: Results, earlier: Results) -> str:
    """Another day's figures: each is taken as a ratio to nginx of its own run, which cancels what the day did."""
    rows = [["as a ratio to nginx", "earlier", "now", "change"]]
    for case, metric in results.metrics():
        if metric not in cases.METRICS or metric in ("p50_us", "p99_us"):
            continue
        before = earlier.ratio(case, "livetape", "nginx", metric)
        after = results.ratio(case, "livetape", "nginx", metric)
        if before and after:
            label = f"{case}: {cases.METRICS[metric][0]}"
            rows.append([label, number(before), number(after), change(after / before, metric)])
    return markdown(rows)
