"""What each `phx-…` binding sends, and when: clicks, keys, focus, forms, debounce and throttle, targets, scrolling."""

from __future__ import annotations

from typing import Any

import pytest
from client.stage import Act, Stage, View


async def answered(view: View, name: str, **payload: Any) -> None:
    view.answer(await view.event(name, **payload))


def test_clicks_send_the_values_of_their_element(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            """<button id="b" phx-click="hit" phx-value-a="1" phx-value-b-c="2"><i>deep</i></button>
            <p id="p" phx-click="plain">text</p><input id="c" type="checkbox" value="yes" phx-click="box">
            <a id="a" href="#" phx-click="link">link</a><li id="l" phx-click="number" value="3">x</li>"""
        )
        await act.page.click("#b i")
        await answered(view, "hit", type="click", value={"a": "1", "b-c": "2", "value": ""})
        await act.page.click("#p")
        await answered(view, "plain", value={})
        await act.page.check("#c")
        await answered(view, "box", value={"value": "yes"})
        await act.page.uncheck("#c")
        await answered(view, "box", value={})
        await act.page.click("#a")
        await answered(view, "link")
        await act.page.click("#l")
        await answered(view, "number", value={"value": 3})
        assert await act.evaluate("() => location.hash") == ""

    stage.play(scene)


def test_a_click_elsewhere_is_a_click_away(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            """<div id="menu" phx-click-away="close"><b id="in">in</b></div><p id="out">out</p>
            <div phx-click-away="never" style="display: none"></div>"""
        )
        await act.page.click("#in")
        await view.silence()
        await act.page.click("#out")
        await answered(view, "close", type="click")

    stage.play(scene)


def test_keys_on_an_element_and_on_the_window(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            """<textarea id="t" phx-keyup="typed">he</textarea>
            <input id="e" phx-keydown="entered" phx-key="Enter">
            <div phx-window-keydown="escaped" phx-key="escape"></div>"""
        )
        await act.page.focus("#t")
        await act.page.keyboard.press("End")
        await answered(view, "typed", type="keyup", value={"key": "End", "value": "he"})
        await act.page.keyboard.press("y")
        await answered(view, "typed", value={"key": "y", "value": "hey"})
        await act.page.focus("#e")
        await act.page.keyboard.press("x")
        await act.page.keyboard.press("Enter")
        await answered(view, "entered", type="keydown", value={"key": "Enter", "value": "x"})
        await act.page.keyboard.press("Escape")
        await view.silence()
        await act.evaluate("() => document.activeElement.blur()")
        await act.page.keyboard.press("Escape")
        await answered(view, "escaped", value={"key": "Escape"})

    stage.play(scene)


def test_focus_and_blur_of_elements_and_window(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            """<input id="i" phx-focus="came" phx-blur="went" value="v"><input id="other">
            <div phx-window-focus="shown" phx-window-blur="hidden"></div>"""
        )
        await act.page.focus("#i")
        await answered(view, "came", type="focus", value={"value": "v"})
        await act.page.focus("#other")
        await answered(view, "went", type="blur", value={"value": "v"})
        await act.evaluate("() => window.dispatchEvent(new Event('blur'))")
        await answered(view, "hidden")
        await act.evaluate("() => window.dispatchEvent(new Event('focus'))")
        await answered(view, "shown")

    stage.play(scene)


def test_targets_are_components_selectors_and_other_views(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        child = '<div id="kid" data-phx-session="KID" data-phx-static="" data-phx-parent-id="phx-main"></div>'
        card = {
            "0": "",
            "r": 1,
            "s": ['<div id="card"><b id="inner" phx-click="in" phx-target="#card">x</b>', "</div>"],
        }
        tree = {"0": 7, "1": child, "c": {"7": card}}
        tree["s"] = [
            "<i id='far' phx-click='out' phx-target='#card'>y</i>",
            "<u id='k' phx-click='kid' phx-target='#kid'>z</u>",
            "",
        ]
        view = await act.join(tree)
        kid = View(act, view.link, await view.link.expect("phx_join", session="KID", static=None))
        kid.joined("<p>kid</p>")
        await act.until("() => document.querySelector('#kid.phx-connected')")
        await act.page.click("#inner")
        await answered(view, "in", cid=7)
        await act.page.click("#far")
        await answered(view, "out", cid=7)
        await act.page.click("#k")
        message = await view.event("kid")
        assert (message.topic, message.payload.get("cid")) == ("lv:kid", None)

    stage.play(scene)


def test_a_form_sends_its_fields_and_marks_those_untouched(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            """<form id="f" phx-change="check" phx-submit="save" phx-value-x="1">
            <input name="u[a]" id="a"><input name="u[b]" id="b" value="2"><input name="tags[]" value="t">
            <input type="hidden" name="h" value="9"><input id="own" name="own" phx-change="alone">
            <select id="s" name="s"><option>1<option>2</select>
            <button id="save" name="act" value="save" phx-disable-with="saving">Save</button></form>"""
        )
        await act.page.fill("#a", "zé")
        untouched = "u%5B_unused_b%5D=&u%5Bb%5D=2&_unused_tags%5B%5D=&tags%5B%5D=t&h=9&_unused_own=&own=&_unused_s=&s=1"
        message = await view.event("check", type="form", value=f"u%5Ba%5D=z%C3%A9&{untouched}", uploads={})
        assert message.payload["meta"] == {"_target": "u[a]", "x": "1"}
        assert "cid" not in message.payload
        assert await act.evaluate("() => document.querySelector('#f').className") == "phx-change-loading"
        view.answer(message)
        await act.page.fill("#own", "o")
        await answered(view, "alone", value="own=o", meta={"_target": "own"})
        await act.evaluate("() => document.activeElement.blur()")
        await act.page.select_option("#s", "2")
        await answered(view, "check", meta={"_target": "s", "x": "1"})
        await act.page.click("#save")
        message = await view.event("save", value="u%5Ba%5D=z%C3%A9&u%5Bb%5D=2&tags%5B%5D=t&h=9&own=o&s=2&act=save")
        assert message.payload["meta"] == {"x": "1"} and "uploads" not in message.payload
        frozen = (
            "() => [document.querySelector('#a').readOnly, document.querySelector('#save').disabled, save.innerText]"
        )
        assert await act.evaluate(frozen) == [True, True, "saving"]
        view.answer(message)
        await act.until("() => !document.querySelector('#save').disabled")
        assert await act.evaluate(frozen) == [False, False, "Save"]

    stage.play(scene)


def test_servers_of_before_1_0_6_find_the_target_among_the_fields(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        form = '<form phx-change="check"><input name="a"></form>'
        view = await act.join(form, version="0.20.17")
        await act.page.fill("[name=a]", "x")
        message = await view.event("check", value="a=x&_target=a")
        assert "meta" not in message.payload

    stage.play(scene)


def test_debounce_waits_for_a_pause_or_the_blur(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            """<form phx-change="check" phx-submit="save"><input name="slow" phx-debounce="700">
            <input name="blur" phx-debounce="blur"><input name="long" phx-debounce="60000"><button>ok</button></form>"""
        )
        await act.page.type("[name=slow]", "abc")
        await answered(view, "check", meta={"_target": "slow"})
        await act.page.type("[name=blur]", "xy")
        await view.silence()
        await act.page.type("[name=long]", "z")
        await answered(view, "check", meta={"_target": "blur"})
        await act.page.press("[name=long]", "Enter")
        message = await view.event("save")
        assert message.payload["value"] == "slow=abc&blur=xy&long=z"
        view.answer(message)
        await act.evaluate("() => document.activeElement.blur()")
        await view.silence()

    stage.play(scene)


def test_throttle_sends_at_once_and_swallows_the_rest(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(
            '<b id="b" phx-click="hit" phx-throttle="60000">b</b><input id="k" phx-keydown="key" phx-throttle="60000">'
        )
        await act.page.click("#b")
        await answered(view, "hit")
        await act.until("() => !document.querySelector('#b').hasAttribute('data-phx-ref-src')")
        await act.page.click("#b")
        await view.silence()
        await act.page.press("#k", "a")
        await answered(view, "key", value={"key": "a", "value": ""})
        await act.page.press("#k", "a")
        await view.silence()
        await act.page.press("#k", "b")
        await answered(view, "key", value={"key": "b", "value": "aa"})

    stage.play(scene)


@pytest.mark.parametrize("edge", ["bottom", "top"])
def test_scrolling_to_an_end_of_a_list_asks_for_more(edge: str, stage: Stage) -> None:
    async def scene(act: Act) -> None:
        rows = "".join(f'<p id="r{i}" style="height: 50px">{i}</p>' for i in range(30))
        view = await act.join(
            {
                "0": rows,
                "s": [
                    f'<div id="box" style="height: 200px; overflow: auto"><div id="rows" phx-viewport-{edge}="more">',
                    "</div></div>",
                ],
            }
        )
        frame = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        await act.evaluate("() => { document.querySelector('#box').scrollTop = 600 }")
        await act.evaluate(frame)
        await view.silence()
        await act.evaluate("(edge) => { document.querySelector('#box').scrollTop = edge === 'top' ? 20 : 9999 }", edge)
        message = await view.event("more", type="js")
        assert message.payload["value"]["id"] == ("r0" if edge == "top" else "r29")
        await act.evaluate("() => { document.querySelector('#box').scrollTop -= 1 }")
        await act.evaluate(frame)
        await view.silence()
        more = "".join(f'<p id="n{i}" style="height: 50px">{i}</p>' for i in range(10))
        view.answer(message, {"0": more + rows if edge == "top" else rows + more})
        await act.until("() => document.querySelector('#n9')")
        if edge == "top":
            await act.until("() => document.querySelector('#box').scrollTop > 400")

    stage.play(scene)


def test_events_of_a_page_without_connection_are_lost_and_harm_nothing(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join('<b id="b" phx-click="hit">b</b>')
        await act.evaluate("() => liveSocket.disconnect()")
        await act.page.click("#b")
        assert await act.evaluate("() => document.querySelector('#b').hasAttribute('data-phx-ref-src')") is False
        await view.link.closed.wait()

    stage.play(scene)
