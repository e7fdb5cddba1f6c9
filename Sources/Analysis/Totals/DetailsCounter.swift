internal import RecordingFormat
package import Sessions
internal import WebSocketWire

/// Counts the details of one task's sockets.
struct DetailsCounter {
    private var details = Details()
    private var views: [String: Counted<Measured>] = [:]
    private var events: [Totals.EventKey: Counted<Measured>] = [:]
    private var kinds: [BudgetKind: Counted<Measured>] = [:]
    /// Whether points and samples are wanted.
    private let keepsPictures: Bool

    init(keepsPictures: Bool) { self.keepsPictures = keepsPictures }

    var result: Details {
        // Adding up ends what waits in the series.
        var result = Details()
        var details = details
        details.byView = views.mapValues(\.sum)
        details.byEvent = events.mapValues(\.sum)
        details.byKind = kinds.mapValues(\.sum)
        result += details
        return result
    }

    mutating func take(_ step: SessionStep) {
        switch step {
        case .message(let message): take(message)
        case .diff(let diff): take(diff)
        case .exchange(let exchange): take(exchange)
        case .viewJoined(let view):
            if details.versions.count < 100 { details.versions.insert("\(view.version)") }
        case .pageLoaded, .http, .sessionBegan, .socketOpened, .socketClosed, .viewEnded, .push, .componentsRemoved,
            .general, .note:
            break
        }
    }

    private mutating func take(_ message: MessageStep) {
        let kind: BudgetKind
        switch message.kind {
        case .joinReply: kind = .join
        case .eventReply: kind = .reply
        case .push: kind = .push
        case .upload, .uploadReply: kind = .upload
        case .join, .event, .patch, .navigation, .componentRemoval, .heartbeat, .leave, .channel, .text, .json, .binary,
            .control:
            return
        }
        sum(of: kind)?.sum.sizes.add(message.facts.byteCount)
    }

    private mutating func sum(of kind: BudgetKind) -> Counted<Measured>? {
        kinds.counted(kind, limit: BudgetKind.allCases.count, Measured())
    }

    private mutating func take(_ diff: DiffStep) {
        let bytes = diff.account.bytes
        let kind: BudgetKind =
            switch diff.cause {
            case .join: .join
            case .reply: .reply
            case .caused, .unasked: .push
            }
        if let ofKind = sum(of: kind) {
            ofKind.sum.leafBytes &+= UInt64(clamping: bytes.leaves)
            ofKind.sum.redundantBytes &+= UInt64(clamping: bytes.redundant)
        }
        let route = diff.view.route
        if !diff.isJoin { views.counted(route, limit: Totals.partLimit, Measured())?.sum.take(bytes) }
        guard keepsPictures else { return }
        details.sizePoints.add(
            ReportPoint(
                wallNanoseconds: diff.facts.stamp.wallNanoseconds, value: UInt64(clamping: diff.account.byteCount),
                redundant: UInt64(clamping: bytes.redundant), route: route, label: diff.label, isJoin: diff.isJoin))
        sample(diff)
    }

    private mutating func sample(_ diff: DiffStep) {
        let redundant = diff.account.bytes.redundant
        if details.samples.count >= Details.sampleLimit {
            let isLarger = details.samples.contains { $0.byteCount < diff.account.byteCount }
            guard isLarger || details.samples.contains(where: { $0.redundantBytes < redundant }) else { return }
        }
        details.samples.append(DiffSample(diff))
        // Seldom, since it sorts.
        if details.samples.count >= 2 * Details.sampleLimit { details.thinSamples() }
    }

    private mutating func take(_ exchange: Exchange) {
        switch exchange.kind {
        case .join: addLatency(exchange, .join)
        case .event(let event):
            addLatency(exchange, .reply)
            take(exchange, event.name)
        case .patch:
            addLatency(exchange, .reply)
            take(exchange, "live_patch")
        case .uploadChunk, .uploadProgress, .uploadBegin: addLatency(exchange, .upload)
        case .leave, .heartbeat, .uploadJoin, .componentsWillDestroy, .componentsDestroyed, .other: break
        }
    }

    private mutating func addLatency(_ exchange: Exchange, _ kind: BudgetKind) {
        guard let latency = exchange.latency else { return }
        sum(of: kind)?.sum.latencies.add(latency)
    }

    private mutating func take(_ exchange: Exchange, _ name: String) {
        let route = exchange.route.isEmpty ? exchange.topic : exchange.route
        let key = Totals.EventKey(route: route, event: name)
        guard let event = events.counted(key, limit: Totals.partLimit, Measured()),
            let view = views.counted(route, limit: Totals.partLimit, Measured())
        else { return }
        var bytes = exchange.bytes
        for push in exchange.pushes { bytes += push.bytes }
        let messages = UInt64(1 + (exchange.reply == nil ? 0 : 1) + exchange.pushes.count)
        event.sum.take(bytes)
        event.sum.messages.add(messages)
        view.sum.messages.add(messages)
        sum(of: .reply)?.sum.messages.add(messages)
        guard let latency = exchange.latency else { return }
        event.sum.latencies.add(latency)
        view.sum.latencies.add(latency)
        guard keepsPictures, let reply = exchange.reply else { return }
        details.latencyPoints.add(
            ReportPoint(
                wallNanoseconds: reply.stamp.wallNanoseconds, value: latency, route: route, label: name))
    }
}

extension DiffStep {
    /// What it came of, in a word.
    fileprivate var label: String {
        switch cause {
        case .join: "join"
        case .reply: event?.name ?? "reply"
        case .caused: "push"
        case .unasked: "unasked push"
        }
    }
}

extension DiffSample {
    /// - Parameter byteLimit: bytes of the diff's text that are taken.
    package init(_ diff: DiffStep, byteLimit: Int = Details.sampleByteLimit) {
        facts = diff.facts
        route = diff.view.route
        label = diff.label
        isJoin = diff.isJoin
        byteCount = diff.account.byteCount
        redundantBytes = diff.account.bytes.redundant
        segments = []
        let end = min(diff.range.upperBound, diff.range.lowerBound + byteLimit)
        var position = diff.range.lowerBound
        func text(_ range: Range<Int>) -> String { String(decoding: diff.payload[range], as: UTF8.self) }
        for leaf in diff.account.leaves.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            let range = Int(leaf.range.lowerBound)..<Int(leaf.range.upperBound)
            guard range.lowerBound >= position, range.lowerBound < end else { continue }
            if range.lowerBound > position {
                segments.append(Segment(mark: .structure, text: text(position..<range.lowerBound)))
            }
            let mark: Mark =
                switch leaf.kind {
                case .new: .new
                case .changed: .changed
                case .redundant: .redundant
                }
            let upper = min(range.upperBound, end)
            segments.append(Segment(mark: mark, text: text(range.lowerBound..<upper)))
            position = upper
        }
        if position < end { segments.append(Segment(mark: .structure, text: text(position..<end))) }
        omittedBytes = diff.range.upperBound - end
    }
}
