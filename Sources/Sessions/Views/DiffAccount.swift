package import LiveViewWire

/// What the bytes of diffs were for. All counts are bytes of JSON as on the wire; they add up to ``total``.
package struct DiffBytes: Hashable, Sendable {
    /// Leaves where there was none.
    package var new = 0
    /// Leaves that differ from what was there.
    package var changed = 0
    /// Leaves that were there already, equal.
    package var redundant = 0
    /// Statics that the view had not seen since its join.
    package var firstStatics = 0
    /// Statics that the view has seen.
    package var resentStatics = 0
    /// Components' numbers.
    package var places = 0
    /// Events for hooks (`e`).
    package var events = 0
    package var title = 0
    /// The answer to a hook (`r`).
    package var reply = 0
    /// What is done to streams (`stream`), without their entries.
    package var streams = 0
    /// Keys, brackets, moves and counts.
    package var structure = 0
    /// Of messages that could not be merged: their whole.
    package var unknown = 0

    package init() {}

    package var leaves: Int { new + changed + redundant }
    package var total: Int {
        leaves + firstStatics + resentStatics + places + events + title + reply + streams + structure + unknown
    }

    mutating func add(_ leaf: DiffAccount.Leaf) {
        switch leaf.kind {
        case .new: new &+= leaf.byteCount
        case .changed: changed &+= leaf.byteCount
        case .redundant: redundant &+= leaf.byteCount
        }
    }

    package static func += (left: inout DiffBytes, right: DiffBytes) {
        left.new += right.new
        left.changed += right.changed
        left.redundant += right.redundant
        left.firstStatics += right.firstStatics
        left.resentStatics += right.resentStatics
        left.places += right.places
        left.events += right.events
        left.title += right.title
        left.reply += right.reply
        left.streams += right.streams
        left.structure += right.structure
        left.unknown += right.unknown
    }
}

/// What a leaf of a diff did to the tree.
package enum LeafClass: UInt8, Hashable, Sendable {
    case new, changed, redundant
}

/// What one diff, or one join's whole tree, carried.
///
/// ``paths`` is short however long a list is: prefer it to ``leaves``.
package struct DiffAccount: Sendable {
    /// A text that was sent.
    package struct Leaf: Sendable {
        package var path: PathID
        package var kind: LeafClass
        /// Which component it is in; 0: none.
        package var component: Int32
        /// The index of the entry that it is in, of the innermost list; -1: in no list.
        package var entry: Int32
        /// Where its JSON is in the message's payload, quotes included.
        package var range: Range<Int32>
        /// A hash of its JSON.
        package var hash: UInt64

        package var byteCount: Int { range.count }
        /// Its text between the quotes, as JSON has it.
        package var content: Range<Int> { (Int(range.lowerBound) &+ 1)..<(Int(range.upperBound) &- 1) }
    }

    /// All leaves of one path.
    package struct PathTally: Sendable {
        package var path: PathID
        package var newCount: Int32 = 0
        package var changedCount: Int32 = 0
        package var redundantCount: Int32 = 0
        package var newBytes = 0
        package var changedBytes = 0
        package var redundantBytes = 0
        /// The first of them in ``DiffAccount/leaves``.
        package var firstLeaf: Int

        package var count: Int { Int(newCount &+ changedCount &+ redundantCount) }
        package var bytes: Int { newBytes + changedBytes + redundantBytes }

        mutating func add(_ leaf: Leaf) {
            switch leaf.kind {
            case .new:
                newCount &+= 1
                newBytes &+= leaf.byteCount
            case .changed:
                changedCount &+= 1
                changedBytes &+= leaf.byteCount
            case .redundant:
                redundantCount &+= 1
                redundantBytes &+= leaf.byteCount
            }
        }
    }

    /// A template's parts, as text in the message.
    package struct SentStatics: Sendable {
        package var text: TemplateText
        package var byteCount: Int
        /// Whether the view has had them since its join.
        package var isResent: Bool
        /// Which component they are in; 0: none. Parts in a message's `p` are in none.
        package var component: Int32
    }

    /// A slot that got a template of its own (`s`), or changes to it. In entries of lists, those of one path and kind
    /// are one: the sums of ``count`` of them.
    package struct SentTemplate: Sendable {
        package enum Kind: Hashable, Sendable {
            /// Nothing, or a text, was there.
            case new
            /// The same template was there: it is sent whole all the same.
            case repeated
            /// Another template was there, and this one at some time before.
            case back
            /// Another template was there.
            case replaced
            /// Changes to the template that is there.
            case update
        }

        /// The slot that it is in; nil for the view's or a component's own.
        package var path: PathID?
        package var template: TemplateID
        package var component: Int32
        package var entry: Int32
        package var kind: Kind
        package var count = 1
        /// Slots that the message fills, of the template's own; the fewest of them.
        package var sentSlots: Int
        package var slotCount: Int
        /// Bytes of JSON of the whole node.
        package var byteCount: Int
        /// Bytes of its leaves, those of templates in it too: of all, and of the redundant ones.
        package var leafBytes: Int
        package var redundantBytes: Int

        /// Whether all of its slots are in the message.
        package var isComplete: Bool { sentSlots == slotCount }

        /// One more, in another entry.
        mutating func add(byteCount: Int, sentSlots: Int) {
            count &+= 1
            self.byteCount &+= byteCount
            self.sentSlots = min(self.sentSlots, sentSlots)
        }

        mutating func addLeaves(_ bytes: Int, redundant: Int) {
            leafBytes &+= bytes
            redundantBytes &+= redundant
        }
    }

    /// A component's number in its place.
    package struct SentPlace: Sendable {
        package var path: PathID
        package var component: Int32
        /// Whether this number was there already.
        package var isRedundant: Bool
    }

    package struct SentComponent: Sendable {
        package enum Kind: Hashable, Sendable {
            /// Statics of its own.
            case whole
            /// A copy of another's tree (`"s":n`), with changes.
            case copy(of: Int)
            case update
        }

        package var component: Int
        package var kind: Kind
        /// Whether the view had a component of that number.
        package var existed: Bool
        package var template: TemplateID
        package var byteCount: Int
        /// Where its leaves are in ``DiffAccount/leaves``.
        package var leaves: Range<Int>
        /// A hash of what it holds now.
        package var contentHash: UInt64
    }

    package struct SentList: Sendable {
        package enum Form: Hashable, Sendable {
            /// `k`: only what changed, since 1.1.
            case keyed
            /// `d`: all entries, up to 1.0.
            case rows
        }

        /// The slot that it is in.
        package var path: PathID
        package var template: TemplateID?
        package var component: Int32
        package var form: Form
        /// Whether its statics came with it.
        package var isWhole: Bool
        package var oldCount = 0
        package var count = 0
        /// Entries sent that were not there.
        package var inserted = 0
        /// Entries sent as changes to the one at their index; `d`: entries sent at an index that was there.
        package var updated = 0
        /// Of ``updated``: those whose leaves all were there.
        package var equal = 0
        /// Entries that came from another index.
        package var moved = 0
        /// Of ``moved``: those with changes.
        package var movedAndChanged = 0
        /// Whether `km` is there (since 1.2.8).
        package var saysMoves = false
        /// If most entries were sent as changes: how far most of their contents moved, and how many entries, and bytes,
        /// were at that distance before. 0 if that does not hold of any.
        package var shift = 0
        package var shiftedCount = 0
        package var shiftedBytes = 0
        /// Of `d`: entries that were in the list before, at any index. Of `k`, if most entries were sent as changes:
        /// those whose contents were at one other index before.
        package var knownCount = 0
        package var knownBytes = 0
        /// Bytes of JSON of the whole node.
        package var byteCount: Int
        /// Bytes of JSON of the entries sent.
        package var entryBytes = 0
        package var isStream = false
    }

    /// What happened to a stream. Neither end keeps its entries: all their leaves are ``LeafClass/new``.
    package struct SentStream: Sendable {
        package struct Entry: Sendable {
            package var byteCount: Int
            /// Where its leaves are in ``DiffAccount/leaves``.
            package var leaves: Range<Int>
        }

        package var path: PathID
        package var operation: StreamOperation
        /// In the order of the page; ids are in the operation, whose order may be another.
        package var entries: [Entry]
    }

    package struct SentEvent: Sendable {
        package var name: String
        /// Where its payload is in the message's.
        package var payload: Range<Int>
        package var isEarly: Bool
    }

    /// Bytes of the diff's JSON: ``DiffBytes/total`` of ``bytes``.
    package var byteCount = 0
    package var bytes = DiffBytes()
    /// In the order of the message.
    package var leaves: [Leaf] = []
    /// One for each path that has leaves in the diff.
    package var paths: [PathTally] = []
    package var statics: [SentStatics] = []
    package var templates: [SentTemplate] = []
    package var places: [SentPlace] = []
    package var components: [SentComponent] = []
    package var lists: [SentList] = []
    package var streams: [SentStream] = []
    package var events: [SentEvent] = []
    /// Where the new title is in the message's payload.
    package var title: Range<Int>?
    /// Whether the view's own template came with its statics.
    package var isWhole = false
    /// Slots that should be there after a template came, and are not.
    package var missingSlots = 0
    /// Why it could not be merged; nil if it was.
    package var problem: TreeError?

    package init() {}

    /// Whether the client's page is the same after it, as far as leaves and templates tell.
    package var changesNothing: Bool {
        bytes.new == 0 && bytes.changed == 0 && bytes.unknown == 0 && bytes.streams == 0
            && !lists.contains { $0.moved > 0 || $0.count != $0.oldCount }
            && !templates.contains { $0.kind != .update && $0.kind != .repeated }
            && !places.contains { !$0.isRedundant }
    }

    mutating func removeAll() {
        byteCount = 0
        bytes = DiffBytes()
        leaves.removeAll(keepingCapacity: true)
        paths.removeAll(keepingCapacity: true)
        statics.removeAll(keepingCapacity: true)
        templates.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        components.removeAll(keepingCapacity: true)
        lists.removeAll(keepingCapacity: true)
        streams.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        title = nil
        isWhole = false
        missingSlots = 0
        problem = nil
    }
}
