"""A view's life in our client: joins and their errors, crashes, reconnects, recovery, long poll, and what `liveSocket`
shows and simulates.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from client.fake_server import Answer, Link, Message, page
from client.script import client_script
from client.stage import Act, Stage, View

CLASSES = "() => [...document.querySelector('#phx-main').classList].sort().join(' ')"


def test_a_join_brings_tokens_url_and_counts(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        head = '<link phx-track-static rel="stylesheet" href="/app.css">'
        link = await act.open("dead", path="/page", head=head)
        join = await link.expect("phx_join", session="SESSION", static="STATIC", sticky=False)
        assert link.query["_csrf_token"] == ["CSRF"] and link.query["vsn"] == ["2.0.0"]
        assert join.join_ref == join.ref and join.topic == "lv:phx-main"
        assert join.payload["url"] == act.server.url + "/page"
        statics = [act.server.url + "/app.css"]
        assert join.payload["params"] == {
            "_csrf_token": "CSRF",
            "_track_static": statics,
            "_mounts": 0,
            "_mount_attempts": 0,
        }
        assert await act.evaluate(CLASSES) == "phx-loading"
        link.reply(join, {"rendered": {"s": ["<p>live</p>"], "t": "Title"}})
        await act.until("() => document.title === 'Title - test'")
        assert await act.html("#phx-main") == "<p>live</p>"
        assert await act.evaluate(CLASSES) == "phx-connected"
        assert sorted(await act.evaluate("() => Object.keys(window).filter((key) => /live/i.test(key))")) == [
            "LiveTape",
            "liveSocket",
        ]

    stage.play(scene)


def test_a_crash_rejoins_and_tells_the_forms_again(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        form = '<form id="f" phx-change="check"><input id="a" name="a" value="'
        more = '"></form><form id="g" phx-change="other" phx-auto-recover="again"><input name="b" value="'
        last = '"></form><form id="h" phx-change="no" phx-auto-recover="ignore"><input name="c"></form>'
        tree = {"0": "", "1": "", "s": [form, more, last]}
        view = await act.join(tree)
        await act.page.fill("#a", "typed")
        view.answer(await view.event("check"), {"0": "typed"})
        await act.until("() => !document.querySelector('#a').hasAttribute('data-phx-ref-src')")
        view.push("phx_error", {"reason": "channel_crash"})
        await act.until("() => document.querySelector('#phx-main.phx-error.phx-server-error.phx-loading')")
        join = await view.link.expect("phx_join", session="SESSION")
        assert join.payload["params"]["_mounts"] == 1
        again = View(act, view.link, join)
        again.joined(tree)
        recovery = await again.event("check", value="a=typed", meta={"_target": "a"})
        other = await again.event("again", value="_unused_b=&b=")
        again.answer(recovery, {"0": "recovered"})
        assert await act.evaluate("() => document.querySelector('#a').value") == "typed"
        again.answer(other, {"1": "B"})
        await act.until("() => document.querySelector('#phx-main.phx-connected')")
        assert await act.evaluate("() => [...document.querySelectorAll('input')].map((i) => i.value)") == [
            "typed",
            "B",
            "",
        ]
        await act.evaluate("() => document.activeElement.blur()")
        again.diff({"t": "1", "0": "recovered"})
        await act.until("() => document.querySelector('#a').value === 'recovered'")
        await again.silence()

    stage.play(scene)


@pytest.mark.parametrize(
    "answer", [{"reason": "stale"}, {"reason": "unauthorized"}, {"reason": "reload", "token": "T"}], ids=str
)
def test_a_refused_join_loads_the_page(answer: dict, stage: Stage) -> None:
    async def scene(act: Act) -> None:
        link = await act.open("dead")
        link.reply(await link.expect("phx_join"), answer, "error")
        second = await act.server.link()
        view = View(act, second, await second.expect("phx_join"))
        view.joined("live")
        await act.until("() => document.querySelector('#phx-main').textContent === 'live'")
        assert act.server.requests.count("GET /") == 2
        cookie = await act.evaluate("() => document.cookie")
        assert ("__phoenix_reload_status__=T" in cookie) == ("token" in answer)

    stage.play(scene)


def test_a_crashing_join_is_tried_again_after_seconds_of_page(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        await act.page.clock.install()
        link = await act.open("dead")
        link.reply(await link.expect("phx_join"), {"reason": "join crashed"}, "error")
        await act.until("() => document.querySelector('.phx-error')")
        assert await act.evaluate("() => localStorage.getItem('/-consecutive-reloads')") == "1"
        await act.page.clock.fast_forward(10_001)
        second = await act.server.link()
        View(act, second, await second.expect("phx_join")).joined("live")
        await act.until("() => document.querySelector('.phx-connected')")
        assert await act.evaluate("() => localStorage.getItem('/-consecutive-reloads')") is None

    stage.play(scene)


def test_the_socket_comes_back_after_the_server_went(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join("one")
        for number in range(3):
            view.link.close(1012)
            await view.link.closed.wait()
            link = await act.server.link()
            join = await link.expect("phx_join")
            assert join.payload["params"]["_mounts"] == number + 1
            view = View(act, link, join)
            view.joined(f"back {number}")
            await act.until(
                "(text) => document.querySelector('#phx-main.phx-connected')?.textContent === text", f"back {number}"
            )

    stage.play(scene)


def test_heartbeats_go_and_a_missing_answer_reconnects(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        await act.page.clock.install()
        link = await act.open("dead", script="window.LiveTape = { longPollFallbackMs: null }")
        View(act, link, await link.expect("phx_join")).joined("live")
        await act.until("() => document.querySelector('.phx-connected')")
        await act.page.clock.fast_forward(30_001)
        beat = await asyncio.wait_for(link.inbox.get(), 5)
        assert beat and (beat.join_ref, beat.topic, beat.event, beat.payload) == (None, "phoenix", "heartbeat", {})
        await act.page.clock.fast_forward(30_001)
        second = await act.server.link()
        assert (await second.expect("phx_join")).payload["params"]["_mounts"] == 1

    stage.play(scene)


def test_a_form_with_trigger_action_is_submitted_by_the_browser(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        act.server.pages["/done"] = Answer("<p>done</p>")
        view = await act.join(
            {
                "0": "",
                "s": [
                    '<form id="f" action="/done" phx-submit="save"',
                    '><input name="a" value="1"><button>b</button></form>',
                ],
            }
        )
        await act.page.click("button")
        view.answer(await view.event("save"), {"0": " phx-trigger-action"})
        await act.page.wait_for_url("**/done?a=1")

    stage.play(scene)


# ---- long poll


class LongPollSession:
    """The server's half of one long-poll session."""

    def __init__(self) -> None:
        self.link = Link({})
        self.paths: list[str] = []

    async def __call__(self, method: str, query: dict[str, list[str]], body: bytes) -> Any:
        if "token" not in query:
            return {"status": 410, "token": "TOKEN", "messages": []}
        if method == "POST":
            for line in body.decode().splitlines():
                is_text = line.startswith("[")
                self.link.inbox.put_nowait(
                    Message.of_text(line) if is_text else Message.of_binary(base64.b64decode(line))
                )
            return {"status": 200}
        try:
            messages = [await asyncio.wait_for(self.link.outbox.get(), 0.2)]
        except TimeoutError:
            return {"status": 204, "token": "TOKEN", "messages": []}
        while not self.link.outbox.empty():
            messages.append(self.link.outbox.get_nowait())
        return {"status": 200, "token": "TOKEN", "messages": messages}


def test_long_poll_takes_over_where_websockets_do_not_come_through(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        session = LongPollSession()
        act.server.long_poll = session
        act.server.accepts = lambda: False
        act.server.pages["/"] = page("dead")
        await act.page.goto(act.server.url)
        view = View(act, session.link, await session.link.expect("phx_join"))
        view.joined({"0": "0", "s": ['<b id="b" phx-click="hit">', "</b>"]})
        await act.until("() => document.querySelector('.phx-connected')")
        for number in range(1, 4):
            await act.page.click("#b")
            view.answer(await view.event("hit"), {"0": str(number)})
            await act.until("(text) => document.querySelector('#b').textContent === text", str(number))
        assert await act.evaluate("() => sessionStorage.getItem('phx:fallback:LongPoll')") == "true"

    stage.play(scene)


def test_a_websocket_that_stays_silent_is_given_up(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        session = LongPollSession()
        act.server.long_poll = session
        act.server.pages["/"] = page("dead", script="window.LiveTape = { longPollFallbackMs: 50 }")
        await act.page.goto(act.server.url)
        View(act, session.link, await session.link.expect("phx_join")).joined("polled")
        await act.until("() => document.querySelector('.phx-connected')?.textContent === 'polled'")

    stage.play(scene)


def test_a_script_that_comes_late_joins_all_the_same(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        act.server.pages["/"] = page("dead")
        act.server.pages["/client.js"] = Answer("", "text/javascript")
        await act.page.goto(act.server.url)
        await act.page.add_script_tag(content=client_script())
        link = await act.server.link()
        View(act, link, await link.expect("phx_join")).joined("live")
        await act.until("() => document.querySelector('.phx-connected')?.textContent === 'live'")

    stage.play(scene)


def test_commands_work_on_a_page_without_views(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        command = '[["hide",{"to":"#box"}],["push",{"event":"nowhere"}]]'.replace('"', "&quot;")
        body = f'<button phx-click="{command}">hide</button><p id="box">box</p>'
        act.server.pages["/"] = Answer(f'<script defer src="/client.js"></script>{body}')
        await act.page.goto(act.server.url)
        await act.page.click("button")
        assert await act.evaluate("() => document.querySelector('#box').style.display") == "none"
        assert await act.evaluate("() => liveSocket.isConnected()") is False

    stage.play(scene)


# ---- looking at it


def test_debugging_prints_what_came_and_is_remembered(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join({"0": "a", "s": ["<p>", "</p>"]})
        assert await act.evaluate("() => liveSocket.isDebugEnabled()") is False, "127.0.0.1 is not localhost"
        await act.evaluate("() => liveSocket.enableDebug()")
        view.diff({"0": "b", "t": "b"})
        await act.until("() => document.title === 'b - test'")
        assert any("phx-main update: received diff" in line for line in act.console)
        await act.page.reload()
        link = await act.server.link()
        View(act, link, await link.expect("phx_join")).joined("again")
        await act.until("() => document.querySelector('.phx-connected')")
        assert any("phx-main mount: received diff" in line for line in act.console)
        await act.evaluate("() => { liveSocket.enableProfiling(); liveSocket.disableDebug() }")
        flags = """() => [liveSocket.isProfileEnabled(), liveSocket.isDebugEnabled(),
          ...['debug', 'profiling'].map((flag) => sessionStorage[`phx:live-socket:${flag}`])]"""
        assert await act.evaluate(flags) == [True, False, "false", "true"]
        await act.evaluate("() => liveSocket.disableProfiling()")
        assert await act.evaluate("() => liveSocket.isProfileEnabled()") is False

    stage.play(scene)


def test_debugging_is_on_by_default_on_localhost(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        act.server.pages["/"] = page("dead")
        await act.page.goto(act.server.url.replace("127.0.0.1", "localhost"))
        await act.server.link()
        assert await act.evaluate("() => liveSocket.isDebugEnabled()") is True
        await act.evaluate("() => liveSocket.disableDebug()")
        await act.page.reload()
        await act.server.link()
        assert await act.evaluate("() => liveSocket.isDebugEnabled()") is False

    stage.play(scene)


def test_the_latency_simulator_holds_everything_back(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join({"0": "a", "s": ['<b id="b" phx-click="hit">', "</b>"]})
        await act.evaluate("() => liveSocket.enableLatencySim(150)")
        assert await act.evaluate("() => [liveSocket.getLatencySim(), liveSocket.isDebugEnabled()]") == [150, True]
        await act.evaluate("() => { window.start = performance.now(); document.querySelector('#b').click() }")
        view.answer(await view.event("hit"), {"0": "b"})
        await act.until("() => document.querySelector('#b').textContent === 'b'")
        assert await act.evaluate("() => performance.now() - start") >= 290
        await act.evaluate("() => liveSocket.disableLatencySim()")
        assert await act.evaluate("() => liveSocket.getLatencySim()") is None

    stage.play(scene)


def test_disconnect_and_connect_by_hand(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join("one")
        assert await act.evaluate("() => liveSocket.isConnected() && liveSocket.getSocket().isConnected()")
        await act.evaluate("() => liveSocket.disconnect()")
        await view.link.closed.wait()
        await act.until("() => document.querySelector('.phx-client-error')")
        assert await act.evaluate("() => liveSocket.isConnected()") is False
        await act.evaluate("() => liveSocket.connect()")
        link = await act.server.link()
        View(act, link, await link.expect("phx_join")).joined("two")
        await act.until("() => document.querySelector('.phx-connected')?.textContent === 'two'")

    stage.play(scene)
