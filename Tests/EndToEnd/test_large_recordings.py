"""Proves that memory and time depend on what is asked for, and not on how long the recording is."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness.livetape import TOP, Proxy, binary, run
from harness.servers import EchoServer
from websockets.sync.client import connect

MAGIC = b"\x89MCAP0\r\n"
MESSAGE, CHUNK, DATA_END, FOOTER = 5, 6, 15, 2
MIB = 1 << 20


def records(data: bytes) -> list[tuple[int, int, int]]:
    """Opcode, begin and end of each record up to Data End."""
    found, place = [], len(MAGIC)
    while place + 9 <= len(data):
        opcode, length = struct.unpack_from("<BQ", data, place)
        if opcode == DATA_END:
            break
        found.append((opcode, place, place + 9 + length))
        place += 9 + length
    return found


#: Linux counts what a process had before its exec, which is all of its parent: so the parent has to be small.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)
"""


def peak_memory(*arguments: object, timeout: float = 100) -> tuple[int, int, str]:
    """Runs a command: its exit code, the most bytes it had in memory, and what it said."""
    command = [sys.executable, "-S", "-c", MEASURE, str(binary()), *map(str, arguments)]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace", timeout=timeout, check=True)
    said, _, last = result.stdout.rstrip("\n").rpartition("\n")
    code, peak = last.split()
    return int(code), int(peak), said


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sealed file with some chunks of bytes that do not compress."""
    generator = random.Random(1)
    folder = tmp_path_factory.mktemp("sealed")
    with EchoServer() as server, Proxy(server.url, folder) as proxy:
        with connect(proxy.socket_url, ping_interval=None, compression=None, max_size=None) as client:
            for _ in range(30):
                client.send(generator.randbytes(60_000))
                client.recv(timeout=10)
        assert proxy.stop() == 0, proxy.report()
        return proxy.recording.read_bytes()


def test_memory_does_not_grow_with_the_recording(sealed: bytes, tmp_path: Path) -> None:
    first = next(begin for opcode, begin, _ in records(sealed) if opcode == CHUNK)
    end = records(sealed)[-1][2]
    path = tmp_path / "20261123T101500Z-a-k3f9x2-1.mcap"
    with path.open("wb") as file:
        file.write(sealed[:first])
        while file.tell() < 300 * MIB:
            file.write(sealed[first:end])
    for command in ["info", "verify"]:
        code, peak, said = peak_memory(command, path)
        assert code in (0, 1), said
        assert peak < 60 * MIB, f"{command}: {peak / MIB:.0f} MiB for a recording of {path.stat().st_size / MIB:.0f}"


def test_a_compression_bomb_is_an_error_and_takes_no_memory(sealed: bytes, tmp_path: Path) -> None:
    first = next(begin for opcode, begin, _ in records(sealed) if opcode == CHUNK)
    # RFC 8878: a frame of blocks that each stand for 128 KiB of one byte; 8 GiB in 256 KiB.
    blocks = 1 << 16
    bomb = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", blocks << 17)
    bomb += b"".join(((1 << 20 | 2) + (n == blocks - 1)).to_bytes(3, "little") + b"A" for n in range(blocks))
    for stated, words in [(blocks << 17, "(the limit)"), (60 * MIB, "records that inflate to")]:
        body = struct.pack("<QQQII4sQ", 0, 0, stated, 1, 4, b"zstd", len(bomb)) + bomb
        path = tmp_path / "20261123T101500Z-a-k3f9x2-1.mcap"
        path.write_bytes(sealed[:first] + struct.pack("<BQ", CHUNK, len(body)) + body + sealed[first:])
        code, peak, said = peak_memory("verify", path)
        assert code == 1 and f"byte {first}, Chunk: expected" in said and words in said, said
        assert peak < 120 * MIB, f"{peak / MIB:.0f} MiB"


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_any_message_of_a_long_run_is_shown_at_once(tmp_path: Path) -> None:
    """2 GB of compressed sockets, sealed: half a second to any message of any of them."""
    package = ["--package-path", TOP / "tools/fuzzing", "--scratch-path", TOP / ".build/make-run", "-c", "release"]
    subprocess.run(["swift", "build", *map(str, package), "--product", "make-run"], check=True)
    subprocess.run([TOP / ".build/make-run/release/make-run", tmp_path, str(2_000_000_000)], check=True)
    duration = float(run("info", tmp_path, "--json", timeout=2000).stdout.split('"duration":')[1].split(",")[0])
    generator = random.Random(2)
    for _ in range(20):
        moment = generator.uniform(0, duration * 0.99)
        socket = generator.randint(1, 9)
        options = ["--json", "--socket", socket, "--since", f"{moment:.6f}s", "--limit", 1]
        fastest = 1e9
        for _ in range(3):
            begin = time.monotonic()
            code, peak, said = peak_memory("show", tmp_path, *options)
            fastest = min(fastest, time.monotonic() - begin)
            assert code == 0 and len(said.splitlines()) == 1, said
            assert peak < 100 * MIB
        assert fastest < 0.5, f"{fastest:.2f} s to {moment} of socket {socket}"
