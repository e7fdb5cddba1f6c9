package import LiveViewWire

/// A place in the templates of an application: a slot of a template that stands in another slot. All entries of a list
/// share the paths of their slots, and all components of one template share theirs.
package struct PathID: Hashable, Sendable, Comparable {
    package let number: Int32

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    static func + (left: Self, slot: Int) -> Self { Self(number: left.number &+ Int32(truncatingIfNeeded: slot)) }
}

/// The parts of a template that was seen, by number.
package struct TemplateText: Hashable, Sendable {
    package let number: Int32
}

/// A template in its place.
package struct TemplateID: Hashable, Sendable {
    package let number: Int32
}

/// Numbers for paths and templates, the same for all views that a tracker follows: two visitors of a page share them.
///
/// A path is one addition away from its template's first, so that a diff's walk looks nothing up. What a path is called
/// is found out when a report asks: ``PathName``.
package final class PathTable {
    /// What a template stands in.
    package enum Place: Hashable, Sendable {
        /// The view itself.
        case view
        /// A component, whichever.
        case component
        /// A slot of another template, once.
        case slot(PathID)
        /// A slot of another template, as a list's entries.
        case entries(PathID)

        /// The slot that it stands in.
        package var path: PathID? {
            switch self {
            case .view, .component: nil
            case .slot(let path), .entries(let path): path
            }
        }
    }

    package struct Template: Sendable {
        package let place: Place
        package let text: TemplateText
        /// The path of its first slot; the others follow.
        package let first: PathID
        package let slotCount: Int
    }

    private struct Key: Hashable {
        var place: Place
        var text: TemplateText
    }

    /// Paths that are told apart. Default: 1 million; beyond that, a diff with new templates is not accounted.
    private let maximumPathCount: Int
    package private(set) var templates: [Template] = []
    private var byPlace: [Key: TemplateID] = [:]
    /// By path.
    private var owners: [TemplateID] = []
    private var texts: [Statics] = []
    private var textsByHash: [UInt64: TemplateText] = [:]

    package init(maximumPathCount: Int = 1_000_000) { self.maximumPathCount = maximumPathCount }

    package var pathCount: Int { owners.count }

    /// The parts, by the hash of their JSON; `read` reads those that are new.
    func text(hash: UInt64, _ read: () throws(TreeError) -> Statics) throws(TreeError) -> TemplateText {
        if let text = textsByHash[hash] { return text }
        guard texts.count < maximumPathCount else {
            throw TreeError(expected: "at most \(maximumPathCount) templates", actual: "more")
        }
        let text = TemplateText(number: Int32(texts.count))
        texts.append(try read())
        textsByHash[hash] = text
        return text
    }

    func template(_ text: TemplateText, in place: Place) throws(TreeError) -> TemplateID {
        let key = Key(place: place, text: text)
        if let template = byPlace[key] { return template }
        let slotCount = texts[Int(text.number)].slotCount
        // A template without slots has a path too: the one it stands for in lists of templates.
        guard owners.count &+ slotCount < maximumPathCount else {
            throw TreeError(expected: "at most \(maximumPathCount) paths", actual: "more")
        }
        let template = TemplateID(number: Int32(templates.count))
        let first = PathID(number: Int32(owners.count))
        templates.append(Template(place: place, text: text, first: first, slotCount: slotCount))
        owners.append(contentsOf: repeatElement(template, count: slotCount))
        byPlace[key] = template
        return template
    }

    // MARK: - Looking things up

    package func parts(of text: TemplateText) -> Statics { texts[Int(text.number)] }
    package subscript(_ template: TemplateID) -> Template { templates[Int(template.number)] }

    /// The template that has the slot.
    package func template(of path: PathID) -> Template { self[owners[Int(path.number)]] }

    /// Which slot of its template it is, from 0.
    package func slot(of path: PathID) -> Int { Int(path.number &- template(of: path).first.number) }

    /// The slot that the path's template stands in; nil for a view's or a component's own.
    package func parent(of path: PathID) -> PathID? { template(of: path).place.path }

    /// The slot of the view's, or component's, own template that the path is in.
    package func topSlot(of path: PathID) -> PathID {
        var path = path
        while let parent = parent(of: path) { path = parent }
        return path
    }

    /// Whether `path` is `ancestor` or lies in it.
    package func lies(_ path: PathID, in ancestor: PathID) -> Bool {
        var next: PathID? = path
        while let path = next {
            if path == ancestor { return true }
            next = parent(of: path)
        }
        return false
    }

    /// Whether the path is in entries of a list.
    package func isInList(_ path: PathID) -> Bool {
        var next: PathID? = path
        while let path = next {
            if case .entries = template(of: path).place { return true }
            next = parent(of: path)
        }
        return false
    }
}
