import RecordingFormat
import WebSocketWire

/// A line under way: its columns, then the extras in an object that is there only if it holds something.
struct TwinLine {
    private(set) var bytes: [UInt8]
    private var hasExtras = false
    private var isFirst = true

    /// - Parameter bytes: what is there already; the line is appended.
    init(appendingTo bytes: [UInt8]) {
        self.bytes = bytes
        self.bytes.append(UInt8(ascii: "["))
    }

    // MARK: Columns

    mutating func column(milliseconds: Int64) {
        separate()
        TwinText.append(milliseconds: milliseconds, to: &bytes)
    }

    mutating func column(number: UInt64) { column(literal: String(number)) }

    mutating func column(literal text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// - Parameter word: nil for null.
    mutating func column(word: String?) {
        guard let word else { return column(literal: "null") }
        column(string: Array(word.utf8).span)
    }

    /// - Parameter text: valid UTF-8.
    mutating func column(string text: Span<UInt8>) {
        separate()
        TwinText.append(string: text, to: &bytes)
    }

    mutating func column(base64 data: Span<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Base64.append(data, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func column(json value: [UInt8]) {
        separate()
        bytes += value
    }

    /// The two values of a close frame.
    mutating func column(closeCode code: UInt16, reason: Span<UInt8>) {
        column(literal: "[\(code),")
        TwinText.append(string: reason, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    // MARK: Extras

    mutating func extra(_ key: TwinExtra, literal: String) {
        bytes.append(UInt8(ascii: ","))
        if !hasExtras { bytes.append(UInt8(ascii: "{")) }
        hasExtras = true
        bytes.append(contentsOf: "\"\(key.rawValue)\":\(literal)".utf8)
    }

    mutating func extra(_ key: TwinExtra, text: String) {
        extra(key, literal: "")
        TwinText.append(string: Array(text.utf8).span, to: &bytes)
    }

    mutating func extra(_ key: TwinExtra, hexadecimal data: [UInt8]) {
        extra(key, literal: "\"")
        TwinText.append(hexadecimal: data, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Says a number if it is not the expected one.
    mutating func extra(_ key: TwinExtra, _ number: some BinaryInteger, expected: some BinaryInteger) {
        if number != expected { extra(key, literal: String(number)) }
    }

    mutating func extra(_ key: TwinExtra, _ value: Bool, expected: Bool) {
        if value != expected { extra(key, literal: value ? "true" : "false") }
    }

    /// Says by how much a number is off the expected one, if it is. The difference wraps around, so any two can be told.
    mutating func extra(_ key: TwinExtra, difference number: UInt64, from expected: UInt64) {
        let difference = Int64(bitPattern: number &- expected)
        if difference != 0 { extra(key, literal: String(difference)) }
    }

    /// Says a text if it is not empty.
    mutating func extra(_ key: TwinExtra, unlessEmpty text: String) {
        if !text.isEmpty { extra(key, text: text) }
    }

    mutating func end() -> [UInt8] {
        if hasExtras { bytes.append(UInt8(ascii: "}")) }
        bytes += [UInt8(ascii: "]"), UInt8(ascii: "\n")]
        return bytes
    }
}
