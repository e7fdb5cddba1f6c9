"""An echo server for conformance, the same on each run: `python -m harness.echo_server [--no-deflate]`.

The protocol is that of the `websockets` library, without its I/O: it is given one whole frame at a time and each message
is sent back before the next frame is looked at. (Its asyncio server answers or fails first, by the timing of reads, and
some verdicts change with that.) It prints `listening on 127.0.0.1:PORT` and serves until it is ended. It has no limits.
"""

from __future__ import annotations

import argparse
import asyncio
import logging

from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

GONE = (asyncio.IncompleteReadError, ConnectionError)


async def raw_frame(reader: asyncio.StreamReader) -> bytes:
    """The bytes of the next frame, whatever they say."""
    head = await reader.readexactly(2)
    size = head[1] & 0x7F
    if size >= 126:
        length = await reader.readexactly(2 if size == 126 else 8)
        head, size = head + length, int.from_bytes(length, "big")
    return head + await reader.readexactly(size + (4 if head[1] & 0x80 else 0))


class EchoConnection:
    def __init__(self, deflate: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        extensions = [ServerPerMessageDeflateFactory()] if deflate else None
        self.protocol = ServerProtocol(extensions=extensions, max_size=None)
        self.reader, self.writer = reader, writer
        self.pieces: list[bytes] = []
        self.is_text = False

    async def run(self) -> None:
        try:
            await self.shake_hands()
            while not self.protocol.close_expected():
                self.protocol.receive_data(await raw_frame(self.reader))
                for event in self.protocol.events_received():
                    self.take(event)
                await self.flush()
            self.writer.write_eof()
            await self.reader.read()
        except GONE:
            pass
        finally:
            self.writer.close()

    async def shake_hands(self) -> None:
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.protocol.receive_data(head)
        (request,) = self.protocol.events_received()
        assert isinstance(request, Request)
        self.protocol.send_response(self.protocol.accept(request))
        await self.flush()

    def take(self, frame: Frame) -> None:
        """Sends a message back when `frame` is its last. After a violation the protocol sends nothing more."""
        if frame.opcode not in DATA_OPCODES:
            return
        if frame.opcode is not Opcode.CONT:
            self.is_text = frame.opcode is Opcode.TEXT
        self.pieces.append(bytes(frame.data))
        if not frame.fin:
            return
        message = b"".join(self.pieces)
        self.pieces.clear()
        if self.is_text:
            try:
                message.decode()
            except UnicodeDecodeError:
                self.protocol.fail(1007, "invalid UTF-8")
                return
            self.protocol.send_text(message)
        else:
            self.protocol.send_binary(message)

    async def flush(self) -> None:
        for data in self.protocol.data_to_send():
            self.writer.write(data)
        await self.writer.drain()


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--no-deflate", action="store_true")
    deflate = not arguments.parse_args().no_deflate
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    server = await asyncio.start_server(
        lambda reader, writer: EchoConnection(deflate, reader, writer).run(), "127.0.0.1", 0, limit=1 << 22
    )
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
