import LiveServer

/// What it costs if a list's elements have no keys.
struct KeyPitfall: Pitfall {
    static let about = About(
        path: "/pitfalls/keys", name: "List without keys",
        shows: "Forty letters, and a new one at the top; on the left they are known by their place alone.",
        look: "On the left each place has another letter now; on the right one is sent, and that the others moved.")
    static let actions = [
        PitfallAction(event: "arrive", label: "A letter arrives"),
        PitfallAction(event: "read", label: "Read the first"),
    ]
    static let badCode = #"\(for: letters, { … })"#
    static let goodCode = #"\(for: letters, key: \.id, { … })"#

    var channel = Topic<String>("")

    struct Bad: Letters {
        var channel = Topic<String>("")
        var letters = firstLetters
        var next = 41
        var body: HTML { "<ul>\(for: letters, { "<li>\($0.name) <i>from \($0.city)</i></li>" })</ul>" }
    }

    struct Good: Letters {
        var channel = Topic<String>("")
        var letters = firstLetters
        var next = 41
        var body: HTML { "<ul>\(for: letters, key: \.id, { "<li>\($0.name) <i>from \($0.city)</i></li>" })</ul>" }
    }
}

private let firstLetters = (1...40).map { Person($0) }

/// Letters, the newest first.
protocol Letters: Pane {
    var letters: [Person] { get set }
    var next: Int { get set }
}

extension Letters {
    mutating func act(_ action: String) {
        if action == "arrive" {
            letters.insert(Person(next), at: 0)
            next += 1
        } else if !letters.isEmpty {
            letters.removeFirst()
        }
    }
}
