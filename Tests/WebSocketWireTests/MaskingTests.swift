import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct MaskingTests {
    /// RFC 6455 section 5.3, byte by byte as it is written there.
    static func masked(_ bytes: [UInt8], _ key: MaskKey, phase: Int) -> [UInt8] {
        bytes.enumerated().map { $1 ^ key.bytes[($0 + phase) % 4] }
    }

    @Test(arguments: 0..<4)
    func masksAnyCountAtAnyPlace(phase: Int) {
        var generator = SeededGenerator(seed: 3)
        for count in 0...140 {
            let bytes = generator.bytes(count)
            let expected = Self.masked(bytes, key, phase: phase)
            var appended: [UInt8] = [1, 2, 3]
            key.append(bytes.span, phase: phase, to: &appended)
            #expect(appended == [1, 2, 3] + expected)
            key.apply(to: &appended, from: 3, phase: phase)
            #expect(appended == [1, 2, 3] + bytes)
            var inPlace = bytes
            var span = inPlace.mutableSpan
            key.apply(to: &span, phase: phase)
            #expect(inPlace == expected)
        }
    }

    @Test func unmasksPartsOneAfterTheOther() {
        var generator = SeededGenerator(seed: 4)
        let bytes = generator.bytes(300)
        let wire = Self.masked(bytes, key, phase: 0)
        for parts in splits(of: wire) {
            var unmasked: [UInt8] = []
            for part in parts { key.append(part.span, phase: unmasked.count, to: &unmasked) }
            #expect(unmasked == bytes)
        }
    }

    @Test func leavesBytesBeforeTheStart() {
        var bytes: [UInt8] = [1, 2, 3, 4]
        key.apply(to: &bytes, from: 4)
        key.apply(to: &bytes, from: 9)
        key.apply(to: &bytes, from: -1)
        #expect(bytes == [1, 2, 3, 4])
    }
}
