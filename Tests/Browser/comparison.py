"""Compares what the browser says crossed its sockets with what the recording says, one for one and in order."""

from __future__ import annotations

from urllib.parse import urlsplit

from chromium import SeenSocket
from harness.recording import Message, Socket


def target(url: str) -> str:
    """The request target of a URL: path and query."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def assert_same(seen: list[SeenSocket], recorded: list[Socket]) -> int:
    """Fails on any difference; returns how many messages were compared.

    Sockets with the same path are matched in the order of their connections. Where a full page load cut a socket, the
    recording may have one more message at the end of a direction: the one that CDP misses then.
    """
    assert sorted(target(socket.url) for socket in seen) == sorted(socket.path for socket in recorded)
    left = list(recorded)
    compared = 0
    for browser in seen:
        path = target(browser.url)
        socket = next(socket for socket in left if socket.path == path)
        left.remove(socket)
        for direction in ("client", "server"):
            compared += assert_same_direction(browser, socket, direction)
    return compared


def assert_same_direction(browser: SeenSocket, socket: Socket, direction: str) -> int:
    frames, messages = browser.of(direction), socket.of(direction)
    place = f"connection {socket.connection} ({socket.path}), {direction}"
    for index, (frame, message) in enumerate(zip(frames, messages)):
        assert message.is_whole, f"{place}, message {index}: {message.completeness}"
        assert message.opcode == frame.opcode, f"{place}, message {index}"
        assert message.size == len(frame.payload), f"{place}, message {index}: size"
        assert message.payload == frame.payload, f"{place}, message {index}: {difference(frame.payload, message)}"
    missed = len(messages) - len(frames)
    assert missed in ((0, 1) if browser.is_cut else (0,)), f"{place}: the browser saw {len(frames)} messages, the recording has {len(messages)}"
    return len(frames)


def difference(expected: bytes, message: Message) -> str:
    """Where two payloads part, with a few bytes of each: a 10 MB assertion helps nobody."""
    pairs = zip(expected, message.payload)
    place = next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(expected), len(message.payload)))
    part = slice(max(0, place - 20), place + 20)
    return f"byte {place}: the browser has {expected[part]!r}, the recording {message.payload[part]!r}"
