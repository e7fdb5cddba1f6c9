/// What the client holds of a view, but for the texts: of each leaf, a hash of its JSON. It changes as a ``LiveTree``
/// does, without an allocation for each leaf, and it is all that is needed to say whether a leaf was there already.
struct HashedTree {
    var root: TemplateNode?
    var components: [Int: TemplateNode] = [:]
}

enum TreeSlot {
    /// Never sent.
    case missing
    case leaf(UInt64)
    case component(Int32)
    case template(TemplateNode)
    case list(ListNode)

    /// The same for equal contents, within a process.
    var hash: UInt64 {
        switch self {
        case .missing: return 0x9fb2_1c65_1e98_df25
        case .leaf(let leaf): return leaf
        case .component(let number):
            return LeafHash.mix(UInt64(UInt32(bitPattern: number)) ^ 0xe703_7ed1_a0b4_28db, 0xa076_1d64_78bd_642f)
        case .template(let node):
            return Self.hash(
                of: node.slots, 0..<node.slots.count, seed: UInt64(UInt32(bitPattern: node.template.number)))
        case .list(let node):
            return Self.hash(of: node.slots, 0..<node.slots.count, seed: UInt64(node.count))
        }
    }

    static func hash(of slots: [TreeSlot], _ range: Range<Int>, seed: UInt64) -> UInt64 {
        var hash = seed ^ 0x9e37_79b9_7f4a_7c15
        for index in range { hash = LeafHash.mix(hash ^ slots[index].hash, 0xa076_1d64_78bd_642f) }
        return hash
    }
}

/// A template with its slots. Entries that moved share theirs until one of them changes.
final class TemplateNode {
    let template: TemplateID
    /// The path of its first slot.
    let first: PathID
    var slots: [TreeSlot]

    init(_ template: TemplateID, first: PathID, slots: [TreeSlot]) {
        self.template = template
        self.first = first
        self.slots = slots
    }

    func copy() -> TemplateNode { TemplateNode(template, first: first, slots: slots) }
}

/// A comprehension: its entries' slots, one entry after the other.
final class ListNode {
    /// nil for a list that was empty from the start: its statics come with its first entry.
    let template: TemplateID?
    let first: PathID
    /// Slots of one entry.
    let width: Int
    var count = 0
    var slots: [TreeSlot] = []
    /// Hashes of its entries, if somebody asked for them since they changed last.
    var hashes: [UInt64]?

    init(_ template: TemplateID?, first: PathID, width: Int) {
        self.template = template
        self.first = first
        self.width = width
    }

    func copy() -> ListNode {
        let copy = ListNode(template, first: first, width: width)
        copy.count = count
        copy.slots = slots
        return copy
    }

    /// Hashes of the entries' contents.
    static func hashes(of slots: [TreeSlot], count: Int, width: Int) -> [UInt64] {
        (0..<count).map { entry in
            TreeSlot.hash(of: slots, (entry &* width)..<((entry &+ 1) &* width), seed: 0)
        }
    }
}
