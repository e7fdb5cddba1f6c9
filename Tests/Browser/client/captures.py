"""Replays the server's side of captured Phoenix sessions to our client.

The captures tell what the official client sent, what the server answered, and the page's text after each step. The
replay sends the server's messages in their order, replies only once their request has come; what our client sends
must be what the official one sent, but for refs.
"""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any

from .fake_server import Answer, FakeServer, Link, Message

SCRIPTS = ("/vendor/phoenix/phoenix.js", "/vendor/lv/phoenix_live_view.js", "/app.js")


@dataclass
class Frame:
    at: float
    is_sent: bool
    message: Message


@dataclass
class Step:
    name: str
    until: float
    url: str
    title: str
    text: str  # cut after 1,500 characters
    digest: str
    values: list[tuple[str, Any]]


@dataclass
class Capture:
    documents: list[str]
    sockets: list[list[Frame]]
    steps: list[Step]

    @classmethod
    def load(cls, session: dict) -> Capture:
        """From what `make_sessions` makes."""
        sockets: dict[str, list[Frame]] = {}
        for record in session["frames"]:
            if record["opcode"] == 1:
                message = Message.of_text(record["text"].replace(session["host"], "HOST"))
            else:
                message = Message.of_binary(base64.b64decode(record["b64"]))
            frame = Frame(record["at"], record["ev"] == "sent", message)
            sockets.setdefault(record["id"], []).append(frame)
        steps = [
            Step(one["step"], one["wall"], one["url"], one["title"], one["text"], one["text_md5"], one["values"])
            for one in session["steps"]
        ]
        return cls(session["documents"], list(sockets.values()), steps)

    def add_reply(self, event: str, response: Any) -> None:
        """The browser did not report the last message before a full page load."""
        for frames in self.sockets:
            for number, frame in enumerate(frames):
                said = frame.message
                if frame.is_sent and said.event == "event" and said.payload["event"] == event:
                    payload = {"status": "ok", "response": response}
                    reply = Message(said.join_ref, said.ref, said.topic, "phx_reply", payload)
                    frames.insert(number + 1, Frame(frame.at, False, reply))
                    return

    def sent_between(self, start: float, end: float) -> list[Message]:
        return [
            frame.message for frames in self.sockets for frame in frames if frame.is_sent and start < frame.at <= end
        ]


def is_compared(message: Message) -> bool:
    """Heartbeats have their own time; the official client leaves a topic without a name, and refused joins."""
    return message.topic not in ("phoenix", "lv:") and message.event != "phx_leave"


@dataclass
class Replay:
    """The replay of one capture: `limit` is the moment of the capture up to which the server may speak."""

    capture: Capture
    server: FakeServer
    limit: float = 0
    refs: dict[tuple[int, str | None], str | None] = field(default_factory=dict)
    surprises: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.changed = asyncio.Condition()
        self.open = [[frame for frame in frames if frame.is_sent] for frames in self.capture.sockets]
        self.unsent = [[frame for frame in frames if not frame.is_sent] for frames in self.capture.sockets]
        self.tasks: list[asyncio.Task] = []
        self.live: list[Link] = []
        documents = iter(self.capture.documents)
        for path in {step.url.split("?")[0] for step in self.capture.steps} | {"/redirects/dest", "/nav/other"}:
            self.server.pages[path] = lambda _: Answer(self.adapted(next(documents)))

    @staticmethod
    def adapted(document: str) -> str:
        """The page with our scripts in place of the official ones."""
        for name in SCRIPTS[:2]:
            document = document.replace(f'<script defer src="{name}"></script>', "")
        return document.replace(SCRIPTS[2], "/client.js").replace(
            "</head>", '<script defer src="/hooks.js"></script></head>'
        )

    async def serve(self) -> None:
        """Takes sockets as they come."""
        for number in range(len(self.capture.sockets)):
            link = await self.server.links.get()
            self.live.append(link)
            self.tasks += [
                asyncio.create_task(self.listen(number, link)),
                asyncio.create_task(self.speak(number, link)),
            ]

    async def listen(self, number: int, link: Link) -> None:
        while (message := await link.inbox.get()) is not None:
            if message.event == "heartbeat":
                link.reply(message)
                continue
            async with self.changed:
                self.match(number, message)
                self.changed.notify_all()

    def match(self, number: int, message: Message) -> None:
        same = (frame for frame in self.open[number] if self.is_same(frame.message, message))
        if frame := next(same, None):
            self.open[number].remove(frame)
            self.refs[number, frame.message.ref] = message.ref
            self.refs.setdefault((number, frame.message.join_ref), message.join_ref)
        elif is_compared(message):
            self.surprises.append(message)

    def is_same(self, captured: Message, message: Message) -> bool:
        if (captured.topic, captured.event) != (message.topic, message.event):
            return False
        return self.comparable(captured) == self.comparable(message)

    def comparable(self, message: Message) -> Any:
        if isinstance(message.payload, bytes):
            return message.payload
        return json.loads(json.dumps(message.payload).replace(self.server.url.removeprefix("http://"), "HOST"))

    async def speak(self, number: int, link: Link) -> None:
        """Sends the server's frames in order, each when its time and its request have come."""
        while self.unsent[number]:
            frame = self.unsent[number][0]
            async with self.changed:
                await self.changed.wait_for(lambda: frame.at <= self.limit and self.can_send(number, frame.message))
                self.unsent[number].pop(0)
                self.changed.notify_all()
            said = frame.message
            payload = json.loads(json.dumps(said.payload).replace("HOST", self.server.url.removeprefix("http://")))
            join_ref, ref = self.refs.get((number, said.join_ref)), self.refs.get((number, said.ref))
            link.send(Message(join_ref, ref, said.topic, said.event, payload))

    def can_send(self, number: int, message: Message) -> bool:
        needed = [message.ref] if message.event == "phx_reply" else [message.join_ref]
        return all((number, ref) in self.refs for ref in needed if ref is not None)

    async def up_to(self, limit: float, timeout: float = 8) -> None:
        """Lets the server speak up to that moment, and waits until both sides have said all they said by then."""
        async with self.changed:
            self.limit = limit
            self.changed.notify_all()
            try:
                await asyncio.wait_for(self.changed.wait_for(lambda: not self.left()), timeout)
            except TimeoutError:
                left = "\n".join(str(message)[:600] for message in self.left())
                odd = "\n".join(str(message)[:600] for message in self.surprises)
                raise AssertionError(f"not said in {timeout} s:\n{left}\nsaid but not in the capture:\n{odd}") from None

    async def heard(self, message: Message, timeout: float = 8) -> None:
        """Waits until our client said this captured message; the server may speak up to then."""
        frames = [frame for frames in self.capture.sockets for frame in frames]
        async with self.changed:
            self.limit = max(self.limit, next(frame.at for frame in frames if frame.message is message))
            self.changed.notify_all()
            said = self.changed.wait_for(
                lambda: all(frame.message is not message for one in self.open for frame in one)
            )
            try:
                await asyncio.wait_for(said, timeout)
            except TimeoutError:
                raise AssertionError(f"not said: {message}; said instead: {self.surprises}") from None

    def left(self) -> list[Message]:
        said = [frame for frames in self.open for frame in frames if is_compared(frame.message)]
        leaves = {
            frame.message.ref
            for frames in self.capture.sockets
            for frame in frames
            if frame.message.event == "phx_leave"
        }
        unsaid = [frame for frames in self.unsent for frame in frames if frame.message.topic not in ("phoenix", "lv:")]
        unsaid = [frame for frame in unsaid if frame.message.ref not in leaves]
        return [frame.message for frame in said + unsaid if frame.at <= self.limit]

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
