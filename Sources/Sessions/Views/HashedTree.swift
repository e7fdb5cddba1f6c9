internal import LiveViewWire

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
        var hash = ContentHash()
        switch self {
        case .missing: break
        case .leaf(let leaf): return leaf
        case .component(let number): hash.add(UInt64(truncatingIfNeeded: number))
        case .template(let node):
            hash.add(UInt64(truncatingIfNeeded: node.template.number))
            for slot in node.slots { hash.add(slot.hash) }
        case .list(let node):
            hash.add(UInt64(truncatingIfNeeded: node.count))
            for slot in node.slots { hash.add(slot.hash) }
        }
        return hash.value
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
            var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
            for index in (entry &* width)..<((entry &+ 1) &* width) {
                let product = (hash ^ slots[index].hash).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
                hash = product.high ^ product.low
            }
            return hash
        }
    }
}
