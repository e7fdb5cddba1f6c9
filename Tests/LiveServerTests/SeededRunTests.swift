import LiveServer
import Testing

private struct Dice: LiveView {
    var thrown: [Int] = []

    mutating func handle(event: Event, _ context: Context) {
        thrown.append(Int.random(in: 0..<1_000_000, using: &context.random))
    }

    var body: HTML { "<p>\(thrown.map { "\($0)" }.joined(separator: " "))</p>\(view: Die(), id: "die")" }
}

private struct Die: LiveView {
    var number = 0

    mutating func mount(_ context: Context) { number = Int.random(in: 0..<1_000_000, using: &context.random) }

    var body: HTML { "<b>\(number)</b>" }
}

/// Runs with a seed are the same run again, however several clients' messages happen to mix.
@Suite struct SeededRunTests {
    /// What each of three browsers sees, by its number; they load their first pages in this order, and all else in the
    /// order that is given.
    private func run(_ order: [Int], seed: UInt64 = 1) throws -> [String] {
        let first = Conversation(configure: { $0.seed = seed }) { $0.live("/", Dice()) }
        let browsers = [first, Conversation(at: first), Conversation(at: first)]
        for browser in browsers { browser.get("/") }
        for number in order { browsers[number].get("/") }
        for number in order {
            browsers[number].connect()
            try browsers[number].join(url: "/")
            let token = try browsers[number].html().split(separator: "data-phx-session=\"").last?.prefix { $0 != "\"" }
            try browsers[number].join("die", session: String(token ?? ""))
        }
        for number in order + order { try browsers[number].click("throw") }
        return try browsers.map { try "\($0.rootID) \($0.html()) \($0.html("lv:die"))" }
    }

    @Test func whatABrowserDrawsDoesNotDependOnOthers() throws {
        let seen = try run([0, 1, 2])
        #expect(try run([2, 0, 1]) == seen)
        #expect(try run([1, 2, 0]) == seen)
        #expect(Set(seen).count == 3)
        #expect(try run([0, 1, 2], seed: 2) != seen)
    }
}
