/// What counts as a secret.
package struct RedactionRules: Sendable {
    /// Fields of forms, keys of JSON, inputs of HTML and query parameters whose values are secrets, as in
    /// ``defaultFields``; compared without `_`, `-` and the case of letters, with each part of `user[card][number]`.
    package var fields = defaultFields
    /// Query parameters whose values are secrets, besides the fields.
    package var queries = defaultQueries
    /// Names whose values are never taken for secrets because of the name.
    package var kept: [String] = []
    /// Finds secrets in text; each gives the ranges of what it found, in bytes.
    package var patterns: [RedactionPattern] = []
    /// Whether binary messages and bodies are searched like text. Default: their bytes are replaced.
    package var keepsBinary = false
    /// Whether binary messages and bodies are dropped. Default: their bytes are replaced.
    package var dropsBinary = false
    /// The shortest secret that is looked for outside its own field, in bytes. Default: 6.
    package var shortestEcho = 6

    package init() {}

    package static let defaultFields = [
        "passwd", "pwd", "pass", "secret", "otp", "totp", "pin", "cvv", "cvc", "card", "card_number", "cc_number",
        "iban",
        "ssn", "api_key", "access_key", "private_key", "auth", "credential", "credentials", "email", "csrf",
    ]

    package static let defaultQueries = [
        "token", "access_token", "api_key", "key", "sig", "signature", "code", "state", "x-amz-signature",
        "x-amz-credential", "x-amz-security-token",
    ]

    /// A name that contains one of these is a secret's, whatever stands around it: `newPassword`.
    package static let fieldParts = ["password", "passphrase"]
    /// A name that ends with one of these: `_csrf_token`, `clientSecret`.
    package static let fieldEndings = ["token", "secret", "apikey"]
    /// Names of the tokens that Phoenix LiveView signs; taken for them if the value looks like a token.
    package static let tokenFields = ["session", "static", "flash"]
}

/// A pattern of the user's.
package struct RedactionPattern: Sendable {
    package var name: String
    /// The ranges of what it finds in the bytes of a text.
    package var find: @Sendable ([UInt8]) -> [Range<Int>]

    package init(name: String, find: @escaping @Sendable ([UInt8]) -> [Range<Int>]) {
        self.name = name
        self.find = find
    }
}

/// The kinds of secrets, for the summary.
package enum SecretKind: String, CaseIterable, Hashable, Comparable, Sendable {
    case cookie
    case authorization
    case csrfToken = "CSRF token"
    case liveViewToken = "LiveView token"
    case signedToken = "signed token"
    case field
    case query = "query value"
    case email = "e-mail address"
    case card = "card number"
    case pattern
    case echo
    case binary = "binary content"

    package static func < (left: SecretKind, right: SecretKind) -> Bool { left.rawValue < right.rawValue }
}

/// The rules with their names in the form in which they are compared.
struct NameRules: Sendable {
    private let fields: Set<String>
    private let queries: Set<String>
    private let kept: Set<String>
    private let tokens: Set<String>

    init(_ rules: RedactionRules) {
        fields = Set(rules.fields.map(Self.normal))
        queries = Set(rules.queries.map(Self.normal))
        kept = Set(rules.kept.map(Self.normal))
        tokens = Set(RedactionRules.tokenFields)
    }

    /// What the name of a field says of its value; nil if nothing.
    func field(_ name: some Collection<UInt8>) -> SecretKind? {
        guard name.count <= 200, !name.isEmpty else { return nil }
        var parts = name.split { $0 == 0x5b || $0 == 0x5d || $0 == 0x2e }.map {
            Self.normal(String(decoding: $0, as: UTF8.self))
        }
        // `cc-number` in an attribute `data-cc-number`.
        parts += parts.filter { $0.hasPrefix("data") }.map { String($0.dropFirst(4)) }
        guard !parts.contains(where: kept.contains) else { return nil }
        for part in parts where isSecret(part) {
            if part.contains("csrf") { return .csrfToken }
            return part.hasSuffix("email") ? .email : .field
        }
        return nil
    }

    private func isSecret(_ part: String) -> Bool {
        fields.contains(part) || RedactionRules.fieldParts.contains { part.contains($0) }
            || RedactionRules.fieldEndings.contains { part.hasSuffix($0) }
    }

    func query(_ name: some Collection<UInt8>) -> SecretKind? {
        if let kind = field(name) { return kind == .field ? .query : kind }
        let normal = Self.normal(String(decoding: name, as: UTF8.self))
        return queries.contains(normal) && !kept.contains(normal) ? .query : nil
    }

    /// Whether a value of that name is a token if it looks like one.
    func isToken(_ name: some Collection<UInt8>) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        return tokens.contains(text) && !kept.contains(text)
    }

    func isKept(_ name: some Collection<UInt8>) -> Bool {
        !kept.isEmpty && kept.contains(Self.normal(String(decoding: name, as: UTF8.self)))
    }

    private static func normal(_ name: String) -> String {
        String(decoding: name.utf8.filter { $0 != 0x5f && $0 != 0x2d && $0 != 0x20 }, as: UTF8.self).lowercased()
    }
}
