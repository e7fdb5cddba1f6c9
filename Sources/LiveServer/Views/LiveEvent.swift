import LiveViewWire

/// Something the user did, or a hook pushed.
public struct LiveEvent: Sendable {
    /// What kind of binding it comes from.
    public enum Kind: String, Sendable {
        case click, keydown, keyup, blur, focus, form, hook
        /// A binding that runs by itself: `phx-mounted`, viewport bindings.
        case js
        case remove
    }

    /// What the binding says: `phx-click="add"` is `add`.
    public let name: String
    /// Nil for commands that no user began.
    public let kind: Kind?
    /// The `phx-value-` attributes, a hook's payload, or a form's fields nested by their brackets.
    public let value: JSON
    /// What comes beside a form's fields: its `phx-value-` attributes.
    public let meta: JSON
    /// The path of the form field that changed: `user[name]` is `["user", "name"]`.
    public let target: [String]

    package init(name: String, kind: Kind? = nil, value: JSON = [:], meta: JSON = [:], target: [String] = []) {
        self.name = name
        self.kind = kind
        self.value = value
        self.meta = meta
        self.target = target
    }

    /// A value by its key: `event["id"].int`.
    public subscript(_ key: String) -> JSON { value[key] }

    /// Whether the user has been to that field of the form: `event.isUsed("user", "email")`. Errors of fields that were
    /// never used are better not shown.
    public func isUsed(_ path: String...) -> Bool {
        guard let last = path.last else { return false }
        var around = value
        for key in path.dropLast() { around = around[key] }
        let isMarked = around["_unused_\(last)"].isPresent
        return around[last].isPresent && !isMarked
    }
}
