import LiveServer

/// A view that stays while the page around it changes.
struct Rooms: GalleryPage {
    static let about = About(
        path: "/sticky", name: "Sticky view",
        shows: "The radio is a view of its own, and sticky: it plays on as you go from room to room.",
        look: "The page leaves and joins; the radio's channel, its state and its tree stay as they are.")

    var demo: HTML { RoomPart.body(name: "Living room", path: "/sticky/kitchen", other: "To the kitchen") }
}

/// The room next to it.
struct Kitchen: LiveView {
    var title: String { "Kitchen" }

    var body: HTML {
        """
        <header class="about"><h1>Kitchen</h1><p>Another view, and the radio still plays.</p></header>
        \(RoomPart.body(name: "Kitchen", path: "/sticky", other: "To the living room"))
        """
    }
}

private enum RoomPart {
    static func body(name: String, path: String, other: String) -> HTML {
        """
        <div class="pair">
          <div class="panel"><h3>\(name)</h3>
            <p><a class="button" id="go" \(navigate: path)>\(other)</a></p></div>
          \(sticky: "radio", id: "radio")
        </div>
        """
    }
}

/// Plays on.
struct Radio: LiveView {
    private static let stations = ["the news", "jazz", "a string quartet", "noise"]

    var station = 0
    var turns = 0

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "tune" else { throw UnhandledEvent(event.name) }
        station = (station + 1) % Self.stations.count
        turns += 1
    }

    var body: HTML {
        """
        <div class="panel"><h3>Radio</h3>
          <p>It plays <b id="station">\(Self.stations[station])</b>.</p>
          <p class="quiet">Tuned \(turns) times since it is on.</p>
          <button id="tune" phx-click="tune">Tune</button></div>
        """
    }
}
