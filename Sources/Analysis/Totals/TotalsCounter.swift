internal import RecordingFormat
internal import Sessions
internal import WebSocketWire

/// Counts the totals of one task's sockets.
struct TotalsCounter {
    private var totals = Totals()
    private var kinds = [MessageCount](repeating: MessageCount(), count: MessageKind.allCases.count)
    private var views: [String: Counted<ViewSum>] = [:]
    private var events: [Totals.EventKey: Counted<Part>] = [:]
    private var pathCount = 0

    private struct ViewSum {
        var part = Part()
        /// Names are made at the end.
        var paths: [PathID: PathSum] = [:]
    }

    private struct PathSum {
        var count = 0
        var bytes = 0
        var redundantBytes = 0

        mutating func take(_ tally: DiffAccount.PathTally) {
            count += tally.count
            bytes += tally.bytes
            redundantBytes += tally.redundantBytes
        }
    }

    mutating func take(_ step: SessionStep) {
        switch step {
        case .message(let message): take(message)
        case .diff(let diff): take(diff)
        case .exchange(let exchange): take(exchange)
        case .sessionBegan: totals.sessionCount += 1
        case .viewJoined(let view):
            totals.viewCount += 1
            if view.joinNumber > 1 { totals.rejoinCount += 1 }
        case .socketOpened: totals.socketCount += 1
        case .pageLoaded, .http, .socketClosed, .viewEnded, .push, .componentsRemoved, .general, .note: break
        }
    }

    private mutating func take(_ message: MessageStep) {
        kinds[Int(message.kind.rawValue)].add(message.facts)
        switch message.facts.sender {
        case .client: totals.fromClient.add(message.facts)
        case .server: totals.fromServer.add(message.facts)
        }
        let wall = message.facts.stamp.wallNanoseconds
        totals.firstWallNanoseconds = min(totals.firstWallNanoseconds ?? wall, wall)
        totals.lastWallNanoseconds = max(totals.lastWallNanoseconds ?? wall, wall)
    }

    private mutating func take(_ diff: DiffStep) {
        let account = diff.account
        if diff.isJoin {
            totals.joinBytes += account.bytes
            totals.joinSizes.add(UInt64(account.byteCount))
        } else {
            totals.diffBytes += account.bytes
            totals.diffSizes.add(UInt64(account.byteCount))
        }
        if case .unasked = diff.cause { totals.unaskedPushes.add(diff.facts) }
        guard let view = views.counted(diff.view.route, limit: Totals.partLimit, ViewSum()) else { return }
        view.sum.part.add(account.byteCount, redundant: account.bytes.redundant)
        guard !diff.isJoin else { return }
        let known = view.sum.paths.count
        for tally in account.paths {
            guard pathCount < Totals.partLimit || view.sum.paths[tally.path] != nil else { continue }
            view.sum.paths[tally.path, default: PathSum()].take(tally)
        }
        pathCount += view.sum.paths.count - known
    }

    private mutating func take(_ exchange: Exchange) {
        totals.exchangeCount += 1
        guard let latency = exchange.latency else { return }
        switch exchange.kind {
        case .join: totals.joinLatencies.add(latency)
        case .event(let event): take(exchange, event.name, latency)
        case .patch: take(exchange, "live_patch", latency)
        case .leave, .heartbeat, .uploadBegin, .uploadChunk, .uploadProgress, .uploadJoin, .componentsWillDestroy,
            .componentsDestroyed, .other:
            break
        }
    }

    private mutating func take(_ exchange: Exchange, _ name: String, _ latency: UInt64) {
        totals.latencies.add(latency)
        let key = Totals.EventKey(route: exchange.route.isEmpty ? exchange.topic : exchange.route, event: name)
        guard let sum = events.counted(key, limit: Totals.partLimit, Part()) else { return }
        let bytes = exchange.bytes.total + exchange.pushes.reduce(0) { $0 + $1.bytes.total }
        let redundant = exchange.bytes.redundant + exchange.pushes.reduce(0) { $0 + $1.bytes.redundant }
        sum.sum.add(bytes, redundant: redundant)
        sum.sum.latencies.add(latency)
    }

    func totals(_ table: PathTable) -> Totals {
        var totals = totals
        for kind in MessageKind.allCases where kinds[Int(kind.rawValue)].messages > 0 {
            totals.byKind[kind] = kinds[Int(kind.rawValue)]
        }
        totals.byEvent = events.mapValues(\.sum)
        for (route, view) in views {
            totals.byView[route] = view.sum.part
            for (path, sum) in view.sum.paths {
                var part = Part()
                (part.count, part.bytes, part.redundantBytes) = (sum.count, sum.bytes, sum.redundantBytes)
                totals.byPath[
                    Totals.PathKey(route: route, path: "\(PathName(path, in: table))"), default: Part()] += part
            }
        }
        return totals
    }
}

extension Part {
    fileprivate mutating func add(_ byteCount: Int, redundant: Int) {
        count += 1
        bytes += byteCount
        redundantBytes += redundant
        sizes.add(UInt64(max(0, byteCount)))
    }
}
