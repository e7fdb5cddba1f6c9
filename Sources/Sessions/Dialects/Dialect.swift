internal import RecordingFormat
internal import RecordingStore

/// How one framework speaks over a socket. There is one for each socket; what sockets share is in the registry.
///
/// Nothing that a socket says ends it: what it does not understand becomes a ``SessionNote``.
protocol Dialect: AnyObject {
    /// Takes a data message of either side.
    func receive(_ message: SocketMessage, _ registry: inout SessionRegistry)
    /// Messages are missing here: what was known of the other side's state may be wrong.
    func lostMessages(_ stamp: RecordStamp, _ registry: inout SessionRegistry)
    /// Nothing more comes.
    func end(_ stamp: RecordStamp, isSocketClosed: Bool, _ registry: inout SessionRegistry)
    /// Forgets the view whose tree was idle the longest.
    func dropIdleTree(_ registry: inout SessionRegistry) -> Bool
    /// When ``dropIdleTree(_:)`` would find the tree last used; nil if it has none.
    var oldestTreeUse: UInt64? { get }
}

extension Dialect {
    func dropIdleTree(_ registry: inout SessionRegistry) -> Bool { false }
    var oldestTreeUse: UInt64? { nil }
}
