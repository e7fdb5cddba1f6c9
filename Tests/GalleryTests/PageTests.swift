import Foundation
import Gallery
import LiveServer
import LiveViewWire
import Testing

/// What single pages are to show.
@Suite struct PageTests {
    let clock: VirtualClock
    let conversation: Conversation

    init() {
        let clock = VirtualClock()
        self.clock = clock
        conversation = Conversation(configure: { $0.clock = .virtual(clock) }, routes: Gallery.routes)
    }

    /// The bytes of the diffs in messages.
    private func bytes(_ messages: [Conversation.Message]) -> Int { messages.reduce(0) { $0 + $1.payload.utf8.count } }

    @Test func aClickOnTheLightSendsTheNumber() throws {
        try conversation.open("/light")
        let diff = try conversation.click("up").first?.json["diff"]
        // Within the layout, and within the page.
        #expect(diff?["2"] == ["3": ["0": "30", "1": "30", "2": "30"]])
        #expect(diff?["t"] == "Light 30 %")
        try conversation.click("on")
        #expect(try conversation.click("up").map(\.description) == ["ok {}"])
    }

    @Test func theClockGoesTillItIsStopped() throws {
        try conversation.open("/clock")
        clock.advance(by: .seconds(1))
        #expect(try conversation.merge().map(\.kind) == ["diff"])
        #expect(try conversation.html().contains(">00:00:01</p>"))
        try conversation.click("toggle")
        clock.advance(by: .seconds(5))
        #expect(try conversation.merge() == [])
        try conversation.click("toggle")
        #expect(try conversation.html().contains(">00:00:06</p>"))
    }

    @Test func aCrashEndsTheViewAlone() throws {
        try conversation.open("/crash")
        try conversation.click("count")
        #expect(try conversation.click("crash").map(\.kind) == ["phx_error"])
        try conversation.join(url: "/crash")
        #expect(try conversation.html().contains("id=\"count\">0</span>"))
        #expect(conversation.log.causes == [.viewCrashed])
    }

    @Test func keysSpareTheRows() throws {
        func cost(_ path: String, _ event: String) throws -> Int {
            let conversation = Conversation(Gallery.routes)
            try conversation.open(path)
            return bytes(try conversation.click(event))
        }
        #expect(try cost("/table", "insert") > 3 * cost("/table/keyed", "insert"))
        #expect(try cost("/table", "visit") < 100)
        #expect(try cost("/table/keyed", "visit") < 100)
    }

    @Test func theStreamGrowsToItsEnd() throws {
        try conversation.open("/table/stream")
        for _ in 0..<7 { try conversation.click("more") }
        let html = try conversation.html()
        #expect(html.contains("300 of 300 sent"))
        #expect(!html.contains("phx-viewport-bottom"))
        #expect(try conversation.click("more").map(\.description) == ["ok {}"])
    }

    @Test func theFormComplainsWhereOneHasBeen() throws {
        try conversation.open("/form")
        try conversation.form("validate", "user[name]=A&user[_unused_password]=&user[password]=")
        #expect(try conversation.html().contains("At least three characters."))
        #expect(try !conversation.html().contains("At least eight characters."))
        try conversation.form("save", "user[name]=Ada&user[email]=a%40b&user[password]=secret+words")
        #expect(try conversation.html().contains("Welcome, Ada. Your password has 12 characters."))
        #expect(try !conversation.html().contains("secret"))
    }

    @Test func aComponentTellsThePage() throws {
        try conversation.open("/components")
        let messages = try conversation.click("add", cid: 7)
        #expect(messages.map(\.kind) == ["ok", "diff"])
        #expect(messages.first?.payload == #"{"diff":{"c":{"7":{"2":"1"}}}}"#)
        #expect(try conversation.html().contains("<b id=\"total\">1</b>"))
    }

    @Test func whatOneSaysAllHear() throws {
        let other = Conversation(at: conversation)
        try conversation.open("/chat")
        try other.open("/chat")
        #expect(try conversation.form("say", "text=Hello").map(\.kind) == ["ok", "diff"])
        #expect(try other.merge().first?.payload.contains("Hello") == true)
    }

    @Test func theChartGetsPointsAndAnswers() throws {
        try conversation.open("/chart")
        clock.advance(by: .seconds(1))
        let pushed = try conversation.merge().first?.json["e"]
        #expect(pushed.map { "\(JSON($0))" }?.contains(#"["point",{"value":"#) == true)
        #expect(try conversation.click("mean").first?.payload.contains(#""of":1"#) == true)
    }

    @Test func theFlashTravelsAlong() throws {
        try conversation.open("/navigation")
        let messages = try conversation.click("travel")
        #expect(messages.map(\.payload).contains { $0.contains("/navigation/abroad") })
    }

    /// What `BaggagePitfalls` has for developers is true.
    @Test func annotationsNameTheirOwnLines() throws {
        let name = "Sources/Gallery/Pitfalls/BaggagePitfalls.swift"
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let lines = try String(contentsOf: top.appending(path: name), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        var count = 0
        for (index, line) in lines.enumerated() {
            for found in line.matches(of: #/data-phx-loc="(\d+)"|<!-- <.*> [\w/]+\.swift:(\d+) /#) {
                #expect((found.1 ?? found.2).flatMap { Int($0) } == index + 1, "\(found.0)")
                count += 1
            }
            if let found = line.firstMatch(of: #/@caller (.*):(\d+) /#), let caller = Int(found.2) {
                #expect(found.1 == name)
                #expect(lines[caller - 1].contains("contents"))
            }
        }
        #expect(count == 13)
    }

    @Test func aSessionWithAllAndOneWithAnIDMakeTheSameReceipt() throws {
        try conversation.open("/pitfalls/baggage")
        var receipts: Set<String> = []
        for side in ["bad", "good"] {
            try conversation.joinWithin(side)
            try conversation.click("bill", topic: "lv:\(side)")
            try conversation.joinWithin("\(side)-receipt", of: "lv:\(side)")
            receipts.insert(try conversation.html("lv:\(side)-receipt"))
        }
        #expect(receipts == ["<p class=\"tip\">70 things, 4585 crowns</p>"])
    }

    @Test(arguments: [
        ("tracking", "measure", 3), ("leaf", "tick", 10), ("keys", "arrive", 3), ("list", "take", 10),
    ]) func thePitfallCostsTimesAsMuch(name: String, event: String, times: Int) throws {
        try conversation.open("/pitfalls/\(name)")
        for id in ["bad", "good"] { try conversation.joinWithin(id) }
        // Once before: the first change of a list may come with a template.
        try conversation.click(event)
        let messages = try conversation.click(event)
        let bad = bytes(messages.filter { $0.topic == "lv:bad" })
        let good = bytes(messages.filter { $0.topic == "lv:good" })
        #expect(good > 0)
        #expect(bad > times * good, "\(bad) bytes and \(good) bytes")
        // However it is sent, the page is the same.
        #expect(try conversation.html("lv:bad") == conversation.html("lv:good"))
    }
}
