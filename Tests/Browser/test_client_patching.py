"""What our client keeps while it patches the page: focus, caret, scroll, typed text, ignored regions, elements by id;
how streams and components live on the page; and that patches wait for the replies they must wait for.
"""

from __future__ import annotations

import pytest
from client.stage import Act, Stage

MARK = "(selector) => { document.querySelector(selector).mark = true }"
IS_MARKED = "(selector) => document.querySelector(selector).mark === true"
IDS = "() => [...document.querySelectorAll('li')].map((item) => item.id)"


def keyed(rows: dict, count: int, **more: object) -> dict:
    return {"k": {**{str(i): row for i, row in rows.items()}, "kc": count}, **more}


def test_elements_with_ids_move_and_are_not_made_anew(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        rows = {i: {"0": name} for i, name in enumerate("abcd")}
        view = await act.join({"0": keyed(rows, 4, s=['<li id="', '"><input></li>']), "s": ["<ul>", "</ul>"]})
        for name in "abcd":
            await act.evaluate(MARK, f"#{name}")
        await act.page.fill("#c input", "typed")
        view.diff({"0": keyed({0: 3, 1: 0, 2: 2, 3: {"0": "e"}}, 4, km=True)})
        await act.until("() => document.querySelector('#e')")
        assert await act.evaluate(IDS) == ["d", "a", "c", "e"]
        for name in "dac":
            assert await act.evaluate(IS_MARKED, f"#{name}"), name
        assert await act.evaluate("() => document.activeElement === document.querySelector('#c input')")
        assert await act.evaluate("() => document.activeElement.value") == "typed"

    stage.play(scene)


def test_a_list_that_is_shuffled_many_times_is_always_in_order(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        import random

        source = random.Random(4)
        names = [f"n{i}" for i in range(12)]
        statics = ['<li id="', '">', "</li>"]
        view = await act.join({"0": {"d": [[n, n] for n in names], "s": statics}, "s": ["<ul>", "</ul>"]})
        for turn in range(40):
            shuffled = source.sample(names, source.randint(0, len(names)))
            shuffled += [f"x{turn}.{i}" for i in range(source.randint(0, 3))]
            source.shuffle(shuffled)
            view.diff({"0": {"d": [[n, f"{n} {turn}"] for n in shuffled]}, "t": f"{turn}"})
            await act.until("(turn) => document.title === `${turn} - test`", turn)
            assert await act.evaluate(IDS) == shuffled
            names = shuffled or names

    stage.play(scene)


def test_an_element_may_move_to_another_parent(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join({"0": '<div id="a"><b id="x">x</b></div><div id="b"></div>', "s": ["<main>", "</main>"]})
        await act.evaluate(MARK, "#x")
        view.diff({"0": '<div id="a"></div><div id="b"><b id="x">y</b></div>'})
        await act.until("() => document.querySelector('#b #x')")
        assert await act.evaluate(IS_MARKED, "#x")
        view.diff({"0": '<p><span><b id="x">z</b></span></p>'})
        await act.until("() => document.querySelector('p #x')")
        assert await act.evaluate(IS_MARKED, "#x")
        assert await act.html("main") == '<p><span><b id="x">z</b></span></p>'

    stage.play(scene)


def test_the_field_in_use_keeps_text_and_caret_and_others_take_the_servers_word(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        fields = '<input id="used" value="old" class="', '"><input id="idle" value="', '"><textarea id="long">'
        view = await act.join({"0": "", "1": "one", "2": "text", "s": [*fields, "</textarea>"]})
        await act.page.fill("#idle", "typed and left")
        await act.page.fill("#used", "being typed")
        await act.evaluate("() => document.activeElement.setSelectionRange(2, 5)")
        view.diff({"0": "error", "1": "two", "2": "other"})
        await act.until("() => document.querySelector('#used.error')")
        caret = "() => { const e = document.activeElement; return [e.id, e.value, e.selectionStart, e.selectionEnd] }"
        assert await act.evaluate(caret) == ["used", "being typed", 2, 5]
        assert await act.evaluate("() => document.querySelector('#idle').value") == "two"
        assert await act.evaluate("() => document.querySelector('#long').value") == "other"

    stage.play(scene)


def test_boxes_and_choices_follow_the_server(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        html = '<input type="checkbox" id="box"{}><select id="choice"><option value="a">a<option value="b"{}>b</select>'
        view = await act.join({"0": html.format("", ""), "s": ["", ""]})
        await act.page.check("#box")
        await act.page.select_option("#choice", "b")
        await act.evaluate("() => document.activeElement.blur()")
        view.diff({"0": html.format(" checked", " selected"), "t": "1"})
        await act.until("() => document.title === '1 - test'")
        state = "() => [document.querySelector('#box').checked, document.querySelector('#choice').value]"
        assert await act.evaluate(state) == [True, "b"]
        view.diff({"0": html.format("", ""), "t": "2"})
        await act.until("() => document.title === '2 - test'")
        assert await act.evaluate(state) == [False, "a"]

    stage.play(scene)


def test_scroll_positions_stay(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        lines = "".join(f"<p>{i}</p>" for i in range(60))
        box = '<div id="box" style="height: 90px; overflow: auto">'
        view = await act.join({"0": "before", "s": ["<h1>", f"</h1>{box}{lines}</div>"]})
        await act.evaluate("() => { document.querySelector('#box').scrollTop = 400 }")
        view.diff({"0": "after"})
        await act.until("() => document.querySelector('h1').textContent === 'after'")
        assert await act.evaluate("() => document.querySelector('#box').scrollTop") == 400

    stage.play(scene)


def test_an_ignored_region_takes_only_data_attributes(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        start = '<div id="map" phx-update="ignore" '
        view = await act.join({"0": "1", "1": "a", "s": [start + 'data-zoom="', '" class="', '"></div>']})
        await act.evaluate("() => { document.querySelector('#map').innerHTML = '<i>drawn</i>' }")
        view.diff({"0": "2", "1": "b"})
        await act.until("() => document.querySelector('#map').dataset.zoom === '2'")
        assert await act.html("#map") == "<i>drawn</i>"
        assert await act.evaluate("() => document.querySelector('#map').className") == "a"

    stage.play(scene)


def test_a_locked_element_waits_for_its_reply_and_the_rest_does_not(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        parts = ['<button id="go" phx-click="go" phx-disable-with="wait">', "</button><p id=out>", "</p>"]
        view = await act.join({"0": "go", "1": "0", "s": parts})
        await act.page.click("#go")
        event = await view.event("go")
        assert await act.text("#go") == "wait"
        assert await act.evaluate("() => document.querySelector('#go').className") == "phx-click-loading"
        await act.evaluate("() => document.querySelector('#go').click()")
        view.diff({"0": "later", "1": "1"})
        await act.until("() => document.querySelector('#out').textContent === '1'")
        assert await act.text("#go") == "wait", "a patch of a locked element must wait"
        view.answer(event)
        await act.until("() => document.querySelector('#go').textContent === 'later'")
        assert await act.evaluate("() => document.querySelector('#go').outerHTML") == (
            '<button id="go" phx-click="go" phx-disable-with="wait">later</button>'
        )
        await view.silence()

    stage.play(scene)


def test_what_is_typed_while_a_form_is_checked_is_not_undone(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        parts = ['<form id="f" phx-change="check"><input name="a" value="', '"><input name="b" value="', '"></form>']
        view = await act.join({"0": "", "1": "", "s": parts})
        await act.page.fill("[name=a]", "x")
        first = await view.event("check", value="a=x&_unused_b=&b=")
        await act.page.fill("[name=b]", "y")
        second = await view.event("check", value="a=x&b=y")
        view.answer(first, {"0": "x", "1": ""})
        view.answer(second, {"0": "X", "1": "y"})
        await act.until("() => document.querySelector('[name=a]').value === 'X'")
        assert await act.evaluate("() => document.querySelector('[name=b]').value") == "y"

    stage.play(scene)


def test_a_stream_in_a_locked_element_loses_nothing(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        item = ['<li id="', '">', "</li>"]
        start = '<div id="box" phx-click="go"><b>'
        tree = {"0": "0", "1": {"k": {"kc": 0}, "s": item, "stream": ["0", [], []]}}
        view = await act.join({**tree, "s": [start, '</b><ul id="l" phx-update="stream">', "</ul></div>"]})
        await act.page.click("#box b")
        event = await view.event("go")
        for i in range(3):
            row = {"0": f"i{i}", "1": str(i)}
            view.diff({"0": str(i + 1), "1": keyed({0: row}, 1, stream=["0", [[f"i{i}", -1, None, None]], []])})
        view.diff({"t": "sent"})
        await act.until("() => document.title === 'sent - test'")
        assert await act.evaluate(IDS) == []
        view.answer(event)
        await act.until("() => document.querySelectorAll('li').length === 3")
        assert await act.evaluate(IDS) == ["i0", "i1", "i2"]
        assert await act.text("#box b") == "3"

    stage.play(scene)


STREAM_SHAPES = {
    "0.18": lambda inserts, deletes, reset: [{i: at for i, at, _ in inserts}, deletes],
    "0.19": lambda inserts, deletes, reset: ["0", {i: [at, n] for i, at, n in inserts}, deletes] + [True] * reset,
    "0.20.4": lambda inserts, deletes, reset: ["0", [[i, at, n] for i, at, n in inserts], deletes] + [True] * reset,
    "1.2": lambda inserts, deletes, reset: ["0", [[i, at, n, False] for i, at, n in inserts], deletes] + [True] * reset,
}


@pytest.mark.parametrize("version", STREAM_SHAPES)
def test_streams_of_each_version(version: str, stage: Stage) -> None:
    shape = STREAM_SHAPES[version]

    def change(ids: list[str], inserts: list, deletes: list = [], reset: bool = False) -> dict:
        if version == "1.2":
            rows = keyed({n: {"0": i, "1": f"{i}!"} for n, i in enumerate(ids)}, len(ids))
        else:
            rows = {"d": [[i, f"{i}!"] for i in ids]}
        return {**rows, "stream": shape(inserts, deletes, reset)}

    async def scene(act: Act) -> None:
        first = {**change(["a", "b"], [("a", -1, None), ("b", -1, None)]), "s": ['<li id="', '">', "</li>"]}
        dead = '<ul id="l" phx-update="stream"><li id="a">dead</li><li id="b">b</li><li id="stale">gone</li></ul>'
        view = await act.join({"0": first, "s": ['<ul id="l" phx-update="stream">', "</ul>"]}, dead=dead)
        assert await act.evaluate(IDS) == ["a", "b"]

        async def after(diff: dict, ids: list[str]) -> None:
            view.diff({"0": diff})
            await act.until("(ids) => [...document.querySelectorAll('li')].map((i) => i.id).join() === ids.join()", ids)

        await after(change(["c"], [("c", -1, None)]), ["a", "b", "c"])
        await after(change(["d"], [("d", 0, None)]), ["d", "a", "b", "c"])
        await after(change(["e"], [("e", 2, None)]), ["d", "a", "e", "b", "c"])
        await after(change(["a", "f"], [("a", -1, None), ("f", -1, None)], ["b"]), ["d", "a", "e", "c", "f"])
        if version == "0.18":
            return
        await after(change(["g"], [("g", -1, -3)]), ["c", "f", "g"])
        await after(change(["h"], [("h", 0, 2)]), ["h", "c"])
        await after(change(["c", "z"], [("c", -1, None), ("z", -1, None)], [], True), ["c", "z"])
        assert await act.text("#c") == "c!"
        if version == "1.2":
            update = keyed({0: {"0": "z", "1": "new"}, 1: {"0": "q", "1": "no"}}, 2)
            stream = ["0", [["z", -1, None, True], ["q", -1, None, True]], []]
            await after({**update, "stream": stream}, ["c", "z"])
            await act.until("() => document.querySelector('#z').textContent === 'new'")

    stage.play(scene)


def test_a_component_is_found_by_its_number_and_forgotten_after_the_handshake(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        card = {
            "0": "one",
            "1": "1",
            "r": 1,
            "s": ["<!-- card --><p>", '<a phx-click="hit" phx-target="', '">go</a></p>'],
        }
        view = await act.join({"0": keyed({0: {"0": 1}, 1: {"0": 2}}, 2, s=["", ""]), "s": ["<div>", "</div>"],
                               "c": {"1": card, "2": {"0": "two", "1": "2", "s": 1}}})  # fmt: skip
        await act.page.click("p:nth-of-type(2) a")
        event = await view.event("hit", cid=2)
        view.answer(event, {"c": {"2": {"0": "two!"}}})
        await act.until("() => document.querySelector('p:nth-of-type(2)').textContent === 'two!go'")
        view.diff({"0": keyed({0: 1}, 1, km=True)})
        will = await view.link.expect("cids_will_destroy", cids=[1])
        view.link.reply(will)
        done = await view.link.expect("cids_destroyed", cids=[1])
        view.link.reply(done, {"cids": [1]})
        await act.until("() => !('1' in liveSocket.main.rendered.components)")
        assert await act.text("#phx-main") == "two!go"

    stage.play(scene)


def test_what_plays_its_removal_stays_until_it_is_done(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        remove = '[["transition",{"transition":[["fade"],[],[]],"time":60}]]'.replace('"', "&quot;")
        item = f'<p id="note" phx-remove="{remove}">note</p>'
        view = await act.join({"0": item, "1": "1", "s": ["<div>", "</div><b>", "</b>"]})
        await act.page.clock.install()
        view.diff({"0": "", "1": "2"})
        await act.until("() => document.querySelector('b').textContent === '2'")
        assert await act.evaluate("() => document.querySelector('#note').className") == "fade"
        view.diff({"1": "3"})
        await act.until("() => document.querySelector('b').textContent === '3'")
        await act.page.clock.fast_forward(60)
        await act.until("() => !document.querySelector('#note')")

    stage.play(scene)
