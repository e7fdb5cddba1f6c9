import LiveViewWire
import TestSupport
import Testing

@Suite struct JSONTapeTests {
    /// The value on a tape, built anew.
    private func value(_ tape: JSONTape, _ index: Int, _ bytes: [UInt8]) -> JSONValue {
        let token = tape[index]
        switch token.kind {
        case .null: return .null
        case .boolean: return .boolean(bytes[Int(token.start)] == UInt8(ascii: "t"))
        case .number: return .number(String(decoding: bytes[token.range], as: UTF8.self))
        case .string: return .string(token.text.string(bytes.span))
        case .array, .object:
            var members: [JSONValue.Member] = []
            var member = index + 1
            while member < Int(token.next) {
                let key = JSONText(content: tape[member].keyRange, hasEscapes: true).string(bytes.span)
                members.append(JSONValue.Member(key, value(tape, member, bytes)))
                member = Int(tape[member].next)
            }
            return token.kind == .array ? .array(members.map(\.value)) : .object(members)
        }
    }

    @Test(arguments: Fixtures.names(in: Fixtures.samples, withExtension: "txt"))
    func holdsWhatEachMessageSays(_ name: String) throws {
        var tape = JSONTape()
        for message in try SampleMessage.all(in: name) {
            try tape.read(message.diff.span)
            #expect(value(tape, 0, message.diff) == (try JSONValue(message.diff.span)))
        }
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "[1 2]", "\"", "[]]", "{} x", "01", "tru", "[\"\u{1}\"]",
    ])
    func refusesWhatIsNoJSON(_ text: String) {
        var tape = JSONTape()
        #expect(throws: JSONError.self) { try tape.read(Array(text.utf8).span) }
    }

    @Test func findsMembersByKey() throws {
        let bytes = Array(#"{"7":"a","kc":2,"s":[1],"stream":null,"12345678901":1,"s":[2,3]}"#.utf8)
        var tape = JSONTape()
        try tape.read(bytes.span)
        #expect(tape[1].key.index == 7)
        #expect(tape.member(JSONTape.Key("kc"), of: 0).flatMap { tape.integer($0, bytes.span) } == 2)
        // The last one counts, as in JavaScript.
        #expect(tape.member(JSONTape.Key("s"), of: 0).map { tape[$0].byteCount } == 5)
        #expect(tape.member(named: "stream", of: 0, bytes.span).map { tape[$0].kind } == .null)
        #expect(tape.member(named: "strea", of: 0, bytes.span) == nil)
    }

    @Test func keepsToItsLimits() throws {
        var limits = JSONTape.Limits()
        limits.maximumTokenCount = 3
        limits.json.maximumDepth = 2
        var tape = JSONTape()
        try tape.read(Array("[1,2]".utf8).span, limits: limits)
        #expect(throws: JSONError.self) { try tape.read(Array("[1,2,3]".utf8).span, limits: limits) }
        #expect(throws: JSONError.self) { try tape.read(Array("[[[1]]]".utf8).span, limits: limits) }
    }

    @Test func acceptsWhatTheReaderAcceptsWhateverTheBytes() throws {
        var generator = SeededGenerator(seed: 5)
        let samples = try SampleMessage.all(in: "server-lv-1.2.10-basic.txt").map(\.diff)
        var tape = JSONTape()
        for _ in 0..<4000 {
            guard var bytes = samples.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(Array("{}[]\",:0".utf8).randomElement(using: &generator) ?? 0, at: place)
                }
            }
            let read = try? JSONValue(bytes.span)
            let isRead = (try? tape.read(bytes.span)) != nil
            #expect(isRead == (read != nil))
            if let read, isRead { #expect(value(tape, 0, bytes) == read) }
        }
    }
}
