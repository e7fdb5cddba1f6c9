"""RFC 6455 frames by hand, so that a test says exactly what it puts on the wire and knows which frames came whole.

Independent of every library under test: heads, masks, fragments and permessage-deflate (RFC 7692) in plain Python.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
import zlib
from dataclasses import dataclass

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
DEFLATE_TAIL = b"\x00\x00\xff\xff"


@dataclass(frozen=True)
class Frame:
    fin: bool
    rsv1: bool
    opcode: int
    payload: bytes
    #: How many bytes it took on the wire, head and all.
    size: int


def masked(payload: bytes, key: bytes) -> bytes:
    """RFC 6455 section 5.3, whole payload at once."""
    size = len(payload)
    pad = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")


def frame_bytes(
    opcode: int, payload: bytes, *, fin: bool = True, rsv1: bool = False, mask: bytes | None = None
) -> bytes:
    first = (0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode
    bit = 0x80 if mask is not None else 0
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first, bit | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    return head + payload if mask is None else head + mask + masked(payload, mask)


def head_and_payload(data: bytes, start: int) -> tuple[bytes, bytes]:
    """The frame that begins there, as it was on the wire; all of it must be there."""
    second = data[start + 1]
    size, end = second & 0x7F, start + 2
    if size >= 126:
        length = data[end : end + (2 if size == 126 else 8)]
        size, end = int.from_bytes(length, "big"), end + len(length)
    end += 4 if second & 0x80 else 0
    assert end + size <= len(data), "a torn frame"
    return data[start:end], data[end : end + size]


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """The next whole frame, unmasked. IncompleteReadError when the stream ends before it does."""
    first, second = await reader.readexactly(2)
    size, head_size = second & 0x7F, 2
    if size >= 126:
        length = await reader.readexactly(2 if size == 126 else 8)
        size, head_size = int.from_bytes(length, "big"), 2 + len(length)
    key = await reader.readexactly(4) if second & 0x80 else None
    payload = await reader.readexactly(size)
    if key is not None:
        payload, head_size = masked(payload, key), head_size + 4
    return Frame(bool(first & 0x80), bool(first & 0x40), first & 0x0F, payload, head_size + size)


class Deflater:
    """Compresses messages of one direction with context takeover (RFC 7692 section 7.2.1)."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(level=1, wbits=-15)

    def message(self, payload: bytes) -> bytes:
        data = self._stream.compress(payload) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        return data.removesuffix(DEFLATE_TAIL)


class Inflater:
    """The other way (section 7.2.2)."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=-15)

    def message(self, data: bytes) -> bytes:
        return self._stream.decompress(data + DEFLATE_TAIL)


def upgrade_request(path: str, host: str, *, deflate: bool, key: bytes = b"livetape test  1") -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(key).decode()}",
    ]
    if deflate:
        lines.append("Sec-WebSocket-Extensions: permessage-deflate")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def upgrade_answer(head: bytes) -> bytes:
    """The 101 to a request that a client of ours sent, with deflate if it asked for it."""
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    accept = base64.b64encode(hashlib.sha1(fields[b"Sec-WebSocket-Key"] + ACCEPT_SUFFIX).digest())
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Accept: " + accept,
    ]
    if b"Sec-WebSocket-Extensions" in fields:
        lines.append(b"Sec-WebSocket-Extensions: permessage-deflate")
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def open_socket(
    host: str, port: int, path: str, *, deflate: bool = False
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connects and upgrades; fails on any answer but a 101."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
    writer.write(upgrade_request(path, f"{host}:{port}", deflate=deflate))
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101 "):
        raise AssertionError(f"no upgrade: {head[:200]!r}")
    return reader, writer
