"""Four live views that put each kind of LiveView traffic on the wire: the light, a stream, a form, server ticks."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, Field
from pyview import LiveView, Stream, is_connected
from pyview.changesets import ChangeSet, change_set
from pyview.template import LiveRender, LiveTemplate
from pyview.vendor.ibis import Template

from .light import LightView, live_app

LIST = LiveTemplate(
    Template(
        """<main><h1>List</h1>
<button id="append" phx-click="append">append</button>
<button id="prepend" phx-click="prepend">prepend</button>
<button id="many" phx-click="many">many</button>
<button id="reset" phx-click="reset">reset</button>
<ul id="rows" phx-update="stream">{% for dom_id, row in rows %}<li id="{{dom_id}}">{{row.text}}
<button phx-click="delete" phx-value-row="{{dom_id}}">delete</button></li>{% endfor %}</ul>
<p id="count">{{count}} made</p></main>"""
    )
)


@dataclass
class Row:
    id: int
    text: str


class ListView(LiveView):
    """A stream: rows are inserted at both ends, many at once, deleted and reset."""

    async def mount(self, socket, session):
        rows = Stream([Row(0, "first <row> & more"), Row(1, "second")], name="rows")
        socket.context = {"rows": rows, "count": 2}

    async def handle_event(self, event, payload, socket):
        context = socket.context
        rows: Stream[Row] = context["rows"]
        match event:
            case "append":
                rows.insert(self.new_row(context, "appended"), at=-1)
            case "prepend":
                rows.insert(self.new_row(context, "prepended"), at=0)
            case "many":
                rows.insert_many([self.new_row(context, "many äöü ✓ 😀") for _ in range(30)])
            case "delete":
                rows.delete_by_id(payload["row"])
            case "reset":
                rows.reset([self.new_row(context, "fresh")])

    @staticmethod
    def new_row(context: dict, word: str) -> Row:
        row = Row(context["count"], f"{word} {context['count']}")
        context["count"] += 1
        return row

    async def render(self, assigns, meta):
        return LiveRender(LIST, assigns, meta)


FORM = LiveTemplate(
    Template(
        """<main><h1>Form</h1>
<form id="guest" phx-change="check" phx-submit="save" autocomplete="off">
<input id="name" name="name" value="{{form.attrs.name}}">
{% if form.errors.get("name") %}<em class="error">{{form.errors.get("name")}}</em>{% endif %}
<input id="seats" name="seats" value="{{form.attrs.seats}}">
{% if form.errors.get("seats") %}<em class="error">{{form.errors.get("seats")}}</em>{% endif %}
<button id="save">save</button></form>
<ol id="guests">{% for guest in guests %}<li>{{guest.name}}: {{guest.seats}}</li>{% endfor %}</ol></main>"""
    )
)


class Guest(BaseModel):
    name: str = Field(min_length=2, max_length=30)
    seats: int = Field(ge=1, le=8)


@dataclass
class FormContext:
    guests: list[Guest] = field(default_factory=list)
    form: ChangeSet = field(default_factory=lambda: change_set(Guest))


class FormView(LiveView):
    """A form that is checked as it is filled in."""

    async def mount(self, socket, session):
        socket.context = FormContext()

    async def handle_event(self, event, payload, socket):
        match event:
            case "check":
                socket.context.form.apply(payload)
            case "save" if guest := socket.context.form.model:
                socket.context = FormContext(guests=[*socket.context.guests, guest])

    async def render(self, assigns, meta):
        return LiveRender(FORM, assigns, meta)


TICKS = LiveTemplate(Template("""<main><h1>Ticks</h1><p id="ticks">{{ticks}} of {{count}}</p></main>"""))


class TicksView(LiveView):
    """The server pushes `count` diffs by itself, then is quiet: the browser can have seen each of them."""

    async def mount(self, socket, session):
        socket.context = {"ticks": 0, "count": 25}
        self.schedule_next(socket)

    @staticmethod
    def schedule_next(socket):
        if is_connected(socket):
            socket.schedule_info_once("tick", seconds=0.02)

    async def handle_info(self, event, socket):
        socket.context["ticks"] += 1
        if socket.context["ticks"] < socket.context["count"]:
            self.schedule_next(socket)

    async def render(self, assigns, meta):
        return LiveRender(TICKS, assigns, meta)


app = live_app("Pages", {"/": LightView, "/list": ListView, "/form": FormView, "/ticks": TicksView})
