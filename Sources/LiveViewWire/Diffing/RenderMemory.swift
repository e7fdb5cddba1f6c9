/// What a server remembers of the last render of a view, to tell what changed: hashes, and no text.
///
/// It is a word for each text or component, two for each template within, three for each list and two for each of its
/// entries. So a view of 50 slots and 20 rows of 3 takes about 1.3 kB.
package struct RenderMemory: Hashable, Sendable {
    /// The view's own template; empty before the first render.
    var root: [UInt64] = []
    var components: [ComponentID: [UInt64]] = [:]

    package init() {}

    /// Forgets components that the client has dropped. If they come again, they are sent whole.
    package mutating func forget(_ ids: some Sequence<ComponentID>) {
        for id in ids { components[id] = nil }
    }

    /// The components that the client has.
    package var componentIDs: Dictionary<ComponentID, [UInt64]>.Keys { components.keys }

    /// How many bytes the words take.
    package var byteCount: Int { 8 * components.values.reduce(root.count) { $0 + $1.count } }
}

/// The words of a memory. A slot begins with one whose two highest bits say what it is:
/// - 0, text: the rest is its hash.
/// - 1, component: the rest is its number.
/// - 2, template: the rest is the count of the words that follow: the fingerprint, and the slots.
/// - 3, list: the same: the fingerprint; for rows a hash of all entries; for keyed lists, of each entry the key, the
///   count of the words that follow, and the slots.
enum MemoryWord {
    static let template: UInt64 = 2 << 62
    static let list: UInt64 = 3 << 62
    private static let rest: UInt64 = ~(3 << 62)

    static func text(_ hash: UInt64) -> UInt64 { hash & rest }
    static func component(_ id: ComponentID) -> UInt64 { 1 << 62 | UInt64(truncatingIfNeeded: id.rawValue) & rest }

    /// Whether a word begins a template or list, whichever `kind` is.
    static func isNode(_ word: UInt64, _ kind: UInt64) -> Bool { word & ~rest == kind }

    /// How many words follow the one that begins a slot.
    static func followers(_ word: UInt64) -> Int { word & template == 0 ? 0 : Int(word & rest) }
}
