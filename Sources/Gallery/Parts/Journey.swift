import LiveServer

/// Patches and navigation.
struct Journey: GalleryPage {
    static let about = About(
        path: "/navigation", name: "Live navigation",
        shows: "The tabs change this view's URL; the other buttons go to another view, or load a page.",
        look:
            "A patch is an event and a diff, a navigation a leave and a join over the same socket, a redirect a page load."
    )

    private static let places = [
        ("harbour", "Boats, gulls, and a lighthouse that works."),
        ("market", "Plums are cheap today; the fishmonger is loud."),
        ("station", "The night train leaves at ten past eleven."),
    ]

    var place = "harbour"
    var patches = -1

    mutating func handle(params: JSON, _ context: Context) {
        place = params["place"].string ?? "harbour"
        patches += 1
    }

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "next":
            let index = Self.places.firstIndex { $0.0 == place } ?? 0
            context.pushPatch(to: "/navigation?place=\(Self.places[(index + 1) % Self.places.count].0)")
        case "travel":
            context.putFlash(.info, "You came from the \(place).")
            context.pushNavigate(to: "/navigation/abroad")
        case "redirect": context.redirect(to: "/navigation/abroad")
        default: throw UnhandledEvent(event.name)
        }
    }

    private var words: String { Self.places.first { $0.0 == place }?.1 ?? "There is no such place." }

    var demo: HTML {
        """
        <div class="row tabs">
          \(for: Self.places, { name, _ in
            """
            <a class="button" \(patch: "/navigation?place=\(name)")\
            \(attribute: "aria-current", name == place ? "true" : nil)>\(name)</a>
            """
          })
        </div>
        <div class="panel"><h3>The \(place)</h3><p>\(words)</p>
          <p class="quiet">Patched \(patches) times.</p></div>
        <div class="row">
          <button id="next" phx-click="next">Next by pushPatch</button>
          <button id="travel" phx-click="travel">Abroad by pushNavigate</button>
          <a class="button" \(navigate: "/navigation/abroad")>Abroad by link</a>
          <button id="redirect" phx-click="redirect">Abroad by redirect</button>
        </div>
        """
    }
}

/// Where the journey leads.
struct Abroad: LiveView {
    var title: String { "Abroad" }

    var body: HTML {
        """
        <header class="about">
          <h1>Abroad</h1>
          <p>Another view, in the same document if you came by live navigation.</p>
        </header>
        <a class="button" \(navigate: "/navigation")>Home</a>
        """
    }
}
