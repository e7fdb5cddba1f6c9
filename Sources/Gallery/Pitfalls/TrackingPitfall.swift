import LiveServer

/// What it costs if everything is sent at each change.
struct TrackingPitfall: Pitfall {
    static let about = About(
        path: "/pitfalls/tracking", name: "No change tracking",
        shows: "Twelve readings, one of which changes; on the left the framework was kept from seeing which one.",
        look: "The same event makes two diffs: on the left all slots, most of them with what the browser had already.")
    static let actions = [
        PitfallAction(event: "measure", label: "Measure once"),
        PitfallAction(event: "nothing", label: "Change nothing"),
    ]
    static let badCode = "static var pitfalls: Pitfalls { .noChangeTracking }"
    static let goodCode = "// Nothing: equal values are not sent."

    var channel = Topic<String>("")

    struct Bad: Readings {
        var channel = Topic<String>("")
        var values = firstValues
        var next = 0
        static var pitfalls: Pitfalls { .noChangeTracking }
    }

    struct Good: Readings {
        var channel = Topic<String>("")
        var values = firstValues
        var next = 0
    }
}

private let rooms = [
    "Hall", "Kitchen", "Study", "Attic", "Cellar", "Porch", "Garden", "Garage", "Pantry", "Bath", "Nursery", "Library",
]
private let firstValues = [19, 21, 20, 14, 12, 9, 8, 11, 16, 23, 21, 19]

/// Temperatures, each in words.
protocol Readings: Pane {
    var values: [Int] { get set }
    var next: Int { get set }
}

extension Readings {
    mutating func act(_ action: String) {
        guard action == "measure" else { return }
        values[next % values.count] += 1
        next += 1
    }

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "reset" else { throw UnhandledEvent(event.name) }
        (values, next) = (firstValues, 0)
    }

    var body: HTML {
        """
        <ul>\(for: rooms.indices, { "<li>\(sentence($0))</li>" })</ul>
        <p>\(rooms.count) rooms from \(rooms[0]) to \(rooms[rooms.count - 1])</p>\(thermometer)
        <button phx-click="reset">Begin anew</button>
        """
    }

    private var thermometer: HTML { "<p class=\"quiet\">Measured with \(instrument), made in \(1987).</p>" }
    private var instrument: String { "a thermometer of the house" }

    private func sentence(_ index: Int) -> String {
        "In the \(rooms[index].lowercased()) it has \(values[index]) °C, which is \(values[index] < 15 ? "cool" : "warm")."
    }
}
