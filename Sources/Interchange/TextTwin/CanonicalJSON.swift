/// Finds JSON arrays and objects that are written in the one way that JavaScript's `JSON.stringify` writes them: no
/// space, the shortest escapes and numbers, no key twice. Any program that reads and writes such a value gives the same
/// bytes again, so it can stand in a line as it is.
///
/// Narrower than that: numbers of up to 15 digits and without exponent, so that nothing hangs on how a program rounds;
/// and no character that a terminal may take as a command (``TwinText/commandByteCount(_:at:)``).
struct CanonicalJSON {
    enum Outcome: Hashable {
        /// The value ends before this index.
        case end(Int)
        /// What is not so, and where.
        case other(at: Int, expected: String)
    }

    private struct Container {
        var isObject: Bool
        /// Where in `keys` its own begin.
        var firstKey: Int
    }

    private enum Place { case value, keyOrEnd, key, valueOrEnd, behindValue }

    private var open: [Container] = []
    private var keys: [Range<Int>] = []
    private var position: Int

    /// Reads one array or object.
    /// - Parameters:
    ///   - bytes: valid UTF-8 from `start` to the value's end.
    ///   - start: where its bracket is; anything else is not accepted.
    static func scan(_ bytes: Span<UInt8>, from start: Int, depthLimit: Int = TextTwin.depthLimit) -> Outcome {
        guard start >= 0, start < bytes.count, bytes[start] == UInt8(ascii: "[") || bytes[start] == UInt8(ascii: "{")
        else { return .other(at: max(start, 0), expected: "an array or an object") }
        var scanner = CanonicalJSON(position: start)
        do throws(Refusal) {
            return .end(try scanner.scan(bytes, depthLimit: depthLimit))
        } catch {
            return .other(at: error.position, expected: error.expected)
        }
    }

    private struct Refusal: Error {
        var position: Int
        var expected: String
    }

    private init(position: Int) { self.position = position }

    private func refusal(_ expected: String, at place: Int? = nil) -> Refusal {
        Refusal(position: place ?? position, expected: expected)
    }

    private mutating func scan(_ bytes: Span<UInt8>, depthLimit: Int) throws(Refusal) -> Int {
        var place = Place.value
        repeat {
            guard position < bytes.count else { throw refusal("the rest of the JSON value") }
            let byte = bytes[position]
            switch place {
            case .valueOrEnd where byte == UInt8(ascii: "]"): place = close()
            case .keyOrEnd where byte == UInt8(ascii: "}"): place = close()
            case .value, .valueOrEnd: place = try value(bytes, depthLimit: depthLimit)
            case .key, .keyOrEnd: place = try key(bytes)
            case .behindValue: place = try afterValue(byte, bytes)
            }
        } while !open.isEmpty
        return position
    }

    private mutating func close() -> Place {
        position += 1
        if let container = open.popLast() { keys.removeSubrange(container.firstKey...) }
        return .behindValue
    }

    private mutating func afterValue(_ byte: UInt8, _ bytes: Span<UInt8>) throws(Refusal) -> Place {
        let isObject = open.last?.isObject ?? false
        switch byte {
        case UInt8(ascii: ","):
            position += 1
            return isObject ? .key : .value
        case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
            if isObject { try refuseDoubleKeys(bytes) }
            return close()
        default: throw refusal(isObject ? "',' or '}'" : "',' or ']'")
        }
    }

    private mutating func value(_ bytes: Span<UInt8>, depthLimit: Int) throws(Refusal) -> Place {
        switch bytes[position] {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard open.count < depthLimit else { throw refusal("at most \(depthLimit) levels") }
            let isObject = bytes[position] == UInt8(ascii: "{")
            open.append(Container(isObject: isObject, firstKey: keys.count))
            position += 1
            return isObject ? .keyOrEnd : .valueOrEnd
        case UInt8(ascii: "\""): try string(bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(bytes)
        case UInt8(ascii: "t"): try word("true", bytes)
        case UInt8(ascii: "f"): try word("false", bytes)
        case UInt8(ascii: "n"): try word("null", bytes)
        default: throw refusal("a compact JSON value")
        }
        return .behindValue
    }

    private mutating func key(_ bytes: Span<UInt8>) throws(Refusal) -> Place {
        guard bytes[position] == UInt8(ascii: "\"") else { throw refusal("a key") }
        let start = position
        try string(bytes)
        keys.append(start..<position)
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw refusal("':'") }
        position += 1
        return .value
    }

    /// The keys are canonical: equal ones have equal bytes.
    private func refuseDoubleKeys(_ bytes: Span<UInt8>) throws(Refusal) {
        let own = keys[(open.last?.firstKey ?? keys.count)...]
        guard own.count > 1 else { return }
        if own.count <= 8 {
            for (index, key) in zip(own.indices, own) {
                for other in own[(index + 1)...] where Self.same(key, other, bytes) {
                    throw refusal("no key twice", at: other.lowerBound)
                }
            }
            return
        }
        var seen = Set<[UInt8]>(minimumCapacity: own.count)
        for key in own where !seen.insert(bytes.array(key)).inserted {
            throw refusal("no key twice", at: key.lowerBound)
        }
    }

    private static func same(_ one: Range<Int>, _ other: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count where bytes[one.lowerBound + index] != bytes[other.lowerBound + index] {
            return false
        }
        return true
    }

    private mutating func word(_ word: StaticString, _ bytes: Span<UInt8>) throws(Refusal) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes.array(position..<end) == Array(word.description.utf8) else {
            throw refusal(word.description)
        }
        position = end
    }

    private mutating func string(_ bytes: Span<UInt8>) throws(Refusal) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += try escape(bytes)
            case 0x20...0x7e: position += 1
            default:
                guard bytes[position] > 0x7f, TwinText.commandByteCount(bytes, at: position) == 0 else {
                    throw refusal("no control character")
                }
                position += 1
            }
        }
        throw refusal("the string's end")
    }

    /// - Returns: how many bytes the escape has: two for those with a letter, else six with lower-case digits.
    private func escape(_ bytes: Span<UInt8>) throws(Refusal) -> Int {
        guard position + 1 < bytes.count else { throw refusal("the rest of an escape") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u") where position + 6 <= bytes.count:
            let digits = bytes.array((position + 2)..<(position + 6))
            guard digits[0] == UInt8(ascii: "0"), digits[1] == UInt8(ascii: "0"),
                let code = TwinText.hexadecimal(digits.span)?[1], code < 0x20, ![8, 9, 10, 12, 13].contains(code),
                digits[3] < UInt8(ascii: "A") || digits[3] > UInt8(ascii: "F")
            else { throw refusal("an escape only where it is needed, in its shortest form") }
            return 6
        default: throw refusal("an escape only where it is needed, in its shortest form")
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(Refusal) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let whole = digits(bytes)
        var fraction = 0..<0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            fraction = digits(bytes)
            guard let last = fraction.last, bytes[last] != UInt8(ascii: "0") else {
                throw refusal("a fraction without zeros at its end", at: start)
            }
        }
        guard let first = whole.first, whole.count == 1 || bytes[first] != UInt8(ascii: "0") else {
            throw refusal("a number without zeros before it", at: start)
        }
        let isBelowOne = bytes[first] == UInt8(ascii: "0")
        let zeros = isBelowOne ? fraction.prefix { bytes[$0] == UInt8(ascii: "0") }.count : 0
        let significant = (isBelowOne ? 0 : whole.count) + fraction.count - zeros
        let isMinusZero = isBelowOne && fraction.isEmpty && start < first
        // JavaScript writes what is below 0.000001 with an exponent.
        guard significant <= 15, zeros <= 5, !isMinusZero else {
            throw refusal("a number of up to 15 digits, as JavaScript writes it", at: start)
        }
        if position < bytes.count, [UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]) {
            throw refusal("a number without exponent", at: start)
        }
    }

    private mutating func digits(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = position
        while position < bytes.count, TwinText.isDigit(bytes[position]) { position += 1 }
        return start..<position
    }
}

extension Span<UInt8> {
    /// A copy of the bytes at these indices, which must be within.
    func array(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { Array($0) }  // one copy instead of a loop over bytes
    }
}
