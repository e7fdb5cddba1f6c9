import LiveViewWire
import WebSocketWire

/// Flash messages on their way from one page to the next.
enum FlashTokens {
    /// The cookie that carries a flash to a page that is loaded; the official client sets it too.
    static let cookieName = "__phoenix_flash__"
    /// How long the next page may take.
    private static let lifetime: Duration = .seconds(60)

    static func token(_ flash: [FlashKind: String], _ app: LiveCore) -> String {
        app.tokens.sign(["f": json(flash)], for: .flash, at: app.now)
    }

    /// The field that gives the browser its flash, if there is any.
    static func cookie(_ flash: [FlashKind: String], _ app: LiveCore) -> [HTTPField] {
        guard !flash.isEmpty else { return [] }
        return [HTTPField("Set-Cookie", "\(cookieName)=\(token(flash, app)); Path=/; Max-Age=60; SameSite=Lax")]
    }

    /// The messages of a token; none, if it is wrong or too old.
    static func verify(_ token: String, _ app: LiveCore) -> [FlashKind: String] {
        messages(app.tokens.verify(token, for: .flash, at: app.now, lifetime: lifetime)?["f"])
    }

    static func json(_ flash: [FlashKind: String]) -> JSONValue {
        .object(
            flash.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                JSONValue.Member($0.key.rawValue, .string($0.value))
            })
    }

    static func messages(_ json: JSONValue?) -> [FlashKind: String] {
        guard case .object(let members)? = json else { return [:] }
        var flash: [FlashKind: String] = [:]
        for member in members { flash[FlashKind(rawValue: member.key)] = member.value.string }
        return flash
    }
}
