internal import LiveViewWire

/// What a client's message asks for, read from its payload on the tape.
struct PhoenixRequest {
    private let tape: JSONTape
    private let payload: Int
    private let bytes: [UInt8]
    private let settings: SessionSettings

    init(_ tape: JSONTape, _ payload: Int, _ bytes: [UInt8], _ settings: SessionSettings) {
        self.tape = tape
        self.payload = payload
        self.bytes = bytes
        self.settings = settings
    }

    var hasMeta: Bool { tape.member(named: "meta", of: payload, bytes.span) != nil }

    func kind(of head: PhoenixHead) -> (Exchange.Kind, MessageKind) {
        switch head.event {
        case "event": (.event(event), .event)
        case "live_patch": (.patch(url: text("url") ?? ""), .patch)
        case "allow_upload": (uploadBegin, .upload)
        case "progress":
            (
                .uploadProgress(percent: integer("progress", payload), entry: text("entry_ref") ?? ""), .upload
            )
        case "cids_will_destroy": (.componentsWillDestroy(components), .componentRemoval)
        case "cids_destroyed": (.componentsDestroyed(components), .componentRemoval)
        case ChannelEvent.join where head.topic.hasPrefix("lvu:"): (.uploadJoin, .upload)
        default: (.other(event: head.event), .channel)
        }
    }

    var join: JoinRequest {
        let span = bytes.span
        let redirect = text("redirect")
        let params = tape.member(named: "params", of: payload, span)
        var staticByteCount: Int?
        if let token = text("static") { staticByteCount = token.utf8.count }
        return JoinRequest(
            url: redirect ?? text("url") ?? "", isNavigation: redirect != nil,
            sessionByteCount: text("session")?.utf8.count ?? 0, staticByteCount: staticByteCount,
            mounts: params.flatMap { integer("_mounts", $0) },
            mountAttempts: params.flatMap { integer("_mount_attempts", $0) }, hasFlash: text("flash") != nil,
            isSticky: tape.member(named: "sticky", of: payload, span).map { tape[$0].byteCount == 4 } ?? false,
            number: 1, page: nil)
    }

    private var event: ClientEvent {
        let span = bytes.span
        let value = tape.member(named: "value", of: payload, span)
        let range = value.map { tape[$0].range } ?? 0..<0
        let isText = value.map { tape[$0].kind == .string } ?? false
        var kept: [UInt8] = []
        if let value, range.count <= settings.eventByteLimit {
            kept = isText ? tape[value].text.utf8(span) : Array(bytes[range])
        }
        var target: String?
        if let meta = tape.member(named: "meta", of: payload, span),
            let named = tape.member(named: "_target", of: meta, span)
        {
            target = tape.string(named, span)
        }
        return ClientEvent(
            type: text("type") ?? "", name: text("event") ?? "", component: integer("cid", payload), target: target,
            valueByteCount: range.count, valueHash: ContentHash.of(span, range), isValueText: isText, value: kept,
            hasUploads: tape.member(named: "uploads", of: payload, span).map { tape[$0].byteCount > 2 } ?? false)
    }

    private var uploadBegin: Exchange.Kind {
        let span = bytes.span
        guard let entries = tape.member(named: "entries", of: payload, span), tape[entries].kind == .array else {
            return .uploadBegin(entries: 0, byteCount: 0)
        }
        var count = 0
        var size = 0
        var entry = entries + 1
        while entry < Int(tape[entries].next) {
            count += 1
            size &+= max(0, integer("size", entry) ?? 0)
            entry = Int(tape[entry].next)
        }
        return .uploadBegin(entries: count, byteCount: size)
    }

    private var components: [Int] {
        guard let list = tape.member(named: "cids", of: payload, bytes.span) else { return [] }
        return tape.integers(list, bytes.span)
    }

    private func text(_ name: StaticString) -> String? {
        tape.member(named: name, of: payload, bytes.span).flatMap { tape.string($0, bytes.span) }
    }

    private func integer(_ name: StaticString, _ object: Int) -> Int? {
        tape.member(named: name, of: object, bytes.span).flatMap { tape.integer($0, bytes.span) }
    }
}

extension JSONTape {
    /// The integers of an array; what is none is left out.
    func integers(_ index: Int, _ bytes: Span<UInt8>) -> [Int] {
        guard self[index].kind == .array else { return [] }
        var numbers: [Int] = []
        var element = index + 1
        while element < Int(self[index].next) {
            if let number = integer(element, bytes) { numbers.append(number) }
            element = Int(self[element].next)
        }
        return numbers
    }
}
