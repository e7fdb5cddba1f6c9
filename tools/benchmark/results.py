"""What a run measured: figures by case, contender and metric, one for each round; medians and ratios of them."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Iterator


class Results:
    def __init__(self, facts: dict[str, str] | None = None) -> None:
        self.facts = facts or {}
        self._figures: dict[str, dict[str, dict[str, list[float]]]] = {}

    def add(self, case: str, contender: str, figures: dict[str, float]) -> None:
        for metric, value in figures.items():
            self._figures.setdefault(case, {}).setdefault(contender, {}).setdefault(metric, []).append(value)

    def add_latencies(self, case: str, contender: str, direct: dict[str, float], figures: dict[str, float]) -> None:
        """Adds by how much the contender is later than the direct way in the same round."""
        added = {f"added_{name}": figures[name] - direct[name] for name in ("p50_us", "p99_us")}
        self.add(case, contender, added)

    def values(self, case: str, contender: str, metric: str) -> list[float]:
        return self._figures.get(case, {}).get(contender, {}).get(metric, [])

    def median(self, case: str, contender: str, metric: str) -> float | None:
        values = self.values(case, contender, metric)
        return statistics.median(values) if values else None

    def ratio(self, case: str, one: str, other: str, metric: str) -> float | None:
        """The median of the rounds' ratios: absolute times wander, and two that were measured together wander alike."""
        pairs = list(zip(self.values(case, one, metric), self.values(case, other, metric)))
        ratios = [a / b for a, b in pairs if b > 0]
        return statistics.median(ratios) if ratios else None

    def contenders(self, cases: set[str]) -> list[str]:
        """Those that any of the cases has."""
        seen: dict[str, None] = {}
        for case, by_contender in self._figures.items():
            for name in by_contender if case in cases else ():
                seen.setdefault(name)
        return list(seen)

    def metrics(self) -> Iterator[tuple[str, str]]:
        """Each case with each metric that anyone has there."""
        for case, by_contender in self._figures.items():
            seen: dict[str, None] = {}
            for figures in by_contender.values():
                for metric in figures:
                    seen.setdefault(metric)
            for metric in seen:
                yield case, metric

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"facts": self.facts, "figures": self._figures}, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        content = json.loads(path.read_text())
        results = cls(content["facts"])
        results._figures = content["figures"]
        return results
