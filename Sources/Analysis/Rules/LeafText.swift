internal import LiveViewWire
internal import Sessions

/// What the text of a leaf looks like. It is JSON text: a quote is `\"`.
enum LeafText {
    /// The attribute that the text sets: `class` of ` class=\"on\"`, `hidden` of ` hidden`. nil if it is none.
    static func attribute(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let start = text.first == UInt8(ascii: " ") ? text.startIndex + 1 : text.startIndex
        let name = text[start...].prefix { isNameByte($0) }
        guard !name.isEmpty, name.first.map({ (0x61...0x7a).contains($0) }) ?? false else { return nil }
        if name.endIndex == text.endIndex { return start > text.startIndex ? name : nil }
        return text[name.endIndex] == UInt8(ascii: "=") ? name : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
    }

    static func isOne(_ text: ArraySlice<UInt8>, of words: [StaticString]) -> Bool {
        words.contains { equals(text, $0) }
    }

    static func equals(_ text: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        text.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))  // Static memory.
    }

    static func starts(_ text: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        text.starts(with: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))  // Static memory.
    }

    /// A clock's time, a date with time, a UUID, or how long ago something was.
    static func isVolatile(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= 120 else { return false }
        return hasTime(text) || hasUUID(text) || isRelativeTime(text)
    }

    /// Whether an id looks like no name: a UUID, six digits in a row, or a word of digits and letters in turns.
    static func isByChance(_ text: ArraySlice<UInt8>) -> Bool {
        if hasUUID(text) { return true }
        var (digits, turns, wasDigit, length) = (0, 0, false, 0)
        for byte in text {
            let isDigit = isDigit(byte)
            let isLetter = (0x61...0x7a).contains(byte | 0x20)
            digits = isDigit ? digits + 1 : 0
            guard isDigit || isLetter else {
                (turns, length, wasDigit) = (0, 0, false)
                continue
            }
            if length > 0, isDigit != wasDigit { turns += 1 }
            (wasDigit, length) = (isDigit, length + 1)
            if digits >= 6 || turns >= 3 && length >= 8 { return true }
        }
        return false
    }

    /// `12:34`, with digits around the colon.
    private static func hasTime(_ text: ArraySlice<UInt8>) -> Bool {
        var index = text.startIndex
        while let colon = text[index...].firstIndex(of: UInt8(ascii: ":")) {
            let before = text[..<colon].suffix(2)
            let after = text[(colon + 1)...].prefix(2)
            if before.count == 2, after.count == 2, before.allSatisfy(isDigit), after.allSatisfy(isDigit) {
                return true
            }
            index = colon + 1
        }
        return false
    }

    /// 8-4-4-4-12 hexadecimal digits.
    private static func hasUUID(_ text: ArraySlice<UInt8>) -> Bool {
        var index = text.startIndex
        while let dash = text[index...].firstIndex(of: UInt8(ascii: "-")) {
            let start = dash - 8
            if start >= text.startIndex, start + 36 <= text.endIndex,
                text[start..<(start + 36)].enumerated().allSatisfy({ place, byte in
                    [8, 13, 18, 23].contains(place) ? byte == UInt8(ascii: "-") : isHex(byte)
                })
            {
                return true
            }
            index = dash + 1
        }
        return false
    }

    /// `3 seconds ago`, `in 5 minutes`, `just now`.
    private static func isRelativeTime(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.contains(where: isDigit) else { return text.contains("just now") }
        let hasUnit = text.contains("second") || text.contains("minute") || text.contains("hour")
        return hasUnit && (text.contains(" ago") || starts(text, "in "))
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
}

extension PathTable {
    /// Whether the path is one of many of its kind: in entries of a list, or in a component.
    func isOfMany(_ path: PathID) -> Bool {
        if isInList(path) { return true }
        if case .component = template(of: topSlot(of: path)).place { return true }
        return false
    }
}
