"""Proves what the command line promises: help that teaches, exit codes, and a plain word for each thing that goes wrong."""

from __future__ import annotations

import re
import signal
import socket
import stat
import sys
from pathlib import Path

import pytest
from harness.livetape import Proxy, binary, run
from harness.process import Process
from harness.servers import EchoServer
from websockets.sync.client import connect

COMMANDS = [
    "proxy", "show", "info", "verify", "analyze", "compare", "tail", "seal", "recover", "unpack", "pack", "redact",
]


def say(url: str, *words: str) -> None:
    """One socket: each word there and back."""
    with connect(url, ping_interval=None) as client:
        for word in words:
            client.send(word)
            assert client.recv(timeout=10) == word


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestHelp:
    def test_overview_names_each_command(self) -> None:
        result = run("--help")
        assert result.returncode == 0
        for command in COMMANDS:
            assert command in result.stdout

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_command_teaches(self, command: str) -> None:
        result = run(command, "--help")
        assert result.returncode == 0
        assert "USAGE" in result.stdout
        assert len(result.stdout.splitlines()) >= 8
        without_text = re.findall(r"^  (--?[\w-]+(?:, --[\w-]+)?(?: <[\w-]+>)?)\s*$(?!\n {10,}\S)", result.stdout, re.M)
        assert without_text == [], "options without a word of help"

    @pytest.mark.parametrize(
        "arguments",
        [["nonsense"], ["proxy"], ["proxy", "--to", "not a url"], ["proxy", "--to", "ftp://127.0.0.1:1"]],
        ids=lambda arguments: " ".join(arguments),
    )
    def test_wrong_arguments_are_refused_with_a_reason(self, arguments: list[str]) -> None:
        result = run(*arguments, timeout=10)
        assert result.returncode == 64, "EX_USAGE"
        assert "rror" in result.stderr


class TestProxyLifeCycle:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_signal_ends_with_a_summary(self, number: signal.Signals, tmp_path: Path) -> None:
        with EchoServer() as server, Proxy(server.url, tmp_path / "out") as proxy:
            say(proxy.socket_url, "one", "two")
            assert proxy.stop(number) == 0, proxy.report()
            summary = "\n".join(proxy.out.lines[2:])
            assert re.search(r"\b1 socket", summary), summary
            assert "frames" in summary, summary

    def test_signal_ends_sockets_that_are_open(self, tmp_path: Path) -> None:
        with EchoServer() as server, Proxy(server.url, tmp_path / "out") as proxy:
            with connect(proxy.socket_url, ping_interval=None) as client:
                client.send("still here")
                assert client.recv(timeout=10) == "still here"
                assert proxy.stop(timeout=15) == 0, proxy.report()

    def test_usr1_prints_a_summary_and_goes_on(self, tmp_path: Path) -> None:
        with EchoServer() as server, Proxy(server.url, tmp_path / "out") as proxy:
            say(proxy.socket_url, "before")
            before = len(proxy.out.lines)
            proxy.send(signal.SIGUSR1)
            proxy.out.wait_for(r"\b1 socket", after=before)
            say(proxy.socket_url, "after")
            assert proxy.stop() == 0, proxy.report()

    def test_a_signal_as_soon_as_there_is_output_ends_it_in_order(self, tmp_path: Path) -> None:
        with EchoServer() as server:
            for _ in range(10):
                command = [binary(), "proxy", "--to", server.url, "--listen", "127.0.0.1:0", "--out", tmp_path / "out"]
                with Process(command) as proxy:
                    proxy.out.wait_for(r"^listening on ")
                    assert proxy.stop() == 0, proxy.report()

    def test_a_pattern_that_is_no_path_is_refused(self) -> None:
        for pattern in ["", "live"]:
            result = run("proxy", "--to", "http://127.0.0.1:4000", "--ignore", pattern)
            assert result.returncode == 64 and "no path" in result.stderr

    def test_files_are_private_and_named_after_the_run(self, tmp_path: Path) -> None:
        with EchoServer() as server, Proxy(server.url, tmp_path / "out") as proxy:
            say(proxy.socket_url, "a secret")
            assert proxy.stop() == 0
            assert stat.S_IMODE(proxy.recording.stat().st_mode) == 0o600
            assert proxy.recording.parent == tmp_path / "out"
            assert re.fullmatch(r"\d.*-127\.0\.0\.1.*-[a-z0-9]+-0*1\.mcap", proxy.recording.name), proxy.recording

    def test_default_folder_keeps_itself_out_of_git(self, tmp_path: Path) -> None:
        with EchoServer() as server:
            command = [binary(), "proxy", "--to", server.url, "--listen", "127.0.0.1:0"]
            with Process(command, cwd=tmp_path) as proxy:
                path = proxy.out.wait_for(r"^recording to (.+)").group(1)
                assert proxy.stop() == 0, proxy.report()
        assert (tmp_path / path).parent == tmp_path / "Recordings/local"
        assert "*" in (tmp_path / "Recordings/local/.gitignore").read_text()

    def test_info_and_verify_of_a_run(self, tmp_path: Path) -> None:
        with EchoServer() as server, Proxy(server.url, tmp_path / "out") as proxy:
            say(proxy.socket_url, "one", "two", "three")
            assert proxy.stop() == 0
        info = run("info", proxy.recording)
        assert info.returncode == 0, info.stderr
        assert server.address in info.stdout
        assert run("verify", proxy.recording).returncode == 0
        assert run("verify", proxy.recording.parent).returncode == 0, "a folder is a run too"

    def test_redact_copies_a_run_without_its_secrets(self, tmp_path: Path) -> None:
        secret = "s3cret-pass"
        copy = tmp_path / "shared.mcap"
        with EchoServer() as server, Proxy(server.url, tmp_path) as proxy:
            say(f"{proxy.socket_url}/?token={secret}", f'{{"password":"{secret}"}}', f"again: {secret}")
            proxy.stop()
            assert secret in run("show", proxy.recording, "--width", "0").stdout
            result = run("redact", proxy.recording, copy)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "no secret left" in result.stdout
        assert copy.stat().st_mode & 0o777 == 0o600
        shown = run("show", copy, "--width", "0").stdout
        assert "again: " in shown and secret not in shown
        assert run("verify", copy).returncode == 0
        assert run("redact", proxy.recording, copy).returncode == 2, "a file is not replaced"
        assert run("redact", proxy.recording, copy, "--force").returncode == 0

    def test_verify_finds_a_flipped_bit(self, tmp_path: Path) -> None:
        with EchoServer(deflate=False) as server, Proxy(server.url, tmp_path / "out", "--no-seal") as proxy:
            say(proxy.socket_url, "a needle in the journal")
            assert proxy.stop() == 0
        data = bytearray(proxy.recording.read_bytes())
        # The echo is not masked.
        data[data.index(b"a needle in the journal")] ^= 1
        proxy.recording.write_bytes(data)
        result = run("verify", proxy.recording)
        assert result.returncode not in (0, 64)
        assert "checksum" in (result.stdout + result.stderr).lower()


class TestCommandBehindTheProxy:
    """`livetape proxy --to URL -- COMMAND`."""

    SCRIPT = (
        "import os, sys\n"
        "from websockets.sync.client import connect\n"
        "with connect(os.environ['LIVETAPE_URL'].replace('http', 'ws', 1)) as socket:\n"
        "    socket.send('from the command')\n"
        "    print(socket.recv())\n"
        "sys.exit(7)\n"
    )

    def run_behind(self, server: EchoServer, out: Path, *command: object):
        options = ["--listen", "127.0.0.1:0", "--out", out]
        return run("proxy", "--to", server.url, *options, "--", *command)

    def test_ends_with_the_exit_code_of_the_command(self, tmp_path: Path) -> None:
        with EchoServer() as server:
            result = self.run_behind(server, tmp_path, sys.executable, "-c", self.SCRIPT)
        assert result.returncode == 7, result.stderr
        assert result.stdout.splitlines()[0] == "from the command", "stdout is the command's own"
        assert "listening on http://127.0.0.1:" in result.stderr
        path = re.search(r"^recording to (.+\.mcap)", result.stderr, re.M).group(1)
        assert "from the command" in run("show", path, "--json").stdout

    def test_says_when_there_is_no_such_command(self, tmp_path: Path) -> None:
        with EchoServer() as server:
            result = self.run_behind(server, tmp_path, "no-such-command-anywhere")
        assert result.returncode == 127
        assert "no-such-command-anywhere" in result.stderr

    def test_records_a_command_that_is_killed(self, tmp_path: Path) -> None:
        script = self.SCRIPT.replace("sys.exit(7)", "import signal; os.kill(os.getpid(), signal.SIGKILL)")
        with EchoServer() as server:
            result = self.run_behind(server, tmp_path, sys.executable, "-c", script)
        assert result.returncode == 128 + signal.SIGKILL, result.stderr
        assert "from the command" in run("show", tmp_path, "--json").stdout


class TestRefusals:
    """What cannot work ends at once, with the reason and what to do."""

    def refused(self, *arguments: object) -> str:
        result = run("proxy", *arguments, timeout=15)
        assert result.returncode not in (0, 64), result.stderr
        assert "Fatal error" not in result.stderr and "Stack dump" not in result.stderr
        return result.stderr

    def test_port_is_taken(self, tmp_path: Path) -> None:
        with EchoServer() as server:
            reason = self.refused("--to", server.url, "--listen", server.address, "--out", tmp_path)
        assert server.address.partition(":")[2] in reason

    def test_own_port_as_target(self, tmp_path: Path) -> None:
        port = free_port()
        for host in ("127.0.0.1", "localhost"):
            reason = self.refused("--to", f"http://{host}:{port}", "--listen", f"127.0.0.1:{port}", "--out", tmp_path)
            assert "itself" in reason

    def test_folder_is_a_file(self, tmp_path: Path) -> None:
        blocker = tmp_path / "blocker"
        blocker.write_text("not a folder")
        reason = self.refused("--to", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--out", blocker / "inside")
        assert str(blocker) in reason

    def test_folder_cannot_be_written(self) -> None:
        # Nobody makes folders in /proc, root neither.
        reason = self.refused("--to", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--out", "/proc/livetape")
        assert "/proc/livetape" in reason

    @pytest.mark.parametrize("command", ["show", "info", "verify"])
    def test_recording_that_is_not_there_or_not_ours(self, command: str, tmp_path: Path) -> None:
        missing = run(command, tmp_path / "missing.mcap")
        assert missing.returncode not in (0, 64) and "missing.mcap" in missing.stderr
        (tmp_path / "other.mcap").write_bytes(b"this is no recording at all, but a line of text\n" * 40)
        other = run(command, tmp_path / "other.mcap")
        assert other.returncode not in (0, 64) and other.stderr.strip()
        assert "Fatal error" not in other.stderr
