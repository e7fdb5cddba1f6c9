/// A part of a page with state and events of its own: when it changes, only it is rendered.
///
/// ```swift
/// struct Counter: LiveComponent {
///     let id: Int
///     var label: String
///     var count = 0
///
///     mutating func update(from given: Counter) { label = given.label }
///     mutating func handle(event: Event, _ context: Context) { count += 1 }
///
///     var body: HTML {
///         "<button phx-click=\"add\" phx-target=\"\(.myself)\">\(label): \(count)</button>"
///     }
/// }
/// ```
///
/// Its parent places it by interpolation, with what it gives: `\(Counter(id: 1, label: "Apples"))`. The first time it
/// mounts; later on the value that lives on is updated from the one that is given.
public protocol LiveComponent: Identifiable, SendableMetatype {
    /// What it gets from timers, topics and async work.
    associatedtype Message: Sendable = Never
    typealias Context = LiveContext
    typealias Event = LiveEvent

    /// Called once, before the first render.
    mutating func mount(_ context: Context) throws

    /// The parent was rendered: take over what it gives, and keep what is one's own.
    mutating func update(from given: Self)

    /// An event whose `phx-target` is this component.
    mutating func handle(event: Event, _ context: Context) throws

    /// A message from a timer, a topic or async work.
    mutating func handle(info: Message, _ context: Context) throws

    /// One element.
    var body: HTML { get }
}

extension LiveComponent {
    /// Does nothing.
    public mutating func mount(_ context: Context) throws {}
    /// Ends the view: an event must have a handler.
    public mutating func handle(event: Event, _ context: Context) throws { throw UnhandledEvent(event.name) }
    /// Does nothing.
    public mutating func handle(info: Message, _ context: Context) throws {}
}
