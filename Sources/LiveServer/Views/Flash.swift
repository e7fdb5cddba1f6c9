/// What kind of message a flash is.
public struct FlashKind: Hashable, Sendable, RawRepresentable, ExpressibleByStringLiteral {
    /// The name that layouts and the client know it by.
    public let rawValue: String

    /// A kind of that name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A kind of that name.
    public init(stringLiteral value: String) { rawValue = value }

    /// Something went well.
    public static let info: FlashKind = "info"
    /// Something went wrong.
    public static let error: FlashKind = "error"
}
