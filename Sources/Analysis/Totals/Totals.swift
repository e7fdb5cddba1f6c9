package import Sessions
internal import WebSocketWire

/// What was counted of messages.
package struct MessageCount: Hashable, Sendable {
    package var messages: UInt64 = 0
    /// Bytes, inflated.
    package var bytes: UInt64 = 0
    /// Bytes on the wire.
    package var wireBytes: UInt64 = 0

    mutating func add(_ facts: MessageFacts) {
        messages += 1
        bytes &+= facts.byteCount
        wireBytes &+= facts.wireByteCount
    }

    package static func += (left: inout Self, right: Self) {
        left.messages += right.messages
        left.bytes &+= right.bytes
        left.wireBytes &+= right.wireBytes
    }
}

/// A view's, an event's or a path's part of the bytes.
package struct Part: Sendable {
    /// Joins, events or diffs.
    package var count = 0
    /// Bytes of diffs and trees.
    package var bytes = 0
    package var redundantBytes = 0
    /// Nanoseconds from requests to replies, of events.
    package var latencies = Histogram()
    package var sizes = Histogram()

    package static func += (left: inout Self, right: Self) {
        left.count += right.count
        left.bytes += right.bytes
        left.redundantBytes += right.redundantBytes
        left.latencies += right.latencies
        left.sizes += right.sizes
    }
}

/// Where the bytes of a recording went.
package struct Totals: Sendable {
    package struct EventKey: Hashable, Sendable {
        package var route: String
        package var event: String
    }

    package struct PathKey: Hashable, Sendable {
        package var route: String
        package var path: String
    }

    package var byKind: [MessageKind: MessageCount] = [:]
    package var fromClient = MessageCount()
    package var fromServer = MessageCount()
    package var joinBytes = DiffBytes()
    package var diffBytes = DiffBytes()
    package var joinSizes = Histogram()
    package var diffSizes = Histogram()
    package var latencies = Histogram()
    package var joinLatencies = Histogram()
    package var byView: [String: Part] = [:]
    package var byEvent: [EventKey: Part] = [:]
    package var byPath: [PathKey: Part] = [:]
    package var sessionCount = 0
    package var viewCount = 0
    package var rejoinCount = 0
    package var socketCount = 0
    package var exchangeCount = 0
    package var unaskedPushes = MessageCount()
    package var firstWallNanoseconds: UInt64?
    package var lastWallNanoseconds: UInt64?

    /// Rows of ``byView``, ``byEvent`` and ``byPath`` at most, each; the rest is in none of them.
    static let partLimit = 10_000

    package init() {}

    /// The share of leaves' bytes, in diffs, that were there already.
    package var redundantShare: Double {
        diffBytes.leaves > 0 ? Double(diffBytes.redundant) / Double(diffBytes.leaves) : 0
    }

    package static func += (left: inout Self, right: Self) {
        left.byKind.merge(right.byKind) { $0 + $1 }
        left.fromClient += right.fromClient
        left.fromServer += right.fromServer
        left.joinBytes += right.joinBytes
        left.diffBytes += right.diffBytes
        left.joinSizes += right.joinSizes
        left.diffSizes += right.diffSizes
        left.latencies += right.latencies
        left.joinLatencies += right.joinLatencies
        left.byView.merge(right.byView) { $0 + $1 }
        left.byEvent.merge(right.byEvent) { $0 + $1 }
        left.byPath.merge(right.byPath) { $0 + $1 }
        left.sessionCount += right.sessionCount
        left.viewCount += right.viewCount
        left.rejoinCount += right.rejoinCount
        left.socketCount += right.socketCount
        left.exchangeCount += right.exchangeCount
        left.unaskedPushes += right.unaskedPushes
        left.firstWallNanoseconds =
            [left.firstWallNanoseconds, right.firstWallNanoseconds].compactMap { $0 }.min()
        left.lastWallNanoseconds = [left.lastWallNanoseconds, right.lastWallNanoseconds].compactMap { $0 }.max()
    }
}

extension MessageCount {
    fileprivate static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }
}

extension Part {
    fileprivate static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }
}
