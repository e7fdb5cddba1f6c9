"""Live navigation in our client: patches, other views, redirects, the browser's history; nested and sticky views."""

from __future__ import annotations

from client.fake_server import page
from client.stage import Act, Stage, View


def test_a_live_patch_keeps_the_view_and_moves_the_address(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        link_html = '<a id="go" href="/?p=2" data-phx-link="patch" data-phx-link-state="push">go</a><p>'
        view = await act.join({"0": "1", "s": [link_html, "</p>"]})
        await act.page.click("#go")
        message = await view.link.expect("live_patch", url=act.server.url + "/?p=2")
        view.answer(message, {"0": "2"})
        await act.until("() => location.search === '?p=2' && document.querySelector('p').textContent === '2'")
        view.push("live_patch", {"kind": "replace", "to": "/?p=3"})
        await act.until("() => location.search === '?p=3'")
        await act.evaluate("() => history.back()")
        message = await view.link.expect("live_patch", url=act.server.url + "/")
        view.answer(message, {"0": "back"})
        await act.until("() => document.querySelector('p').textContent === 'back'")
        view.push("phx_error")
        join = await view.link.expect("phx_join")
        assert join.payload["url"] == act.server.url + "/", "a rejoin takes the patched URL"

    stage.play(scene)


def test_a_link_may_push_an_event_too(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        link = '<a id="go" phx-click="went" href="/?p=2" data-phx-link="patch" data-phx-link-state="push">go</a>'
        view = await act.join(link)
        await act.page.click("#go")
        patch = await view.link.expect("live_patch")
        event = await view.event("went", type="click")
        view.answer(patch)
        view.answer(event)
        await act.until("() => location.search === '?p=2'")
        await view.silence()

    stage.play(scene)


def test_live_navigation_joins_the_other_view_and_back(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        first = '<a id="go" href="/two" data-phx-link="redirect" data-phx-link-state="push">go</a>'
        view = await act.join(
            first,
            script="""window.calls = []
            window.LiveTape = { hooks: { H: { mounted() { calls.push('m') }, destroyed() { calls.push('d') } } } }""",
        )
        await act.page.click("#go")
        await view.link.expect("phx_leave")
        join = await view.link.expect("phx_join", redirect=act.server.url + "/two", session="SESSION", static="STATIC")
        assert "url" not in join.payload and join.payload["params"]["_live_referer"] == act.server.url + "/"
        assert await act.html("#phx-main") == first, "the old content stays until the new has come"
        second = View(act, view.link, join)
        second.link.reply(
            join,
            {"rendered": {"s": ['<p id="h" phx-hook="H">two</p>'], "t": "Two"}, "container": ["div", {"class": "c2"}]},
        )
        await act.until("() => location.pathname === '/two' && document.querySelector('p')")
        assert await act.evaluate("() => document.querySelectorAll('[data-phx-main]').length") == 1
        await act.until("() => document.querySelector('#phx-main.c2.phx-connected')")
        second.push("live_redirect", {"kind": "push", "to": "/three", "flash": "FLASH"})
        await view.link.expect("phx_leave")
        join = await view.link.expect("phx_join", redirect=act.server.url + "/three", flash="FLASH")
        view.link.reply(join, {"rendered": {"s": ["three"]}})
        await act.until("() => location.pathname === '/three'")
        assert await act.evaluate("() => calls") == ["m", "d"]
        await act.evaluate("() => history.back()")
        await view.link.expect("phx_leave")
        join = await view.link.expect("phx_join", redirect=act.server.url + "/two")
        view.link.reply(join, {"rendered": {"s": ["two again"]}})
        await act.until("() => document.querySelector('#phx-main').textContent === 'two again'")
        assert await act.evaluate("() => location.pathname") == "/two"

    stage.play(scene)


def test_a_link_to_a_view_elsewhere_is_followed_and_a_redirect_loads_a_page(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join('<a id="go" href="/else" data-phx-link="patch" data-phx-link-state="push">go</a>')
        await act.page.click("#go")
        view.answer(await view.link.expect("live_patch"), link_redirect=True)
        await view.link.expect("phx_leave")
        join = await view.link.expect("phx_join", redirect=act.server.url + "/else")
        act.server.pages["/full"] = page("full", view_id="phx-full")
        view.link.reply(join, {"redirect": {"to": "/full", "flash": "F"}}, "error")
        second = await act.server.link()
        assert (await second.expect("phx_join")).topic == "lv:phx-full"
        assert "__phoenix_flash__=F" in await act.evaluate("() => document.cookie")

    stage.play(scene)


def kid(name: str, attributes: str = 'data-phx-parent-id="phx-main"') -> str:
    return f'<div id="{name}" data-phx-session="S-{name}" data-phx-static="" {attributes}></div>'


def test_nested_views_join_live_and_leave_with_their_parents(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join({"0": kid("a"), "1": "1", "s": ["", "<b>", "</b>"]})
        join = await view.link.expect("phx_join", session="S-a", static=None)
        assert join.topic == "lv:a" and "url" not in join.payload and "redirect" not in join.payload
        child = View(act, view.link, join)
        child.joined({"0": "child", "s": ['<p phx-click="in">', "</p>"]})
        await act.until("() => document.querySelector('#a.phx-connected p')")
        view.diff({"0": kid("a").replace("S-a", "S-new"), "1": "2"})
        await act.until("() => document.querySelector('b').textContent === '2'")
        assert await act.text("#a") == "child"
        await act.page.click("#a p")
        assert (await child.event("in")).topic == "lv:a"
        view.push("phx_error")
        assert (await view.link.expect("phx_leave")).topic == "lv:a"
        again = View(act, view.link, await view.link.expect("phx_join", session="SESSION"))
        again.joined({"0": kid("a").replace("S-a", "S-2"), "1": "3", "s": ["", "<b>", "</b>"]})
        View(act, view.link, await view.link.expect("phx_join", session="S-2")).joined("child 2")
        await act.until("() => document.querySelector('#a').textContent === 'child 2'")
        again.diff({"0": ""})
        assert (await view.link.expect("phx_leave")).topic == "lv:a"

    stage.play(scene)


def test_a_sticky_view_survives_live_navigation(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        sticky = kid("radio", "data-phx-sticky")
        link = await act.open(f"dead {sticky}")
        joins = {message.topic: message for message in [await link.receive(), await link.receive()]}
        radio = View(act, link, joins["lv:radio"])
        assert radio.join.payload["sticky"] is True and "url" not in radio.join.payload
        main = View(act, link, joins["lv:phx-main"])
        main.joined(f"<h1>one</h1>{sticky}")
        radio.joined({"0": "music", "s": ["<i>", "</i>"]})
        await act.until("() => document.querySelector('#radio i')")
        await act.evaluate("() => { document.querySelector('#radio').mark = true }")
        main.push("live_redirect", {"kind": "push", "to": "/two"})
        assert (await link.expect("phx_leave")).topic == "lv:phx-main"
        link.reply(await link.expect("phx_join"), {"rendered": {"s": [f"<h2>two</h2><main>{sticky}</main>"]}})
        await act.until("() => document.querySelector('h2')")
        assert await act.evaluate("() => document.querySelector('main #radio').mark === true")
        radio.diff({"0": "plays on"})
        await act.until("() => document.querySelector('#radio').textContent === 'plays on'")

    stage.play(scene)
