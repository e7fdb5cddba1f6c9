/// What one look at a text tells of the searches that can find anything in it: most strings of a rendered tree are short
/// and plain.
struct TextTraits {
    private(set) var hasEquals = false
    private(set) var hasAt = false
    private(set) var hasColon = false
    private(set) var hasQuote = false
    private(set) var hasDot = false
    private(set) var hasEscape = false
    private(set) var hasBlank = false
    private(set) var hasBracket = false
    private(set) var digits = 0
    private let count: Int

    init(_ bytes: Span<UInt8>) {
        count = bytes.count
        for index in 0..<bytes.count {
            switch bytes[index] {
            case 0x30...0x39: digits &+= 1
            case 0x41...0x5a, 0x61...0x7a: continue
            case 0x3d: hasEquals = true
            case 0x40: hasAt = true
            case 0x3a: hasColon = true
            case 0x22, 0x27: hasQuote = true
            case 0x2e: hasDot = true
            case 0x5c: hasEscape = true
            case 0x20: hasBlank = true
            case 0x5b, 0x7b: hasBracket = true
            default: continue
            }
        }
    }

    var mayHoldAssignment: Bool { hasQuote && (hasColon || hasEquals) }
    /// `://user:password@`, or `Bearer …`.
    var mayHoldCredentials: Bool { (hasColon && hasAt) || (hasBlank && count >= 17) }
    var mayHoldSignedToken: Bool { hasDot && count >= 20 }
    var mayHoldCard: Bool { digits >= 13 }

    /// Whether nothing but a secret that is known can be in it.
    var isPlain: Bool {
        !hasEquals && !hasAt && !hasEscape && !hasBracket && !mayHoldAssignment && !mayHoldCredentials
            && !mayHoldSignedToken && !mayHoldCard
    }
}
