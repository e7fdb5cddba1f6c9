import LiveViewWire

/// Makes and checks the tokens that the browser carries. They are signed and not encrypted: who has one can read it.
///
/// A token is `SFMyNTY.` (HS256), a payload and a code, in base64url. The payload holds the time at which it was made.
/// Each purpose has a key of its own, derived from the secret: a token for one is worth nothing for another.
struct TokenSigner: Sendable {
    enum Purpose: String, CaseIterable, Sendable {
        /// What view an element of the page is.
        case view
        /// What the page gives its view along: the flash.
        case page
        /// A flash on its way to the next page.
        case flash
        /// The error page that a browser is to see.
        case reload
        case upload
        /// The cookie session.
        case session
        /// Forms, and the socket's URL.
        case csrf
    }

    private static let head = Array("SFMyNTY.".utf8)
    private static let dot = UInt8(ascii: ".")
    private let keys: [Purpose: MessageAuthentication]

    /// - Parameter secret: of at least 32 bytes.
    init(secret: String) {
        let root = MessageAuthentication(key: Array(secret.utf8))
        keys = Dictionary(
            uniqueKeysWithValues: Purpose.allCases.map {
                ($0, MessageAuthentication(key: root.code(for: Array("livetape \($0.rawValue)".utf8))))
            })
    }

    func sign(_ payload: JSONValue, for purpose: Purpose, at now: WallTime) -> String {
        var json = JSONWriter()
        json.beginArray()
        json.integer(Int(now.milliseconds))
        json.value(payload)
        json.endArray()
        var token = Self.head + Base64URL.encode(json.bytes)
        let code = code(for: token, purpose)
        token.append(Self.dot)
        token += Base64URL.encode(code)
        return String(decoding: token, as: UTF8.self)
    }

    /// The payload of a token made for that purpose; nil if anything is wrong with it.
    func verify(
        _ token: String, for purpose: Purpose, at now: WallTime, lifetime: Duration
    ) -> JSONValue? {
        let bytes = Array(token.utf8)
        guard let end = bytes.lastIndex(of: Self.dot), bytes.starts(with: Self.head), end > Self.head.count,
            let code = Base64URL.decode(bytes[(end + 1)...]),
            keys[purpose]?.isValid(code, for: Array(bytes[..<end])) == true,
            let json = Base64URL.decode(bytes[Self.head.count..<end]),
            case .array(let parts)? = try? JSONValue(json.span), parts.count == 2,
            let made = parts[0].integer
        else { return nil }
        let age = now.milliseconds &- Int64(made)
        // A token of the future comes from a clock that was set back since: it is not older than it says.
        return age <= lifetime.nanoseconds / 1_000_000 ? parts[1] : nil
    }

    /// A code for a short text, without a time.
    func stamp(_ text: String, for purpose: Purpose) -> String {
        String(decoding: Base64URL.encode(code(for: Array(text.utf8), purpose)), as: UTF8.self)
    }

    func isStamp(_ stamp: String, of text: String, for purpose: Purpose) -> Bool {
        guard let code = Base64URL.decode(Array(stamp.utf8)) else { return false }
        return keys[purpose]?.isValid(code, for: Array(text.utf8)) ?? false
    }

    private func code(for bytes: [UInt8], _ purpose: Purpose) -> [UInt8] {
        keys[purpose].map { $0.code(for: bytes) } ?? []
    }
}
