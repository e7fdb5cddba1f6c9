import Foundation
import TestSupport
import Testing

@testable import Interchange

@Suite struct EncodedTextTests {
    @Test(arguments: [
        ("a\\\"b\\u00e9\\ud83d\\ude00\\/\\n", EncodedText.Encoding.json, "a\"bé😀/\n"),
        ("alice%40x+y%2b%C3%A9", .form, "alice@x y+é"),
        ("alice%40x+y", .percent, "alice@x+y"),
        ("a&amp;b&quot;&#39;&lt;&nbsp;", .html, "a&b\"'<&nbsp;"),
        ("bad \\u12 \\ud83d \\x", .json, "bad \\u12 \\ud83d \\x"),
        ("100% %zz %4", .form, "100% %zz %4"),
    ])
    func decodes(_ text: String, _ encoding: EncodedText.Encoding, _ meaning: String) {
        let encoded = EncodedText(Array(text.utf8), encoding)
        #expect(String(decoding: encoded.decoded, as: UTF8.self) == meaning)
        #expect(encoded.encoded(encoded.decoded) == Array(text.utf8))
    }

    /// The same placeholder in each encoding, and each as long as before.
    @Test func encodesAnew() throws {
        let value = "pä5s-😀\"w"
        let placeholder = Placeholders(key: RedactionKey(low: 3, high: 4)).placeholder(for: Array(value.utf8))
        let texts: [(String, EncodedText.Encoding)] = [
            ("pä5s-😀\\\"w", .json), ("p\\u00e45\\u0073-\\uD83D\\uDE00\\\"w", .json),
            ("p%C3%a45s-%F0%9F%98%80%22w", .form),
            ("pä5s-😀&quot;w", .html),
        ]
        for (text, encoding) in texts {
            let encoded = EncodedText(Array(text.utf8), encoding)
            #expect(encoded.decoded == Array(value.utf8))
            let result = encoded.encoded(placeholder)
            #expect(result.count == text.utf8.count && result != Array(text.utf8))
            #expect(EncodedText(result, encoding).decoded == placeholder, "\(String(decoding: result, as: UTF8.self))")
        }
    }

    @Test func anyBytesAreTaken() {
        var random = SeededGenerator(seed: 7)
        let alphabet = Array("\\u0d8e%4+&amp;quot#39;\"a\u{e9}".utf8) + [0xff, 0xc3, 0xf0]
        for round in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            for encoding in [EncodedText.Encoding.json, .percent, .form, .html] {
                let text = EncodedText(bytes, encoding)
                #expect(text.encoded(text.decoded) == bytes, "round \(round)")
                let changed = Placeholders(key: RedactionKey(low: 1, high: 1)).placeholder(for: text.decoded)
                let result = text.encoded(changed)
                #expect(result.count == bytes.count, "round \(round)")
                let marks = [Bool](repeating: true, count: text.decoded.count)
                #expect(text.encoded(marks: marks).count == bytes.count)
                #expect(text.decoded(marks: [Bool](repeating: true, count: bytes.count)) == marks)
            }
        }
    }
}
