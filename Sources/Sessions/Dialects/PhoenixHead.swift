internal import LiveViewWire

/// The parts of a Channels text message, as values on a tape; strings are made only where they are kept.
struct PhoenixHead {
    var joinRef: String?
    var ref: String?
    var topic: String
    var event: String
    /// The payload on the tape.
    var payload: Int

    /// - Returns: nil if the tape holds no Channels message of either layout.
    init?(_ tape: borrowing JSONTape, _ bytes: Span<UInt8>) {
        guard tape.count > 0 else { return nil }
        let joinRef: Int?
        let ref: Int?
        let topic: Int?
        let event: Int?
        let payload: Int?
        switch tape[0].kind {
        case .array:
            // Behind the last value stands the tape's end: five in a row, and nothing more.
            let (second, third) = (Self.behind(1, tape), Self.behind(Self.behind(1, tape), tape))
            let (fourth, fifth) = (Self.behind(third, tape), Self.behind(Self.behind(third, tape), tape))
            guard fifth < tape.count, Self.behind(fifth, tape) == tape.count else { return nil }
            (joinRef, ref, topic, event, payload) = (1, second, third, fourth, fifth)
        case .object:
            joinRef = tape.member(named: "join_ref", of: 0, bytes)
            ref = tape.member(named: "ref", of: 0, bytes)
            topic = tape.member(named: "topic", of: 0, bytes)
            event = tape.member(named: "event", of: 0, bytes)
            payload = tape.member(named: "payload", of: 0, bytes)
        case .string, .number, .boolean, .null:
            return nil
        }
        guard let topic, let event, let payload, let topicText = tape.string(topic, bytes),
            let eventText = tape.string(event, bytes),
            Self.isRef(joinRef, tape), Self.isRef(ref, tape)
        else { return nil }
        self.joinRef = joinRef.flatMap { tape.string($0, bytes) }
        self.ref = ref.flatMap { tape.string($0, bytes) }
        self.topic = topicText
        self.event = eventText
        self.payload = payload
    }

    private static func behind(_ index: Int, _ tape: borrowing JSONTape) -> Int {
        index < tape.count ? Int(tape[index].next) : tape.count
    }

    private static func isRef(_ index: Int?, _ tape: borrowing JSONTape) -> Bool {
        guard let index else { return true }
        return tape[index].kind == .string || tape[index].kind == .null
    }
}
