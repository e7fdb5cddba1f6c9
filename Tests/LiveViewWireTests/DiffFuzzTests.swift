import LiveViewWire
import TestSupport
import Testing

/// Foreign bytes are read or refused, and never trap.
@Suite struct DiffFuzzTests {
    private static let samples = [
        "server-lv-0.20.17.txt", "server-lv-1.1.33.txt", "server-lv-1.2.10-basic.txt", "server-lv-1.2.10-pitfalls.txt",
    ]

    /// Changes a few bytes: to others, to pieces of JSON, by cutting and repeating.
    private func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let pieces = [
            "0", "-1", "{", "}", "[", "]", ",", "\"", "\\u", "null", "\"s\":0", "\"k\":{\"kc\":9}", "99999999999",
        ]
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...6, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0x20...0x7e, using: &generator)
            case 1: bytes.replaceSubrange(place..<end, with: (pieces.randomElement(using: &generator) ?? "").utf8)
            case 2: bytes.removeSubrange(place..<end)
            default: bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }

    @Test(arguments: samples) func mutatedMessagesAreMergedOrRefused(sample: String) throws {
        var generator = SeededGenerator(seed: 21)
        let messages = try SampleMessage.all(in: sample)
        var merged = 0
        var refused = 0
        for _ in 0..<60 {
            var tree = LiveTree()
            for message in messages {
                let bytes =
                    Int.random(in: 0..<3, using: &generator) == 0
                    ? mutated(message.diff, using: &generator) : message.diff
                let before = tree
                do {
                    try tree.apply(RenderedDiff(bytes.span))
                    _ = try tree.html(limits: RenderLimits(maximumByteCount: 1 << 20))
                    merged += 1
                } catch {
                    refused += 1
                    if tree != before { tree = before }
                }
            }
        }
        #expect(merged > 100 && refused > 100, "\(merged) merged, \(refused) refused")
    }

    @Test func mutatedTextMessagesAreReadOrRefused() throws {
        var generator = SeededGenerator(seed: 22)
        let message = Array(
            #"["4","4","lv:phx-A","phx_reply",{"response":{"rendered":{"0":"é\n","s":["",""]}},"status":"ok"}]"#.utf8)
        var read = 0
        for _ in 0..<5000 {
            let bytes = mutated(message, using: &generator)
            for serializer in [ChannelSerializer.v1, .v2] {
                guard
                    let found = try? ChannelMessage(text: bytes.span, from: .server, serializer: serializer)
                else { continue }
                read += 1
                #expect(found.payload.upperBound <= bytes.count)
                #expect(throws: Never.self) { try JSONValue(bytes.span, in: found.payload) }
            }
        }
        #expect(read > 100)
    }

    @Test func anyBytesAreABinaryMessageOrNot() throws {
        var generator = SeededGenerator(seed: 23)
        var read = 0
        for _ in 0..<5000 {
            var bytes = generator.bytes(Int.random(in: 0...40, using: &generator))
            for index in bytes.indices.prefix(5) { bytes[index] &= index == 0 ? 3 : 15 }
            for sender in [ChannelSender.client, .server] {
                guard let message = try? ChannelMessage(binary: bytes.span, from: sender) else { continue }
                read += 1
                #expect(message.payload.upperBound == bytes.count)
            }
        }
        #expect(read > 100)
    }

    /// What steps over a value and what builds it agree on what JSON is.
    @Test func readersAgreeOnWhatIsJSON() throws {
        var generator = SeededGenerator(seed: 24)
        let text = Array(#"{"a":[1,-2.5e3,{"b":null,"c":[true,false]}],"d\u00e9":"x\"\\y","e":{}}"#.utf8)
        var good = 0
        for _ in 0..<10_000 {
            let bytes = mutated(text, using: &generator)
            var reader = JSONReader(0..<bytes.count)
            var skipError: JSONError?
            do throws(JSONError) {
                try reader.skip(bytes.span)
                try reader.finish(bytes.span)
            } catch {
                skipError = error
            }
            var buildError: JSONError?
            do throws(JSONError) {
                _ = try JSONValue(bytes.span)
                good += 1
            } catch {
                buildError = error
            }
            #expect((skipError == nil) == (buildError == nil), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(skipError?.offset == buildError?.offset)
        }
        #expect(good > 100)
    }
}
