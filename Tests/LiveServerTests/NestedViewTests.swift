import LiveServer
import Testing

private struct Kid: LiveView {
    let name: String
    var count = 0

    mutating func handle(event: Event, _ context: Context) throws {
        if event.name == "crash" { throw UnhandledEvent("crash") }
        if event.name == "go" { context.pushNavigate(to: "/parent") }
        count += 1
    }

    var body: HTML { "<b>\(name) \(count)</b>" }
}

private struct Parent: LiveView {
    var name = "Ann"
    var count = 0

    mutating func handle(event: Event, _ context: Context) {
        count += 1
        if event.name == "go" { context.pushNavigate(to: "/parent") }
        if event.name == "rename" { name = "Bea" }
    }

    var body: HTML { "<p>\(count)</p>\(view: Kid(name: name), id: "kid")\(sticky: "player", id: "player")" }
}

private struct Lost: LiveView {
    var body: HTML { "\(sticky: "nobody", id: "x")" }
}

@Suite struct NestedViewTests {
    let conversation = Conversation { routes in
        routes.live("/parent", Parent())
        routes.live("/lost", Lost())
        routes.sticky("player", Kid(name: "Player"))
    }

    private var kidSession: String {
        get throws {
            let html = Array(try conversation.html())
            let mark = Array("id=\"kid\" data-phx-session=\"")
            let start = html.indices.first { html[$0...].starts(with: mark) } ?? html.startIndex
            return String(html[(start + mark.count)...].prefix { $0 != "\"" })
        }
    }

    @Test func thePageHasItsContentButNoToken() {
        conversation.get("/parent")
        #expect(
            conversation.page.contains(
                """
                <div id="kid" data-phx-session="" data-phx-static="" \
                data-phx-parent-id="\(conversation.rootID)"><b>Ann 0</b></div>
                """))
        #expect(conversation.page.contains("data-phx-sticky><b>Player 0</b></div>"))
    }

    @Test func itIsJoinedByTheTokenInItsParent() throws {
        try conversation.open("/parent")
        let answer = try conversation.join("kid", session: kidSession)
        #expect(answer.map(\.kind) == ["ok"])
        #expect(try conversation.html("lv:kid") == "<b>Ann 0</b>")
        try conversation.click("add", topic: "lv:kid")
        #expect(try conversation.html("lv:kid") == "<b>Ann 1</b>")
    }

    @Test func itsElementDoesNotChange() throws {
        try conversation.open("/parent")
        #expect(try conversation.click("rename").map(\.description) == [#"ok {"diff":{"0":"1"}}"#])
        // But it begins with the news.
        try conversation.join("kid", session: kidSession)
        #expect(try conversation.html("lv:kid") == "<b>Bea 0</b>")
    }

    @Test func itCrashesAlone() throws {
        try conversation.open("/parent")
        try conversation.join("kid", session: kidSession)
        #expect(try conversation.click("crash", topic: "lv:kid").map(\.kind) == ["phx_error"])
        #expect(try conversation.click("add").map(\.kind) == ["ok"])
        #expect(try conversation.join("kid", session: kidSession).map(\.kind) == ["ok"])
    }

    @Test func withoutItsParentItIsRefused() throws {
        try conversation.open("/parent")
        let session = try kidSession
        try conversation.push(conversation.rootTopic, "phx_leave", "{}")
        #expect(
            try conversation.join("kid", session: session).map(\.description)
                == [#"error {"reason":"join crashed"}"#])
    }

    @Test func whenItsParentHasGoneElsewhereItIsToldSo() throws {
        try conversation.open("/parent")
        let session = try kidSession
        #expect(try conversation.click("go").map(\.kind) == ["diff", "ok", "phx_close"])
        #expect(
            try conversation.join("kid", session: session).map(\.description)
                == [#"error {"reason":"parent_redirect"}"#])
    }

    @Test func aStickyViewNeedsNoParent() throws {
        conversation.get("/parent")
        conversation.connect()
        #expect(try conversation.join("player").map(\.kind) == ["ok"])
        #expect(try conversation.html("lv:player") == "<b>Player 0</b>")
        // It stays while the page goes elsewhere.
        #expect(
            try conversation.click("go", topic: "lv:player").map(\.description)
                == [#"diff {"e":[]}"#, #"ok {"live_redirect":{"kind":"push","to":"/parent"}}"#])
        #expect(try conversation.click("add", topic: "lv:player").map(\.kind) == ["ok"])
        #expect(conversation.get("/lost").status == 500)
    }
}
