import LiveServer
import LiveViewWire
import Testing

private protocol TablePage: LiveView {
    var rows: [Int] { get set }
    var changed: String { get set }
    init()
}

extension TablePage {
    mutating func handle(event: Event, _ context: Context) {
        switch event.name {
        case "insert": rows.insert(99, at: 0)
        case "change": changed = "new"
        default: break
        }
    }

    var body: HTML {
        "<p>\(changed)</p>\(for: rows, key: { $0 }, { "<li>\($0): \($0 == 2 ? changed : "")</li>" })"
    }
}

private struct Good: TablePage {
    var rows = [1, 2, 3]
    var changed = ""
}

private struct Untracked: TablePage {
    var rows = [1, 2, 3]
    var changed = ""
    static var pitfalls: Pitfalls { .noChangeTracking }
}

private struct Unkeyed: TablePage {
    var rows = [1, 2, 3]
    var changed = ""
    static var pitfalls: Pitfalls { .unkeyedLists }
}

private struct Whole: TablePage {
    var rows = [1, 2, 3]
    var changed = ""
    static var pitfalls: Pitfalls { .wholeLists }
}

private struct Everything: TablePage {
    var rows = [1, 2, 3]
    var changed = ""
    static var pitfalls: Pitfalls { .wholeTrees }
}

/// What the switches that show pitfalls send, beside what is sent without them.
@Suite struct PitfallTests {
    private func sent(_ path: String, _ event: String) throws -> String {
        let conversation = Conversation { routes in
            routes.live("/good", Good())
            routes.live("/untracked", Untracked())
            routes.live("/unkeyed", Unkeyed())
            routes.live("/whole", Whole())
            routes.live("/everything", Everything())
        }
        try conversation.open(path)
        let answer = try conversation.click(event).first?.json["diff"]
        let other = Conversation(at: conversation)
        try other.open("/good")
        try other.click(event)
        // However it is sent, the page is the same.
        #expect(try conversation.html() == other.html())
        return answer.map { "\(JSON($0))" } ?? "nothing"
    }

    @Test(arguments: [
        ("/good", "insert", #"{"1":{"k":{"0":{"0":"99","1":""},"1":0,"2":1,"3":2,"kc":4,"km":true}}}"#),
        (
            "/unkeyed", "insert",
            #"{"1":{"k":{"0":{"0":"99"},"1":{"0":"1"},"2":{"0":"2"},"3":{"0":"3","1":""},"kc":4}}}"#
        ),
        ("/good", "change", #"{"0":"new","1":{"k":{"1":{"1":"new"},"kc":3}}}"#),
        (
            "/whole", "change",
            #"{"0":"new","1":{"k":{"0":{"0":"1","1":""},"1":{"0":"2","1":"new"},"2":{"0":"3","1":""},"kc":3}}}"#
        ),
        (
            "/untracked", "nothing",
            #"{"0":"","1":{"k":{"0":{"0":"1","1":""},"1":{"0":"2","1":""},"2":{"0":"3","1":""},"kc":3}}}"#
        ),
        ("/good", "nothing", "nothing"),
        ("/whole", "nothing", "nothing"),
        (
            "/everything", "nothing",
            """
            {"0":"","1":{"k":{"0":{"0":"1","1":""},"1":{"0":"2","1":""},"2":{"0":"3","1":""},"kc":3},"s":0},"s":1,\
            "p":{"0":["<li>",": ","</li>"],"1":["<p>","</p>",""]}}
            """
        ),
    ]) func theCostIsOnTheWire(path: String, event: String, diff: String) throws {
        #expect(try sent(path, event) == diff)
    }
}
