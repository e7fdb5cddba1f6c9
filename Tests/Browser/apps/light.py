"""The light: a few buttons and a choice, the smallest page that a live view can be. `tools/demo` shows it."""

from __future__ import annotations

from markupsafe import Markup
from pyview import LiveView, PyView, defaultRootTemplate, is_connected
from pyview.template import LiveRender, LiveTemplate
from pyview.vendor.ibis import Template
from starlette.staticfiles import StaticFiles

LIGHT = LiveTemplate(
    Template(
        """<main style="font: 18px sans-serif; margin: 2em">
<h1>Light</h1>
<div style="width: 24em; background: #ddd"><div id="bar" style="width: {{level}}%; background: {{colour}}">&nbsp;</div></div>
<p id="state">{% if level == 0 %}off{% else %}on{% endif %} at <b id="level">{{level}}</b> %, <i id="colour">{{colour}}</i></p>
<button id="off" phx-click="off">off</button>
<button id="down" phx-click="down">down</button>
<button id="up" phx-click="up">up</button>
<button id="on" phx-click="on">on</button>
<button id="flash" phx-click="flash">flash</button>
<form id="colours" phx-change="colour">
{% for name in colours %}<label><input type="radio" name="colour" value="{{name}}" {% if name == colour %}checked{% endif %}> {{name}}</label> {% endfor %}
</form>
</main>"""
    )
)


class LightView(LiveView):
    async def mount(self, socket, session):
        socket.context = {"level": 10, "colour": "gold", "colours": ["gold", "tomato", "skyblue"]}

    async def handle_event(self, event, payload, socket):
        light = socket.context
        match event:
            case "off":
                light["level"] = 0
            case "on":
                light["level"] = 100
            case "up":
                light["level"] = min(100, light["level"] + 10)
            case "down":
                light["level"] = max(0, light["level"] - 10)
            case "colour":
                light["colour"] = payload["colour"][0]
            case "flash":
                if is_connected(socket):
                    await socket.push_event("flash", {"level": light["level"]})

    async def render(self, assigns, meta):
        return LiveRender(LIGHT, assigns, meta)


def live_app(title: str, views: dict[str, type[LiveView]]) -> PyView:
    """A pyview application with these live views, and the client script that the pyview package carries."""
    app = PyView()
    app.mount("/static", StaticFiles(packages=[("pyview", "static")]), name="static")
    # No icon: a page then makes only the requests that it needs.
    icon = Markup('<link rel="icon" href="data:,">')
    app.rootTemplate = defaultRootTemplate(title=title, css=icon)
    for path, view in views.items():
        app.add_live_view(path, view)
    return app


app = live_app("Light", {"/": LightView})
