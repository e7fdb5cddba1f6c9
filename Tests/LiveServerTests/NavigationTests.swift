import LiveServer
import LiveViewWire
import Testing

private struct Items: LiveView {
    var page = 1
    var seen: [String] = []

    mutating func handle(params: JSON, _ context: Context) {
        page = params["page"].int ?? 1
        seen.append(context.url)
        if params["page"].string == "last" { context.pushPatch(to: "/items?page=9", replacing: true) }
    }

    mutating func handle(event: Event, _ context: Context) {
        switch event.name {
        case "next": context.pushPatch(to: "/items?page=\(page + 1)")
        case "astray": context.pushPatch(to: "/item/1")
        case "circle": context.pushPatch(to: "/items?page=last")
        case "open":
            context.putFlash(.info, "Opened <it>")
            context.pushNavigate(to: "/item/7", replacing: true)
        case "leave": context.redirect(to: "https://example.com/a?b=c")
        case "tell and leave":
            context.pushEvent("bye", ["a": 1])
            context.redirect(to: "/login")
        case "flash": context.putFlash(.error, "No")
        default: break
        }
    }

    var body: HTML { "<p>\(page)</p><i>\(seen.count)</i>" }
}

private struct Item: LiveView {
    var id = ""

    mutating func mount(_ context: Context) { id = context.params["id"].string ?? "" }

    var title: String { "Item \(id)" }
    var body: HTML { "<p>item \(id)</p>" }
}

@Suite struct NavigationTests {
    let conversation = Conversation { routes in
        routes.layout { page in
            """
            <nav>\(page.title)</nav>\(flash: .info, { "<div class=\"info\">\($0)</div>" })\
            \(flash: .error, { "<div class=\"error\">\($0)</div>" })<main>\(page.content)</main>
            """
        }
        routes.live("/items", Items())
        routes.live("/items/page/:page", Items())
        routes.live("/item/:id", Item())
        routes.session("admin") { $0.live("/admin", Item()) }
    }

    @Test func aLinkPatchesTheSameView() throws {
        try conversation.open("/items?page=2")
        #expect(conversation.page.contains("<p>2</p>"))
        #expect(
            try conversation.push(conversation.rootTopic, "live_patch", #"{"url":"http://localhost/items?page=5"}"#)
                .map(\.description) == [#"ok {"diff":{"3":{"0":"5","1":"2"}}}"#])
        #expect(
            try conversation.push(conversation.rootTopic, "live_patch", #"{"url":"http://localhost/item/1"}"#)
                .map(\.description) == [#"ok {"link_redirect":true}"#])
    }

    @Test func aPatchOfTheServerComesBeforeTheAnswer() throws {
        try conversation.open("/items")
        #expect(
            try conversation.click("next").map(\.description) == [
                #"live_patch {"kind":"push","to":"/items?page=2"}"#, #"ok {"diff":{"3":{"0":"2","1":"2"}}}"#,
            ])
    }

    @Test func routesOfOneViewAreOnePage() throws {
        try conversation.open("/items")
        #expect(
            try conversation.push(
                conversation.rootTopic, "live_patch", #"{"url":"http://localhost/items/page/8"}"#
            ).map(\.description) == [#"ok {"diff":{"3":{"0":"8","1":"2"}}}"#])
    }

    @Test func patchesFollowEachOther() throws {
        try conversation.open("/items")
        #expect(
            try conversation.click("circle").map(\.kind) == ["live_patch", "live_patch", "ok"])
        #expect(try conversation.html().contains("<p>9</p><i>3</i>"))
        #expect(try conversation.click("astray").map(\.kind) == ["phx_error"])
    }

    @Test func aJoinMayPatch() throws {
        conversation.get("/items")
        conversation.connect()
        let answer = try conversation.join(url: "/items?page=last").first
        #expect(answer?.json["live_patch"] == ["kind": "replace", "to": "/items?page=9"])
        #expect(try conversation.html().contains("<p>9</p>"))
    }

    @Test func navigationCarriesTheFlash() throws {
        try conversation.open("/items")
        let messages = try conversation.click("open")
        #expect(messages.map(\.kind) == ["diff", "ok", "phx_close"])
        let target = messages.dropFirst().first?.json["live_redirect"]
        #expect(target?["to"] == "/item/7")
        #expect(target?["kind"] == "replace")
        let flash = target?["flash"]?.string ?? ""
        try conversation.push(conversation.rootTopic, "phx_leave", "{}")
        try conversation.join(redirect: "/item/7", extra: ",\"flash\":\"\(flash)\"")
        #expect(
            try conversation.html()
                == #"<nav>Item 7</nav><div class="info">Opened &lt;it&gt;</div><main><p>item 7</p></main>"#)
        try conversation.push(
            conversation.rootTopic, "event", #"{"type":"click","event":"lv:clear-flash","value":{"key":"info"}}"#)
        #expect(try conversation.html() == "<nav>Item 7</nav><main><p>item 7</p></main>")
    }

    @Test func aFlashShowsInTheLayout() throws {
        try conversation.open("/items")
        try conversation.click("flash")
        #expect(try conversation.html().contains(#"<div class="error">No</div>"#))
        // Another URL clears it.
        try conversation.push(conversation.rootTopic, "live_patch", #"{"url":"http://localhost/items?page=5"}"#)
        #expect(try !conversation.html().contains("error"))
    }

    @Test func redirectsEndTheView() throws {
        try conversation.open("/items")
        #expect(
            try conversation.click("leave").map(\.description) == [
                #"diff {"e":[]}"#, #"ok {"redirect":{"to":"https://example.com/a?b=c","status":302}}"#, "phx_close {}",
            ])
        try conversation.open("/items")
        #expect(try conversation.click("tell and leave").map(\.kind) == ["diff", "ok", "phx_close"])
    }
}
