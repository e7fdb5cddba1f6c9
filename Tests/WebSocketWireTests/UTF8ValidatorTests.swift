import TestSupport
import Testing

@testable import WebSocketWire

@Suite struct UTF8ValidatorTests {
    /// Where the first invalid character begins, nil if there is none.
    static func invalidOffset(_ parts: [[UInt8]]) -> UInt64? {
        var validator = UTF8Validator()
        var found: [UInt64] = []
        for part in parts {
            if let offset = validator.receive(part.span) { found.append(offset) }
        }
        if let offset = validator.end() { found.append(offset) }
        #expect(found.count <= 1)
        #expect(found.first == validator.invalidOffset)
        return found.first
    }

    static let valid: [String] = [
        "", "a", "κόσμε", "\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}",
        String(repeating: "0123456789", count: 10) + "ä" + String(repeating: "x", count: 70) + "🎈🎈€",
    ]

    @Test(arguments: valid)
    func acceptsText(text: String) {
        for parts in splits(of: Array(text.utf8)) { #expect(Self.invalidOffset(parts) == nil) }
    }

    static let invalid: [[UInt8]] = [
        [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf],  // overlong
        [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf],  // surrogates
        [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xfe],  // above U+10FFFF
        [0xc2], [0xe2, 0x82], [0xf0, 0x9f, 0x8e], [0xc2, 0x41], [0xe2, 0x82, 0x41], [0xf0, 0x9f, 0x8e, 0xff],
    ]

    @Test(arguments: invalid, ["", "a", "ä€🎈", String(repeating: "0123456789", count: 9)])
    func findsWhereTheFirstInvalidCharacterBegins(bytes: [UInt8], before: String) {
        let text = Array(before.utf8) + bytes
        for parts in splits(of: text, random: 10) {
            #expect(Self.invalidOffset(parts) == UInt64(before.utf8.count))
        }
    }

    @Test func saysTheSameAsTheStandardLibrary() {
        var generator = SeededGenerator(seed: 6)
        let letters: [UInt8] = [
            0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4,
        ]
        let characters = ["A", "ß", "\u{800}", "€", "\u{d7ff}", "\u{e000}", "🎈"].map { Array($0.utf8) }
        var validCount = 0
        for _ in 0..<20000 {
            let any = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                letters.randomElement(using: &generator) ?? 0
            }
            let around = (0..<2).map { _ in characters.randomElement(using: &generator) ?? [] }
            let bytes = around[0] + any + around[1]
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            validCount += isValid ? 1 : 0
            let whole = Self.invalidOffset([bytes])
            #expect((whole == nil) == isValid)
            #expect(Self.invalidOffset(randomSplit(of: bytes, using: &generator)) == whole)
        }
        #expect((3000...17000).contains(validCount))
    }
}
