import Gallery
import LiveServer
import Testing

/// A page, and what a visitor does there.
struct Visit: CustomTestStringConvertible, Sendable {
    let path: String
    /// Events by clicks.
    var clicks: [String] = []
    /// The ids of the views within.
    var views: [String] = []
    /// Events by clicks in each of these.
    var clicksWithin: [String] = []
    /// Events with the fields of a form.
    var forms: [(event: String, fields: String)] = []

    var testDescription: String { path }

    static let table = ["visit", "insert", "visit", "reverse", "remove", "shuffle", "insert", "visit"]

    static let all = [
        Visit(path: "/"),
        Visit(path: "/light", clicks: ["on", "up", "down", "random", "off", "down"]),
        Visit(path: "/clock", clicks: ["toggle", "toggle"]),
        Visit(path: "/crash", clicks: ["count", "count"]),
        Visit(path: "/async", clicks: ["tap"]),
        Visit(path: "/table", clicks: table),
        Visit(path: "/table/keyed", clicks: table),
        Visit(path: "/table/stream", clicks: ["more", "insert", "update", "delete", "reset", "more"]),
        Visit(path: "/form", forms: typed),
        Visit(path: "/form/debounce", forms: typed),
        Visit(path: "/upload", forms: [("validate", ""), ("save", "")]),
        Visit(path: "/components", clicks: ["step", "one", "shuffle", "drop", "step"]),
        Visit(
            path: "/nested", clicks: ["ring"], views: ["kitchen", "study", "attic"],
            clicksWithin: ["warmer", "warmer", "cooler"]),
        Visit(path: "/navigation?place=market", clicks: ["next", "next"]),
        Visit(path: "/navigation/abroad"),
        Visit(path: "/sticky"),
        Visit(path: "/sticky/kitchen"),
        Visit(path: "/chat", forms: [("say", "text=Hello"), ("say", "text="), ("say", "text=%3Cb%3E")]),
        Visit(path: "/chart", clicks: ["measure", "mean"]),
        Visit(
            path: "/pitfalls/tracking", clicks: ["measure", "nothing", "measure"], views: ["bad", "good"],
            clicksWithin: ["reset"]),
        Visit(path: "/pitfalls/leaf", clicks: ["tick", "tick"], views: ["bad", "good"]),
        Visit(path: "/pitfalls/keys", clicks: ["arrive", "arrive", "read"], views: ["bad", "good"]),
        Visit(path: "/pitfalls/list", clicks: ["take", "take"], views: ["bad", "good"]),
        Visit(path: "/pitfalls/events", views: ["bad", "good"], clicksWithin: ["steer", "steer"]),
        Visit(
            path: "/pitfalls/templates", views: ["bad", "good"],
            clicksWithin: ["weather", "like", "night", "weather", "like", "night"]),
        Visit(path: "/pitfalls/parts", views: ["bad", "good"], clicksWithin: ["rename", "again", "rename", "again"]),
        Visit(path: "/pitfalls/streams", views: ["bad", "good"], clicksWithin: ["measure", "like", "measure"]),
        Visit(path: "/pitfalls/journeys?page=2", views: ["bad", "good"]),
        Visit(path: "/pitfalls/baggage", views: ["bad", "good"], clicksWithin: ["open", "bill"]),
    ]

    private static let typed: [(event: String, fields: String)] = [
        ("validate", "user[name]=A&user[_unused_email]=&user[email]=&user[_unused_password]=&user[password]="),
        ("validate", "user[name]=Ada&user[email]=a%40&user[password]=short"),
        ("save", "user[name]=Ada&user[email]=a%40b.example&user[password]=long+enough"),
    ]
}

extension Conversation {
    /// Joins a view within the page, by the token that the page's tree has for it.
    func joinWithin(_ id: String, of parent: String? = nil) throws {
        let mark = "id=\"\(id)\" data-phx-session=\""
        let html = try html(parent)
        let start = try #require(html.range(of: mark)?.upperBound)
        try join(id, session: String(html[start...].prefix { $0 != "\"" }))
    }

    /// That what was merged of a view is what the view looks like. Streams are left out: the server forgets them.
    func expectWhole(_ topic: String? = nil, after action: String) throws {
        let topic = topic ?? rootTopic
        let merged = withoutStreams(try html(topic))
        let whole = withoutStreams(try application.wholeHTML(of: topic, in: socketSession))
        #expect(!merged.isEmpty)
        #expect(merged == whole, "after \(action)")
    }

    private func withoutStreams(_ html: String) -> String {
        var (text, rest) = ("", html[...])
        while let start = rest.range(of: "phx-update=\"stream\"")?.upperBound {
            text += rest[..<start]
            rest = rest[start...]
            let ends = ["</tbody>", "</ul>"].compactMap { rest.range(of: $0)?.lowerBound }
            rest = rest[(ends.min() ?? start)...]
        }
        return text + rest
    }
}

/// All pages with all that can be done there, in both formats.
@Suite struct VisitorTests {
    @Test(arguments: Visit.all, [LiveConfiguration.Format.rows, .keyed])
    func whatIsMergedIsWhatIsRendered(visit: Visit, format: LiveConfiguration.Format) throws {
        let clock = VirtualClock()
        let conversation = Conversation(
            format: format, configure: { $0.clock = .virtual(clock) }, routes: Gallery.routes)
        try conversation.open(visit.path)
        try conversation.expectWhole(after: "the join")
        for id in visit.views {
            try conversation.joinWithin(id)
            try conversation.expectWhole("lv:\(id)", after: "its join")
        }
        let topics = [conversation.rootTopic] + visit.views.map { "lv:\($0)" }
        func look(_ action: String) throws {
            for topic in topics { try conversation.expectWhole(topic, after: action) }
        }
        for event in visit.clicks {
            #expect(try conversation.click(event).contains { $0.kind == "ok" })
            try look(event)
        }
        for event in visit.clicksWithin {
            for id in visit.views { try conversation.click(event, topic: "lv:\(id)") }
            try look(event)
        }
        for (event, fields) in visit.forms {
            #expect(try conversation.form(event, fields).first?.kind == "ok")
            try look("\(event) \(fields)")
        }
        for seconds in [1, 59, 3600] {
            clock.advance(by: .seconds(seconds))
            try conversation.merge()
            try look("\(seconds) s")
        }
        #expect(conversation.log.texts == [])
    }

    @Test func theNavigationHasAllPages() throws {
        let conversation = Conversation(Gallery.routes)
        conversation.get("/")
        for visit in Visit.all {
            let path = String(visit.path.prefix { $0 != "?" })
            let isInNavigation = !["/navigation/abroad", "/sticky/kitchen"].contains(path)
            #expect(conversation.page.contains("href=\"\(path)\"") == isInNavigation)
        }
    }

    @Test(arguments: Visit.all) func aSeededVisitIsTheSameEachTime(visit: Visit) throws {
        func run() throws -> [String] {
            let conversation = Conversation(Gallery.routes)
            try conversation.open(visit.path)
            let messages = try visit.clicks.flatMap { try conversation.click($0) }
            return [conversation.page, try conversation.html()] + messages.map(\.description)
        }
        #expect(try run() == run())
    }

    @Test(arguments: ["/gallery.css", "/gallery.js"]) func theFilesAreThere(path: String) {
        let conversation = Conversation(Gallery.routes)
        #expect(conversation.get(path).status == 200)
        #expect(conversation.page.utf8.count > 1000)
    }
}
