"""Proves that the proxy is transparent to the protocol: kosoku's cases give the same verdicts directly and through it.

kosoku runs the Autobahn test suite's cases as a client against an echo server. What the verdicts are does not matter here
(the echo server fails a few); that none changes does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

import pytest
from harness import recording
from harness.livetape import Proxy
from harness.servers import EchoServer

KOSOKU = Path(sys.executable).with_name("kosoku")
CORE = ["-x", "9.*", "-x", "12.*", "-x", "13.*"]
CORE_CASES = 247
#: Limits and compression: the kinds of message, without the many sizes.
SOME = ["9.1.1", "9.1.4", "9.2.3", "9.3.1", "9.3.6", "9.4.4", "9.5.1", "9.6.4", "9.7.1", "9.8.3"]
SOME += ["12.1.1", "12.1.9", "12.2.5", "12.3.1", "12.4.4", "12.5.2"]
SOME += ["13.1.1", "13.2.2", "13.3.3", "13.4.5", "13.5.1", "13.6.4", "13.7.2"]


class Verdict(NamedTuple):
    behavior: str
    close: str
    close_code: int | None


def run_cases(address: str, selection: list[str], out: Path, timeout: float) -> dict[str, Verdict]:
    """The verdict of each case, from kosoku's index.json: {agent: {case: {behavior, behaviorClose, …}}}."""
    command = [str(KOSOKU), "-m", "fuzzingclient", "-o", str(out), *selection, address]
    # kosoku exits with 1 when a case failed, which is no failure here.
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    index = out / "index.json"
    assert index.is_file(), f"kosoku: {result.returncode}\n{result.stdout}\n{result.stderr}"
    (cases,) = json.loads(index.read_text()).values()
    return {
        case: Verdict(entry["behavior"], entry["behaviorClose"], entry["remoteCloseCode"])
        for case, entry in cases.items()
    }


def compare(address: str, proxy: Proxy, selection: list[str], folder: Path, timeout: float) -> int:
    """Fails with each case whose verdict changed; returns how many there were."""
    direct = run_cases(address, selection, folder / "direct", timeout)
    through = run_cases(f"127.0.0.1:{proxy.port}", selection, folder / "through", timeout)
    assert direct.keys() == through.keys()
    changed = {case: (direct[case], through[case]) for case in direct if direct[case] != through[case]}
    assert not changed, "\n".join(f"case {case}: directly {a}, through the proxy {b}" for case, (a, b) in changed.items())
    return len(direct)


@pytest.fixture(scope="module")
def echo_server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


def test_core_cases(echo_server: EchoServer, tmp_path: Path) -> None:
    with Proxy(echo_server.url, tmp_path / "recordings") as proxy:
        assert compare(echo_server.address, proxy, CORE, tmp_path, 55) == CORE_CASES
        assert proxy.stop() == 0, proxy.report()
    recording.verify(proxy.recording)
    shown = list(recording.messages(proxy.recording))
    assert any(message.violations for message in shown), "the cases that break the protocol are shown as violations"


def test_some_cases_of_limits_and_compression(echo_server: EchoServer, tmp_path: Path) -> None:
    selection = [part for case in SOME for part in ("-i", case)]
    with Proxy(echo_server.url, tmp_path / "recordings") as proxy:
        assert compare(echo_server.address, proxy, selection, tmp_path, 55) == len(SOME)
        assert proxy.stop() == 0, proxy.report()


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("group", ["9.*", "12.*", "13.*"])
def test_all_cases_of_limits_and_compression(
    group: str, echo_server: EchoServer, tmp_path: Path
) -> None:
    with Proxy(echo_server.url, tmp_path / "recordings") as proxy:
        assert compare(echo_server.address, proxy, ["-i", group], tmp_path, 1_700) >= 54
        assert proxy.stop() == 0, proxy.report()
