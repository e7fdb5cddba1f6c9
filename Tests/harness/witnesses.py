"""Peers that note each message and each frame that reached them whole: the judges of a crash.

Both ends of every socket send messages of their own, and echo none, so both directions are under load by themselves.
What a peer notes is a digest per message, in order, and the frames of a message that was open when the stream ended.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from dataclasses import dataclass, field
from typing import Callable

from . import wire

#: One large message in this many, of LARGE bytes.
LARGE_EVERY, LARGE = 24, 256 * 1024
#: How many bytes may be under way in one direction of a socket: without a limit all is in the system's buffers.
WINDOW = 100_000
GONE = (asyncio.IncompleteReadError, ConnectionError, BrokenPipeError)


def digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=12).digest()


@dataclass
class Notes:
    """What one peer of one socket received."""

    whole: list[bytes] = field(default_factory=list)
    opcodes: list[int] = field(default_factory=list)
    bytes: int = 0
    frames: int = 0
    #: The payloads of the frames of an unfinished message, as they were on the wire but unmasked.
    unfinished: list[bytes] = field(default_factory=list)
    is_compressed: bool = False


class Window:
    """Bytes of one direction that are sent and not yet received; its two ends are in this process."""

    def __init__(self) -> None:
        self._under_way = 0
        self._room = asyncio.Event()

    async def sent(self, size: int) -> None:
        """Returns when more may be sent."""
        self._under_way += size
        while self._under_way > WINDOW:
            self._room.clear()
            await self._room.wait()

    def received(self, size: int) -> None:
        self._under_way -= size
        self._room.set()


class Traffic:
    """What all peers of a test share: who counts the frames, and the window of each direction of each socket."""

    def __init__(self, on_frame: Callable[[], None]) -> None:
        self.on_frame = on_frame
        self._windows: dict[tuple[str, str], Window] = {}

    def window(self, path: str, direction: str) -> Window:
        return self._windows.setdefault((path, direction), Window())


@dataclass
class Peer:
    """One end of one socket: sends without pause, and notes what it receives, until the stream ends."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    path: str
    is_client: bool
    deflate: bool
    traffic: Traffic
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        mine, other = ("client", "server") if self.is_client else ("server", "client")
        self.seed = stable_seed(self.path, mine)
        self._outgoing, self._incoming = self.traffic.window(self.path, mine), self.traffic.window(self.path, other)

    async def run(self) -> Notes:
        sender = asyncio.create_task(self._send())
        try:
            await self._receive()
        except GONE:
            pass
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
        self.writer.transport.abort()
        return self.notes

    async def _receive(self) -> None:
        inflater, pieces, kind, is_compressed = wire.Inflater(), [], 0, False
        self.notes.unfinished = pieces
        while True:
            frame = await wire.read_frame(self.reader)
            self.notes.frames += 1
            self._incoming.received(frame.size)
            self.traffic.on_frame()
            if frame.opcode >= wire.CLOSE:
                continue
            if frame.opcode != wire.CONTINUATION:
                kind, is_compressed = frame.opcode, frame.rsv1
                self.notes.is_compressed = is_compressed
            pieces.append(frame.payload)
            if frame.fin:
                data = b"".join(pieces)
                payload = inflater.message(data) if is_compressed else data
                self.notes.whole.append(digest(payload))
                self.notes.opcodes.append(kind)
                self.notes.bytes += len(payload)
                pieces.clear()

    async def _send(self) -> None:
        source, deflater, number = random.Random(self.seed), wire.Deflater(), 0
        try:
            while True:
                for frame in self._message(source, deflater, number):
                    self.writer.write(frame)
                    await self.writer.drain()
                    await self._outgoing.sent(len(frame))
                number += 1
        except GONE:
            pass

    def _message(self, source: random.Random, deflater: wire.Deflater, number: int) -> list[bytes]:
        """The frames of one message: small or large, whole or in fragments, with a ping now and then."""
        is_text = source.random() < 0.7
        size = LARGE if source.randrange(LARGE_EVERY) == 0 else source.choice([0, 20, 125, 126, 900, 4_000])
        start = f"{self.seed}:{number}:".encode()
        filler = b"live tape " * (size // 10 + 1) if is_text else source.randbytes(size)
        payload = start + filler[:size]
        data = deflater.message(payload) if self.deflate else payload
        count = source.choice([1, 1, 1, 2, 5])
        cuts = sorted(source.randrange(len(data) + 1) for _ in range(count - 1))
        parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)])]
        frames = []
        for index, part in enumerate(parts):
            opcode = wire.CONTINUATION if index else wire.TEXT if is_text else wire.BINARY
            frames.append(self._frame(source, opcode, part, index == len(parts) - 1, self.deflate and index == 0))
            if source.randrange(40) == 0:
                frames.append(self._frame(source, wire.PING, b"still there?", True, False))
        return frames

    def _frame(self, source: random.Random, opcode: int, payload: bytes, fin: bool, rsv1: bool) -> bytes:
        key = source.randbytes(4) if self.is_client else None
        return wire.frame_bytes(opcode, payload, fin=fin, rsv1=rsv1, mask=key)


class WitnessServer:
    """Accepts sockets on any path, and is a `Peer` to each. Notes are kept by path."""

    def __init__(self, traffic: Traffic) -> None:
        self.notes: dict[str, Notes] = {}
        self._traffic = traffic
        self._peers: set[asyncio.Task] = set()

    async def start(self) -> int:
        """Returns the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1 << 20)
        return self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._peers.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except GONE:
            return
        path = head.split(b" ", 2)[1].decode()
        answer = wire.upgrade_answer(head)
        writer.write(answer)
        peer = Peer(reader, writer, path, False, b"Extensions" in answer, self._traffic)
        self.notes[path] = peer.notes
        await peer.run()

    async def finish(self) -> None:
        """Waits until every socket has ended, and stops listening."""
        self._server.close()
        await asyncio.gather(*self._peers, return_exceptions=True)


def stable_seed(*parts: object) -> int:
    """A seed that is the same on each run, unlike `hash`."""
    return int.from_bytes(digest(repr(parts).encode())[:6], "big")


async def run_client(port: int, path: str, deflate: bool, traffic: Traffic) -> Notes:
    """A client's whole life: what it noted until its stream ended."""
    try:
        reader, writer = await wire.open_socket("127.0.0.1", port, path, deflate=deflate)
    except GONE:
        return Notes()
    return await Peer(reader, writer, path, True, deflate, traffic).run()
