"""Uploads in our client: choosing, asking, chunks one at a time, progress, cancelling, errors, dropping, previews."""

from __future__ import annotations

from client.fake_server import Message
from client.stage import Act, Stage, View

NOTE = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"abcdef"}
OTHER = {"name": "b.txt", "mimeType": "text/plain", "buffer": b"xy"}
INPUT = [
    '<form id="f" phx-change="check" phx-submit="save">'
    '<input type="file" name="doc" id="doc" data-phx-upload-ref="up" {}'
]
STATICS = [
    ' data-phx-active-refs="',
    '" data-phx-done-refs="',
    '" data-phx-preflighted-refs="',
    '"><button id="ok">ok</button></form>',
]


def tree(options: str = "") -> dict:
    return {"0": "", "1": "", "2": "", "s": [INPUT[0].format(options) + STATICS[0], *STATICS[1:]]}


def allow(entries: dict, chunk_size: int = 4) -> dict:
    config = {"chunk_size": chunk_size, "chunk_timeout": 10_000, "max_entries": 2, "max_file_size": 1000}
    return {"ref": "up", "config": config, "entries": entries, "errors": {}}


async def take(view: View, ref: str, chunks: list[bytes], progress: list[int], cid: int | None = None) -> None:
    """Takes a whole file."""
    join = await view.link.expect("phx_join", token=f"TOKEN-{ref}")
    assert join.topic == f"lvu:{ref}"
    view.link.reply(join)
    for data, percent in zip(chunks, progress, strict=True):
        chunk = await view.link.receive()
        assert (chunk.topic, chunk.event, chunk.payload) == (f"lvu:{ref}", "chunk", data)
        view.link.reply(chunk)
        told = await view.link.expect("progress", ref="up", entry_ref=ref, progress=percent, event=None)
        view.link.reply(told)


async def chosen(view: View, *refs: str) -> Message:
    """The form's event with the files, and the answer that lists them."""
    message = await view.event("check")
    entries = message.payload["uploads"]["up"]
    assert [entry["ref"] for entry in entries] == list(refs)
    view.answer(message, {"0": ",".join(refs)})
    return message


def test_a_file_goes_up_by_itself_in_chunks(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(tree("data-phx-auto-upload"))
        await act.page.set_input_files("#doc", NOTE)
        message = await chosen(view, "0")
        entry = message.payload["uploads"]["up"][0]
        assert message.payload["meta"] == {"_target": "doc"} and message.payload["value"] == ""
        assert {**entry, "last_modified": 0} == {"path": "doc", "ref": "0", "last_modified": 0, "name": "a.txt",
                                                 "relative_path": "", "type": "text/plain", "size": 6}  # fmt: skip
        request = await view.link.expect("allow_upload", ref="up")
        assert "path" not in request.payload["entries"][0]
        view.link.reply(request, allow({"0": "TOKEN-0"}))
        await take(view, "0", [b"abcd", b"ef"], [66, 100])
        await view.silence()

    stage.play(scene)


def test_a_submit_waits_for_its_files(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(tree("multiple"))
        await act.page.set_input_files("#doc", [NOTE, OTHER])
        await chosen(view, "0", "1")
        await view.silence()
        await act.page.click("#ok")
        request = await view.link.expect("allow_upload")
        view.link.reply(request, allow({"0": "TOKEN-0", "1": "TOKEN-1"}, 100))
        joins = {}
        for _ in range(2):
            join = await view.link.expect("phx_join")
            joins[join.topic] = join
        for ref, data in (("1", b"xy"), ("0", b"abcdef")):
            view.link.reply(joins[f"lvu:{ref}"])
            chunk = await view.link.receive()
            assert (chunk.topic, chunk.payload) == (f"lvu:{ref}", data)
            view.link.reply(chunk)
            view.link.reply(await view.link.expect("progress", progress=100))
        message = await view.event("save")
        assert "uploads" not in message.payload
        view.answer(message)
        view.diff({"0": "", "1": "", "2": ""})
        await act.until("() => liveSocket.main.uploads.entries.length === 0")

    stage.play(scene)


def test_a_cancelled_file_is_not_sent_and_another_may_be_chosen(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(tree("multiple"))
        await act.page.set_input_files("#doc", NOTE)
        await chosen(view, "0")
        await act.page.set_input_files("#doc", OTHER)
        await chosen(view, "0", "1")
        view.diff({"0": "1", "t": "cancelled"})
        await act.until("() => document.title === 'cancelled - test'")
        await act.page.click("#ok")
        request = await view.link.expect("allow_upload")
        assert [entry["ref"] for entry in request.payload["entries"]] == ["1"]

    stage.play(scene)


def test_errors_of_files_are_told_and_stop_the_submit(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        view = await act.join(tree())
        await act.page.set_input_files("#doc", NOTE)
        await chosen(view, "0")
        await act.page.click("#ok")
        view.link.reply(await view.link.expect("allow_upload"), allow({"0": "TOKEN-0"}))
        view.link.reply(await view.link.expect("phx_join"))
        chunk = await view.link.receive()
        view.link.reply(chunk, {"reason": "file_size_limit_exceeded", "limit": 3}, "error")
        await view.link.expect("phx_leave")
        told = await view.link.expect("progress", progress={"error": "file_size_limit_exceeded"})
        view.link.reply(told)
        await view.silence()

    stage.play(scene)


def test_files_may_be_dropped_and_seen_before_they_are_sent(stage: Stage) -> None:
    async def scene(act: Act) -> None:
        form = tree()
        form["s"][-1] += '<div id="here" phx-drop-target="doc">drop</div>'
        form["3"] = ""
        form["s"] += ["<i></i>"]
        view = await act.join(form)
        await act.evaluate(
            """() => {
              const transfer = new DataTransfer()
              transfer.items.add(new File(['png'], 'p.png', { type: 'image/png' }))
              const options = { bubbles: true, cancelable: true, dataTransfer: transfer }
              const drop = (type) => here.dispatchEvent(new DragEvent(type, options))
              const here = document.querySelector('#here')
              window.seen = []
              drop('dragover'); seen.push(here.className); drop('drop'); seen.push(here.className)
            }"""
        )
        await chosen(view, "0")
        assert await act.evaluate("() => seen") == ["phx-drop-target-active", ""]
        image = '<img id="p" data-phx-entry-ref="0" data-phx-upload-ref="up" data-phx-hook="Phoenix.LiveImgPreview">'
        view.diff({"3": image})
        await act.until("() => document.querySelector('#p')?.src.startsWith('blob:')")

    stage.play(scene)


def test_an_uploader_of_the_application_takes_the_files(stage: Stage) -> None:
    script = """window.LiveTape = { uploaders: { S3: (entries) => entries.forEach((entry) => {
      window.taken = [entry.file.name, entry.meta.url]; entry.progress(50); entry.progress(100) }) } }"""

    async def scene(act: Act) -> None:
        view = await act.join(tree("data-phx-auto-upload"), script=script)
        await act.page.set_input_files("#doc", NOTE)
        await chosen(view, "0")
        view.link.reply(await view.link.expect("allow_upload"), allow({"0": {"uploader": "S3", "url": "/there"}}))
        for percent in (50, 100):
            view.link.reply(await view.link.expect("progress", progress=percent))
        assert await act.evaluate("() => taken") == ["a.txt", "/there"]

    stage.play(scene)
