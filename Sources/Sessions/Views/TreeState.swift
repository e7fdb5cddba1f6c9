internal import LiveViewWire

/// What is remembered of a view between its messages, to account for the next one.
struct TreeState {
    /// nil before the join, and after a message that could not be merged or that is lost: then nothing is known until
    /// a whole tree comes.
    var tree: HashedTree?
    /// The templates' parts that the view has had since its join.
    var seen: Set<TemplateText> = []
    /// The templates that have stood in a slot, the newest last; only of slots that had more than one, or a text.
    var former: [PathID: [TemplateText]] = [:]
    /// Slots made since the join, those that went included: how much memory the tree may need.
    var slotCount = 0

    init() {}

    /// How many templates of a slot are remembered: pages that go back and forth do so between a few.
    static let formerLimit = 8

    mutating func remember(_ text: TemplateText, at path: PathID) {
        var texts = former[path] ?? []
        guard texts.last != text else { return }
        if let known = texts.firstIndex(of: text) { texts.remove(at: known) }
        texts.append(text)
        if texts.count > Self.formerLimit { texts.removeFirst() }
        former[path] = texts
    }
}

/// What the walk puts up with: few bytes can ask for many slots.
struct WalkLimits {
    /// Slots that one message may make, copy or empty. As ``LiveTree``: 4 million.
    var slotsOfMessage = 4_000_000
    /// Components that are copies of one another, one after the other.
    var componentChain = 256
}
