import LiveViewWire
import WebSocketWire

/// What a browser's cookie says: a secret for its forms and sockets, and what the application keeps in it.
struct BrowserSession: Sendable {
    /// Nil where there is no cookie, or a socket did not prove that its page has it: no view may be joined then.
    var secret: String?
    var data: JSON = .null
    /// Whether the browser showed that its page has the cookie's CSRF token.
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
        // 88 bits, in as many letters as a string holds without an allocation.
        session.secret = String(decoding: Base64URL.encode(app.random.bytes(11, for: "session")), as: UTF8.self)
        return session
    }

    /// The field that gives the browser its cookie.
    func cookie(_ app: LiveCore, scheme: String) -> HTTPField {
        let token = app.tokens.sign(
            ["s": .string(secret ?? ""), "d": data.value], for: .session, at: app.configuration.clock.now)
        let secure = scheme == "https" ? "; Secure" : ""
        return HTTPField(
            "Set-Cookie", "\(app.configuration.cookieName)=\(token); Path=/; HttpOnly; SameSite=Lax\(secure)")
    }

    /// The token for the page's forms and its socket.
    func csrfToken(_ app: LiveCore) -> String { app.tokens.stamp(secret ?? "", for: .csrf) }

    /// Takes the token that a socket's URL has: only with it, views can be joined.
    mutating func prove(_ token: String?, app: LiveCore) {
        isProven = isToken(token, app: app)
        if !isProven { self = BrowserSession.none }
    }

    /// Whether it is the token of this session.
    func isToken(_ token: String?, app: LiveCore) -> Bool {
        guard let secret, let token else { return false }
        return app.tokens.isStamp(token, of: secret, for: .csrf)
    }
}
