"""Proves that a text twin and its recording say the same, and that every command takes one for the other.

The runs are real ones: plain and compressed sockets, fragments, large messages, HTTP, raw bytes; closed and killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import stat
import subprocess
from pathlib import Path

import pytest
from harness.livetape import Proxy, binary, run
from harness.servers import EchoServer
from websockets.asyncio.client import connect


JOIN = '["4","4","lv:x","phx_join",{"a":1}]'


async def talk(url: str) -> None:
    source = random.Random(5)

    async def one(compression: str | None) -> None:
        async with connect(url + "/live", compression=compression, max_size=None, ping_interval=None) as client:
            for message in ["", JOIN, "äöü ✓ 😀" * 20_000, source.randbytes(70_000), ["in ", "parts"]]:
                await client.send(message)
                await client.recv()
            await (await client.ping(b"ping"))

    await asyncio.gather(one(None), one("deflate"))


def raw(port: int) -> None:
    """Bytes that are not HTTP."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(bytes(range(256)))
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass


@pytest.fixture(scope="module", params=["closed", "killed"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twin")
    with EchoServer() as server, Proxy(server.url, folder) as proxy:
        asyncio.run(asyncio.wait_for(talk(proxy.socket_url), 60))
        raw(proxy.port)
        if request.param == "killed":
            proxy.kill()
        else:
            assert proxy.stop() == 0, proxy.report()
        return proxy.recording


@pytest.fixture(scope="module")
def twin(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "run.ndjson"
    result = run("unpack", recorded, "-o", path)
    assert result.returncode == 0, result.stderr
    return path


def lines(path: Path) -> list[list]:
    """The records, read by another parser."""
    return [json.loads(line) for line in path.read_text().splitlines() if line and not line.startswith("#")][1:]


class TestRoundTrip:
    def test_packed_and_unpacked_it_is_the_same_text(self, twin: Path, tmp_path: Path) -> None:
        packed = tmp_path / "packed.mcap"
        result = run("pack", twin, "-o", packed)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        assert run("unpack", packed).stdout == twin.read_text()

    def test_packed_it_shows_and_verifies_as_the_recording(self, recorded: Path, twin: Path, tmp_path: Path) -> None:
        packed = tmp_path / "packed.mcap"
        assert run("pack", twin, "-o", packed).returncode == 0
        assert run("verify", packed).returncode == 0
        for options in [[], ["--json"], ["--http", "--width", "0"]]:
            assert run("show", packed, *options).stdout == run("show", recorded, *options).stdout

    def test_every_command_reads_the_twin(self, recorded: Path, twin: Path) -> None:
        assert run("show", twin, "--json").stdout == run("show", recorded, "--json").stdout
        assert run("verify", twin).returncode == 0
        whole, shown = (json.loads(run("info", path, "--json").stdout) for path in (recorded, twin))
        assert shown["server"] == whole["server"] and shown["client"] == whole["client"]
        assert "/proc/" not in json.dumps(shown) and str(twin) in json.dumps(shown)
        assert run("unpack", twin).stdout == twin.read_text()

    def test_a_twin_is_known_by_its_first_bytes_and_from_a_pipe(self, recorded: Path, twin: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.txt"
        other.write_bytes(twin.read_bytes())
        expected = run("show", recorded, "--json").stdout
        assert run("show", other, "--json").stdout == expected
        piped = subprocess.run(
            [binary(), "show", "-", "--json"], input=twin.read_bytes(), capture_output=True, timeout=60, check=True
        )
        assert piped.stdout.decode() == expected

    def test_other_programs_leave_the_lines_as_they_are(self, twin: Path, tmp_path: Path) -> None:
        again = tmp_path / "again.ndjson"
        with again.open("w") as file:
            for line in twin.read_text().splitlines():
                if not line.startswith("#"):
                    file.write(json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) + "\n")
        assert run("show", again, "--json").stdout == run("show", twin, "--json").stdout
        lines = [line for line in twin.read_text().splitlines() if line[0] != "#"]
        # Python writes 0.000005 as 5e-06: the time is compared as the number that it is, the rest as text.
        after_time = [line.partition(",") for line in lines[1:]]
        assert [rest for _, _, rest in after_time] == [
            line.partition(",")[2] for line in again.read_text().splitlines()[1:]
        ]
        assert [json.loads(line) for line in lines] == [json.loads(line) for line in again.read_text().splitlines()]

    def test_json_stands_as_json_and_deflated_text_in_a_comment(self, twin: Path) -> None:
        payloads = [record[4] for record in lines(twin) if record[3] == "text"]
        assert payloads.count(["4", "4", "lv:x", "phx_join", {"a": 1}]) == 2, "there and back, on the plain socket"
        comments = [line for line in twin.read_text().splitlines() if line.startswith("#")]
        assert comments.count('# ["4","4","lv:x","phx_join",{"a":1}]') == 2, "on the compressed one"
        assert {"raw", "http-head", "socket-opened", "close", "ping"} <= {record[3] for record in lines(twin)}


class TestFiles:
    def test_a_twin_is_readable_by_its_owner_alone_and_stays(self, twin: Path, recorded: Path, tmp_path: Path) -> None:
        assert stat.S_IMODE(twin.stat().st_mode) == 0o600
        before = twin.read_bytes()
        refused = run("unpack", recorded, "-o", twin)
        assert refused.returncode == 2 and "--force" in refused.stderr and twin.read_bytes() == before
        assert run("unpack", recorded, "-o", twin, "--force").returncode == 0 and twin.read_bytes() == before

    def test_pack_writes_beside_the_twin_and_replaces_nothing(self, twin: Path, tmp_path: Path) -> None:
        copy = tmp_path / "copy.ndjson"
        copy.write_bytes(twin.read_bytes())
        assert run("pack", copy).returncode == 0
        packed = tmp_path / "copy.mcap"
        assert stat.S_IMODE(packed.stat().st_mode) == 0o600
        packed.write_text("mine")
        refused = run("pack", copy)
        assert refused.returncode == 2 and "--force" in refused.stderr and packed.read_text() == "mine"
        assert run("pack", copy, "--force").returncode == 0 and run("verify", packed).returncode == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.mcap", "copy.ndjson"]

    @pytest.mark.parametrize("command", ["pack", "show", "info", "verify", "unpack"])
    def test_a_wrong_line_is_told_with_its_place(self, command: str, twin: Path, tmp_path: Path) -> None:
        bad = tmp_path / "bad.ndjson"
        whole = twin.read_text().splitlines()
        bad.write_text("\n".join([*whole[:3], '[0,1,"client","tekst","hello"]', *whole[3:]]))
        left = tmp_path / "tmp"
        left.mkdir()
        result = run(command, bad, env={**os.environ, "TMPDIR": str(left)})
        assert result.returncode == 2
        assert "bad.ndjson, line 4, column 15, kind: expected" in result.stderr
        assert list(left.iterdir()) == [] and not (tmp_path / "bad.mcap").exists()

    def test_missing_records_are_told_by_the_twins_name(self, twin: Path, tmp_path: Path) -> None:
        holed = tmp_path / "holed.ndjson"
        whole = twin.read_text().splitlines()
        index = next(index for index, line in enumerate(whole) if ',"client","http-head",' in line)
        record = json.loads(whole[index])
        record[5:] = [{**(record[5] if len(record) > 5 else {}), "skip": 3}]
        whole[index] = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        holed.write_text("\n".join(whole))
        result = run("verify", holed)
        assert result.returncode == 1
        assert f"{holed}, packed" in result.stdout and "3 records are missing" in result.stdout


def test_git_shows_recordings_as_text(recorded: Path, tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    git("init", "--quiet")
    git("config", "diff.livetape.textconv", f"{binary()} unpack")
    (tmp_path / ".gitattributes").write_text("*.mcap diff=livetape\n")
    page = tmp_path / "page.mcap"
    page.write_bytes(recorded.read_bytes())
    git("add", ".")
    git("commit", "--quiet", "-m", "a recording")
    text = run("unpack", page).stdout.replace('"phx_join"', '"phx_leave"')
    subprocess.run([binary(), "pack", "-", "-o", page, "--force"], input=text.encode(), check=True, timeout=60)
    changed = [line for line in git("diff").splitlines() if line.startswith(("+[", "-["))]
    assert len(changed) == 4, "the join there and back, before and after, and nothing else"
    assert all("phx_" in line for line in changed)
