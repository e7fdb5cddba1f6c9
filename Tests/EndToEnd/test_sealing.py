"""Proves that sealed and recovered files are what they replace, and that any MCAP tool reads them by their indexes."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import signal
from pathlib import Path

import pytest
from harness import recording
from harness.journal import SealedFile, messages_of, read, read_sealed, wire_payload
from harness.livetape import Proxy, run
from harness.servers import EchoServer
from test_cli import say
from test_mcap_python import assert_same_as_shown, talk

PATHS = ["/one", "/two", "/three", "/four"]


def record_run(folder: Path, *options: object, is_killed: bool = False, rounds: int = 1) -> Path:
    with EchoServer() as server, Proxy(server.url, folder, *options) as proxy:
        for _ in range(rounds):
            asyncio.run(asyncio.wait_for(talk(proxy.socket_url, PATHS), 60))
        if is_killed:
            proxy.kill()
        else:
            assert proxy.stop() == 0, proxy.report()
        return proxy.recording


def shown(path: Path) -> list[tuple]:
    return [(m.connection, m.direction, m.opcode, m.wire, m.payload, m.violations) for m in recording.messages(path)]


def assert_counts_are_right(sealed: SealedFile) -> None:
    statistics = sealed.summary.statistics
    topics = {channel.id: channel.topic for channel in sealed.summary.channels.values()}
    assert {topics[id]: count for id, count in statistics.channel_message_counts.items()} == sealed.counts
    assert statistics.message_count == sum(sealed.counts.values())
    assert statistics.chunk_count == len(sealed.summary.chunk_indexes)
    assert (statistics.attachment_count, statistics.metadata_count) == (1, 1)
    times = [record.wall_ns for _, record, _ in sealed.journal.records]
    assert (statistics.message_start_time, statistics.message_end_time) == (min(times), max(times))


def assert_same_records(journal: Path, sealed: Path) -> None:
    """All that was recorded, in its order, with the bytes of the wire."""

    def records(entries: list) -> list[tuple]:
        found = []
        for topic, record, _ in entries:
            if topic == "checkpoint":
                continue
            payload = wire_payload(record) if topic in ("client", "server") else b""
            for field in ("crc32c", "payload", "unmasked", "mask_key"):
                if field in record.DESCRIPTOR.fields_by_name:
                    record.ClearField(field)
            found.append((topic, record.SerializeToString(), payload))
        return found

    assert records(read_sealed(sealed).journal.records) == records(read(journal).records)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_run(tmp_path_factory.mktemp("journal"), "--no-seal")


def copied(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder / path.name))


def test_the_end_of_the_proxy_seals(tmp_path: Path) -> None:
    path = record_run(tmp_path)
    sealed = read_sealed(path)
    assert_counts_are_right(sealed)
    assert assert_same_as_shown(sealed.journal, path) == 4 * 5 * 2
    assert list(tmp_path.rglob("*.tmp")) == []
    recording.verify(path)
    assert '"sealed":true' in run("info", path, "--json").stdout.replace(" ", "")


def test_seal_keeps_every_record(journal: Path, tmp_path: Path) -> None:
    path = copied(journal, tmp_path)
    before = shown(path)
    result = run("seal", path)
    assert result.returncode == 0, result.stderr
    assert re.search(r": \S+ \w+ → \S+ \w+ \(\d\.\d\d\)", result.stdout), result.stdout
    assert_counts_are_right(read_sealed(path))
    assert_same_records(journal, path)
    assert shown(path) == before
    data = path.read_bytes()
    again = run("seal", path)
    assert again.returncode == 0 and "sealed already" in again.stdout
    assert run("recover", path).returncode == 0
    assert path.read_bytes() == data


def test_payloads_of_the_client_are_not_masked(journal: Path, tmp_path: Path) -> None:
    path = copied(journal, tmp_path)
    assert run("seal", path).returncode == 0
    for frame in read_sealed(path).journal.on("client"):
        assert not frame.payload
    for frame in read_sealed(path).journal.on("server"):
        assert not frame.unmasked


def test_a_killed_proxy_is_recovered(tmp_path: Path) -> None:
    path = record_run(tmp_path, is_killed=True)
    before = shown(path)
    journal = tmp_path / "journal"
    journal.write_bytes(path.read_bytes())
    result = run("recover", path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert_counts_are_right(read_sealed(path))
    assert_same_records(journal, path)
    assert shown(path) == before


def test_what_a_live_proxy_writes_is_refused(tmp_path: Path) -> None:
    with EchoServer() as server, Proxy(server.url, tmp_path) as proxy:
        say(proxy.socket_url, "a word")
        for command in ("seal", "recover"):
            result = run(command, proxy.recording)
            assert result.returncode == 1 and "being recorded" in result.stderr
        assert proxy.stop() == 0


def test_any_truncation_is_recovered(journal: Path, tmp_path: Path, is_long: bool) -> None:
    sealed = copied(journal, tmp_path)
    assert run("seal", sealed).returncode == 0
    whole = [raw for _, _, raw in read(journal).records]
    source = random.Random(5)
    for original in (journal, sealed):
        data = original.read_bytes()
        for number in range(40 if is_long else 6):
            # Behind the preamble: schemas and channels take the first kilobytes.
            cut = source.randrange(60_000, len(data))
            folder = tmp_path / f"{original.parent.name}-{number}"
            folder.mkdir(exist_ok=True)
            path = folder / journal.name
            path.write_bytes(data[:cut])
            result = run("recover", path)
            assert result.returncode == 0, f"cut at {cut}: {result.stdout}{result.stderr}"
            recovered = read_sealed(path)
            assert_counts_are_right(recovered)
            server = [raw for topic, _, raw in recovered.journal.records if topic == "server"]
            assert server == [raw for raw in whole if raw in set(server)]
            assert [file.name for file in folder.iterdir()] == [path.name]


def test_damage_is_said_and_the_original_kept(journal: Path, tmp_path: Path) -> None:
    path = copied(journal, tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) * 3 // 4] ^= 1
    path.write_bytes(data)
    refused = run("seal", path)
    assert refused.returncode == 1 and "livetape recover" in refused.stderr
    result = run("recover", path)
    assert result.returncode == 1 and "lost" in result.stdout
    assert path.with_name(path.name + ".damaged").read_bytes() == data
    notes = [note.text for note in read_sealed(path).journal.on("note") if note.kind == 4]
    assert any("could not be read" in text for text in notes)


def test_what_a_killed_sealing_left_is_recovered(journal: Path, tmp_path: Path) -> None:
    path = copied(journal, tmp_path)
    rest = tmp_path / (journal.name + ".tmp")
    rest.write_bytes(b"nothing yet")
    assert run("recover", rest).returncode == 2, "the journal is there"
    assert run("seal", path).returncode == 0
    whole = path.read_bytes()
    path.rename(rest)
    rest.write_bytes(whole[: len(whole) * 2 // 3])
    assert run("recover", rest).returncode == 0
    assert not rest.exists()
    assert_counts_are_right(read_sealed(path))


def test_files_rotate_under_traffic_and_are_sealed(tmp_path: Path) -> None:
    path = record_run(tmp_path, "--rotate-size", "300kB", rounds=3)
    files = sorted(tmp_path.glob("*.mcap"), key=lambda file: int(file.stem.rpartition("-")[2]))
    assert len(files) > 3
    for number, file in enumerate(files, 1):
        sealed = read_sealed(file)
        assert_counts_are_right(sealed)
        notes = [(note.kind, note.next_file) for note in sealed.journal.on("note")]
        assert notes == ([(3, number + 1)] if number < len(files) else [(1, 0)])
    recording.verify(path)
    for socket in recording.sockets(path):
        assert [message.payload for message in socket.client] == [message.payload for message in socket.server]
        assert len(socket.client) == 5 and all(message.is_whole for message in socket.client + socket.server)
    records = [entry for file in files for entry in read_sealed(file).journal.records]
    opened = [record for topic, record, _ in records if topic == "socket"]
    frames = [record for topic, record, _ in records if topic == "server"]
    assert all(len(messages_of(opened, socket.connection, frames)) == 5 for socket in recording.sockets(path))


def test_a_second_signal_leaves_a_journal(tmp_path: Path) -> None:
    """With no time to seal in, the journal stays: complete, and the words say how to finish."""
    with EchoServer() as server, Proxy(server.url, tmp_path, "--seal-timeout", "0") as proxy:
        for _ in range(20):
            asyncio.run(asyncio.wait_for(talk(proxy.socket_url, PATHS), 60))
        proxy.send(signal.SIGINT)
        assert proxy.stop() == 0, proxy.report()
        if "livetape seal" in proxy.err.text:
            assert read(proxy.recording).is_closed
            assert run("seal", proxy.recording).returncode == 0
    assert list(tmp_path.glob("*.tmp")) == []
    recording.verify(proxy.recording)
    assert_counts_are_right(read_sealed(proxy.recording))


def test_a_part_of_a_sealed_run_is_shown_as_of_its_journal(journal: Path, tmp_path: Path) -> None:
    """By socket, time and number: the same lines, whether the reader seeks or reads everything."""
    copy = copied(journal, tmp_path)
    everything = list(recording.messages(copy))
    assert run("seal", copy).returncode == 0
    generator = random.Random(3)
    for _ in range(15):
        first, second = sorted(generator.sample(everything, 2), key=lambda message: message.elapsed)
        options = ["--since", f"{first.elapsed:.6f}s", "--until", f"{second.elapsed + 0.000001:.6f}s"]
        if generator.random() < 0.5:
            options += ["--socket", first.connection, "--socket", second.connection]
        wanted = list(recording.messages(journal, *options))
        assert first in wanted and second in wanted
        assert list(recording.messages(copy, *options)) == wanted
        assert list(recording.messages(copy, *options, "--limit", 3)) == wanted[:3]
