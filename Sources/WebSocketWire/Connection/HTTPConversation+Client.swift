/// The client's direction of a conversation.
extension HTTPConversation {
    mutating func nextFromClient(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        switch client {
        case .http:
            if let step = stopWithServer(bytes, at: position) { return step }
            return nextRequestStep(bytes, at: &position)
        case .early(let early):
            guard position < bytes.count else { return .needsBytes }
            if let step = stopWithServer(bytes, at: position) { return step }
            return followEarly(early, bytes, at: &position)
        case .restOfEarlyHead:
            return nextOfEarlyHead(bytes, at: &position)
        case .failed(let violation):
            client = .raw
            return .notHTTP(violation, heldBytes: [], offset: clientOffset)
        case .raw:
            guard position < bytes.count else { return .needsBytes }
            return takeRest(bytes, at: &position, .notHTTP)
        }
    }

    /// Becomes raw at a message boundary if the server is raw.
    private mutating func stopWithServer(_ bytes: Span<UInt8>, at position: Int) -> Step? {
        guard case .raw = server, position < bytes.count else { return nil }
        switch client {
        case .http: guard requests.isBetweenMessages else { return nil }
        case .early: break
        case .restOfEarlyHead, .failed, .raw: return nil
        }
        client = .raw
        return .notHTTP(.otherDirection, heldBytes: [], offset: clientOffset)
    }

    private mutating func nextRequestStep(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        switch requests.next(bytes, at: &position) {
        case .needsBytes: return .needsBytes
        case .head(let head, let offset):
            if let violation = count(head) {
                client = .raw
                return .notHTTP(violation, heldBytes: head.bytes, offset: offset)
            }
            pendingSwitch = pendingSwitch ?? ProtocolSwitch(head, exchange: currentRequest)
            return .request(head, exchange: currentRequest, offset: offset)
        case .body(let range): return .body(range, exchange: currentRequest)
        case .messageEnd:
            if pendingSwitch?.exchange == currentRequest { client = .early(EarlyBytes(offset: requests.offset)) }
            return .messageEnd(exchange: currentRequest)
        case .notHTTP(let violation, let held, let offset):
            client = .raw
            return .notHTTP(violation, heldBytes: held, offset: offset)
        }
    }

    private mutating func takeRest(_ bytes: Span<UInt8>, at position: inout Int, _ reason: RawReason) -> Step {
        let rest = position..<bytes.count
        position = bytes.count
        return .raw(rest, offset: clientOffset, reason)
    }
}

// MARK: - Early bytes

extension HTTPConversation {
    private mutating func followEarly(
        _ earlier: EarlyBytes, _ bytes: Span<UInt8>, at position: inout Int
    ) -> Step {
        var early = earlier
        early.follow(bytes, from: position)
        followAsRequests(&early, bytes, from: position)
        client = .early(early)
        return takeRest(bytes, at: &position, .unansweredUpgrade)
    }

    /// Follows the bytes as requests: no step tells of them, but they count.
    private mutating func followAsRequests(_ early: inout EarlyBytes, _ bytes: Span<UInt8>, from start: Int) {
        var position = start
        while true {
            switch early.requests {
            case .following: break
            case .ended:
                if position < bytes.count { early.requests = .lost(.secondSwitchUnanswered) }
                return
            case .lost: return
            }
            switch requests.next(bytes, at: &position) {
            case .needsBytes: return
            case .head(let head, _):
                if let violation = count(head) {
                    early.requests = .lost(violation)
                } else {
                    early.laterSwitch = early.laterSwitch ?? ProtocolSwitch(head, exchange: currentRequest)
                }
            case .body: break
            case .messageEnd: if early.laterSwitch != nil { early.requests = .ended }
            case .notHTTP(let violation, _, _): early.requests = .lost(violation)
            }
        }
    }

    /// The pending switch was answered by another final answer: what the client sends is requests.
    mutating func refuseSwitch() {
        pendingSwitch = nil
        guard case .early(let early) = client else { return }
        pendingSwitch = early.laterSwitch
        switch early.requests {
        case .following: client = requests.unfinishedHead.isEmpty ? .http : .restOfEarlyHead
        case .ended: client = .early(EarlyBytes(offset: clientOffset))
        case .lost(let violation): client = .failed(violation)
        }
    }

    private mutating func nextOfEarlyHead(_ bytes: Span<UInt8>, at position: inout Int) -> Step {
        let start = position
        switch requests.next(bytes, at: &position) {
        case .needsBytes: break
        case .head(let head, _):
            if let violation = count(head) {
                client = .failed(violation)
            } else {
                client = .http
                pendingSwitch = pendingSwitch ?? ProtocolSwitch(head, exchange: currentRequest)
            }
        case .notHTTP(let violation, _, _): client = .failed(violation)
        case .body, .messageEnd: client = .http
        }
        guard position > start else { return nextWithoutBytes() }
        return .raw(start..<position, offset: clientOffset, .unansweredUpgrade)
    }

    /// A head can break a rule by a byte that is not used up yet: that byte is raw, behind the step which says so.
    private mutating func nextWithoutBytes() -> Step {
        guard case .failed(let violation) = client else { return .needsBytes }
        client = .raw
        return .notHTTP(violation, heldBytes: [], offset: clientOffset)
    }

    func endOfClient() -> ConnectionEnd {
        switch client {
        case .http: break
        case .restOfEarlyHead: return ConnectionEnd(.tearsHead, offset: clientOffset)
        case .early, .failed, .raw: return ConnectionEnd(.raw, offset: clientOffset)
        }
        guard !requests.isInBody else {
            return ConnectionEnd(.tearsMessage(exchange: currentRequest), offset: clientOffset)
        }
        let held = requests.unfinishedHead
        return ConnectionEnd(
            held.isEmpty ? .clean : .tearsHead, heldBytes: held, offset: clientOffset &- UInt64(held.count))
    }
}
