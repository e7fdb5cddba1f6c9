internal import LiveViewWire
internal import RecordingStore

extension PhoenixDialect {
    func receiveAnswer(
        _ head: PhoenixHead, _ facts: MessageFacts, _ payload: [UInt8], _ registry: inout SessionRegistry
    ) {
        switch head.event {
        case ChannelEvent.reply:
            reply(head, facts, payload, &registry)
        case "diff" where channels[head.topic] != nil:
            step(facts, .push, head.topic, payload, &registry)
            push(head, facts, payload, &registry)
        case ChannelEvent.close, ChannelEvent.error:
            step(facts, .channel, head.topic, payload, &registry)
            close(head, facts, &registry)
        default:
            let isLive = channels[head.topic]?.view != nil
            let isNavigation = isLive && ["live_patch", "live_redirect", "redirect"].contains(head.event)
            step(facts, isNavigation ? .navigation : .channel, head.topic, payload, &registry)
            pushOther(head, facts, payload, isNavigation: isNavigation, &registry)
        }
    }

    private func close(_ head: PhoenixHead, _ facts: MessageFacts, _ registry: inout SessionRegistry) {
        let isCrash = head.event == ChannelEvent.error
        // A second join's reply comes before the first one's close, which has the old join_ref.
        guard let channel = channels[head.topic], head.joinRef == nil || channel.joinRef == head.joinRef else { return }
        for ref in pending.keys.sorted() where pending[ref]?.exchange.topic == head.topic {
            guard let waiting = pending.removeValue(forKey: ref) else { continue }
            // Live navigation joins the topic anew before the old channel is closed.
            if let joinRef = waiting.joinRef, let closed = head.joinRef, joinRef != closed {
                pending[ref] = waiting
                continue
            }
            if case .leave = waiting.exchange.kind, !isCrash {
                pending[ref] = waiting
                continue
            }
            waiting.exchange.ending = isCrash ? .crashed : .left
            registry.steps.append(.exchange(waiting.exchange))
        }
        channels[head.topic]?.waiting = 0
        endView(head.topic, isCrash ? .crashed : .closed, facts.stamp, &registry)
    }

    private func pushOther(
        _ head: PhoenixHead, _ facts: MessageFacts, _ payload: [UInt8], isNavigation: Bool,
        _ registry: inout SessionRegistry
    ) {
        var cause: Int?
        if isNavigation {
            cause = attribute(to: head.topic, facts, head.event, DiffBytes(), signature: nil, &registry)
        }
        if head.event == "live_patch", let to = registry.walk.tape.member(named: "to", of: head.payload, payload.span),
            let path = registry.walk.tape.string(to, payload.span)
        {
            patched(head.topic, to: path)
        }
        registry.steps.append(
            .push(
                PushStep(
                    view: channels[head.topic]?.view?.id, session: session, topic: head.topic, event: head.event,
                    facts: facts, payload: payload, range: registry.walk.tape[head.payload].range, exchange: cause)))
    }

    /// A view's URL changed.
    func patched(_ topic: String, to path: String) {
        guard let url = channels[topic]?.view?.url, !url.isEmpty, !path.contains("://") else { return }
        let origin = url.prefix(url.count - url.drop { $0 != "/" }.count)
        var rest = url.dropFirst(origin.count)
        guard rest.hasPrefix("//") else {
            channels[topic]?.view?.url = path
            return
        }
        rest = rest.dropFirst(2)
        let host = rest.prefix { $0 != "/" }
        channels[topic]?.view?.url = "\(origin)//\(host)\(path)"
    }

    // MARK: - Diffs

    private func push(
        _ head: PhoenixHead, _ facts: MessageFacts, _ payload: [UInt8], _ registry: inout SessionRegistry
    ) {
        guard let channel = channels[head.topic], isCurrent(head, channel),
            walk(head.payload, channel, facts, payload, isJoin: false, &registry)
        else { return }
        let account = registry.walk.account
        var signature: UInt64 = UInt64(account.events.count)
        for tally in account.paths {
            signature &+= 0x9e37_79b9_7f4a_7c15 &* (UInt64(truncatingIfNeeded: tally.path.number) &+ 1)
        }
        let cause = attribute(to: head.topic, facts, "diff", account.bytes, signature: signature, &registry)
        emit(channel, cause.map { .caused($0) } ?? .unasked, facts, head.payload, payload, nil, &registry)
    }

    /// The client drops what has a join_ref that is not the channel's.
    func isCurrent(_ head: PhoenixHead, _ channel: Channel) -> Bool {
        head.joinRef == nil || head.joinRef == channel.joinRef
    }

    /// Finds the exchange that a push belongs to, and adds it there.
    private func attribute(
        to topic: String, _ facts: MessageFacts, _ event: String, _ bytes: DiffBytes, signature: UInt64?,
        _ registry: inout SessionRegistry
    ) -> Int? {
        guard let channel = channels[topic] else { return nil }
        let push = Exchange.Push(facts: facts, event: event, bytes: bytes)
        let isUsual = signature.map { channel.unasked.contains($0) } ?? false
        let isLate = channel.current?.reply.map { facts.time &- $0.time > registry.settings.causedPushWindow } ?? true
        if !isUsual {
            if let ref = channel.currentRef, let waiting = pending[ref] {
                waiting.exchange.pushes.append(push)
                return waiting.exchange.number
            }
            if !isLate, let current = channel.current {
                current.pushes.append(push)
                return current.number
            }
        }
        if isLate, let done = channel.current {
            registry.steps.append(.exchange(done))
            channel.current = nil
        }
        if let signature, channel.unasked.count < Self.unaskedLimit { channel.unasked.insert(signature) }
        return nil
    }

    /// Accounts for a diff of the channel's view.
    /// - Returns: false if the channel has none.
    func walk(
        _ token: Int, _ channel: Channel, _ facts: MessageFacts, _ payload: [UInt8], isJoin: Bool,
        _ registry: inout SessionRegistry
    ) -> Bool {
        guard channel.view != nil else { return false }
        let before = channel.state.slotCount
        let wasKnown = isJoin || channel.state.tree != nil
        registry.walk.walk(token, of: &channel.state, isJoin: isJoin, payload.span)
        registry.treeSlots += channel.state.slotCount - before
        channel.lastUse = facts.time
        // Once: until the next whole tree, no diff can be merged.
        if let problem = registry.walk.account.problem, wasKnown {
            registry.note(
                facts.stamp, channel.view?.topic ?? "", "a diff could not be merged: \(problem)",
                byteCount: UInt64(registry.walk.account.byteCount))
        }
        channel.view?.version.take(registry.walk.account)
        if !isJoin { channel.view?.diffCount += 1 }
        if registry.walk.account.isWhole, let root = channel.state.tree?.root {
            channel.view?.template = registry.paths[root.template].text
        }
        return true
    }

    func emit(
        _ channel: Channel, _ cause: DiffStep.Cause, _ facts: MessageFacts, _ token: Int, _ payload: [UInt8],
        _ event: ClientEvent?, _ registry: inout SessionRegistry
    ) {
        guard let view = channel.view else { return }
        registry.steps.append(
            .diff(
                DiffStep(
                    view: view, cause: cause, facts: facts, account: registry.walk.account,
                    range: registry.walk.tape[token].range, payload: payload, event: event)))
    }
}

extension WireVersion {
    mutating func take(_ account: DiffAccount) {
        for list in account.lists {
            switch list.form {
            case .keyed: hasKeyedLists = true
            case .rows: hasRowLists = true
            }
            if list.saysMoves { saysMoves = true }
        }
    }
}
