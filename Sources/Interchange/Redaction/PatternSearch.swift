/// Finds values that show by their form what they are.
enum PatternSearch {
    /// Every place of an ASCII word.
    static func places(of word: String, in bytes: [UInt8]) -> [Int] {
        let word = Array(word.utf8)
        guard let first = word.first, bytes.count >= word.count else { return [] }
        return (0...(bytes.count - word.count)).filter { bytes[$0] == first && bytes[$0...].starts(with: word) }
    }

    // MARK: - Signed tokens

    /// JWTs (RFC 7519) and the tokens that Phoenix and Plug sign or encrypt: the first part is base64 of `{"`, or of the
    /// algorithm's name.
    static func signedTokens(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index + 20 <= bytes.count {
            guard beginsToken(bytes, at: index), index == 0 || !isTokenByte(bytes[index - 1]) else {
                index += 1
                continue
            }
            var end = index
            var dots = 0
            while end < bytes.count, isTokenByte(bytes[end]) || bytes[end] == 0x2e {
                if bytes[end] == 0x2e { dots += 1 }
                end += 1
            }
            while end > index, bytes[end - 1] == 0x2e {
                end -= 1
                dots -= 1
            }
            if dots >= 1, end - index >= 20 { ranges.append(index..<end) }
            index = max(end, index + 1)
        }
        return ranges
    }

    private static let tokenBeginnings = [
        "eyJ", "SFMyNTY.", "SFMzODQ.", "SFM1MTI.", "QTEyOEdDTQ.", "QTE5MkdDTQ.", "QTI1NkdDTQ.",
        "WENIQUNIQTIwLVBPTFkxMzA1.",
    ]
    .map { Array($0.utf8) }

    private static func beginsToken(_ bytes: [UInt8], at index: Int) -> Bool {
        switch bytes[index] {
        case 0x65, 0x53, 0x51, 0x57: tokenBeginnings.contains { bytes[index...].starts(with: $0) }
        default: false
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }

    // MARK: - E-mail addresses

    static func emails(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for at in bytes.indices where bytes[at] == 0x40 {
            var start = at
            while start > 0, isLocalPart(bytes[start - 1]) { start -= 1 }
            while start < at, bytes[start] == 0x2e { start += 1 }
            var end = at + 1
            while end < bytes.count, isDomain(bytes[end]) { end += 1 }
            while end > at + 1, !isAlphanumeric(bytes[end - 1]) { end -= 1 }
            guard start < at, hasTopLevel(bytes[(at + 1)..<end]), start >= (ranges.last?.upperBound ?? 0) else {
                continue
            }
            ranges.append(start..<end)
        }
        return ranges
    }

    /// Two letters or more behind the last dot, and no file name such as `logo@2x.png`.
    private static func hasTopLevel(_ domain: ArraySlice<UInt8>) -> Bool {
        guard let dot = domain.lastIndex(of: 0x2e), dot > domain.startIndex else { return false }
        let top = domain[(dot + 1)...]
        guard top.count >= 2, top.allSatisfy({ (0x61...0x7a).contains($0 | 0x20) }) else { return false }
        return !domain.starts(with: "2x.".utf8) && !domain.starts(with: "3x.".utf8)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...: true
        default: false
        }
    }

    private static func isLocalPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2b, 0x2d, 0x2e, 0x5f: true
        default: isAlphanumeric(byte)
        }
    }

    private static func isDomain(_ byte: UInt8) -> Bool { byte == 0x2d || byte == 0x2e || isAlphanumeric(byte) }

    // MARK: - Card numbers

    /// 13 to 19 digits, blanks or hyphens between them, with a first digit that cards have and a right check digit.
    static func cards(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                index += 1
                continue
            }
            let start = index
            var end = index
            var digits = 0
            while index < bytes.count {
                if isDigit(bytes[index]) {
                    digits += 1
                    end = index + 1
                } else if bytes[index] != 0x20 && bytes[index] != 0x2d || index + 1 >= bytes.count
                    || !isDigit(bytes[index + 1])
                {
                    break
                }
                index += 1
            }
            if isCard(bytes, start..<end, digits) { ranges.append(start..<end) }
            index = max(index, start + 1)
        }
        return ranges
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isCard(_ bytes: [UInt8], _ range: Range<Int>, _ digits: Int) -> Bool {
        guard (13...19).contains(digits) else { return false }
        let isPart =
            (range.lowerBound > 0 && (isTokenByte(bytes[range.lowerBound - 1]) || bytes[range.lowerBound - 1] == 0x2e))
            || (range.upperBound < bytes.count && isTokenByte(bytes[range.upperBound]))
        guard !isPart else { return false }
        switch (bytes[range.lowerBound], digits) {
        case (0x34, 13), (0x33, 14), (0x33, 15), (0x32...0x36, 16), (0x35...0x36, 17...19), (0x34, 19):
            return Luhn.holds(bytes[range])
        default: return false
        }
    }
}
