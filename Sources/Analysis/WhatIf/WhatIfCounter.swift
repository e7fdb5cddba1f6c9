internal import RecordingFormat
internal import RecordingStore
internal import Sessions

/// Estimates, step by step, what sessions would have been with other choices.
struct WhatIfCounter {
    private struct Input: Hashable {
        var event: String
        var target: String?
    }

    /// The newest event of an input: if another follows soon, it would not have been sent.
    private struct Typed {
        var time: UInt64
        var bytes: Int
        var messages: Int
    }

    /// Entries of a list as they came whole.
    private struct Entries {
        var count = 0
        var bytes = 0
    }

    private let settings: WhatIfSettings
    private var sessions: [SessionID: WhatIf] = [:]
    /// Of sessions that are no longer told one by one.
    private var others = WhatIf(session: nil)
    private var deflations: [UInt64: (SocketDeflation, SessionID?)] = [:]
    private var measuredBytes = 0
    private var inputs: [ViewID: [Input: Typed]] = [:]
    private var entries: [PathID: Entries] = [:]
    private var room: [UInt8] = []

    init(settings: WhatIfSettings) { self.settings = settings }

    mutating func take(_ step: SessionStep) {
        switch step {
        case .message(let message): take(message)
        case .diff(let diff): if !diff.account.lists.isEmpty { take(diff) }
        case .exchange(let exchange): take(exchange)
        case .sessionBegan(let session): begin(session)
        case .socketOpened(let info):
            guard !info.isCompressed, info.facts.isRecorded, deflations.count < settings.socketLimit else { return }
            deflations[info.connection] = (SocketDeflation(), nil)
        case .socketClosed(let closing): endSocket(closing.stamp.connection)
        case .viewEnded(let view, _): inputs[view.id] = nil
        case .pageLoaded, .http, .viewJoined, .push, .componentsRemoved, .general, .note: break
        }
    }

    private mutating func begin(_ session: Session) {
        if sessions.count >= settings.sessionLimit, let smallest = sessions.min(by: { $0.value.bytes < $1.value.bytes })
        {
            others += smallest.value
            sessions[smallest.key] = nil
        }
        sessions[session.id] = WhatIf(session: session.id, url: session.url)
    }

    private mutating func change(_ session: SessionID?, _ change: (inout WhatIf) -> Void) {
        if let session, let index = sessions.index(forKey: session) {
            change(&sessions.values[index])
        } else {
            change(&others)
        }
    }

    // MARK: - Compression

    private mutating func take(_ message: MessageStep) {
        guard !message.payload.isEmpty else { return }
        change(message.session) { $0.bytes += message.payload.count }
        guard let index = deflations.index(forKey: message.facts.connection) else { return }
        if deflations.values[index].1 == nil { deflations.values[index].1 = message.session }
        let before = deflations.values[index].0.measuredBytes
        deflations.values[index].0.add(
            message, isMeasured: before < settings.socketByteLimit && measuredBytes < settings.byteLimit, room: &room)
        measuredBytes += deflations.values[index].0.measuredBytes - before
    }

    private mutating func endSocket(_ connection: UInt64) {
        guard let (deflation, session) = deflations.removeValue(forKey: connection), let result = deflation.result
        else {
            return
        }
        change(session) { $0.compression = ($0.compression ?? WhatIf.Compression()) + result }
    }

    // MARK: - Lists

    private mutating func take(_ diff: DiffStep) {
        var keyed = WhatIf.Saving()
        var streams = WhatIf.Saving()
        for list in diff.account.lists where !list.isStream {
            let sent = list.inserted + list.updated
            if list.isWhole || list.updated == 0 {
                // Whatever it is, it comes once.
                entries[list.path, default: Entries()].count += list.inserted
                entries[list.path, default: Entries()].bytes += list.entryBytes
                guard !list.isWhole, !diff.isJoin else { continue }
            }
            // Entries that are alike are known by a common distance only; those in another order by themselves.
            let (bytes, count) =
                list.shiftedBytes > list.knownBytes
                ? (list.shiftedBytes, list.shiftedCount) : (list.knownBytes, list.knownCount)
            keyed.bytes += list.byteCount
            keyed.savedBytes += max(0, bytes - count * settings.moveBytes)
            keyed.count += 1
            // A stream takes in what is new, and forgets nothing of the rest; but what changes places is sent again.
            let kept = list.form == .keyed ? list.shiftedCount + list.equal : count
            let changed = max(list.movedAndChanged, sent + list.movedAndChanged - kept)
            guard let known = entries[list.path], known.count > 0 else { continue }
            streams.bytes += list.byteCount
            streams.savedBytes += list.byteCount - changed * (known.bytes / known.count + settings.insertBytes)
            streams.count += 1
        }
        guard keyed.count > 0 else { return }
        change(diff.view.session) {
            $0.keyedLists = $0.keyedLists + keyed
            $0.streams = $0.streams + streams
        }
    }

    // MARK: - Events

    private mutating func take(_ exchange: Exchange) {
        guard let event = exchange.event, let view = exchange.view else { return }
        switch event.type {
        // A submit has no target.
        case "form": guard event.target != nil else { return }
        case "keyup", "keydown": break
        default: return
        }
        let input = Input(event: event.name, target: event.target)
        let time = exchange.request.time
        let messages = 1 + (exchange.reply == nil ? 0 : 1) + exchange.pushes.count
        let now = Typed(time: time, bytes: Int(clamping: exchange.byteCount), messages: messages)
        let before = inputs[view, default: [:]].updateValue(now, forKey: input)
        let debounce = settings.debounce
        change(exchange.session) {
            $0.debounce.count += 1
            $0.debounce.bytes += now.bytes
            guard let before, time &- min(before.time, time) < debounce else { return }
            $0.debounce.savedBytes += before.bytes
            $0.debounce.savedMessages += before.messages
        }
    }

    // MARK: - The end

    /// The sessions, those with most bytes first, and all together.
    mutating func end() -> (sessions: [WhatIf], sum: WhatIf) {
        for connection in deflations.keys.sorted() { endSocket(connection) }
        var sum = others
        for (_, session) in sessions { sum += session }
        let list = sessions.values.sorted { left, right in
            (right.bytes, left.session?.number ?? 0) < (left.bytes, right.session?.number ?? 0)
        }
        return (list, sum)
    }
}
