import LiveViewWire
import Testing

@testable import LiveServer

private struct Guest: LiveView {
    var name = ""
    var user = ""

    mutating func mount(_ context: Context) {
        name = context.session["name"].string ?? "nobody"
        user = context.session["user"].string ?? "nobody"
    }

    var body: HTML { "<b>\(name), let in by \(user)</b>" }
}

private struct Hall: LiveView {
    var name = "Ann"

    mutating func handle(event: Event, _ context: Context) { name = "Bea" }

    var body: HTML {
        """
        <p>\(name)</p>\(view: Guest(), id: "guest", session: ["name": JSON(name)])\(view: Guest(), id: "plain")\
        \(sticky: "friend", id: "friend", session: ["name": "Cleo"])
        """
    }
}

/// What a view is placed with travels in its token.
@Suite struct NestedSessionTests {
    private let clock: VirtualClock
    private let conversation: Conversation
    private static let stale = [#"error {"reason":"stale"}"#]

    init() {
        let clock = VirtualClock()
        self.clock = clock
        conversation = Conversation {
            $0.clock = .virtual(clock)
        } routes: { routes in
            routes.live("/hall", Hall())
            routes.sticky("friend", Guest())
            routes.post("/login") { _ in .redirect(to: "/hall", session: ["user": "Dora"]) }
        }
    }

    private func token(_ id: String) throws -> String {
        let html = try conversation.html()
        let start = try #require(html.range(of: "id=\"\(id)\" data-phx-session=\"")).upperBound
        return String(html[start...].prefix { $0 != "\"" })
    }

    /// What a token says: anyone can read it.
    private func payload(_ token: String) throws -> JSONValue? {
        let bytes = Base64URL.decode(Array(token.split(separator: ".")[1].utf8)) ?? []
        guard case .array(let parts) = try JSONValue(bytes.span) else { return nil }
        return parts.last
    }

    @Test func theTokenCarriesIt() throws {
        try conversation.open("/hall")
        #expect(try payload(token("guest"))?["s"] == ["name": "Ann"])
        #expect(try payload(token("friend"))?["s"] == ["name": "Cleo"])
        #expect(try payload(token("plain"))?["s"] == nil)
    }

    @Test func theViewHasItInThePageAndOnceJoined() throws {
        try conversation.open("/hall")
        for (id, name) in [("guest", "Ann"), ("plain", "nobody"), ("friend", "Cleo")] {
            let html = "<b>\(name), let in by nobody</b>"
            #expect(conversation.page.contains("\(html)</div>"))
            #expect(try conversation.join(id, session: token(id)).map(\.kind) == ["ok"])
            #expect(try conversation.html("lv:\(id)") == html)
        }
    }

    @Test func itStaysAsItWasWhenTheViewWasPlaced() throws {
        try conversation.open("/hall")
        let before = try token("guest")
        try conversation.click("rename")
        #expect(try token("guest") == before)
        try conversation.join("guest", session: before)
        #expect(try conversation.html("lv:guest") == "<b>Ann, let in by nobody</b>")
    }

    @Test func itLiesOverWhatTheCookieHolds() throws {
        conversation.get("/hall")
        conversation.post("/login", "_csrf_token=\(conversation.csrfToken)")
        try conversation.open("/hall")
        try conversation.join("guest", session: token("guest"))
        #expect(try conversation.html("lv:guest") == "<b>Ann, let in by Dora</b>")
    }

    @Test func oneThatWasChangedIsRefused() throws {
        try conversation.open("/hall")
        let session = try token("guest")
        let parts = session.split(separator: ".").map(String.init)
        let forged = try #require(Base64URL.decode(Array(parts[1].utf8)))
        let text = String(decoding: forged, as: UTF8.self).split(separator: "Ann").joined(separator: "Eve")
        let changed = String(decoding: Base64URL.encode(Array(text.utf8)), as: UTF8.self)
        #expect(changed != parts[1])
        let tampered = [parts[0], changed, parts[2]].joined(separator: ".")
        #expect(try conversation.join("guest", session: tampered).map(\.description) == Self.stale)
        // Neither is that of another view.
        #expect(try conversation.join("guest", session: token("friend")).map(\.description) == Self.stale)
        #expect(try conversation.join("guest", session: session).map(\.kind) == ["ok"])
    }

    @Test func oneThatIsTooOldIsRefused() throws {
        try conversation.open("/hall")
        let session = try token("guest")
        clock.advance(by: .seconds(14 * 86_400))
        #expect(try conversation.join("guest", session: session).map(\.kind) == ["ok"])
        clock.advance(by: .seconds(1))
        #expect(try conversation.join("guest", session: session).map(\.description) == Self.stale)
    }
}
