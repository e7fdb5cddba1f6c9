internal import LiveViewWire
internal import RecordingStore

extension PhoenixDialect {
    func receiveRequest(
        _ head: PhoenixHead, _ facts: MessageFacts, _ payload: [UInt8], _ registry: inout SessionRegistry
    ) {
        let request = PhoenixRequest(registry.walk.tape, head.payload, payload, registry.settings)
        switch head.event {
        case ChannelEvent.join where head.topic.hasPrefix("lv:"):
            join(head, request, facts, payload, &registry)
            return
        case ChannelEvent.leave:
            step(facts, .leave, head.topic, payload, &registry)
            begin(.leave, head.ref, head.topic, joinRef: nil, facts, &registry)
            if channels[head.topic]?.joinRef == head.joinRef { endView(head.topic, .left, facts.stamp, &registry) }
            return
        case ChannelEvent.heartbeat where head.topic == ChannelEvent.heartbeatTopic:
            step(facts, .heartbeat, nil, payload, &registry)
            begin(.heartbeat, head.ref, head.topic, joinRef: nil, facts, &registry)
            return
        default:
            break
        }
        let (kind, label) = request.kind(of: head)
        if case .event(let event) = kind, event.type == "form", request.hasMeta {
            channels[head.topic]?.view?.version.hasEventMeta = true
        }
        step(facts, label, head.topic, payload, &registry)
        begin(kind, head.ref, head.topic, joinRef: nil, facts, &registry)
    }

    private func join(
        _ head: PhoenixHead, _ request: PhoenixRequest, _ facts: MessageFacts, _ payload: [UInt8],
        _ registry: inout SessionRegistry
    ) {
        var join = request.join
        if session == nil {
            session = registry.session(ofTopic: head.topic, url: join.url, connection: connection, facts.stamp)
        }
        if let session {
            join.number = registry.countJoin(head.topic, session)
            if join.number == 1 { join.page = registry.takePage(ofTopic: head.topic) }
        }
        step(facts, .join, head.topic, payload, &registry)
        let channel = channels[head.topic] ?? Channel(joinRef: head.joinRef ?? "")
        channel.session = session
        // What comes for the channel before is for nobody.
        if channel.view == nil, let joinRef = head.joinRef { channel.joinRef = joinRef }
        channels[head.topic] = channel
        begin(.join(join), head.ref, head.topic, joinRef: head.joinRef ?? head.ref, facts, &registry)
    }

    /// A request that wants a reply.
    func begin(
        _ kind: Exchange.Kind, _ ref: String?, _ topic: String, joinRef: String?, _ facts: MessageFacts,
        _ registry: inout SessionRegistry
    ) {
        let channel = channels[topic]
        let exchange = Exchange(
            number: registry.nextNumber(), session: session, view: channel?.view?.id, topic: topic, kind: kind,
            request: facts)
        if let channel {
            exchange.route = channel.view?.route ?? ""
            exchange.waitingBefore = channel.waiting
            channel.waiting += 1
            if kind.causesPushes {
                if let done = channel.current { registry.steps.append(.exchange(done)) }
                channel.current = nil
                channel.currentRef = ref
            }
        }
        guard let ref else {
            registry.steps.append(.exchange(exchange))
            return
        }
        if pending.count >= registry.settings.openExchangeLimit, let any = pending.first {
            registry.steps.append(.exchange(any.value.exchange))
            pending[any.key] = nil
        }
        pending[ref] = Pending(exchange: exchange, joinRef: joinRef)
    }
}

extension Exchange.Kind {
    /// Whether what the server pushes afterwards may be due to it.
    var causesPushes: Bool {
        switch self {
        case .join, .event, .patch, .uploadBegin, .uploadProgress: true
        case .leave, .heartbeat, .uploadChunk, .uploadJoin, .componentsWillDestroy, .componentsDestroyed, .other: false
        }
    }

    var replyKind: MessageKind {
        switch self {
        case .join: .joinReply
        case .event, .patch: .eventReply
        case .heartbeat: .heartbeat
        case .leave: .leave
        case .uploadBegin, .uploadChunk, .uploadProgress, .uploadJoin: .uploadReply
        case .componentsWillDestroy, .componentsDestroyed: .componentRemoval
        case .other: .channel
        }
    }
}
