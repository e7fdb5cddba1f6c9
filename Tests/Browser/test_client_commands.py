"""JS commands and hooks: what they do at once on the page, what outlives a patch, what they tell the server."""

from __future__ import annotations

import html
import json
from typing import Any

from client.stage import Act, Stage, View


def js(*commands: list[Any]) -> str:
    return html.escape(json.dumps(commands))


def button(name: str, *commands: list[Any]) -> str:
    return f'<button id="{name}" phx-click="{js(*commands)}">{name}</button>'


async def patched(act: Act, view: View) -> None:
    """After a patch that changes nothing but the count."""
    count = await act.evaluate("() => window.patches = (window.patches ?? 0) + 1")
    view.diff({"0": str(count), "t": str(count)})
    await act.until("(count) => document.title === `${count} - test`", count)


def test_what_commands_change_survives_patches(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        page = [
            button("hide", ["hide", {"to": "#box"}]),
            button("show", ["show", {"to": "#box", "display": "flex"}]),
            button("toggle", ["toggle", {"to": "#box"}]),
            button(
                "class",
                ["add_class", {"to": "#box", "names": ["x", "y"]}],
                ["remove_class", {"to": "#box", "names": ["z"]}],
            ),
            button("flip", ["toggle_class", {"to": "#box", "names": ["x", "w"]}]),
            button(
                "attr",
                ["set_attr", {"to": "#box", "attr": ["title", "t"]}],
                ["remove_attr", {"to": "#box", "attr": "lang"}],
            ),
            button("swap", ["toggle_attr", {"to": "#box", "attr": ["aria-expanded", "true", "false"]}]),
            '<div id="box" class="z" lang="en" aria-expanded="false">box</div><i>',
        ]
        view = await act.join({"0": "0", "s": ["".join(page), "</i>"]})
        state = """() => { const e = document.querySelector('#box')
          return [e.style.display, [...e.classList].sort().join(' '),
          e.title, e.lang, e.getAttribute('aria-expanded')] }"""
        steps = {
            "hide": ["none", "z", "", "en", "false"],
            "show": ["flex", "z", "", "en", "false"],
            "class": ["flex", "x y", "", "en", "false"],
            "flip": ["flex", "w y", "", "en", "false"],
            "attr": ["flex", "w y", "t", "", "false"],
            "swap": ["flex", "w y", "t", "", "true"],
            "toggle": ["none", "w y", "t", "", "true"],
        }
        for name, expected in steps.items():
            await act.page.click(f"#{name}")
            assert await act.evaluate(state) == expected, name
            await patched(act, view)
            assert await act.evaluate(state) == expected, f"{name}, after a patch"

    stage.play(scene)


def test_ignored_attributes_are_the_pages_own(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        ignore = js(["ignore_attrs", {"attrs": ["open", "data-x*"]}])
        details = f'<details id="d" phx-mounted="{ignore}"><summary>s</summary><p>'
        view = await act.join({"0": "0", "s": [details, "</p></details>"]})
        await act.page.click("summary")
        await act.evaluate("() => { document.querySelector('#d').dataset.xy = '1' }")
        await patched(act, view)
        assert await act.evaluate(
            "() => [document.querySelector('#d').open, document.querySelector('#d').dataset.xy]"
        ) == [True, "1"]

    stage.play(scene)


def test_transitions_put_classes_on_and_off(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        shown = button("show", ["show", {"to": "#box", "transition": [["t"], ["from"], ["to"]], "time": 50}])
        await act.join(f'{shown}<div id="box" style="display: none">box</div>')
        await act.evaluate(
            """() => { window.seen = []; const box = document.querySelector('#box')
            const observer = new MutationObserver(() => seen.push(box.className))
            observer.observe(box, { attributes: true, attributeFilter: ['class'] })
            for (const name of ['start', 'end']) box.addEventListener(`phx:show-${name}`, () => seen.push(name)) }"""
        )
        await act.page.click("#show")
        await act.until("() => seen.includes('end') && seen.at(-1) === ''")
        seen = await act.evaluate("() => seen")
        assert seen[0] == "start" and "t from" in seen and "t to" in seen

    stage.play(scene)


def test_push_takes_target_value_and_loading(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        push = ["push", {"event": "hit", "value": {"a": 1}, "loading": "#bar", "target": "#card", "page_loading": True}]
        card = {"0": "", "r": 1, "s": ['<div id="card">', "</div>"]}
        view = await act.join({"0": 3, "s": [f'{button("go", push)}<p id="bar"></p>', ""], "c": {"3": card}})
        await act.evaluate(
            """() => { window.pages = []
            for (const k of ['start', 'stop']) addEventListener(`phx:page-loading-${k}`, () => pages.push(k)) }"""
        )
        await act.page.click("#go")
        message = await view.event("hit", cid=3, value={"value": "", "a": 1})
        classes = "() => [document.querySelector('#bar').className, pages.join()]"
        assert await act.evaluate(classes) == ["phx-click-loading", "start"]
        view.answer(message)
        await act.until("() => pages.length === 2")
        assert await act.evaluate(classes) == ["", "start,stop"]

    stage.play(scene)


def test_dispatch_focus_and_exec(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        page = [
            button("send", ["dispatch", {"event": "my:event", "to": "#form", "detail": {"n": 1}}]),
            button("first", ["push_focus", {}], ["focus_first", {"to": "#form"}]),
            button("back", ["pop_focus", {}]),
            button("exec", ["exec", {"attr": "data-do", "to": "#form"}]),
            button("inner", ["add_class", {"to": {"closest": "main"}, "names": ["near"]}]),
            f'<form id="form" data-do="{js(["set_attr", {"attr": ["title", "done"]}])}">',
            '<input type="hidden"><input id="f"></form>',
        ]
        await act.join(f"<main>{''.join(page)}</main>")
        await act.evaluate(
            """() => addEventListener('my:event', ({ target, detail }) =>
              (window.got = [target.id, detail.n, detail.dispatcher.id]))"""
        )
        await act.page.click("#send")
        assert await act.evaluate("() => got") == ["form", 1, "send"]
        await act.page.click("#first")
        assert await act.evaluate("() => document.activeElement.id") == "f"
        await act.page.click("#back")
        assert await act.evaluate("() => document.activeElement.id") == "first"
        await act.page.click("#exec")
        assert await act.evaluate("() => document.querySelector('#form').title") == "done"
        await act.page.click("#inner")
        assert await act.evaluate("() => document.querySelector('main').className") == "near"

    stage.play(scene)


HOOKS = """
window.LiveTape = { hooks: {} }
window.calls = []
const names = ['mounted', 'beforeUpdate', 'updated', 'destroyed', 'disconnected', 'reconnected']
LiveTape.hooks.Spy = Object.fromEntries(names.map((name) => [name, function () {
  calls.push(`${name} ${this.el.id} ${this.el.textContent}`)
  if (name !== 'mounted') return
  window.spy = this
  this.handleEvent('hello', ({ n }) => calls.push(`hello ${n}`))
}]))
LiveTape.hooks.Classy = class { mounted() { calls.push(`class ${this.el.id}`) } }
"""


def test_hooks_are_called_at_each_turn_of_their_elements_life(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        hooked = '<p id="a" phx-hook="Spy">one</p>'
        view = await act.join({"0": hooked, "1": "1", "s": ["", '<b id="k" phx-hook="Classy">', "</b>"]}, script=HOOKS)
        assert await act.evaluate("() => calls.splice(0)") == ["mounted a one", "class k"]
        view.diff({"0": hooked.replace("one", "two"), "e": [["hello", {"n": 1}]]})
        await act.until("() => calls.length === 3")
        assert await act.evaluate("() => calls.splice(0)") == ["beforeUpdate a one", "updated a two", "hello 1"]
        view.link.close(1012)
        link = await act.server.link()
        again = View(act, link, await link.expect("phx_join"))
        again.joined({"0": hooked.replace("one", "two"), "1": "1", "s": ["", "<b>", "</b>"]})
        await act.until("() => calls.includes('reconnected a two')")
        assert await act.evaluate("() => calls.splice(0)") == ["disconnected a two", "reconnected a two"]
        again.diff({"0": ""})
        await act.until("() => calls.length === 1")
        assert await act.evaluate("() => calls.splice(0)") == ["destroyed a two"]
        again.diff({"e": [["hello", {"n": 2}]], "t": "end"})
        await act.until("() => document.title === 'end - test'")
        assert await act.evaluate("() => calls") == [], "a destroyed hook hears nothing"

    stage.play(scene)


def test_hooks_push_events_and_get_replies(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        card = {"0": "", "r": 1, "s": ['<div id="card">', "</div>"]}
        tree = {"0": 2, "s": ['<p id="a" phx-hook="Spy"></p>', ""], "c": {"2": card}}
        view = await act.join(tree, script=HOOKS)
        await act.evaluate(
            "() => { spy.pushEvent('ask', { q: 1 }, (reply, ref) => calls.push(['reply', reply, ref])) }"
        )
        message = await view.event("ask", type="hook", value={"q": 1})
        view.answer(message, {"r": {"answer": 42}})
        await act.until("() => calls.length === 2")
        assert await act.evaluate("() => calls[1]") == ["reply", {"answer": 42}, 0]
        await act.evaluate("() => { spy.pushEventTo('#card', 'to', {}).then((reply) => calls.push(reply)) }")
        message = await view.event("to", cid=2)
        view.answer(message, {"r": {"ok": True}})
        await act.until("() => calls.length === 3")
        assert await act.evaluate("() => calls[2]") == [
            {"status": "fulfilled", "value": {"reply": {"ok": True}, "ref": 1}}
        ]

    stage.play(scene)


def test_early_events_come_before_the_patch(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join({"0": "old", "s": ["<p>", "</p>"]})
        await act.evaluate(
            """() => { window.seen = []
            for (const n of ['a', 'b'])
              addEventListener(`phx:${n}`, () => seen.push(n + document.querySelector('p').textContent)) }"""
        )
        view.diff({"0": "new", "e": [["b", {}], ["a", {}, True]]})
        await act.until("() => seen.length === 2")
        assert await act.evaluate("() => seen") == ["aold", "bnew"]

    stage.play(scene)
