/// Where the parts of a JSON text are (RFC 8259). Nothing is decoded.
struct JSONOutline {
    indirect enum Node {
        /// Keys and strings are the bytes between the quotes.
        case object([(key: Range<Int>, value: Node)])
        case array([Node])
        case string(Range<Int>)
        case number(Range<Int>)
        /// true, false or null.
        case word

        var isContainer: Bool {
            switch self {
            case .object, .array: true
            case .string, .number, .word: false
            }
        }
    }

    private static let deepest = 200
    private let bytes: [UInt8]
    private var position = 0

    /// - Returns: nil if the bytes are not exactly one JSON text, or one deeper than 200 levels.
    static func read(_ bytes: [UInt8]) -> Node? {
        var outline = JSONOutline(bytes: bytes)
        guard let node = outline.value(depth: 0) else { return nil }
        outline.skipBlanks()
        return outline.position == bytes.count ? node : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) -> Node? {
        skipBlanks()
        guard depth < Self.deepest, let byte = next else { return nil }
        switch byte {
        case 0x7b: return object(depth: depth)
        case 0x5b: return array(depth: depth)
        case 0x22: return string().map { .string($0) }
        case 0x2d, 0x30...0x39: return number()
        default: return word()
        }
    }

    private mutating func object(depth: Int) -> Node? {
        position += 1
        var members: [(key: Range<Int>, value: Node)] = []
        if take(0x7d) { return .object(members) }
        while true {
            skipBlanks()
            guard let key = string(), take(0x3a), let value = value(depth: depth + 1) else { return nil }
            members.append((key, value))
            if take(0x2c) { continue }
            return take(0x7d) ? .object(members) : nil
        }
    }

    private mutating func array(depth: Int) -> Node? {
        position += 1
        var items: [Node] = []
        if take(0x5d) { return .array(items) }
        while true {
            guard let value = value(depth: depth + 1) else { return nil }
            items.append(value)
            if take(0x2c) { continue }
            return take(0x5d) ? .array(items) : nil
        }
    }

    private mutating func string() -> Range<Int>? {
        guard next == 0x22 else { return nil }
        position += 1
        let start = position
        while let byte = next {
            if byte == 0x22 {
                position += 1
                return start..<(position - 1)
            }
            position += byte == 0x5c ? 2 : 1
        }
        return nil
    }

    private mutating func number() -> Node? {
        let start = position
        while let byte = next, isInNumber(byte) { position += 1 }
        return .number(start..<position)
    }

    private func isInNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x2b, 0x2d, 0x2e, 0x45, 0x65: true
        default: false
        }
    }

    private mutating func word() -> Node? {
        for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return .word
        }
        return nil
    }
}
