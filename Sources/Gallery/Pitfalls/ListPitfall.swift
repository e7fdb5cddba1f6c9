import LiveServer

/// What it costs if a list is sent whole.
struct ListPitfall: Pitfall {
    static let about = About(
        path: "/pitfalls/list", name: "List sent whole",
        shows: "Sixty seats, of which one is taken at each click; on the left a list that changed is sent whole.",
        look: "This is how LiveView before 1.1 sends every list: the rows that did not change are most of the diff.")
    static let actions = [PitfallAction(event: "take", label: "Take a seat")]
    static let badCode = "static var pitfalls: Pitfalls { .wholeLists }"
    static let goodCode = "// Nothing: of a list, only rows that changed are sent."

    var channel = Topic<String>("")

    struct Bad: Seats {
        var channel = Topic<String>("")
        var taken = 0
        static var pitfalls: Pitfalls { .wholeLists }
    }

    struct Good: Seats {
        var channel = Topic<String>("")
        var taken = 0
    }
}

/// Seats, which are taken in an order of their own.
protocol Seats: Pane {
    var taken: Int { get set }
}

extension Seats {
    private var isTaken: [Bool] {
        var seats = Array(repeating: false, count: 60)
        for number in 0..<taken { seats[number * 37 % 60] = true }
        return seats
    }

    mutating func act(_ action: String) { taken = (taken + 1) % 61 }

    var body: HTML {
        """
        <div class="seats">\(for: Array(isTaken.enumerated()), key: \.offset, { index, isTaken in
            "<span class=\"seat \(isTaken ? "taken" : "free")\">\(index + 1)</span>"
        })</div>
        """
    }
}
