import LiveServer

/// A room: a view of its own.
struct Room: LiveView {
    let name: String
    var degrees = 20

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "warmer": degrees += 1
        case "cooler": degrees -= 1
        default: throw UnhandledEvent(event.name)
        }
    }

    var body: HTML {
        """
        <div class="panel">
          <h3>\(name)</h3>
          <p class="big">\(degrees) °C</p>
          <button phx-click="cooler">Cooler</button> <button phx-click="warmer">Warmer</button>
          <button class="danger" phx-click="crash">Crash</button>
        </div>
        """
    }
}

/// A page with views within.
struct House: GalleryPage {
    static let about = About(
        path: "/nested", name: "Nested views",
        shows: "Three rooms, each a view of its own within the page's view: one can crash and the others stay.",
        look: "Four joins over one socket, each with a topic; events and diffs of a room go by its own topic.")

    var visitors = 0

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "ring" else { throw UnhandledEvent(event.name) }
        visitors += 1
    }

    var demo: HTML {
        """
        <div class="row"><button id="ring" phx-click="ring">Ring</button> <span>It rang \(visitors) times.</span></div>
        <div class="pair">
          \(view: Room(name: "Kitchen"), id: "kitchen")
          \(view: Room(name: "Study"), id: "study")
          \(view: Room(name: "Attic", degrees: 14), id: "attic")
        </div>
        """
    }
}
