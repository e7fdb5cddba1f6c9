"""What `tools/demo` runs once all is built: the Gallery behind the proxy, for a human or, headless, for Chromium."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from chromium import open_tab
from gallery import use_light
from harness.livetape import Proxy, Server, run

FOLDER = Path("Recordings/local")


def stop_on_terminate(*_: object) -> None:
    raise KeyboardInterrupt


async def drive(url: str) -> int:
    """Clicks through the Gallery's light; returns how many messages the browser saw."""
    async with open_tab(url) as tab:
        await use_light(tab)
        await tab.save_screenshot("demo")
        return sum(len(socket.client) + len(socket.server) for socket in await tab.close_socket())


def show(recording: Path) -> None:
    print(f"\n$ livetape show {recording}\n")
    result = run("show", recording)
    print(result.stdout, end="")
    print(result.stderr, end="", file=sys.stderr)


def main() -> int:
    headless = "--headless" in sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_on_terminate)
    print("Starting the Gallery (livetape serve) and the proxy …", flush=True)
    with Server() as server, Proxy(server.url, FOLDER) as proxy:
        print(f"\n  the Gallery itself   {server.url}/\n  recorded             {proxy.url}/\n", flush=True)
        try:
            if headless:
                print("Chromium opens the recorded address and uses the light …", flush=True)
                seen = asyncio.run(asyncio.wait_for(drive(proxy.url), 60))
                print(f"The browser saw {seen} messages.", flush=True)
            else:
                print(f"Open the recorded address, click, and watch: livetape show {proxy.recording} --follow")
                print("Ctrl-C ends the demo.", flush=True)
                proxy.wait(timeout=1_000_000)
        except KeyboardInterrupt:
            print()
        code = proxy.stop()
        print("\n".join(proxy.out.lines[2:]))
        if code == 0:
            show(proxy.recording)
        else:
            print(proxy.report(), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
