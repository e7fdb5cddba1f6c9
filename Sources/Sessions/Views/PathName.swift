internal import LiveViewWire

/// What a developer can find a path by: the element around the slot, an id, the function and the line in the source.
///
/// It is read from the parts of the templates, when somebody asks for it.
package struct PathName: Hashable, Sendable, CustomStringConvertible {
    /// The element that the slot is in, or that it is an attribute of: `<td class="name">`. Empty if there is none.
    package var element = ""
    /// The attribute that the slot is the value of, or is in.
    package var attribute: String?
    /// Whether the slot stands where attributes stand: `<div {@rest}>`.
    package var isInTag = false
    /// What is written before the slot, within the element: `Count: `.
    package var textBefore = ""
    /// The nearest element's id that is the same for all: `users`.
    package var domID: String?
    /// The elements around, the outermost first, as selectors: `main`, `table#users`, `tr`.
    package var ancestors: [String] = []
    /// The function component, where debug annotations are in the page.
    package var function: String?
    package var file: String?
    package var line: Int?
    /// Whether it is in a component.
    package var isInComponent = false
    /// Indices of slots from the top; `*` for the entries of a list, `c` for a component.
    package var slots: [String] = []
    /// All attributes of the elements around, the innermost last.
    package var enclosing: [TagScanner.Tag] = []

    package init(_ path: PathID, in paths: PathTable) {
        var next: PathID? = path
        while let path = next {
            let template = paths.template(of: path)
            let around = Surroundings(of: paths.slot(of: path), in: paths.parts(of: template.text))
            take(around, isInnermost: slots.isEmpty)
            slots.insert("\(paths.slot(of: path))", at: 0)
            switch template.place {
            case .view: next = nil
            case .component:
                isInComponent = true
                slots.insert("c", at: 0)
                next = nil
            case .slot(let parent): next = parent
            case .entries(let parent):
                slots.insert("*", at: 0)
                next = parent
            }
        }
    }

    private mutating func take(_ around: Surroundings, isInnermost: Bool) {
        if isInnermost {
            attribute = around.attribute
            isInTag = around.isInTag
            textBefore = around.textBefore
        }
        if element.isEmpty, let tag = around.tags.last {
            element = tag.text
            if line == nil { line = tag["data-phx-loc"].flatMap { Int($0) } }
        }
        if domID == nil {
            domID = around.tags.reversed().lazy.compactMap { $0["id"] }.first {
                !$0.contains(Surroundings.slot) && !$0.isEmpty
            }
        }
        if function == nil, let annotation = around.annotation {
            function = annotation.function
            file = annotation.file
            line = line ?? annotation.line
        }
        ancestors = around.tags.map(\.selector) + ancestors
        enclosing = around.tags + enclosing
    }

    package var description: String {
        var text = element.isEmpty ? "slot \(slots.joined(separator: "/"))" : element
        if let attribute { text += " \(attribute)=…" } else if isInTag { text += " attributes" } else { text += "…" }
        if !textBefore.isEmpty { text += " after “\(textBefore)”" }
        if let domID { text += " in #\(domID)" }
        if let function { text += " of \(function)" }
        if let file { text += " (\(file)\(line.map { ":\($0)" } ?? ""))" }
        return text
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.slots == right.slots && left.description == right.description
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(slots) }
}

/// What stands around a slot in its own template.
private struct Surroundings {
    /// Stands for a slot in the parts.
    static let slot: Character = "\u{1}"
    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]

    /// The elements that are open, the innermost last; if the slot is in a tag, that is the last.
    var tags: [TagScanner.Tag] = []
    var attribute: String?
    var isInTag = false
    var textBefore = ""
    var annotation: (function: String, file: String?, line: Int?)?

    init(of slot: Int, in parts: Statics) {
        guard slot < parts.partCount else { return }
        var bytes: [UInt8] = []
        for part in 0...slot {
            if part > 0 { bytes.append(1) }
            bytes += parts[part]
        }
        var scanner = TagScanner(bytes)
        var end = 0
        var functions: [(function: String, file: String?, line: Int?)] = []
        while let tag = scanner.next() {
            Self.take(scanner.comments, &functions)
            end = tag.end
            if !tag.isStart {
                if let open = tags.lastIndex(where: { $0.name == tag.name }) { tags.removeSubrange(open...) }
            } else if !Self.void.contains(tag.name), bytes[tag.end - 2] != UInt8(ascii: "/") {
                tags.append(tag)
            }
        }
        Self.take(scanner.comments, &functions)
        annotation = functions.last
        takeRest(Array(bytes[end...]))
    }

    /// What is behind the last tag that is whole: text, or a tag that the slot is in.
    private mutating func takeRest(_ rest: [UInt8]) {
        var start = rest.count
        for index in rest.indices.dropLast() where rest[index] == UInt8(ascii: "<") && (rest[index + 1] | 0x20).isLetter
        {
            start = index
        }
        let isInComment = String(decoding: rest, as: UTF8.self).hasSuffix("<!--")
        guard start < rest.count, !isInComment else {
            textBefore = Self.words(rest)
            return
        }
        isInTag = true
        let tag = Array(rest[start...])
        if let quote = Self.openQuote(tag) {
            attribute = Self.attribute(before: quote, tag)
            isInTag = false
        }
        var closing = [UInt8(ascii: ">")]
        if let quote = Self.openQuote(tag) { closing.insert(tag[quote], at: 0) }
        var scanner = TagScanner(tag + closing)
        if let found = scanner.next() { tags.append(found) }
    }

    /// Where the quote is that is not closed.
    private static func openQuote(_ tag: [UInt8]) -> Int? {
        var open: (place: Int, quote: UInt8)?
        for (index, byte) in tag.enumerated() where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            if let quoted = open {
                if quoted.quote == byte { open = nil }
            } else {
                open = (index, byte)
            }
        }
        return open?.place
    }

    private static func attribute(before quote: Int, _ tag: [UInt8]) -> String? {
        guard quote > 1, tag[quote - 1] == UInt8(ascii: "=") else { return nil }
        let name = tag[..<(quote - 1)].reversed().prefix { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
        return String(decoding: name.reversed(), as: UTF8.self)
    }

    /// The last words before the slot, in one line.
    private static func words(_ rest: [UInt8]) -> String {
        var text = String(decoding: rest.split(separator: UInt8(ascii: ">")).last ?? [], as: UTF8.self)
        if let slot = text.lastIndex(of: Self.slot) { text = String(text[text.index(after: slot)...]) }
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 24 ? "…" + words.suffix(24) : words
    }

    /// Debug annotations: `<!-- <App.Components.table> lib/app/components.ex:12 (app) -->` until `<!-- </App…> -->`.
    private static func take(
        _ comments: [String], _ functions: inout [(function: String, file: String?, line: Int?)]
    ) {
        for comment in comments {
            let words = comment.split(separator: " ")
            guard let name = words.first, name.hasPrefix("<"), name.hasSuffix(">") else { continue }
            if name.hasPrefix("</") {
                _ = functions.popLast()
                continue
            }
            let place = words.count > 1 ? words[1].split(separator: ":") : []
            functions.append(
                (
                    String(name.dropFirst().dropLast()), place.first.map(String.init),
                    place.count > 1 ? Int(place[1]) : nil
                ))
        }
    }
}

extension TagScanner.Tag {
    /// The tag with its attributes that are the same for all, the long ones cut.
    fileprivate var text: String {
        var text = "<\(name)"
        for (attribute, value) in attributes
        where !value.contains(Surroundings.slot) && !attribute.contains(Surroundings.slot)
            && !attribute.hasPrefix("data-phx-")
        {
            guard text.count + attribute.count + min(value.count, 24) < 72 else { break }
            text +=
                value.isEmpty
                ? " \(attribute)" : " \(attribute)=\"\(value.count > 24 ? value.prefix(23) + "…" : value)\""
        }
        return text + ">"
    }

    fileprivate var selector: String {
        if let id = self["id"], !id.contains(Surroundings.slot), !id.isEmpty { return "\(name)#\(id)" }
        guard let value = self["class"], let first = value.split(separator: " ").first,
            !first.contains(Surroundings.slot)
        else { return name }
        return "\(name).\(first)"
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x61...0x7a).contains(self) }
}
