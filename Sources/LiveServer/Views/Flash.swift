/// What kind of message a flash is.
public struct FlashKind: Hashable, Sendable, RawRepresentable, ExpressibleByStringLiteral {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public static let info: FlashKind = "info"
    public static let error: FlashKind = "error"
}
