"""Proves that nothing is lost: what a peer has received whole is in the journal, whenever the proxy is killed.

Sockets send in both directions without pause (small and 256 kB messages, fragments, pings, with and without
permessage-deflate) while the proxy gets `kill -9` at a random moment. Each message that either peer had received whole is
then read from the journal, in order; and so is each whole frame of a message that was still open.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

import pytest
from harness import recording
from harness.livetape import Proxy
from harness.recording import Message
from harness.witnesses import Notes, Traffic, WitnessServer, digest, run_client

SEED = int(os.environ.get("LIVETAPE_SEED") or time.time_ns() % 1_000_000)
KILLS = 200 if os.environ.get("LIVETAPE_LONG") == "1" else 20
OPCODES = {"text": 1, "binary": 2}


async def load_until_killed(proxy_options: dict, source: random.Random) -> tuple[Proxy, dict, dict]:
    """Runs the load, kills the proxy, and returns what clients and server noted, by path."""
    sockets = source.choice([1, 4, 16, 60])
    frames_left = source.randrange(1, 4_000)
    loop = asyncio.get_running_loop()
    doom = loop.create_future()

    def count_frame() -> None:
        nonlocal frames_left
        frames_left -= 1
        if frames_left == 0:
            # Not at a frame's end: anywhere in the next milliseconds.
            loop.call_later(source.random() * 0.02, doom.set_result, None)

    traffic = Traffic(count_frame)
    server = WitnessServer(traffic)
    port = await server.start()
    proxy = await asyncio.to_thread(Proxy, f"http://127.0.0.1:{port}", **proxy_options)
    paths = {f"/socket/{number}": source.random() < 0.5 for number in range(sockets)}
    clients = {
        path: asyncio.create_task(run_client(proxy.port, path, deflate, traffic))
        for path, deflate in paths.items()
    }
    try:
        await asyncio.wait_for(doom, 60)
    finally:
        proxy.kill()
    notes = dict(zip(clients, await asyncio.wait_for(asyncio.gather(*clients.values()), 30)))
    await asyncio.wait_for(server.finish(), 30)
    return proxy, notes, server.notes


def assert_all_recorded(received: Notes, messages: list[Message], place: str) -> None:
    """The journal begins with what the peer received whole; it may have more, which never reached the peer."""
    whole = [message for message in messages if message.is_whole]
    assert len(whole) >= len(received.whole), f"{place}: lost {len(received.whole) - len(whole)} of {len(received.whole)}"
    for index, (noted, opcode, message) in enumerate(zip(received.whole, received.opcodes, whole)):
        assert OPCODES[message.opcode] == opcode, f"{place}, message {index}: {message.opcode}"
        assert digest(message.payload) == noted, f"{place}, message {index}: other bytes ({message.size})"
    if not received.unfinished:
        return
    # The peer has some whole frames of one more message: the journal has at least those.
    assert len(messages) > len(received.whole), f"{place}: the frames of the unfinished message are lost"
    partial = messages[len(received.whole)]
    assert partial.frames >= len(received.unfinished), f"{place}: lost frames of the unfinished message"
    if not received.is_compressed and not partial.is_whole:
        start = b"".join(received.unfinished)
        assert partial.payload[: len(start)] == start, f"{place}: the unfinished message has other bytes"


@pytest.mark.parametrize("number", range(KILLS))
def test_no_message_is_lost(number: int, tmp_path: Path) -> None:
    seed = SEED + number
    print(f"seed: LIVETAPE_SEED={seed}")
    options = {"out": tmp_path}
    proxy, clients, servers = asyncio.run(load_until_killed(options, random.Random(seed)))

    shown: dict[tuple[str, str], list[Message]] = {}
    for message in recording.messages(proxy.recording):
        if not message.is_control:
            shown.setdefault((message.path, message.direction), []).append(message)
    received = 0
    # A client receives what the server sent, and the other way round.
    for notes, direction in ((clients, "server"), (servers, "client")):
        for path, noted in notes.items():
            assert_all_recorded(noted, shown.get((path, direction), []), f"seed {seed}, {path}, sent by the {direction}")
            received += len(noted.whole)
    print(f"{received} messages received whole, all of them recorded")


def test_load_reaches_both_peers(tmp_path: Path) -> None:
    """The crash test would prove nothing if its load were small: it sends large, compressed and fragmented messages."""
    proxy, clients, servers = asyncio.run(load_until_killed({"out": tmp_path}, random.Random(7)))
    for notes in (clients, servers):
        assert sum(len(noted.whole) for noted in notes.values()) > 0
        assert sum(noted.frames for noted in notes.values()) > sum(len(noted.whole) for noted in notes.values())
    assert proxy.recording.stat().st_size > 0
