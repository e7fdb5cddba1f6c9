import LiveServer

/// What it costs to give everything to every part, and to make parts of what is none.
struct PartPitfalls: Twins {
    static let about = About(
        path: "/pitfalls/parts", name: "Parts that cost",
        shows: "The same house twice; on the left it is made of parts that get all there is, and of too many parts.",
        look: "On the left a new name sends the table and the number of each component; on the right it is one word.")

    /// What the two sides have in common.
    struct State {
        var name = "Ada"
        var round = 0

        mutating func handle(_ event: LiveEvent) throws {
            switch event.name {
            case "rename": name = name == "Ada" ? "Bo" : "Ada"
            case "again": round += 1
            default: throw UnhandledEvent(event.name)
            }
        }
    }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let rooms = ["Hall", "Kitchen", "Study", "Attic", "Cellar", "Porch"]
    static let hours = ["early", "noon", "late"]

    struct Bad: Twin {
        var state = State()
        static var pitfalls: Pitfalls { .noChangeTracking }

        mutating func handle(event: Event, _ context: Context) throws { try state.handle(event) }

        var body: HTML {
            """
            <h4>All is given to all</h4><pre>static var pitfalls: Pitfalls { .noChangeTracking }</pre>
            <p>Host: \(state.name). \(PartPitfalls.months.count) months, \(PartPitfalls.rooms.count) rooms, \
            \(PartPitfalls.hours.count) hours, from \(PartPitfalls.months[0]) to \(PartPitfalls.months[11]); the door is at \
            the \(PartPitfalls.rooms[5]).</p>
            <button phx-click="rename">Another host</button>
            <table>\(for: PartPitfalls.months, { month in
                "<tr><th>\(month)</th>\(for: PartPitfalls.hours, { "<td>\(month.prefix(3)) \($0)</td>" })</tr>"
            })</table>
            <h4>Fifty components that do nothing</h4><pre>\\(Badge(id: 1))</pre>
            <p>\(for: 1...50, key: { $0 }, { "\(Badge(id: $0))" })</p>
            <h4>A root for each kind</h4><pre>switch kind { case 0: "&lt;div class=…" … }</pre>
            \(for: 0...2, key: { $0 }, { "\(MixedCard(id: $0))" })
            <h4>Components with new ids</h4><pre>Note(id: "\\(round)-\\(number)")</pre>
            <div>\(for: 1...12, { "\(Note(id: "\(state.round)-\($0)", number: $0))" })</div>
            <button phx-click="again">Show them again</button> <i>\(state.round) times</i>
            <h4>A view for each lamp</h4><pre>\\(view: LampView(room), id: …)</pre>
            \(for: PartPitfalls.rooms, { "\(view: LampView(room: $0), id: "lamp-\($0)")" })
            <h4>A component for what has state</h4><pre>\\(Poll(id: 1))</pre>
            \(Poll(id: 1))
            """
        }
    }

    struct Good: Twin {
        var state = State()

        mutating func handle(event: Event, _ context: Context) throws { try state.handle(event) }

        var body: HTML {
            """
            <h4>What changed is sent</h4><pre>// Nothing: equal values are not sent.</pre>
            <p>Host: \(state.name). \(PartPitfalls.months.count) months, \(PartPitfalls.rooms.count) rooms, \
            \(PartPitfalls.hours.count) hours, from \(PartPitfalls.months[0]) to \(PartPitfalls.months[11]); the door is at \
            the \(PartPitfalls.rooms[5]).</p>
            <button phx-click="rename">Another host</button>
            <table>\(for: PartPitfalls.months, { month in
                "<tr><th>\(month)</th>\(for: PartPitfalls.hours, { "<td>\(month.prefix(3)) \($0)</td>" })</tr>"
            })</table>
            <h4>Fifty pieces of markup</h4><pre>"&lt;span class=…"</pre>
            <p>\(for: 1...50, key: { $0 }, { "<span class=\"badge\">\($0)</span>" })</p>
            <h4>One root for all kinds</h4><pre>"&lt;div class=\\"card \\(kind)\\"&gt;"</pre>
            \(for: 0...2, key: { $0 }, { "\(Card(id: $0))" })
            <h4>Components with ids that stay</h4><pre>Note(id: "\\(number)")</pre>
            <div>\(for: 1...12, { "\(Note(id: "\($0)", number: $0))" })</div>
            <button phx-click="again">Show them again</button> <i>\(state.round) times</i>
            <h4>A component for each lamp</h4><pre>\\(Lamp(room))</pre>
            \(for: PartPitfalls.rooms, { "\(Lamp(id: $0))" })
            <h4>A component for what has state</h4><pre>\\(Poll(id: 1))</pre>
            \(Poll(id: 1))
            """
        }
    }
}
