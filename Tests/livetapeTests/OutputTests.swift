import Testing

@testable import livetape

@Suite struct OutputTests {
    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1249, "1.2 kB"), (9949, "9.9 kB"), (9950, "10 kB"),
            (34_400_000, "34 MB"), (999_600, "1.0 MB"), (5_000_000_000, "5.0 GB"),
        ] as [(UInt64, String)])
    func sizesHaveTwoOrThreeDigits(bytes: UInt64, text: String) { #expect(formatted(bytes: bytes) == text) }

    @Test(
        arguments: [
            ("512", 512), ("10kB", 10_000), ("1.5 MB", 1_500_000), ("64KiB", 65_536), ("1k", 1000), ("-1", nil),
            ("", nil),
            ("tenkB", nil),
        ] as [(String, UInt64?)])
    func sizesAreReadAsTyped(text: String, bytes: UInt64?) { #expect(ByteSize(argument: text)?.bytes == bytes) }

    @Test(
        arguments: [
            ("1.5s", .elapsed(nanoseconds: 1_500_000_000)), ("2min", .elapsed(nanoseconds: 120_000_000_000)),
            ("3", .elapsed(nanoseconds: 3_000_000_000)), ("250ms", .elapsed(nanoseconds: 250_000_000)),
            ("10:15", .clock(nanoseconds: 36_900_000_000_000)), ("25:00", nil), ("soon", nil), ("-1s", nil),
            ("nan", nil),
        ] as [(String, Moment?)])
    func momentsAreReadAsTyped(text: String, moment: Moment?) { #expect(Moment(argument: text) == moment) }

    @Test func previewsAreHarmlessOnATerminal() {
        #expect(Preview.of("\u{1b}[31mred\u{7}\n") == "␛[31mred␇␊")
        #expect(Preview.of("a\u{202e}b\u{9b}") == "a\\u{202e}b\\u{9b}")
        #expect(Preview.of(utf8: [0x61, 0xff, 0x62], columns: nil) == "a\u{fffd}b")
    }

    @Test func previewsAreNeverWiderThanAsked() {
        #expect(Preview.of("abcdef", columns: 4) == "abc…")
        #expect(Preview.of("日本語", columns: 4) == "日…")
        #expect(Preview.of("abc", columns: 4) == "abc")
        #expect(Preview.hexadecimal([1, 0xab, 3], columns: 6) == "01 ab…")
    }

    @Test func timesAreWritten() {
        #expect(formattedUTC(nanoseconds: 1_795_428_900_123_456_789) == "2026-11-23T10:15:00.123456Z")
        #expect(formattedSeconds(nanoseconds: 1_234_567_890) == "1.234567")
        #expect(formattedSeconds(nanoseconds: -1_500_000_000) == "-1.500000")
        #expect(formattedDuration(nanoseconds: 245_000_000_000) == "4 min 05 s")
    }

    @Test func plainTextAndPatternsAreFound() throws {
        let payload = Array("[\"4\",\"lv:phx\",\"diff\"]".utf8)
        #expect(try PayloadSearch("lv:phx", isRegex: false).matches(payload))
        #expect(try !PayloadSearch("lv.phx", isRegex: false).matches(payload))
        #expect(try PayloadSearch("lv.p.x", isRegex: true).matches(payload))
        #expect(try PayloadSearch("\"]", isRegex: false).matches(payload))
        #expect(try !PayloadSearch("longer than the payload is", isRegex: false).matches(payload))
    }
}
