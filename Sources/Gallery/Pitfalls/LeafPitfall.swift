import LiveServer

/// What it costs to build HTML as one string.
struct LeafPitfall: Pitfall {
    static let about = About(
        path: "/pitfalls/leaf", name: "HTML as a string",
        shows: "Thirty tasks, one of which is ticked off; on the left their HTML is put together as one string.",
        look: "On the left one slot holds all thirty with their tags, and is sent whole; on the right it is one word.")
    static let actions = [PitfallAction(event: "tick", label: "Tick off the next")]
    static let badCode = #"\(raw: tasks.map { "<li>\($0)</li>" }.joined())"#
    static let goodCode = #"\(for: tasks, { "<li>\($0)</li>" })"#

    var channel = Topic<String>("")

    struct Bad: Tasks {
        var channel = Topic<String>("")
        var done = 0

        var body: HTML {
            let items = (0..<taskCount).map { "<li class=\"task \(state($0))\">Task number \($0 + 1)</li>" }
            return "<ul>\(raw: items.joined())</ul>"
        }
    }

    struct Good: Tasks {
        var channel = Topic<String>("")
        var done = 0

        var body: HTML {
            "<ul>\(for: 0..<taskCount, { "<li class=\"task \(state($0))\">Task number \($0 + 1)</li>" })</ul>"
        }
    }
}

private let taskCount = 30

/// Tasks, of which the first so many are done.
protocol Tasks: Pane {
    var done: Int { get set }
}

extension Tasks {
    mutating func act(_ action: String) { done = (done + 1) % (taskCount + 1) }

    fileprivate func state(_ index: Int) -> String { index < done ? "done" : "open" }
}
