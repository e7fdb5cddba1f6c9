"""Text like that of Phoenix LiveView 1.2: events and the diffs that answer them, made from a seed.

Line N of one file is what a browser says, line N of the other what the server answers. The mix is that of pages with
components, a form validated on each key, a table, a stream and a page of rows now and then.
"""

from __future__ import annotations

import json
import random
import string
from pathlib import Path
from urllib.parse import quote

WORDS = """amber anchor apple autumn badge bakery basil bottle bridge button candle canvas carbon castle cherry circle
cobalt copper corner cotton crayon dahlia desert dinner dragon engine fabric falcon feather fennel forest garden ginger
granite hammer harbor hazel honey island ivory jacket jasmine kettle ladder lagoon lantern lemon magnet maple marble
meadow mirror nettle nutmeg olive orange orchid paper parsley pepper pillow planet pocket quartz rabbit ribbon river
saffron silver spruce summer table thyme timber tulip valley velvet violet walnut willow window winter yellow""".split()


class Page:
    """One browser on one page: what it sends next, and what comes back."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        token = "".join(chance.choices(string.ascii_letters + string.digits + "-_", k=16))
        self._topic = f"lv:phx-{token}"
        self._ref = 4
        self._typed = ""
        self._kind = chance.choice([self._component, self._form, self._table, self._stream])

    def exchange(self) -> tuple[str, str]:
        self._ref += 1
        kind = self._rows if self._chance.random() < 0.02 else self._kind
        event, diff = kind()
        ask = ["4", str(self._ref), self._topic, "event", event]
        answer = ["4", str(self._ref), self._topic, "phx_reply", {"response": {"diff": diff}, "status": "ok"}]
        return json.dumps(ask, separators=(",", ":")), json.dumps(answer, separators=(",", ":"))

    def _number(self, end: int) -> str:
        return str(self._chance.randrange(end))

    def _words(self, count: int) -> str:
        return " ".join(self._chance.choices(WORDS, k=count))

    def _component(self) -> tuple[dict, dict]:
        card = self._chance.randrange(1, 60)
        event = {"type": "click", "event": "bump", "value": {"value": ""}, "cid": card}
        return event, {"0": self._number(9000), "c": {str(card): {"2": self._number(500), "4": self._words(3)}}}

    def _form(self) -> tuple[dict, dict]:
        self._typed = self._typed + self._chance.choice(string.ascii_lowercase) if len(self._typed) < 24 else ""
        value = f"user%5Bname%5D={quote(self._typed)}&user%5B_unused_email%5D=&user%5Bemail%5D="
        value += f"&user%5Bcolor%5D={self._chance.choice(WORDS)}&user%5Bterms%5D=false"
        meta = {"_target": "user[name]"}
        event = {"type": "form", "event": "validate", "value": value, "meta": meta, "uploads": {}}
        attributes = ' phx-submit="save" phx-change="validate" id="user-form"'
        name = {"2": ' id="user_name"', "3": ' name="user[name]"', "4": f' value="{self._typed}"'}
        name["6"] = {"k": {"0": {"0": f"at least 30 letters ({len(self._typed)} now)"}, "kc": 1}}
        return event, {"2": {"0": attributes, "1": "", "3": {"0": name}, "6": ""}, "3": self._number(99)}

    def _row(self, number: str) -> dict:
        price = f"{self._chance.randrange(10_000) / 100:.2f}"
        row = {"0": f' id="rows-{number}"', "1": number, "2": self._words(2), "3": self._number(1000), "4": price}
        return row | {"5": self._words(self._chance.randrange(2, 9)), "6": f' phx-value-id="{number}"'}

    def _table(self) -> tuple[dict, dict]:
        event = {"type": "click", "event": "touch", "value": {"id": self._number(300), "value": ""}}
        rows = {self._number(300): {"3": self._number(1000), "4": self._words(4)} for _ in range(3)}
        return event, {"1": self._number(9000), "2": {"k": rows | {"kc": 300}}}

    def _stream(self) -> tuple[dict, dict]:
        number = self._number(100_000)
        event = {"type": "click", "event": "insert", "value": {"at": "-1", "value": ""}}
        stream = ["0", [[f"rows-{number}", -1, None, False]], []]
        return event, {"2": {"k": {"0": self._row(number), "kc": 1}, "stream": stream}}

    def _rows(self) -> tuple[dict, dict]:
        event = {"type": "click", "event": "page", "value": {"page": self._number(40), "value": ""}}
        rows = {str(index): self._row(self._number(100_000)) for index in range(25)}
        return event, {"2": {"k": rows | {"kc": 25}}}


def write(folder: Path, pages: int, exchanges: int) -> tuple[Path, Path]:
    """Writes what `pages` browsers say, `exchanges` each, one browser after the other, and what they are told."""
    asked, answered = folder / "asked", folder / "answered"
    with asked.open("w") as asks, answered.open("w") as answers:
        for number in range(pages):
            page = Page(random.Random(number))
            for _ in range(exchanges):
                ask, answer = page.exchange()
                asks.write(ask + "\n")
                answers.write(answer + "\n")
    return asked, answered
