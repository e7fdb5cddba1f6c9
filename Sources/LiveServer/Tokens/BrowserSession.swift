import LiveViewWire

/// What a browser's cookie says: a secret for its forms and sockets, and what the application keeps in it.
struct BrowserSession: Sendable {
    /// Nil where there is no cookie, or a socket did not prove that its page has it: no view may be joined then.
    var secret: String?
    var data: JSON = .null
    /// Whether the browser showed that its page has the cookie's CSRF token. Sockets forget the secret then.
    private(set) var isProven = false

    static let none = BrowserSession()

    private static let lifetime: Duration = .seconds(60 * 86_400)

    /// Reads the cookie of a request.
    init(_ request: PageRequest, app: LiveCore) {
        guard let cookie = request.cookie(app.configuration.cookieName),
            let payload = app.tokens.verify(
                cookie, for: .session, at: app.configuration.clock.now, lifetime: Self.lifetime),
            let secret = payload["s"]?.string
        else { return }
        self.secret = secret
        data = JSON(payload["d"] ?? .null)
    }

    private init() {}

    /// A new session, for a browser without one.
    static func new(_ app: LiveCore) -> BrowserSession {
        var session = BrowserSession()
        session.secret = String(decoding: Base64URL.encode(app.random.bytes(18)), as: UTF8.self)
        return session
    }

    /// The cookie's value.
    func cookie(_ app: LiveCore) -> String {
        app.tokens.sign(
            ["s": .string(secret ?? ""), "d": data.value], for: .session, at: app.configuration.clock.now)
    }

    /// The token for the page's forms and its socket.
    func csrfToken(_ app: LiveCore) -> String { app.tokens.stamp(secret ?? "", for: .csrf) }

    /// Takes the token that a socket's URL has: only with it, views can be joined.
    mutating func prove(_ token: String?, app: LiveCore) {
        guard let secret, let token, app.tokens.isStamp(token, of: secret, for: .csrf) else {
            self = BrowserSession.none
            return
        }
        isProven = true
        self.secret = nil
    }
}
