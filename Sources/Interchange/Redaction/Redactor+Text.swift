extension Redactor {
    /// Redacts text of which nothing is known: JSON, a form, HTML or a piece of it, an address, or plain text.
    func text(_ text: inout RedactedText, depth: Int = 0, hasSecretInput: Bool = false) {
        guard !text.bytes.isEmpty else { return }
        let traits = TextTraits(text.bytes.span)
        if depth < Self.deepest, !(traits.hasBracket && json(&text, depth: depth)) {
            if traits.hasEquals {
                if !form(&text, depth: depth) {
                    markup(&text, depth: depth, hasSecretInput: hasSecretInput)
                    queries(&text, depth: depth)
                }
            }
            if traits.mayHoldAssignment { assignments(&text) }
            if traits.mayHoldCredentials { credentials(&text) }
        }
        patterns(&text, traits)
        echoes(&text)
        // A pattern can come about where a placeholder stands beside something else.
        if mode == .replace { patterns(&text, traits) }
    }

    // MARK: - Forms

    /// Redacts `name=value&name=value`.
    /// - Returns: whether the text is a form.
    func form(_ text: inout RedactedText, depth: Int) -> Bool {
        guard let pairs = Self.pairs(of: text.bytes) else { return false }
        for pair in pairs {
            let name = EncodedText(Array(text.bytes[pair.name]), .form).decoded
            if let kind = field(name) {
                hit(&text, pair.value, in: .form, kind, kind == .email ? .email : .any)
            } else {
                within(&text, pair.value, .form) { self.text(&$0, depth: depth + 1) }
            }
        }
        return true
    }

    /// - Returns: nil if the text is no form.
    private static func pairs(of bytes: [UInt8]) -> [(name: Range<Int>, value: Range<Int>)]? {
        var pairs: [(name: Range<Int>, value: Range<Int>)] = []
        for part in bytes.indices.split(whereSeparator: { bytes[$0] == 0x26 }) {
            guard let equals = part.first(where: { bytes[$0] == 0x3d }), equals > part.startIndex else { return nil }
            guard bytes[part.startIndex..<equals].allSatisfy(isNameByte) else { return nil }
            guard !bytes[equals..<part.endIndex].contains(where: { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3c }) else {
                return nil
            }
            pairs.append((part.startIndex..<equals, (equals + 1)..<part.endIndex))
        }
        return pairs.isEmpty ? nil : pairs
    }

    /// What names in forms and queries are written with.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x25, 0x2b, 0x2d, 0x2e, 0x5f, 0x5b, 0x5d, 0x2a, 0x7e: true
        default: false
        }
    }

    // MARK: - Addresses

    /// Redacts values in the query of an address, wherever it stands in the text.
    func queries(_ text: inout RedactedText, depth: Int) {
        let bytes = text.bytes
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x3f || bytes[index] == 0x26 || bytes[index] == 0x23 else {
                index += 1
                continue
            }
            index += 1
            let nameStart = index
            while index < bytes.count, Self.isNameByte(bytes[index]) { index += 1 }
            guard index < bytes.count, bytes[index] == 0x3d, index > nameStart else { continue }
            let name = EncodedText(Array(bytes[nameStart..<index]), .form).decoded
            index += 1
            let start = index
            while index < bytes.count, !Self.endsQueryValue(bytes[index]) { index += 1 }
            if let kind = names.query(name) {
                hit(&text, start..<index, in: .form, kind, kind == .email ? .email : .any)
            } else if bytes[start..<index].contains(0x25) {
                within(&text, start..<index, .form) { self.text(&$0, depth: depth + 1) }
            }
        }
    }

    private static func endsQueryValue(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x26 || byte == 0x23 || byte == 0x22 || byte == 0x27 || byte == 0x3c || byte == 0x3e
            || byte == 0x5c || byte == 0x29
    }

    /// Redacts the password in `scheme://user:password@host`, and what follows `Bearer` or `Basic`.
    func credentials(_ text: inout RedactedText) {
        let bytes = text.bytes
        for start in PatternSearch.places(of: "://", in: bytes) {
            let authority = (start + 3)..<(bytes[(start + 3)...].firstIndex { Self.endsAuthority($0) } ?? bytes.count)
            guard let at = bytes[authority].lastIndex(of: 0x40) else { continue }
            hit(&text, authority.lowerBound..<at, in: .percent, .authorization)
        }
        for scheme in ["Bearer ", "Basic "] {
            for start in PatternSearch.places(of: scheme, in: bytes) {
                let value = (start + scheme.utf8.count)..<bytes.count
                let end = bytes[value].firstIndex { $0 <= 0x20 || $0 == 0x22 || $0 == 0x27 || $0 == 0x3c || $0 == 0x2c }
                let range = value.lowerBound..<(end ?? bytes.count)
                if range.count >= 12 { hit(&text, range, .authorization) }
            }
        }
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x2f || byte == 0x3f || byte == 0x23 || byte == 0x22 || byte == 0x27 || byte == 0x3c
    }

    // MARK: - Programs

    /// Redacts quoted values behind a name, as programs and JSON within other text have them: `csrfToken = "…"`.
    func assignments(_ text: inout RedactedText) {
        let bytes = text.bytes
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x3a || bytes[index] == 0x3d else {
                index += 1
                continue
            }
            var end = index
            while end > 0, Markup.isBlank(bytes[end - 1]) { end -= 1 }
            if end > 0, bytes[end - 1] == 0x22 || bytes[end - 1] == 0x27 { end -= 1 }
            var start = end
            while start > 0, Self.isIdentifier(bytes[start - 1]) { start -= 1 }
            index += 1
            guard start < end, end - start <= 64 else { continue }
            while index < bytes.count, Markup.isBlank(bytes[index]) { index += 1 }
            guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27 else { continue }
            let quote = bytes[index]
            let valueStart = index + 1
            guard let kind = field(Array(bytes[start..<end])) else { continue }
            index = valueStart
            while index < bytes.count, bytes[index] != quote { index += bytes[index] == 0x5c ? 2 : 1 }
            hit(&text, valueStart..<min(index, bytes.count), in: .json, kind)
        }
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: false
        }
    }

    // MARK: - Patterns

    /// Redacts what looks like a secret by itself.
    func patterns(_ text: inout RedactedText, _ traits: TextTraits) {
        if traits.mayHoldSignedToken {
            for range in PatternSearch.signedTokens(in: text.bytes) { hit(&text, range, .signedToken) }
        }
        if traits.hasAt {
            for range in PatternSearch.emails(in: text.bytes) { hit(&text, range, .email, .email) }
        }
        if traits.mayHoldCard {
            for range in PatternSearch.cards(in: text.bytes) { hit(&text, range, .card, .card) }
        }
        for pattern in rules.patterns {
            for range in pattern.find(text.bytes) { hit(&text, range, .pattern) }
        }
    }
}
