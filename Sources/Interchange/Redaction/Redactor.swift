/// Text while it is searched: its bytes, and which of them are redacted already.
struct RedactedText {
    var bytes: [UInt8]
    var isDone: [Bool]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isDone = [Bool](repeating: false, count: bytes.count)
    }

    init(_ bytes: [UInt8], isDone: [Bool]) {
        self.bytes = bytes
        self.isDone = isDone
    }

    var all: Range<Int> { 0..<bytes.count }
}

/// Finds secrets, and does one of three things with them: the same search for all three.
///
/// A secret found by its name or its form is replaced where it stands; in ``Mode/collect`` it is noted, so that it can
/// then be found wherever else it stands, also before that place.
final class Redactor {
    enum Mode: Hashable, Sendable {
        /// Notes secrets and changes nothing.
        case collect
        /// Puts placeholders in place of secrets.
        case replace
        /// Holds what is found against the placeholders: what is none of them is a leftover.
        case check
    }

    var mode: Mode
    let rules: RedactionRules
    let names: NameRules
    let known: KnownSecrets
    let placeholders: Placeholders
    private let hash: KeyedHash
    /// What stands in the result in place of secrets.
    private var produced: Set<[UInt8]> = []
    private var producedBinary: Set<UInt64> = []
    private(set) var counts: [SecretKind: UInt64] = [:]
    private(set) var leftovers = Leftovers()
    /// The first that stops the work.
    private(set) var failure: RedactionError?
    /// Where in the recording the text is, for leftovers.
    var place = ""
    private var fieldNames: [[UInt8]: SecretKind?] = [:]

    /// Text within text within text: deeper than this only forms and known secrets are found.
    static let deepest = 6

    init(_ rules: RedactionRules, key: RedactionKey, secretLimit: Int) {
        self.rules = rules
        names = NameRules(rules)
        placeholders = Placeholders(key: key)
        hash = KeyedHash(key: key)
        known = KnownSecrets(limit: secretLimit, shortestEcho: rules.shortestEcho)
        mode = .collect
    }

    /// What the name of a field says; remembered, since the same few come again and again.
    func field(_ name: [UInt8]) -> SecretKind? {
        if let kind = fieldNames[name] { return kind }
        let kind = names.field(name)
        if fieldNames.count > 10_000 { fieldNames.removeAll() }
        fieldNames[name] = .some(kind)
        return kind
    }

    // MARK: - A secret is found

    /// Takes the bytes as one secret.
    func hit(_ text: inout RedactedText, _ range: Range<Int>, _ kind: SecretKind, _ shape: Placeholders.Shape = .any) {
        let range = range.clamped(to: text.all)
        guard !range.isEmpty else { return }
        let value = Array(text.bytes[range])
        guard Placeholders.canChange(value) else { return }
        guard text.isDone[range].contains(false) else {
            // A placeholder that looks like a secret by itself: in the result it is found again.
            if mode == .replace { produced.insert(value) }
            return
        }
        switch mode {
        case .collect:
            do {
                try known.add(value, kind)
            } catch {
                failure = failure ?? error
            }
        case .replace:
            let placeholder = placeholders.placeholder(for: value, shape: shape, isTaken: known.contains)
            for index in range where !text.isDone[index] {
                text.bytes[index] = placeholder[index - range.lowerBound]
            }
            produced.insert(Array(text.bytes[range]))
            counts[kind, default: 0] += 1
        case .check:
            if !produced.contains(value) { leftovers.add(kind, place) }
        }
        for index in range { text.isDone[index] = true }
    }

    /// Works on a part of the text that is in an encoding.
    func within(
        _ text: inout RedactedText, _ range: Range<Int>, _ encoding: EncodedText.Encoding,
        _ body: (inout RedactedText) -> Void
    ) {
        let range = range.clamped(to: text.all)
        guard !range.isEmpty else { return }
        let encoded = EncodedText(Array(text.bytes[range]), encoding)
        var inner = RedactedText(encoded.decoded, isDone: encoded.decoded(marks: text.isDone[range]))
        body(&inner)
        if mode == .replace { text.bytes.replaceSubrange(range, with: encoded.encoded(inner.bytes)) }
        text.isDone.replaceSubrange(range, with: encoded.encoded(marks: inner.isDone))
    }

    /// Takes all of an encoded part as one secret.
    func hit(
        _ text: inout RedactedText, _ range: Range<Int>, in encoding: EncodedText.Encoding, _ kind: SecretKind,
        _ shape: Placeholders.Shape = .any
    ) {
        within(&text, range, encoding) { hit(&$0, $0.all, kind, shape) }
    }

    // MARK: - Known secrets

    /// Looks for the secrets that were found elsewhere.
    func echoes(_ text: inout RedactedText) {
        guard mode != .collect else { return }
        for hit in known.search(text.bytes.span) where text.isDone[hit.range].contains(false) {
            if mode == .check {
                leftovers.add(.echo, place)
            } else if let encoding = hit.encoding {
                self.hit(&text, hit.range, in: encoding, .echo)
            } else {
                self.hit(&text, hit.range, .echo)
            }
        }
    }

    /// Notes that something is left in the result.
    func leftovers(_ kind: SecretKind) { leftovers.add(kind, place) }

    // MARK: - Binary content

    /// Replaces bytes that are no text.
    func binary(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        switch mode {
        case .collect: return bytes
        case .replace:
            counts[.binary, default: 0] += 1
            let result = placeholders.bytes(for: bytes.span)
            producedBinary.insert(hash.value(of: result.span))
            return result
        case .check:
            if !producedBinary.contains(hash.value(of: bytes.span)) { leftovers.add(.binary, place) }
            return bytes
        }
    }
}

/// Secrets that the result still holds, by place; never what they are.
package struct Leftovers: Hashable, Sendable {
    /// So many places are listed.
    static let listed = 100
    package private(set) var count: UInt64 = 0
    /// The first places: "connection 3, record 17: CSRF token".
    package private(set) var places: [String] = []

    mutating func add(_ kind: SecretKind, _ place: String) {
        count += 1
        if places.count < Self.listed { places.append("\(place): \(kind.rawValue)") }
    }
}

/// Why a recording could not be redacted.
package enum RedactionError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooManySecrets(limit: Int)
    case exists(path: String)
    case unwritable(path: String, reason: String)

    package var description: String {
        switch self {
        case .tooManySecrets(let limit):
            "the recording holds more than \(limit) different secrets: allow more with --secrets, or redact fewer fields"
        case .exists(let path): "\(path) exists: name another file, or replace it with --force"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
