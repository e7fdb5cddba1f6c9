internal import WebSocketWire

/// The secrets of a run, to find them again wherever they stand, and in other encodings.
final class KnownSecrets {
    /// A secret, or one in an encoding.
    private struct Entry {
        var bytes: [UInt8]
        /// How to read the bytes; nil if they are the secret itself, or base64 of it.
        var encoding: EncodedText.Encoding?
        /// Whether it counts only where no letter and no digit is beside it.
        var isWord: Bool
    }

    struct Hit {
        var range: Range<Int>
        var encoding: EncodedText.Encoding?
    }

    private let limit: Int
    private let shortestEcho: Int
    private var kinds: [[UInt8]: SecretKind] = [:]
    private var entries: [Entry] = []
    /// By the first bytes: which entries begin so, the longest first.
    private var beginnings: [UInt64: [Int]] = [:]
    /// Most places of a text are no beginning: one look at a bit tells.
    private var filter = [UInt64](repeating: 0, count: 1 << 12)
    private let window: Int
    /// How many values are too common to be looked for outside their own places.
    private(set) var ordinaryCount = 0

    /// - Parameters:
    ///   - limit: the most secrets that are kept.
    ///   - shortestEcho: shorter ones are not searched for, in bytes.
    init(limit: Int, shortestEcho: Int) {
        self.limit = limit
        self.shortestEcho = max(shortestEcho, 3)
        window = min(self.shortestEcho, 8)
    }

    var count: Int { kinds.count }
    func contains(_ value: [UInt8]) -> Bool { kinds[value] != nil }

    /// - Throws: when there are too many.
    func add(_ value: [UInt8], _ kind: SecretKind) throws(RedactionError) {
        guard value.count >= shortestEcho, kinds[value] == nil else { return }
        guard kinds.count < limit else { throw .tooManySecrets(limit: limit) }
        kinds[value] = kind
    }

    /// Words of markup, of the protocol and of forms: a value that is one of them would be found everywhere.
    private static let ordinary = Set(
        """
        password passwd secret button submit action active hidden update delete cancel search select option checked \
        disabled number string status response rendered diff event events value values params session static redirect \
        phoenix phx_join phx_reply phx_close phx_error phx_leave heartbeat components undefined default content label \
        normal success warning primary secondary username confirm confirmation enabled accepted windows desktop mobile \
        english german french localhost chrome firefox safari
        """.split(separator: " ").map { Array($0.utf8) })

    /// All secrets are there: makes the search ready.
    func seal() {
        for (value, kind) in kinds.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if Self.ordinary.contains(value.map(Self.lower)) || isTooCommon(value, kind) {
                ordinaryCount += 1
                continue
            }
            add(value, nil, isWord: Self.isWord(value))
            for (bytes, encoding) in Self.encodings(of: value) where bytes != value {
                add(bytes, encoding, isWord: false)
            }
            for bytes in Self.base64(of: value) { add(bytes, nil, isWord: false) }
        }
        for key in beginnings.keys {
            beginnings[key]?.sort { entries[$0].bytes.count > entries[$1].bytes.count }
        }
    }

    private func isTooCommon(_ value: [UInt8], _ kind: SecretKind) -> Bool {
        switch kind {
        // The beginning of an address that is being typed.
        case .email: !value.contains(0x40)
        case .cookie, .query: value.count < 8
        case .authorization, .csrfToken, .liveViewToken, .signedToken, .field, .card, .pattern, .echo, .binary: false
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    private static func isWord(_ value: [UInt8]) -> Bool {
        guard value.count < 12 else { return false }
        return value.allSatisfy { (0x30...0x39).contains($0) }
            || value.allSatisfy { (0x61...0x7a).contains(lower($0)) || $0 >= 0x80 }
    }

    private static func encodings(of value: [UInt8]) -> [([UInt8], EncodedText.Encoding)] {
        func percent(_ hasSmallDigits: Bool, blank: [UInt8]) -> [UInt8] {
            value.flatMap { byte -> [UInt8] in
                switch byte {
                case 0x20: blank
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x2a, 0x7e: [byte]
                default: [0x25] + EncodedText.hexadecimal(UInt32(byte), 2, hasSmallDigits)
                }
            }
        }
        let json = value.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x22, 0x5c: [0x5c, byte]
            case 0x0a: [0x5c, 0x6e]
            default: [byte]
            }
        }
        let references: [UInt8: String] = [0x26: "&amp;", 0x3c: "&lt;", 0x3e: "&gt;", 0x22: "&quot;", 0x27: "&#39;"]
        let html = value.flatMap { references[$0].map { Array($0.utf8) } ?? [$0] }
        let all: [([UInt8], EncodedText.Encoding)] = [
            (percent(false, blank: [0x2b]), .form), (percent(false, blank: [0x25, 0x32, 0x30]), .form),
            (percent(true, blank: [0x2b]), .form), (percent(true, blank: [0x25, 0x32, 0x30]), .form), (json, .json),
            (html, .html),
        ]
        return all
    }

    /// The part of its base64 that is the same whatever stands around it, for each of the three places it can begin.
    private static func base64(of value: [UInt8]) -> [[UInt8]] {
        var results: [[UInt8]] = []
        for shift in 0..<3 {
            let whole = (value.count + shift) / 3 * 3
            let padded = [UInt8](repeating: 0, count: shift) + value
            let text = Array(Base64.encode(Array(padded[..<whole])).utf8.dropFirst([0, 2, 3][shift]))
            guard text.count >= 8 else { continue }
            results.append(text)
            let urlText = text.map { $0 == 0x2b ? 0x2d : $0 == 0x2f ? 0x5f : $0 }
            if urlText != text { results.append(urlText) }
        }
        return results
    }

    private func add(_ bytes: [UInt8], _ encoding: EncodedText.Encoding?, isWord: Bool) {
        guard bytes.count >= window else { return }
        let key = Self.key(bytes.span, at: 0, window)
        let bit = Self.bit(key)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
        beginnings[key, default: []].append(entries.count)
        entries.append(Entry(bytes: bytes, encoding: encoding, isWord: isWord))
    }

    private static func bit(_ key: UInt64) -> Int { Int((key &* 0x9e37_79b9_7f4a_7c15) >> 46) }

    private static func key(_ bytes: Span<UInt8>, at index: Int, _ window: Int) -> UInt64 {
        var key: UInt64 = 0
        for place in index..<(index + window) { key = key << 8 | UInt64(bytes[place]) }
        return key
    }

    /// Where secrets stand in the bytes, from left to right, the longest at each place.
    func search(_ bytes: Span<UInt8>) -> [Hit] {
        guard !entries.isEmpty, bytes.count >= window else { return [] }
        var hits: [Hit] = []
        let mask = window == 8 ? UInt64.max : 1 << (8 * UInt64(window)) - 1
        var key = Self.key(bytes, at: 0, window)
        var index = 0
        var free = 0
        while true {
            let bit = Self.bit(key)
            if index >= free, filter[bit >> 6] & 1 << UInt64(bit & 63) != 0, let hit = hit(bytes, at: index, key) {
                hits.append(hit)
                free = hit.range.upperBound
            }
            index += 1
            guard index + window <= bytes.count else { return hits }
            key = (key << 8 | UInt64(bytes[index + window - 1])) & mask
        }
    }

    private func hit(_ bytes: Span<UInt8>, at index: Int, _ key: UInt64) -> Hit? {
        for place in beginnings[key] ?? [] {
            let entry = entries[place]
            let end = index + entry.bytes.count
            guard end <= bytes.count, Self.isEqual(bytes, from: index, entry.bytes.span) else { continue }
            if entry.isWord, Self.isPartOfWord(bytes, index - 1) || Self.isPartOfWord(bytes, end) { continue }
            return Hit(range: index..<end, encoding: entry.encoding)
        }
        return nil
    }

    private static func isEqual(_ bytes: Span<UInt8>, from start: Int, _ other: Span<UInt8>) -> Bool {
        for index in 0..<other.count where bytes[start &+ index] != other[index] { return false }
        return true
    }

    private static func isPartOfWord(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
        guard index >= 0, index < bytes.count else { return false }
        switch bytes[index] {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...: return true
        default: return false
        }
    }
}
