package import Sessions

/// What a message is for, as budgets tell it apart.
package enum BudgetKind: String, CaseIterable, Hashable, Sendable {
    /// The answers to joins.
    case join
    /// The answers to clients' events.
    case reply
    /// What the server sends unasked, and what an event caused besides its reply.
    case push
    /// Uploads: both directions.
    case upload
}

/// What budgets measure of a view, an event or a kind of message.
package struct Measured: Sendable {
    /// Bytes of diffs; of a kind: of messages.
    package var sizes = Histogram()
    /// Nanoseconds from requests to replies.
    package var latencies = Histogram()
    /// Messages of a client's event: itself, its reply and the pushes it caused.
    package var messages = Histogram()
    /// Bytes of leaves of diffs, and of those that were there already.
    package var leafBytes: UInt64 = 0
    package var redundantBytes: UInt64 = 0

    package init() {}

    package static func += (left: inout Self, right: Self) {
        left.sizes += right.sizes
        left.latencies += right.latencies
        left.messages += right.messages
        left.leafBytes &+= right.leafBytes
        left.redundantBytes &+= right.redundantBytes
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }

    mutating func take(_ bytes: DiffBytes) {
        sizes.add(UInt64(clamping: bytes.total))
        leafBytes &+= UInt64(clamping: bytes.leaves)
        redundantBytes &+= UInt64(clamping: bytes.redundant)
    }
}

/// One moment of a recording, for a chart.
package struct ReportPoint: Sendable {
    /// Nanoseconds since 1970.
    package var wallNanoseconds: UInt64
    /// Bytes of a diff, or nanoseconds of a latency.
    package var value: UInt64
    /// Of a diff's bytes.
    package var redundant: UInt64 = 0
    package var route: String
    /// The event; empty of a push that nobody asked for.
    package var label: String
    package var isJoin = false
}

/// A diff with its text, for a reader.
package struct DiffSample: Sendable {
    package enum Mark: String, Sendable {
        /// Keys, brackets and whatever is no leaf.
        case structure
        case new, changed, redundant
    }

    package struct Segment: Sendable {
        package var mark: Mark
        /// JSON, as on the wire.
        package var text: String
    }

    package var facts: MessageFacts
    package var route: String
    package var label: String
    package var isJoin: Bool
    package var byteCount: Int
    package var redundantBytes: Int
    package var segments: [Segment]
    /// Bytes of it that ``segments`` leave out at the end.
    package var omittedBytes: Int
}

/// Sums that budgets and pictures need, beside the ``Totals``.
package struct Details: Sendable {
    /// By route: diffs that are no joins, and events.
    package var byView: [String: Measured] = [:]
    package var byEvent: [Totals.EventKey: Measured] = [:]
    package var byKind: [BudgetKind: Measured] = [:]
    /// Versions of LiveView, as the views told.
    package var versions: Set<String> = []
    /// Sizes and latencies over time; empty if nobody asked. Of more than ``pointLimit``, neighbours are put together,
    /// and the larger stays.
    package var sizePoints = PointSeries()
    package var latencyPoints = PointSeries()
    /// The largest diffs, and those with most bytes that were there already; empty if nobody asked.
    package var samples: [DiffSample] = []

    /// Samples that are kept. Default: 24.
    static let sampleLimit = 24
    /// Bytes of a sample that are kept. Default: 24 kB.
    package static let sampleByteLimit = 24_000

    package init() {}

    package static func += (left: inout Self, right: Self) {
        left.byView.merge(right.byView) { $0 + $1 }
        left.byEvent.merge(right.byEvent) { $0 + $1 }
        left.byKind.merge(right.byKind) { $0 + $1 }
        left.versions.formUnion(right.versions)
        left.sizePoints += right.sizePoints
        left.latencyPoints += right.latencyPoints
        left.samples += right.samples
        left.thinSamples()
    }

    /// Keeps half of the samples for their size, and half for what they repeat.
    mutating func thinSamples() {
        guard samples.count > Self.sampleLimit else { return }
        samples.sort { $0.redundantBytes > $1.redundantBytes }
        let half = Self.sampleLimit / 2
        let rest = samples.dropFirst(half).sorted { $0.byteCount > $1.byteCount }
        samples = Array(samples.prefix(half)) + rest.prefix(half)
    }
}

/// Points in the order of time, so many at most.
package struct PointSeries: Sendable {
    package private(set) var points: [ReportPoint] = []
    /// How many messages a point stands for.
    package private(set) var stride = 1
    private var waiting: [ReportPoint] = []

    /// Points at most. Default: 2,000.
    package static let limit = 2_000

    package init() {}

    mutating func add(_ point: ReportPoint) {
        waiting.append(point)
        guard waiting.count >= stride else { return }
        if let largest = waiting.max(by: { $0.value < $1.value }) { points.append(largest) }
        waiting.removeAll(keepingCapacity: true)
        if points.count >= Self.limit { halve() }
    }

    private mutating func halve() {
        stride *= 2
        points = Swift.stride(from: 0, to: points.count, by: 2).map { index in
            let pair = points[index..<min(index + 2, points.count)]
            return pair.max { $0.value < $1.value } ?? points[index]
        }
    }

    package static func += (left: inout Self, right: Self) {
        left.points = (left.points + left.waiting + right.points + right.waiting)
            .sorted { $0.wallNanoseconds < $1.wallNanoseconds }
        left.waiting = []
        left.stride = max(left.stride, right.stride)
        while left.points.count >= Self.limit { left.halve() }
    }
}
