"""P38 by the scripts that browsers load, whole: found where client and server are of two versions, silent elsewhere."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Awaitable, Callable

import pytest
from chromium import open_tab
from client.served import CLIENTS
from gallery import SCENES, light_that_throws
from harness.livetape import Proxy, Server, run
from visits import Visit


def findings(scene: Callable[[Visit], Awaitable[None]], folder: Path, *options: object) -> list[str]:
    """Plays a scene on a server with these options; returns all that is found in a recording of it."""

    async def play(url: str) -> None:
        async with open_tab(url) as tab:
            await scene(Visit(tab))
            await tab.close_socket()

    with Server(*options) as server, Proxy(server.url, folder, "--bodies", "all") as proxy:
        asyncio.run(asyncio.wait_for(play(proxy.url), 60))
        assert proxy.stop() == 0, proxy.report()
        result = run("analyze", "--format", "json", proxy.recording)
        assert result.returncode == 0, result.stderr
        return [f"{finding['rule']} {finding['evidence']['text']}" for finding in json.loads(result.stdout)["findings"]]


def test_the_script_of_another_version_is_found(tmp_path: Path) -> None:
    found = findings(light_that_throws, tmp_path, *CLIENTS["official-0.20"], "--format", "keyed")
    assert found == ["P38 the server says 1.2.10, its script 0.20.17"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_script_of_the_servers_version_is_not(client: str, tmp_path: Path) -> None:
    assert findings(SCENES["/light"], tmp_path, *CLIENTS[client]) == []
