import LiveServer
import Testing
import WebSocketWire

private struct Login: LiveView {
    var user = ""

    mutating func mount(_ context: Context) { user = context.session["user"].string ?? "nobody" }

    var body: HTML {
        """
        <form method="post" action="/login"><input type="hidden" name="_csrf_token" value="\(.csrfToken)"></form>
        <p>\(user)</p>\(flash: .info)
        """
    }
}

/// What a form does by HTTP: the cookie session changes, and the views see it.
@Suite struct FormPostTests {
    let conversation = Conversation { routes in
        routes.live("/", Login())
        routes.post("/login") { request in
            guard let user = request.fields["user"]["name"].string else { throw PageError(status: 422) }
            return .redirect(to: "/", session: ["user": JSON(user)], flash: [.info: "Welcome"])
        }
    }

    @Test func aLoginIsSeenByPageAndView() throws {
        conversation.get("/")
        let token = conversation.attribute("value", after: "_csrf_token")
        #expect(token == conversation.csrfToken)
        #expect(conversation.post("/login", "_csrf_token=\(token)&user[name]=Ann").status == 303)
        try conversation.open("/")
        #expect(conversation.page.contains("<p>Ann</p>Welcome"))
        #expect(try conversation.html().contains("<p>Ann</p>Welcome"))
        // The flash was for one page.
        conversation.get("/")
        #expect(conversation.page.contains("<p>Ann</p></div>"))
    }

    @Test func aFormNeedsTheTokenOfItsPage() {
        conversation.get("/")
        let token = conversation.csrfToken
        #expect(conversation.post("/login", "user[name]=Ann").status == 403)
        #expect(conversation.post("/login", "_csrf_token=x&user[name]=Ann").status == 403)
        #expect(conversation.post("/login", "_csrf_token=\(token)").status == 422)
        #expect(conversation.post("/", "a=1").status == 405)
    }
}
