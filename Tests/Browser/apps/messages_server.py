"""A page of our own with one socket, for messages that no live view sends: binary, empty, and up to 10 MB.

Run as `python -m apps.messages_server [--no-deflate]` it prints `listening on 127.0.0.1:PORT`. The socket sends each
message back, but for the text `push KIND SIZE`, which it answers with a message that it makes itself.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from http import HTTPStatus
from pathlib import Path

from harness.process import Process
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

PAGE = Path(__file__).with_name("messages.html")


def pushed_message(kind: str, size: int) -> str | bytes:
    """Bytes that do not compress, or letters that do."""
    source = random.Random(size)
    if kind == "binary":
        return source.randbytes(size)
    return "".join(source.choices("abcdefgh ", k=size))


async def answer(socket: ServerConnection) -> None:
    async for message in socket:
        if isinstance(message, str) and message.startswith("push "):
            _, kind, size = message.split()
            await socket.send(pushed_message(kind, int(size)))
        else:
            await socket.send(message)


def serve_page(connection: ServerConnection, request: Request) -> Response | None:
    """The page for every path but the socket's."""
    if request.path == "/socket":
        return None
    body = PAGE.read_bytes()
    headers = Headers({"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))})
    return Response(HTTPStatus.OK, "OK", headers, body)


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--no-deflate", action="store_true")
    compression = None if arguments.parse_args().no_deflate else "deflate"
    server = await serve(
        answer, "127.0.0.1", 0, process_request=serve_page, compression=compression, max_size=None, ping_interval=None
    )
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


class MessagesServer(Process):
    """This file as a process, ready to accept."""

    def __init__(self, *, deflate: bool) -> None:
        folder = Path(__file__).resolve().parents[1]
        command = [sys.executable, "-m", "apps.messages_server", *([] if deflate else ["--no-deflate"])]
        super().__init__(command, cwd=folder, env={"PYTHONPATH": str(folder.parent)})
        self.url = "http://" + self.ready(self.out, r"^listening on (\S+)").group(1)


if __name__ == "__main__":
    asyncio.run(main())
