import ConversationSupport
import RecordingStore
import Sessions
import TestSupport
import Testing
import WebSocketWire

/// Whatever the messages say: nothing traps, every byte is accounted for, and what cannot be used is said.
@Suite struct WalkFuzzTests {
    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = Array("0123456789skpdcretm\",:{}[]-".utf8).randomElement(using: &generator) ?? 0
            case 1: bytes.remove(at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 20))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
            }
        }
        return bytes
    }

    @Test(arguments: ["table-keyed", "stream", "components", "form", "nav"])
    func mutatedMessagesAreAccountedFor(_ page: String) throws {
        var generator = SeededGenerator(seed: 11)
        let events = try RecordedFrames.phoenix(page)
        for _ in 0..<40 {
            var tracker = SessionTracker()
            let paths = tracker.paths
            var problems = 0
            func use(_ step: SessionStep) {
                guard case .diff(let diff) = step else { return }
                if diff.account.bytes.total != diff.account.byteCount { problems += 1 }
                for tally in diff.account.paths { _ = PathName(tally.path, in: paths).description }
            }
            for var event in events {
                if case .message(var message) = event, case .message(var content) = message.content,
                    Int.random(in: 0..<4, using: &generator) == 0
                {
                    content.payload = mutated(content.payload, &generator)
                    message.content = .message(content)
                    event = .message(message)
                }
                tracker.receive(event) { use($0) }
            }
            tracker.end { use($0) }
            #expect(problems == 0)
        }
    }

    @Test func fewBytesCannotAskForManySlots() throws {
        let talk = Conversation()
        let statics = "[" + String(repeating: "\"\",", count: 60_000) + "\"\"]"
        let entries = (0..<200).map { "\"\($0)\":{}" }.joined(separator: ",")
        let view = talk.join("/", rendered: #"{"0":{"k":{\#(entries),"kc":200},"s":\#(statics)},"s":["",""]}"#)
        view.push(#"{"0":{"k":{"kc":999999999}}}"#)
        #expect(talk.joins.first?.account.problem != nil)
        #expect(talk.notes.count == 1)
    }

    @Test func treesThatWereIdleTheLongestGoWhenThereAreTooMany() throws {
        var settings = SessionSettings()
        settings.treeSlotLimit = 5
        let talk = Conversation()
        let views = (0..<4).map { index in
            talk.join("/\(index)", topic: "lv:v\(index)", rendered: #"{"0":"a","1":"b","s":["","",""]}"#)
        }
        for view in views.reversed() { view.push(#"{"0":"a"}"#) }
        let steps = talk.steps(settings)
        let known = steps.compactMap(\.diff).filter { !$0.isJoin }.map { $0.account.bytes.unknown == 0 }
        #expect(known == [true, true, false, false])
        #expect(steps.compactMap(\.note).contains { $0.text.contains("dropped") })
    }
}
