"""A server whose side of the conversation a test writes, or replays: pages over HTTP, and each socket as an object.

It runs in the test's own event loop, so that a test waits for messages and for the page in one place.
"""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs

import uvicorn

from .script import client_script


@dataclass
class Message:
    """A Channels message; a payload of bytes came as a binary frame."""

    join_ref: str | None
    ref: str | None
    topic: str
    event: str
    payload: Any

    @classmethod
    def of_text(cls, text: str) -> Message:
        return cls(*json.loads(text))

    @classmethod
    def of_binary(cls, data: bytes) -> Message:
        """A client's push: kind 0, four sizes, four fields, then the payload."""
        assert data[0] == 0
        fields, at = [], 5
        for size in data[1:5]:
            fields.append(data[at : at + size].decode())
            at += size
        return cls(fields[0], fields[1], fields[2], fields[3], data[at:])

    def text(self) -> str:
        return json.dumps([self.join_ref, self.ref, self.topic, self.event, self.payload])


class Link:
    """One client's socket as the server sees it."""

    def __init__(self, query: dict[str, list[str]]) -> None:
        self.query = query
        self.inbox: asyncio.Queue[Message | None] = asyncio.Queue()
        self.outbox: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self.closed = asyncio.Event()

    async def receive(self, timeout: float = 10) -> Message:
        """The next message but heartbeats, which are answered here."""
        while True:
            message = await asyncio.wait_for(self.inbox.get(), timeout)
            assert message is not None, "the client closed the socket"
            if message.event != "heartbeat":
                return message
            self.reply(message)

    async def expect(self, event: str, /, **payload: Any) -> Message:
        """The next message, which must be this event with at least this payload."""
        message = await self.receive()
        assert message.event == event, message
        for key, value in payload.items():
            assert message.payload.get(key) == value, (key, message.payload)
        return message

    def send(self, message: Message) -> None:
        self.outbox.put_nowait(message.text())

    def send_binary(self, data: bytes) -> None:
        self.outbox.put_nowait(data)

    def reply(self, to: Message, response: Any = None, status: str = "ok") -> None:
        payload = {"status": status, "response": {} if response is None else response}
        self.send(Message(to.join_ref, to.ref, to.topic, "phx_reply", payload))

    def push(self, join: Message, event: str, payload: Any = None) -> None:
        self.send(Message(join.join_ref, None, join.topic, event, {} if payload is None else payload))

    def close(self, code: int = 1012) -> None:
        self.outbox.put_nowait(code)


@dataclass
class Answer:
    """What a page's request is answered with."""

    body: str
    content_type: str = "text/html; charset=utf-8"
    status: int = 200


@dataclass
class FakeServer:
    """`pages` are the answers by path; a callable gets the query. Sockets come in the order of their opening."""

    pages: dict[str, Answer | Callable[[dict[str, list[str]]], Answer]] = field(default_factory=dict)
    #: Asked before a WebSocket is accepted; False refuses it.
    accepts: Callable[[], bool] = lambda: True
    #: Messages to a long-poll session, and answers from it, when a test serves one.
    long_poll: Callable[[str, dict[str, list[str]], bytes], Awaitable[Any]] | None = None
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.links: asyncio.Queue[Link] = asyncio.Queue()
        self.pages["/client.js"] = Answer(client_script(), "text/javascript")

    async def link(self, timeout: float = 10) -> Link:
        return await asyncio.wait_for(self.links.get(), timeout)

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] == "http":
            await self.serve_page(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.serve_socket(scope, receive, send)

    async def serve_page(self, scope: dict, receive: Callable, send: Callable) -> None:
        query = parse_qs(scope["query_string"].decode())
        path = scope["path"]
        self.requests.append(f"{scope['method']} {path}")
        if path.endswith("/longpoll") and self.long_poll:
            body = (await receive()).get("body", b"")
            answer = Answer(json.dumps(await self.long_poll(scope["method"], query, body)), "application/json")
        else:
            answer = self.pages.get(path, Answer("not found", status=404))
            answer = answer if isinstance(answer, Answer) else answer(query)
        headers = [(b"content-type", answer.content_type.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body.encode()})

    async def serve_socket(self, scope: dict, receive: Callable, send: Callable) -> None:
        await receive()
        if not self.accepts():
            return await send({"type": "websocket.close", "code": 1008})
        link = Link(parse_qs(scope["query_string"].decode()))
        await send({"type": "websocket.accept"})
        self.links.put_nowait(link)
        sender = asyncio.create_task(self.send_all(link, send))
        try:
            while (event := await receive())["type"] == "websocket.receive":
                text = event.get("text")
                link.inbox.put_nowait(Message.of_text(text) if text else Message.of_binary(event["bytes"]))
        finally:
            sender.cancel()
            link.inbox.put_nowait(None)
            link.closed.set()

    @staticmethod
    async def send_all(link: Link, send: Callable) -> None:
        while True:
            data = await link.outbox.get()
            if isinstance(data, int):
                return await send({"type": "websocket.close", "code": data})
            await send({"type": "websocket.send", "text" if isinstance(data, str) else "bytes": data})


@asynccontextmanager
async def running(server: FakeServer) -> AsyncIterator[FakeServer]:
    """The server on a port that the system chose."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        server, lifespan="off", log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    instance = uvicorn.Server(config)
    server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    task = asyncio.create_task(instance.serve(sockets=[listener]))
    try:
        yield server
    finally:
        instance.should_exit = True
        await task


def page(content: str, *, head: str = "", view_id: str = "phx-main", attributes: str = "", script: str = "") -> Answer:
    """A dead render with one main view."""
    return Answer(
        f"""<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="csrf-token" content="CSRF">
<link rel="icon" href="data:,"><title data-suffix=" - test">dead</title>{head}
<script defer src="/client.js"></script><script>{script}</script></head>
<body><div id="{view_id}" data-phx-main data-phx-session="SESSION" data-phx-static="STATIC" {attributes}>{content}</div>
</body></html>"""
    )
