import LiveViewWire

/// What the browser does by itself, without a round trip: the value of a binding.
///
/// ```swift
/// "<button phx-click=\"\(ClientCommands().toggle("#menu").push("opened"))\">Menu</button>"
/// ```
///
/// Selectors are CSS; without one, it is the element that has the binding.
public struct ClientCommands: Sendable, CustomStringConvertible {
    private var commands: [JSONValue] = []

    /// No command yet.
    public init() {}

    /// The JSON that the client reads.
    public var description: String { "\(JSON(.array(commands)))" }

    private func adding(_ name: String, to selector: String?, _ members: [(String, JSONValue?)] = []) -> Self {
        var all = members.compactMap { key, value in value.map { JSONValue.Member(key, $0) } }
        if let selector { all.append(JSONValue.Member("to", .string(selector))) }
        var more = self
        more.commands.append(.array([.string(name), .object(all)]))
        return more
    }

    private func names(_ classes: String) -> JSONValue {
        .array(classes.split(separator: " ").map { .string(String($0)) })
    }

    private func milliseconds(_ duration: Duration?) -> JSONValue? {
        duration.map { .number("\($0.nanoseconds / 1_000_000)") }
    }

    // MARK: - Events

    /// Sends the view an event, or another target: a selector.
    public func push(_ event: String, _ value: JSON? = nil, target: String? = nil, loading: String? = nil) -> Self {
        adding(
            "push", to: nil,
            [
                ("event", .string(event)), ("value", value?.value), ("target", target.map { .string($0) }),
                ("loading", loading.map { .string($0) }),
            ])
    }

    /// Dispatches an event of the DOM.
    public func dispatch(_ event: String, to selector: String? = nil, detail: JSON? = nil) -> Self {
        adding("dispatch", to: selector, [("event", .string(event)), ("detail", detail?.value)])
    }

    /// Runs the commands that stand in an attribute.
    public func execute(_ attribute: String, to selector: String? = nil) -> Self {
        adding("exec", to: selector, [("attr", .string(attribute))])
    }

    // MARK: - What is seen

    /// Shows elements.
    public func show(_ selector: String? = nil, display: String? = nil, during time: Duration? = nil) -> Self {
        adding("show", to: selector, [("display", display.map { .string($0) }), ("time", milliseconds(time))])
    }

    /// Hides elements.
    public func hide(_ selector: String? = nil, during time: Duration? = nil) -> Self {
        adding("hide", to: selector, [("time", milliseconds(time))])
    }

    /// Shows what is hidden, and hides what is seen.
    public func toggle(_ selector: String? = nil, display: String? = nil, during time: Duration? = nil) -> Self {
        adding("toggle", to: selector, [("display", display.map { .string($0) }), ("time", milliseconds(time))])
    }

    // MARK: - Classes and attributes

    /// - Parameter classes: one or more, with blanks between them.
    public func addClass(_ classes: String, to selector: String? = nil) -> Self {
        adding("add_class", to: selector, [("names", names(classes))])
    }

    /// - Parameter classes: one or more, with blanks between them.
    public func removeClass(_ classes: String, from selector: String? = nil) -> Self {
        adding("remove_class", to: selector, [("names", names(classes))])
    }

    /// - Parameter classes: one or more, with blanks between them.
    public func toggleClass(_ classes: String, on selector: String? = nil) -> Self {
        adding("toggle_class", to: selector, [("names", names(classes))])
    }

    /// Sets an attribute.
    public func setAttribute(_ name: String, _ value: String, on selector: String? = nil) -> Self {
        adding("set_attr", to: selector, [("attr", [.string(name), .string(value)])])
    }

    /// Takes an attribute away.
    public func removeAttribute(_ name: String, from selector: String? = nil) -> Self {
        adding("remove_attr", to: selector, [("attr", .string(name))])
    }

    // MARK: - Focus and navigation

    /// Focuses an element.
    public func focus(_ selector: String? = nil) -> Self { adding("focus", to: selector) }

    /// Focuses the first element within that can have it.
    public func focusFirst(in selector: String? = nil) -> Self { adding("focus_first", to: selector) }

    /// Changes the URL of the view.
    public func patch(_ path: String, replacing: Bool = false) -> Self {
        adding("patch", to: nil, [("href", .string(path)), ("replace", .boolean(replacing))])
    }

    /// Goes to another view over the same socket.
    public func navigate(_ path: String, replacing: Bool = false) -> Self {
        adding("navigate", to: nil, [("href", .string(path)), ("replace", .boolean(replacing))])
    }
}
