/// A piece of HTML as the wire has it, escaped already: what stands in a slot.
package struct Markup: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package var utf8: [UInt8]

    package init(utf8: [UInt8]) { self.utf8 = utf8 }
    package init(_ text: String) { utf8 = Array(text.utf8) }
    package init(stringLiteral text: String) { self.init(text) }

    package var description: String { String(decoding: utf8, as: UTF8.self) }
}

/// The literal parts of a template: what stands before, between and after its slots.
///
/// Copies share the text, so that a tree whose rows have one template holds its parts once.
package struct Statics: Hashable, Sendable {
    private var text: [UInt8]
    /// Where in `text` each part ends.
    private var ends: [Int]
    /// A hash of the parts: equal for equal parts, and different for different ones but by a chance of 2^-64.
    package let fingerprint: UInt64

    package init(_ parts: [Markup]) {
        var text: [UInt8] = []
        var ends: [Int] = []
        for part in parts {
            text += part.utf8
            ends.append(text.count)
        }
        self.init(text: text, ends: ends)
    }

    /// Takes the text of all parts, and where in it each of them ends.
    init(text: [UInt8], ends: [Int]) {
        self.text = text
        self.ends = ends
        var hash = ContentHash()
        hash.add(text)
        for end in ends { hash.add(UInt64(end)) }
        fingerprint = hash.value
    }

    package var partCount: Int { ends.count }
    /// How many slots stand between the parts.
    package var slotCount: Int { max(0, ends.count - 1) }
    /// How many bytes of HTML all parts have together.
    package var byteCount: Int { text.count }

    package subscript(_ part: Int) -> ArraySlice<UInt8> {
        text[(part == 0 ? 0 : ends[part - 1])..<ends[part]]
    }

    package var parts: [Markup] { ends.indices.map { Markup(utf8: Array(self[$0])) } }

    package static func == (left: Statics, right: Statics) -> Bool {
        left.fingerprint == right.fingerprint && left.ends == right.ends && left.text == right.text
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

extension Statics: ExpressibleByArrayLiteral {
    package init(arrayLiteral parts: Markup...) { self.init(parts) }
}

/// A component's number in its view (CID), from 1.
package struct ComponentID: RawRepresentable, Hashable, Sendable, Comparable, ExpressibleByIntegerLiteral {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }
    package init(_ number: Int) { rawValue = number }
    package init(integerLiteral number: Int) { rawValue = number }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
