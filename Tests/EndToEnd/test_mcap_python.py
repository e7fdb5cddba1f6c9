"""Proves that any MCAP tool reads our journals: the Python library decodes every record, by the embedded schemas alone.

Of a run that was closed, of one that was killed, and of a file that stops at any byte; and the field values say the same as
`livetape show --json`, with unmasking and inflating done in Python.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from harness import recording
from harness.journal import Journal, crc32c, messages_of, read, read_journal
from harness.livetape import Proxy
from harness.servers import EchoServer
from websockets.asyncio.client import connect

TOPICS = ["client", "server", "http", "socket", "gap", "note"]
OPCODES = {"text": 1, "binary": 2}
#: The checksum is the first field of each message: a tag byte and four bytes, not summed themselves.
CHECKSUM_SIZE = 5


async def talk(url: str, paths: list[str]) -> None:
    """A few messages on each socket: empty, long, in fragments, text and binary."""
    source = random.Random(3)

    async def one(path: str, compression: str | None) -> None:
        async with connect(url + path, compression=compression, max_size=None, ping_interval=None) as socket:
            for message in ["", "a word", "äöü ✓ 😀" * 30_000, source.randbytes(70_000), ["in ", "three ", "parts"]]:
                await socket.send(message)
                await socket.recv()
            await (await socket.ping(b"ping"))

    await asyncio.gather(*(one(path, "deflate" if index % 2 else None) for index, path in enumerate(paths)))


def record_run(folder: Path, *, is_killed: bool) -> Path:
    with EchoServer() as server, Proxy(server.url, folder, "--no-seal") as proxy:
        asyncio.run(asyncio.wait_for(talk(proxy.socket_url, ["/one", "/two", "/three", "/four"]), 60))
        if is_killed:
            proxy.kill()
        else:
            assert proxy.stop() == 0, proxy.report()
        return proxy.recording


@pytest.fixture(scope="module", params=[False, True], ids=["closed", "killed"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    return record_run(tmp_path_factory.mktemp("journal"), is_killed=request.param), request.param


def assert_same_as_shown(journal: Journal, path: Path) -> int:
    """Compares Python's reading with `show --json`, message by message; returns how many there are."""
    shown = recording.sockets(path)
    compared = 0
    for socket in shown:
        for direction in ("client", "server"):
            ours = socket.of(direction)
            theirs = messages_of(journal.on("socket"), socket.connection, journal.on(direction))
            assert len(theirs) == len(ours), f"{socket.path}, {direction}"
            for index, (a, b) in enumerate(zip(theirs, ours)):
                place = f"{socket.path}, {direction}, message {index}"
                assert (a.opcode, a.frames, len(a.payload)) == (OPCODES[b.opcode], b.frames, b.size), place
                assert a.payload == b.payload, place
                compared += 1
    return compared


def test_every_record_is_decoded(run: tuple[Path, bool]) -> None:
    path, is_killed = run
    journal = read(path)
    assert journal.is_closed == (not is_killed), "a closed run ends with footer and magic, a killed one cannot"
    assert [topic for topic in TOPICS if topic not in journal.topics] == []
    (metadata, *_) = journal.metadata
    shown = next(recording.messages(path))
    assert metadata.metadata["run_id"] == shown.run
    assert metadata.metadata["format_version"].isdigit()
    assert journal.on("http") and journal.on("socket")


def test_values_are_those_that_show_says(run: tuple[Path, bool]) -> None:
    path, _ = run
    # Four sockets, five messages and their echoes.
    assert assert_same_as_shown(read(path), path) == 4 * 5 * 2


def test_records_have_a_right_checksum_and_count_up(run: tuple[Path, bool]) -> None:
    path, _ = run
    journal = read(path)
    sequences: dict[int, int] = {}
    for topic, record, data in journal.records:
        if len(data) < 20_000:
            # The channel's id stands under the checksum too: see FormatVersion1.md.
            channel = (TOPICS.index(topic) + 1).to_bytes(2, "little")
            assert record.crc32c == crc32c(channel + data[CHECKSUM_SIZE:]), f"{topic}: checksum"
        expected = sequences.get(record.connection, 0)
        assert record.sequence == expected, f"{topic}, connection {record.connection}: a record is missing"
        sequences[record.connection] = expected + 1
        assert record.wall_ns > 0


def test_a_file_that_stops_anywhere_is_read_up_to_there(run: tuple[Path, bool], tmp_path: Path, is_long: bool) -> None:
    path, _ = run
    data = path.read_bytes()
    whole = read_journal(data)
    source = random.Random(11)
    for _ in range(2_000 if is_long else 100):
        cut = source.randrange(8, len(data))
        journal = read_journal(data[:cut])
        assert [raw for _, _, raw in journal.records] == [raw for _, _, raw in whole.records[: len(journal.records)]]
    for number in range(20 if is_long else 4):
        stub = tmp_path / f"stub-{number}.mcap"
        stub.write_bytes(data[: source.randrange(len(data) // 4, len(data))])
        for socket in recording.sockets(stub):
            for direction in ("client", "server"):
                theirs = messages_of(read(stub).on("socket"), socket.connection, read(stub).on(direction))
                ours = [message for message in socket.of(direction) if message.is_whole]
                assert [(a.opcode, a.payload) for a in theirs] == [(OPCODES[b.opcode], b.payload) for b in ours]
