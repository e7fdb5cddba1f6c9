"""The light of the browser tests, and a chat that is like the Gallery's, served by pyview."""

from __future__ import annotations

from itertools import count

from apps.light import LightView, live_app
from pyview import LiveView, Stream, is_connected
from pyview.template import LiveRender, LiveTemplate
from pyview.vendor.ibis import Template

CHAT = LiveTemplate(
    Template(
        """<main><ul id="lines" phx-update="stream">{% for dom_id, line in lines %}<li id="{{dom_id}}">{{line.text}}</li>
{% endfor %}</ul><form id="say" phx-submit="say"><input name="text"></form></main>"""
    )
)


class Line:
    numbers = count()

    def __init__(self, text: str) -> None:
        self.id = next(Line.numbers)
        self.text = text


class ChatView(LiveView):
    async def mount(self, socket, session):
        socket.context = {"lines": Stream([], name="lines")}
        if is_connected(socket):
            await socket.subscribe("chat")

    async def handle_event(self, event, payload, socket):
        await socket.broadcast("chat", Line(payload["text"][0]))

    async def handle_info(self, event, socket):
        socket.context["lines"].insert(event.payload, at=-1)

    async def render(self, assigns, meta):
        return LiveRender(CHAT, assigns, meta)


app = live_app("Views", {"/light": LightView, "/chat": ChatView})
