"""Our client's rendered tree against a reference of its own in Python: over every sampled conversation of real servers
(four versions), and over small trees where one message holds several changes.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from client.script import CLIENT
from client.stage import Act, Stage

SAMPLES = sorted((Path(__file__).parents[1] / "Fixtures" / "LiveViewSamples").glob("*.txt"))


class Reference:
    """Resolves, merges and prints as liveview-wire.md section 3.8 says, with copies wherever something is shared."""

    def __init__(self) -> None:
        self.root: Any = {}
        self.components: dict[str, Any] = {}

    def apply(self, diff: dict) -> str:
        diff = copy.deepcopy(diff)
        for key in ("t", "e", "r"):
            diff.pop(key, None)
        news = diff.pop("c", {})
        self.root = self.merge(self.root, self.resolved(diff, None))
        for tree in news.values():
            self.resolved(tree, None, True)
        done: dict[str, Any] = {}
        for cid in news:
            self.component(cid, news, done)
        self.components.update(done)
        html = self.printed(self.root)
        self.forget_streams([self.root, *self.components.values()])
        return html

    def component(self, cid: str, news: dict, done: dict) -> Any:
        if cid not in news:
            return self.components.get(cid)
        if cid not in done:
            diff = news[cid]
            if isinstance(number := diff.get("s"), int):
                base = self.component(str(number), news, done) if number > 0 else self.components[str(-number)]
                done[cid] = self.merge(copy.deepcopy(base), {k: v for k, v in diff.items() if k != "s"})
            else:
                done[cid] = self.merge(copy.deepcopy(self.components.get(cid)), diff)
        return done[cid]

    def resolved(self, node: Any, templates: Any, is_component: bool = False) -> Any:
        if not isinstance(node, dict):
            return node
        templates = node.pop("p", None) or templates
        if isinstance(node.get("s"), int) and not is_component:
            node["s"] = templates[str(node["s"])]
        for key, value in node.items():
            if key == "k":
                for entry in value.values():
                    fields = entry[1] if isinstance(entry, list) else entry
                    for item in fields.values() if isinstance(fields, dict) else []:
                        self.resolved(item, templates)
            elif key == "d":
                for row in value:
                    for item in row:
                        self.resolved(item, templates)
            elif key not in ("s", "r", "stream"):
                self.resolved(value, templates)
        return node

    def merge(self, old: Any, new: Any) -> Any:
        if not isinstance(new, dict) or "s" in new or not isinstance(old, dict):
            return new
        for key, value in new.items():
            old[key] = (
                self.merge_entries(old[key], value) if key == "k" and "k" in old else self.merge(old.get(key), value)
            )
        return old

    def merge_entries(self, old: dict, new: dict) -> dict:
        before = copy.deepcopy(old)
        for index, entry in new.items():
            if index in ("kc", "km"):
                continue
            if isinstance(entry, list):
                old[index] = self.merge(copy.deepcopy(before[str(entry[0])]), entry[1])
            elif isinstance(entry, int):
                old[index] = copy.deepcopy(before[str(entry)])
            else:
                old[index] = self.merge(old.get(index, {}), entry)
        for index in range(new["kc"], before["kc"]):
            old.pop(str(index), None)
        old["kc"] = new["kc"]
        return old

    def printed(self, node: Any) -> str:
        if isinstance(node, int):
            return self.printed(self.components[str(node)])
        if not isinstance(node, dict):
            return node
        if "k" in node:
            return "".join(self.woven(node["s"], node["k"][str(i)]) for i in range(node["k"]["kc"]))
        if "d" in node:
            return "".join(self.woven(node.get("s", []), dict(enumerate(row))) for row in node["d"])
        return self.woven(node["s"], node)

    def woven(self, statics: list[str], dynamics: dict) -> str:
        values = [dynamics[i] if i in dynamics else dynamics[str(i)] for i in range(len(statics) - 1)]
        return "".join(text + self.printed(value) for text, value in zip(statics, values)) + (statics or [""])[-1]

    def forget_streams(self, nodes: Any) -> None:
        for node in nodes:
            if isinstance(node, list):
                self.forget_streams(node)
            if not isinstance(node, dict):
                continue
            if node.pop("stream", None) is not None:
                node.update({"k": {"kc": 0}} if "k" in node else {"d": []})
            self.forget_streams(node.values())


def messages(path: Path) -> list[tuple[str, bool, dict]]:
    """(topic, whether it is a join, tree) of everything in a sample that changes a tree."""
    result = []
    for line in path.read_text().splitlines():
        if not line.startswith("<< ["):
            continue
        _, _, topic, event, payload = json.loads(line[3:])
        response = payload.get("response") or {}
        if "rendered" in response:
            result.append((topic, True, response["rendered"]))
        elif "diff" in response:
            result.append((topic, False, response["diff"]))
        elif event == "diff":
            result.append((topic, False, payload))
    return result


RENDER = """(messages) => {
  const views = {}
  return messages.map(([topic, isJoin, { t, e, r, ...tree }]) => {
    if (isJoin) views[topic] = new Rendered('v')
    views[topic].merge(structuredClone(tree))
    return views[topic].toHTML().html
  })
}"""


def plain(html: str) -> str:
    return re.sub(r' data-phx-component="\d+" data-phx-view="v"', "", html)


async def render(act: Act, trees: list[tuple[str, bool, dict]]) -> list[str]:
    await act.page.set_content("<p></p>")
    await act.page.add_script_tag(content=(CLIENT / "Rendered.js").read_text() + "\nwindow.Rendered = Rendered")
    return [plain(html) for html in await act.evaluate(RENDER, trees)]


#: Those that hold only the client's side have no tree.
WITH_TREES = [sample for sample in SAMPLES if messages(sample)]


@pytest.mark.parametrize("sample", WITH_TREES, ids=lambda path: path.stem)
def test_every_sampled_conversation_gives_the_reference_html(sample: Path, stage: Stage) -> None:
    trees = messages(sample)
    views: dict[str, Reference] = {}
    expected = []
    for topic, is_join, tree in trees:
        if is_join:
            views[topic] = Reference()
        expected.append(views[topic].apply(tree))

    async def scene(act: Act) -> None:
        assert await render(act, trees) == expected

    stage.play(scene)


def keyed(entries: dict, count: int) -> dict:
    return {"k": {**entries, "kc": count}}


CASES = {
    "swap": ([keyed({"0": 1, "1": 0}, 2)], ["<b>two</b><b>one</b>"]),
    "prepend": ([keyed({"0": {"0": "new"}, "1": 0, "2": 1}, 3)], ["<b>new</b><b>one</b><b>two</b>"]),
    "move and change": ([keyed({"0": [1, {"0": "TWO"}], "1": 0}, 2)], ["<b>TWO</b><b>one</b>"]),
    "one old entry twice": ([keyed({"0": 1, "1": [1, {"0": "copy"}]}, 2)], ["<b>two</b><b>copy</b>"]),
    "empty and fill": ([keyed({}, 0), keyed({"0": {"0": "x"}}, 1)], ["", "<b>x</b>"]),
}


@pytest.mark.parametrize("name", CASES)
def test_keyed_entries(name: str, stage: Stage) -> None:
    diffs, expected = CASES[name]
    first = {"0": {"k": {"0": {"0": "one"}, "1": {"0": "two"}, "kc": 2}, "s": 0}, "s": 1}
    trees = [("v", True, {**first, "p": {"0": ["<b>", "</b>"], "1": ["", ""]}})]
    trees += [("v", False, {"0": diff}) for diff in diffs]

    async def scene(act: Act) -> None:
        assert (await render(act, trees))[1:] == expected

    stage.play(scene)


def test_components_start_from_others_as_they_were_or_as_they_are(stage: Stage) -> None:
    join = {"0": {"d": [[1], [2]], "s": ["", ""]}, "s": ["", ""], "c": {
        "1": {"0": "a", "1": {"0": "x", "s": ["<i>", "</i>"]}, "s": ["<p>", " ", "</p>"], "r": 1},
        "2": {"0": "b", "1": {"0": "y"}, "s": 1}}}  # fmt: skip
    diff = {
        "0": {"d": [[1], [3], [4]]},
        "c": {"1": {"0": "A", "1": {"0": "X"}}, "3": {"0": "was", "s": -1}, "4": {"0": "is", "s": 1}},
    }

    async def scene(act: Act) -> None:
        assert await render(act, [("v", True, join), ("v", False, diff)]) == [
            "<p>a <i>x</i></p><p>b <i>y</i></p>",
            "<p>A <i>X</i></p><p>was <i>x</i></p><p>is <i>X</i></p>",
        ]

    stage.play(scene)
