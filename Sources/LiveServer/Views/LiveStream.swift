import LiveViewWire

/// A list that the server forgets once it is sent: the browser keeps it. For long lists, logs, chats.
///
/// ```swift
/// var messages = LiveStream<Message>("messages")
/// // in a handler
/// messages.insert(message, limit: -100)
/// // in the body
/// """
/// <ul id="messages" phx-update="stream">
///   \(stream: messages, { id, message in "<li id=\"\(id)\">\(message.text)</li>" })
/// </ul>
/// """
/// ```
///
/// It is a handle: copies of it are the same stream.
public struct LiveStream<Element> {
    struct Pending {
        let id: String
        let element: Element
    }

    private let id: (Element) -> String
    private let contents = Contents()

    /// The elements that wait for the next render.
    private final class Contents: StreamBox {
        var pending: [Pending] = []

        override func forget() {
            super.forget()
            pending = []
        }
    }

    /// - Parameter id: an element's id in the page: unique there.
    public init(id: @escaping (Element) -> String) { self.id = id }

    var pending: [Pending] { contents.pending }
    var box: StreamBox { contents }

    /// Inserts elements, or updates those that are there where they stand.
    /// - Parameters:
    ///   - at: -1 for the end, 0 for the beginning, else the index.
    ///   - limit: how many stay: the first so many, or if negative the last so many.
    ///   - updateOnly: whether an element that the page does not have stays away.
    public func insert(_ element: Element, at: Int = -1, limit: Int? = nil, updateOnly: Bool = false) {
        let id = id(element)
        contents.pending.removeAll { $0.id == id }
        contents.pending.append(Pending(id: id, element: element))
        contents.insert(StreamOperation.Insert(id, at: at, limit: limit, updateOnly: updateOnly))
    }

    /// Inserts elements one after the other.
    public func insert(contentsOf elements: some Sequence<Element>, at: Int = -1, limit: Int? = nil) {
        for element in elements { insert(element, at: at, limit: limit) }
    }

    /// Takes an element out of the page.
    public func delete(_ element: Element) { delete(id: id(element)) }

    /// - Parameter id: the element's id in the page.
    public func delete(id: String) {
        contents.pending.removeAll { $0.id == id }
        contents.delete(id)
    }

    /// Puts these elements in place of all there are.
    public func reset(to elements: some Sequence<Element>, limit: Int? = nil) {
        contents.pending = []
        contents.reset()
        insert(contentsOf: elements, limit: limit)
    }

    /// Drops all elements.
    public func reset() { reset(to: []) }
}

extension LiveStream where Element: Identifiable {
    /// The ids in the page are the prefix, a hyphen and the element's id.
    public init(_ prefix: String) { self.init { "\(prefix)-\($0.id)" } }
}

/// What waits to be done to one stream, whatever its elements are.
class StreamBox {
    /// The stream's name on the wire; empty till it is rendered for the first time.
    var ref = ""
    /// The template of its elements, once there was one.
    var statics: Statics?
    private var inserts: [StreamOperation.Insert] = []
    private var deletes: [String] = []
    private var isReset = false

    /// The newest insert is first on the wire.
    var operation: StreamOperation {
        StreamOperation(ref: ref, inserts: inserts.reversed(), deletes: deletes, isReset: isReset)
    }

    final func insert(_ insert: StreamOperation.Insert) {
        inserts.removeAll { $0.id == insert.id }
        inserts.append(insert)
    }

    final func delete(_ id: String) {
        inserts.removeAll { $0.id == id }
        deletes.append(id)
    }

    final func reset() {
        inserts = []
        deletes = []
        isReset = true
    }

    /// All of it was sent.
    func forget() {
        inserts = []
        deletes = []
        isReset = false
    }
}
