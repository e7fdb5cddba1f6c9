"""An echo server by the `websockets` library, for conformance: `python -m harness.echo_server [--no-deflate]`.

It prints `listening on 127.0.0.1:PORT` and serves until it is ended. Limits are off, so that no case meets one.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


async def echo(socket: ServerConnection) -> None:
    try:
        async for message in socket:
            await socket.send(message)
    except ConnectionClosed:
        pass


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--no-deflate", action="store_true")
    compression = None if arguments.parse_args().no_deflate else "deflate"
    # The conformance cases break the protocol on purpose: no traceback for each.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    server = await serve(
        echo, "127.0.0.1", 0, compression=compression, max_size=None, max_queue=None, ping_interval=None
    )
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
