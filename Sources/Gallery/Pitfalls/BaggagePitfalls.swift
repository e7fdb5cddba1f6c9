import LiveServer

/// What it costs if pages carry what their visitors have no use for.
struct BaggagePitfalls: Twins {
    static let about = About(
        path: "/pitfalls/baggage", name: "Pages with baggage",
        shows: "A parcel and its receipt; on the left the page carries notes for developers, and a whole order.",
        look: "On the left templates name files and lines, and a token holds the order; on the right it holds an id.")

    /// What is stored.
    static let orders: [Int: JSON] = [7: JSON((1...70).map { line($0) })]

    private static func line(_ number: Int) -> JSON {
        ["thing": JSON("Jar of plums \(number)"), "crowns": JSON(30 + number), "for": JSON(Person(number).name)]
    }

    /// What the two sides have in common.
    struct State {
        var isOpen = false
        var isBilled = false

        mutating func handle(_ event: LiveEvent) throws {
            switch event.name {
            case "open": isOpen = true
            case "bill": isBilled = true
            default: throw UnhandledEvent(event.name)
            }
        }
    }

    /// With what HEEx writes for `debug_heex_annotations` and `debug_attributes`: the lines are those of this file.
    struct Bad: Twin {
        var state = State()

        mutating func handle(event: Event, _ context: Context) throws { try state.handle(event) }

        var body: HTML {
            """
            <!-- <Gallery.BaggagePitfalls.Bad.body> Sources/Gallery/Pitfalls/BaggagePitfalls.swift:39 (gallery) -->
            <h4 data-phx-loc="40">Notes for developers</h4>
            <pre data-phx-loc="41">&lt;!-- &lt;Page.body&gt; Page.swift:12 --&gt;</pre>
            \(if: state.isOpen, contents)
            <button data-phx-loc="43" phx-click="open">\(state.isOpen ? "It is open" : "Open the parcel")</button>
            <h4 data-phx-loc="44">A session that holds all</h4><pre data-phx-loc="44">session: ["order": lines]</pre>
            \(if: state.isBilled, receipt)
            <button data-phx-loc="46" phx-click="bill">Show the receipt</button>
            <!-- </Gallery.BaggagePitfalls.Bad.body> -->
            """
        }

        private var receipt: HTML {
            "\(view: Receipt(), id: "bad-receipt", session: ["order": BaggagePitfalls.orders[7] ?? []])"
        }

        private var contents: HTML {
            """
            <!-- @caller Sources/Gallery/Pitfalls/BaggagePitfalls.swift:42 (gallery) -->\
            <!-- <Gallery.BaggagePitfalls.Bad.contents> Sources/Gallery/Pitfalls/BaggagePitfalls.swift:58 (gallery) -->
            <ul data-phx-loc="59" class="tip">
              <li data-phx-loc="60">Jars of plums: <b data-phx-loc="60">\(48)</b></li>
              <li data-phx-loc="61">A card that says <i data-phx-loc="61">\("Thank you")</i></li>
            </ul>
            <!-- </Gallery.BaggagePitfalls.Bad.contents> -->
            """
        }
    }

    struct Good: Twin {
        var state = State()

        mutating func handle(event: Event, _ context: Context) throws { try state.handle(event) }

        var body: HTML {
            """
            <h4>Pages for visitors</h4><pre>// Nothing: notes are for the developers' own pages.</pre>
            \(if: state.isOpen, contents)
            <button phx-click="open">\(state.isOpen ? "It is open" : "Open the parcel")</button>
            <h4>A session that holds an id</h4><pre>session: ["order": 7]</pre>
            \(if: state.isBilled, "\(view: Receipt(), id: "good-receipt", session: ["order": 7])")
            <button phx-click="bill">Show the receipt</button>
            """
        }

        private var contents: HTML {
            """
            <ul class="tip">
              <li>Jars of plums: <b>\(48)</b></li>
              <li>A card that says <i>\("Thank you")</i></li>
            </ul>
            """
        }
    }
}

/// Knows its order by what its session says: all of it, or the id.
private struct Receipt: LiveView {
    var lines: [JSON] = []

    mutating func mount(_ context: Context) {
        let order = context.session["order"]
        lines = order.array ?? order.int.flatMap { BaggagePitfalls.orders[$0]?.array } ?? []
    }

    var body: HTML {
        "<p class=\"tip\">\(lines.count) things, \(lines.reduce(0) { $0 + ($1["crowns"].int ?? 0) }) crowns</p>"
    }
}
