/// What one message says about a view: a whole tree, or changes to the one that the client has.
///
/// It is the message as it was, of any version of LiveView, but with `p` resolved: whose parts a template has is looked
/// up in ``statics``. ``LiveTree`` merges it.
package struct RenderedDiff: Hashable, Sendable {
    /// How lists are written, which tells the versions apart.
    package enum ListForm: Hashable, Sendable {
        /// Up to 1.0: `d`, all rows at each change.
        case rows
        /// From 1.1 on: `k`, only what changed, by index.
        case keyed
    }

    /// The change to the view's own template.
    package var root: TemplateDiff
    /// The changes to components, in the order of the message.
    package var components: [ComponentDiff]
    /// The parts of all templates of the message, in their order; what `p` shares is here once for each use, and shares
    /// its text.
    package var statics: [Statics]
    /// The new page title (`t`).
    package var title: String?
    /// Events for the client's hooks (`e`).
    package var events: [PushedEvent]
    /// The answer to a hook's push (`r`), as indices into the bytes that were decoded.
    package var reply: Range<Int>?
    /// What the message shows of its version; nil if it has no list.
    package var listForm: ListForm?
}

/// An entry of `e`.
package struct PushedEvent: Hashable, Sendable {
    package var name: String
    /// As indices into the bytes that were decoded.
    package var payload: Range<Int>
    /// Whether it is dispatched before the page is patched (since 1.1.18).
    package var isEarly: Bool
}

/// Where in ``RenderedDiff/statics`` a template's parts are.
package struct StaticsID: Hashable, Sendable {
    var index: Int
}

/// A template, or a change to the one in its place.
package struct TemplateDiff: Hashable, Sendable {
    /// The parts of a template that replaces what there is; nil for a change to it.
    package var statics: StaticsID?
    package var slots: [SlotChange]
    /// Whether the template has one root element (`"r":1`, since 0.20.2).
    package var hasSingleRoot: Bool
}

/// What a slot is to hold.
package struct SlotChange: Hashable, Sendable {
    package var slot: Int
    package var value: SlotDiff
}

package enum SlotDiff: Hashable, Sendable {
    case text(Markup)
    case component(ComponentID)
    indirect case template(TemplateDiff)
    indirect case list(ListDiff)
}

/// A comprehension, or a change to the one in its place.
package struct ListDiff: Hashable, Sendable {
    /// The parts of each entry; nil for those that it has.
    package var statics: StaticsID?
    package var entries: Entries
    package var stream: StreamOperation?

    package enum Entries: Hashable, Sendable {
        /// Only the stream's operation is there.
        case unchanged
        /// `d`: all entries.
        case rows([[SlotDiff]])
        /// `k`: `count` entries are left, of which some changed. `hasMoves` is what `km` says (since 1.2.8).
        case keyed(count: Int, changes: [EntryChange], hasMoves: Bool)
    }

    /// A change of the entry that is at `index` afterwards.
    package struct EntryChange: Hashable, Sendable {
        package var index: Int
        package var kind: Kind

        package enum Kind: Hashable, Sendable {
            /// An entry that is new, or changes to the one at the index.
            case changed([SlotChange])
            /// The entry that was at `from`, with changes or none.
            case moved(from: Int, [SlotChange])
        }
    }
}

/// A component's tree, or a change to it.
package struct ComponentDiff: Hashable, Sendable {
    /// What the changes are made to.
    package enum Base: Hashable, Sendable {
        /// Nothing, if the template has statics of its own; else the tree that the component has.
        case own
        /// A copy of another component's tree as it was before the message (`"s":-n`).
        case copyBefore(ComponentID)
        /// A copy of another component's tree as it is after the message (`"s":n`).
        case copyAfter(ComponentID)
    }

    package var id: ComponentID
    package var base: Base
    package var template: TemplateDiff
}
