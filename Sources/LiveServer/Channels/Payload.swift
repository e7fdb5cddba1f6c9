import LiveViewWire

/// The payload of one text message, read where it stands.
struct Payload {
    let bytes: [UInt8]
    let range: Range<Int>
    let limits: JSONLimits

    init(_ bytes: [UInt8], _ range: Range<Int>, limits: JSONLimits) {
        self.bytes = bytes
        self.range = range
        self.limits = limits
    }

    /// Hands over each key, after which its value must be read.
    func read(
        _ member: (JSONText, Span<UInt8>, inout JSONReader) throws(JSONError) -> Void
    ) throws(ClientViolation) {
        let span = bytes.span
        var reader = JSONReader(range, limits: limits)
        do throws(JSONError) {
            try reader.beginObject(span)
            while let key = try reader.nextKey(span) { try member(key, span, &reader) }
        } catch {
            throw .unreadable("payload, byte \(error.offset): expected \(error.expected), found \(error.actual)")
        }
    }

    func value() throws(ClientViolation) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(bytes.span, in: range, limits: limits)
        } catch {
            throw .unreadable("payload, byte \(error.offset): expected \(error.expected), found \(error.actual)")
        }
    }
}

/// What the payload of an `event` says.
struct EventPayload {
    var name = ""
    var kind: LiveEvent.Kind?
    var isForm: Bool { kind == .form }
    var value: JSONValue = .object([])
    var meta: JSONValue = .object([])
    var component: ComponentID?
    /// Files chosen in the form, by the upload's ref.
    var uploads: JSONValue?

    init(_ payload: Payload) throws(ClientViolation) {
        var event = EventPayload()
        var hasName = false
        try payload.read { key, bytes, reader throws(JSONError) in
            if key.equals("event", bytes) {
                event.name = try reader.string(bytes).string(bytes)
                hasName = true
            } else if key.equals("type", bytes) {
                event.kind = try reader.stringOrNull(bytes).flatMap { LiveEvent.Kind(rawValue: $0.string(bytes)) }
            } else if key.equals("value", bytes) {
                event.value = try reader.value(bytes)
            } else if key.equals("meta", bytes) {
                event.meta = try reader.value(bytes)
            } else if key.equals("cid", bytes) {
                event.component = try reader.kind(bytes) == .null ? nil : ComponentID(reader.integer(bytes))
                if event.component == nil { try reader.skip(bytes) }
            } else if key.equals("uploads", bytes) {
                event.uploads = try reader.value(bytes)
            } else {
                try reader.skip(bytes)
            }
        }
        guard hasName else { throw .unreadable("an event without a name") }
        self = event
    }

    private init() {}

    /// The event as handlers get it: a form's fields are nested.
    func event(_ limits: LiveLimits) throws(ClientViolation) -> LiveEvent {
        guard isForm, case .string(let text) = value else {
            return LiveEvent(name: name, kind: kind, value: JSON(value), meta: JSON(meta))
        }
        var pairs = PercentEncoding.parameters(of: text)
        // Before 1.0.6 the target is a field, url-encoded like the others.
        var target = meta["_target"]?.string
        pairs.removeAll { pair in
            guard pair.name == "_target" else { return false }
            target = pair.value
            return true
        }
        do throws(ParamsError) {
            let fields = try FormParams.nested(pairs, limits: limits)
            let path = target == nil || target == "undefined" ? [] : FormParams.path(of: target ?? "")
            return LiveEvent(name: name, kind: kind, value: fields, meta: JSON(meta), target: path)
        } catch {
            throw .tooMuch("\(error)")
        }
    }
}
