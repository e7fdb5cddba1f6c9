internal import LiveViewWire
internal import RecordingFormat
internal import RecordingStore

extension PhoenixDialect {
    /// The parts of a `phx_reply`, on the tape.
    private struct Reply {
        var isOK: Bool
        var response: Int?

        init(_ tape: borrowing JSONTape, _ payload: Int, _ bytes: Span<UInt8>) {
            let status = tape.member(named: "status", of: payload, bytes)
            isOK = status.map { tape.string($0, bytes) == "ok" } ?? false
            response = tape.member(named: "response", of: payload, bytes)
        }
    }

    func reply(_ head: PhoenixHead, _ facts: MessageFacts, _ payload: [UInt8], _ registry: inout SessionRegistry) {
        let reply = Reply(registry.walk.tape, head.payload, payload.span)
        let waiting = head.ref.flatMap { pending.removeValue(forKey: $0) }
        let channel = channels[head.topic]
        if let channel, waiting != nil, channel.waiting > 0 { channel.waiting -= 1 }
        guard let exchange = waiting?.exchange else {
            lateReply(head, reply.response, facts, payload, &registry)
            return
        }
        exchange.reply = facts
        exchange.ending = .answered
        exchange.answer = answer(reply, payload.span, registry.walk.tape)
        if case .join = exchange.kind, let joinRef = waiting?.joinRef {
            joined(head, joinRef, reply.response, exchange, facts, payload, &registry)
            finish(exchange, head, &registry)
            return
        }
        step(facts, exchange.kind.replyKind, head.topic, payload, &registry)
        if case .componentsDestroyed = exchange.kind {
            removeComponents(head.topic, reply.response, payload, &registry)
        }
        if case .patch(let url) = exchange.kind, reply.isOK, exchange.answer != .other {
            channels[head.topic]?.view?.url = url
        }
        if let response = reply.response,
            let diff = registry.walk.tape.member(named: "diff", of: response, payload.span),
            let channel, isCurrent(head, channel),
            walk(diff, channel, facts, payload, isJoin: false, &registry)
        {
            take(registry.walk.account, registry.walk.tape[diff].range, payload, exchange)
            emit(channel, .reply(exchange.number), facts, diff, payload, exchange.event, &registry)
        }
        finish(exchange, head, &registry)
    }

    private func take(_ account: DiffAccount, _ range: Range<Int>, _ payload: [UInt8], _ exchange: Exchange) {
        exchange.bytes = account.bytes
        exchange.diffHash = ContentHash.of(payload.span, range)
        exchange.changesNothing = account.changesNothing && account.events.isEmpty && account.title == nil
    }

    /// A reply whose request is not in the recording, or waited for too long.
    private func lateReply(
        _ head: PhoenixHead, _ response: Int?, _ facts: MessageFacts, _ payload: [UInt8],
        _ registry: inout SessionRegistry
    ) {
        step(facts, .channel, head.topic, payload, &registry)
        guard let response, let diff = registry.walk.tape.member(named: "diff", of: response, payload.span),
            let channel = channels[head.topic], isCurrent(head, channel),
            walk(diff, channel, facts, payload, isJoin: false, &registry)
        else { return }
        emit(channel, .unasked, facts, diff, payload, nil, &registry)
    }

    /// The exchange is over, but for the pushes that it may cause.
    private func finish(_ exchange: Exchange, _ head: PhoenixHead, _ registry: inout SessionRegistry) {
        guard let channel = channels[head.topic], channel.currentRef == head.ref, channel.view != nil else {
            registry.steps.append(.exchange(exchange))
            return
        }
        channel.currentRef = nil
        channel.current = exchange
    }

    // MARK: - Joins

    private func joined(
        _ head: PhoenixHead, _ joinRef: String, _ response: Int?, _ exchange: Exchange, _ facts: MessageFacts,
        _ payload: [UInt8], _ registry: inout SessionRegistry
    ) {
        guard let join = exchange.join, let response,
            let rendered = registry.walk.tape.member(named: "rendered", of: response, payload.span)
        else {
            step(facts, .joinReply, head.topic, payload, &registry)
            return
        }
        if channels[head.topic]?.view != nil { endView(head.topic, .rejoined, facts.stamp, &registry) }
        let isNested = join.url.isEmpty && !join.isSticky
        var view = View(
            id: ViewID(number: registry.nextNumber()), session: exchange.session ?? SessionID(number: 0),
            connection: connection, topic: head.topic, joinRef: joinRef, url: join.url,
            parent: isNested ? mainView : nil, joinNumber: join.number, joined: facts.stamp)
        let tape = registry.walk.tape
        view.version.stated = tape.member(named: "liveview_version", of: response, payload.span)
            .flatMap { tape.string($0, payload.span) }
        if !isNested { mainView = view.id }
        exchange.view = view.id
        exchange.route = view.route
        let channel = channels[head.topic] ?? Channel(joinRef: joinRef)
        channel.joinRef = joinRef
        channel.view = view
        channel.session = exchange.session
        channel.unasked = []
        channel.currentRef = head.ref
        channels[head.topic] = channel
        step(facts, .joinReply, head.topic, payload, &registry)
        _ = walk(rendered, channel, facts, payload, isJoin: true, &registry)
        take(registry.walk.account, registry.walk.tape[rendered].range, payload, exchange)
        if let joined = channel.view { registry.steps.append(.viewJoined(joined)) }
        emit(channel, .join, facts, rendered, payload, nil, &registry)
    }

    private func answer(_ reply: Reply, _ bytes: Span<UInt8>, _ tape: borrowing JSONTape) -> Exchange.Answer {
        guard let response = reply.response, tape[response].kind == .object else { return .other }
        if let redirect = tape.member(named: "redirect", of: response, bytes) {
            return .redirect(to: Self.text("to", of: redirect, tape, bytes))
        }
        if let redirect = tape.member(named: "live_redirect", of: response, bytes) {
            return .liveRedirect(to: Self.text("to", of: redirect, tape, bytes))
        }
        guard reply.isOK else { return .error(reason: Self.text("reason", of: response, tape, bytes)) }
        if tape[response].next == response + 1 { return .empty }
        if tape.member(named: "rendered", of: response, bytes) != nil { return .tree }
        return tape.member(named: "diff", of: response, bytes) != nil ? .diff : .other
    }

    private static func text(
        _ name: StaticString, of object: Int, _ tape: borrowing JSONTape, _ bytes: Span<UInt8>
    ) -> String {
        tape.member(named: name, of: object, bytes).flatMap { tape.string($0, bytes) } ?? ""
    }

    // MARK: - Components

    private func removeComponents(
        _ topic: String, _ response: Int?, _ payload: [UInt8], _ registry: inout SessionRegistry
    ) {
        guard let response, let channel = channels[topic], let view = channel.view,
            let list = registry.walk.tape.member(named: "cids", of: response, payload.span)
        else { return }
        var removed: [RemovedComponent] = []
        for number in registry.walk.tape.integers(list, payload.span) {
            guard let node = channel.state.tree?.components.removeValue(forKey: number) else { continue }
            removed.append(
                RemovedComponent(
                    component: number, template: node.template, contentHash: TreeSlot.template(node).hash))
        }
        if !removed.isEmpty { registry.steps.append(.componentsRemoved(view.id, removed)) }
    }
}
