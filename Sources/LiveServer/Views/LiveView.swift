/// A page that lives: a value whose state changes by events, and whose ``body`` is what the browser shows of it.
///
/// ```swift
/// struct Light: LiveView {
///     var brightness = 50
///
///     mutating func handle(event: Event, _ context: Context) {
///         switch event.name {
///         case "on": brightness = 100
///         case "off": brightness = 0
///         default: break
///         }
///     }
///
///     var body: HTML {
///         """
///         <meter max="100" value="\(brightness)"></meter>
///         <button phx-click="on">On</button> <button phx-click="off">Off</button>
///         """
///     }
/// }
/// ```
///
/// A view is made twice: for the page that is loaded by HTTP, and, when the page has connected, for as long as it stays
/// so. All its functions run on one event loop, one after the other: they must not block. One that throws ends this view
/// alone, and the browser begins it anew. A trap ends the process.
public protocol LiveView: SendableMetatype {
    /// What it gets from timers, topics, async work and components.
    associatedtype Message: Sendable = Never
    typealias Context = LiveContext
    typealias Event = LiveEvent

    /// Called once, before everything else.
    mutating func mount(_ context: Context) throws

    /// Called after `mount`, and whenever the page's URL changes while the view stays.
    /// - Parameter params: those of the path (`:id`) and of the query.
    mutating func handle(params: JSON, _ context: Context) throws

    /// The user did something that the page has a binding for, or a hook pushed an event.
    mutating func handle(event: Event, _ context: Context) throws

    /// A message from a timer, a topic, async work or a component.
    mutating func handle(info: Message, _ context: Context) throws

    /// What the browser shows. It is rendered after each of the functions above; what did not change is not sent.
    var body: HTML { get }

    /// The page's title; that of the layout, if it is empty.
    var title: String { get }

    /// Mistakes made on purpose, to show what they cost.
    static var pitfalls: Pitfalls { get }
}

extension LiveView {
    /// Does nothing.
    public mutating func mount(_ context: Context) throws {}
    /// Does nothing.
    public mutating func handle(params: JSON, _ context: Context) throws {}
    /// Ends the view: an event must have a handler.
    public mutating func handle(event: Event, _ context: Context) throws { throw UnhandledEvent(event.name) }
    /// Does nothing.
    public mutating func handle(info: Message, _ context: Context) throws {}
    /// The layout's title.
    public var title: String { "" }
    /// None.
    public static var pitfalls: Pitfalls { [] }
}

/// An event came for which the view or component has no handler.
public struct UnhandledEvent: Error, CustomStringConvertible {
    /// The event's name.
    public let name: String

    /// An event of that name.
    public init(_ name: String) { self.name = name }

    /// What to look for.
    public var description: String { "no handler for the event \"\(name)\"" }
}

/// Throw it from `mount` or `handle(params:)` to answer with an error page, e.g. 404.
public struct PageError: Error, CustomStringConvertible {
    /// 400 to 599.
    public let status: Int

    /// An error page of that status.
    public init(status: Int) { self.status = status }

    /// The status.
    public var description: String { "status \(status)" }
}

/// Ways to send more than is needed: what frameworks do whose change tracking is off or led astray. They are for pages
/// that show the cost.
public struct Pitfalls: OptionSet, Sendable {
    /// One bit each.
    public let rawValue: Int

    /// Some of them.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// All that stands in slots is sent at each render, changed or not.
    public static let noChangeTracking = Pitfalls(rawValue: 1)
    /// List elements are known by their place: keys are not looked at.
    public static let unkeyedLists = Pitfalls(rawValue: 2)
    /// A list in which anything changed is sent whole, whatever the format.
    public static let wholeLists = Pitfalls(rawValue: 4)
    /// At each render the templates too are sent again.
    public static let wholeTrees = Pitfalls(rawValue: 8)
}
