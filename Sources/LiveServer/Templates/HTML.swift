package import LiveViewWire

/// A piece of a page: what stands in the program as a string is kept apart from what is put into it.
///
/// ```swift
/// let greeting: HTML = "<p>Hello, <b>\(name)</b></p>"
/// ```
///
/// The literal parts go to the browser once, the interpolated ones whenever they change. Interpolated text is escaped:
/// it can stand between tags and within quoted attribute values. What is HTML already, is an ``HTML`` or is marked
/// `\(raw:)`.
public struct HTML: ExpressibleByStringInterpolation {
    package var template: Render.Template
    /// What only a view can fill in: components and the like, by the slot's index. Their slots are empty till then.
    var later: [(slot: Int, content: LaterContent)]

    init(template: Render.Template, later: [(slot: Int, content: LaterContent)] = []) {
        self.template = template
        self.later = later
    }

    /// A literal is HTML as it stands.
    public init(stringLiteral value: StaticString) {
        self.init(template: Render.Template(TemplateTable.shared.statics(of: [TemplateLiteral(value)])))
    }

    /// Takes the parts of an interpolated string.
    public init(stringInterpolation: StringInterpolation) {
        var interpolation = stringInterpolation
        interpolation.endSlot()
        self.init(
            template: Render.Template(
                TemplateTable.shared.statics(of: interpolation.literals), interpolation.slots),
            later: interpolation.later)
    }

    /// Nothing.
    public static var empty: HTML { "" }

    /// Text that is HTML already, from a source that is trusted.
    public init(raw html: String) { self = "\(raw: html)" }

    /// Text, escaped.
    public init(text: String) { self = "\(text)" }

    /// One piece behind the other.
    public init(_ pieces: [HTML]) { self = "\(for: pieces, { $0 })" }

    /// Whether it says nothing and never will.
    var isEmpty: Bool { template.statics.byteCount == 0 && template.statics.slotCount == 0 }
}

extension HTML {
    /// Takes a string's parts as the compiler hands them over.
    public struct StringInterpolation: StringInterpolationProtocol {
        var literals: [TemplateLiteral] = []
        var slots: [Render.Slot] = []
        var later: [(slot: Int, content: LaterContent)] = []

        /// Makes room for as many parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            literals.reserveCapacity(interpolationCount + 1)
            slots.reserveCapacity(interpolationCount)
        }

        /// Takes a literal part: it is HTML as it stands.
        public mutating func appendLiteral(_ literal: StaticString) {
            // Between two literals there is a slot, also where the compiler leaves an empty literal out.
            if literals.count > slots.count {
                guard literal.utf8CodeUnitCount > 0 else { return }
                slots.append(.text(Markup(utf8: [])))
            }
            literals.append(TemplateLiteral(literal))
        }

        /// Makes sure that a literal stands before the next slot, or at the end.
        mutating func endSlot() {
            if literals.count == slots.count { literals.append(TemplateLiteral("")) }
        }

        mutating func append(_ slot: Render.Slot) {
            endSlot()
            slots.append(slot)
        }

        mutating func append(utf8: [UInt8]) { append(.text(Markup(utf8: utf8))) }

        /// Leaves the slot for the view to fill in.
        mutating func append(later content: LaterContent) {
            append(utf8: [])
            later.append((slots.count - 1, content))
        }
    }
}
