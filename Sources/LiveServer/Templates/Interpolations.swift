import LiveViewWire

/// What can be put into HTML.
extension HTML.StringInterpolation {
    /// Text, escaped.
    public mutating func appendInterpolation(_ text: String) { append(utf8: HTMLEscaping.escaped(text)) }

    /// Text, escaped.
    public mutating func appendInterpolation(_ text: Substring) { appendInterpolation(String(text)) }

    /// A number.
    public mutating func appendInterpolation(_ number: some BinaryInteger) {
        append(utf8: Array(String(number).utf8))
    }

    /// What a value says of itself, escaped.
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
        appendInterpolation(value.description)
    }

    /// Text that is HTML already, from a source that is trusted: nothing is escaped.
    public mutating func appendInterpolation(raw html: String) { append(utf8: Array(html.utf8)) }

    /// Another piece of HTML.
    public mutating func appendInterpolation(_ html: HTML) {
        guard html.later.isEmpty else { return append(later: .html(html)) }
        guard !html.isEmpty else { return append(utf8: []) }
        append(.template(html.template))
    }

    /// Another piece of HTML, if there is one.
    public mutating func appendInterpolation(_ html: HTML?) { appendInterpolation(html ?? .empty) }

    // MARK: - Branches

    /// The HTML, if the condition holds: `\(if: isOn, "<b>on</b>")`.
    public mutating func appendInterpolation(if condition: Bool, _ html: @autoclosure () throws -> HTML) rethrows {
        appendInterpolation(condition ? try html() : .empty)
    }

    /// One of two: `\(if: isOn, "<b>on</b>", else: "<i>off</i>")`.
    public mutating func appendInterpolation(
        if condition: Bool, _ html: @autoclosure () throws -> HTML, else other: @autoclosure () throws -> HTML
    ) rethrows {
        appendInterpolation(condition ? try html() : try other())
    }

    /// The HTML made of a value, if there is one: `\(with: user, { "<b>\($0.name)</b>" })`.
    public mutating func appendInterpolation<Value>(
        with value: Value?, _ html: (Value) throws -> HTML
    ) rethrows {
        appendInterpolation(try value.map(html) ?? .empty)
    }

    /// The HTML made of a value, or other HTML if there is none.
    public mutating func appendInterpolation<Value>(
        with value: Value?, _ html: (Value) throws -> HTML, else other: @autoclosure () throws -> HTML
    ) rethrows {
        appendInterpolation(try value.map(html) ?? other())
    }

    // MARK: - Attributes

    /// A whole attribute with the blank before it: `<input\(attribute: "value", name)>`. Nothing, if there is no value.
    public mutating func appendInterpolation(attribute name: StaticString, _ value: String?) {
        guard let value else { return append(utf8: []) }
        append(utf8: Array(" \(name)=\"".utf8) + HTMLEscaping.escaped(value) + [UInt8(ascii: "\"")])
    }

    /// A bare attribute such as `disabled`, with the blank before it, if the condition holds.
    public mutating func appendInterpolation(attribute name: StaticString, if condition: Bool) {
        append(utf8: condition ? Array(" \(name)".utf8) : [])
    }

    /// The attributes of a link that changes the URL of this view: `<a \(patch: "/items?page=2")>`.
    /// - Parameter replacing: whether the browser's history forgets where it was.
    public mutating func appendInterpolation(patch path: String, replacing: Bool = false) {
        append(link: path, "patch", replacing)
    }

    /// The attributes of a link to another view, over the same socket: `<a \(navigate: "/item/7")>`.
    /// - Parameter replacing: whether the browser's history forgets where it was.
    public mutating func appendInterpolation(navigate path: String, replacing: Bool = false) {
        append(link: path, "redirect", replacing)
    }

    private mutating func append(link path: String, _ kind: String, _ replaces: Bool) {
        let state = Navigation.kind(replaces: replaces)
        append(
            utf8: Array("href=\"".utf8) + HTMLEscaping.escaped(path)
                + Array("\" data-phx-link=\"\(kind)\" data-phx-link-state=\"\(state)\"".utf8))
    }

    // MARK: - Lists

    /// HTML for each element. Without a key, an element is known by its place: one that is put in front changes all.
    public mutating func appendInterpolation<Elements: Sequence>(
        for elements: Elements, _ row: (Elements.Element) throws -> HTML
    ) rethrows {
        append(rows: try elements.map { (nil, try row($0)) })
    }

    /// HTML for each element, known by its key: what moves is not sent again.
    public mutating func appendInterpolation<Elements: Sequence, Key: Hashable>(
        for elements: Elements, key: (Elements.Element) throws -> Key, _ row: (Elements.Element) throws -> HTML
    ) rethrows {
        append(rows: try elements.map { (try Self.hash(key($0)), try row($0)) })
    }

    /// HTML for each element of a stream: those inserted since the last render.
    ///
    /// The row must be one element with the `id` that is handed in; the container has an `id` and
    /// `phx-update="stream"`.
    public mutating func appendInterpolation<Element>(
        stream: LiveStream<Element>, _ row: (_ id: String, Element) throws -> HTML
    ) rethrows {
        let rows = try stream.pending.map { (key: UInt64?.none, html: try row($0.id, $0.element)) }
        append(later: .stream(HTMLRows(rows), stream.box))
    }

    private mutating func append(rows: [(key: UInt64?, html: HTML)]) {
        let rows = HTMLRows(rows)
        if rows.hasLater {
            append(later: .rows(rows))
        } else {
            append(.list(Render.List(rows.statics, rows.entries)))
        }
    }

    /// A key's hash; the seed of the process is in it, so that nobody can choose keys that collide.
    private static func hash(_ key: some Hashable) -> UInt64 {
        var hasher = Hasher()
        key.hash(into: &hasher)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    // MARK: - What the view fills in

    /// A live component, with what its parent gives it now.
    public mutating func appendInterpolation(_ component: some LiveComponent) {
        append(later: .component(component))
    }

    /// What only the view knows: `phx-target="\(.myself)"`.
    public mutating func appendInterpolation(_ value: ViewValue) { append(later: .value(value)) }

    /// The flash message of that kind, as text; nothing if there is none.
    public mutating func appendInterpolation(flash kind: FlashKind) {
        append(later: .flash(kind, { "\($0)" }))
    }

    /// HTML made of the flash message of that kind, if there is one.
    public mutating func appendInterpolation(flash kind: FlashKind, _ html: @escaping (String) -> HTML) {
        append(later: .flash(kind, html))
    }

    /// A view within this one, with a life of its own: it mounts, handles its events and crashes by itself.
    /// - Parameters:
    ///   - view: what it begins as.
    ///   - id: unique on the page.
    ///   - session: what its ``LiveContext/session`` has beyond what the cookie holds: an object. It is signed into the
    ///     page as it is when the view is placed, and is sent back with each join of it. Ids belong there: what is
    ///     large costs bytes each time, and who has the page can read it.
    public mutating func appendInterpolation<View: LiveView>(view: View, id: String, session: JSON = [:]) {
        append(later: .view(NestedView(id: id, session: session) { ViewRunner(view, $0) }))
    }

    /// A view that stays while the page around it navigates. Its name is one that the routes know:
    /// `routes.sticky("player", Player())`. What it is to know of this page is in its session.
    public mutating func appendInterpolation(sticky name: String, id: String, session: JSON = [:]) {
        append(later: .sticky(name: name, id: id, session: session))
    }

    /// A picture of a file that was chosen, before it is sent.
    public mutating func appendInterpolation(preview entry: LiveUpload.Entry, of upload: LiveUpload) {
        appendInterpolation(
            """
            <img id="phx-preview-\(entry.id)" data-phx-upload-ref="\(upload.ref)" data-phx-entry-ref="\(entry.id)" \
            data-phx-hook="Phoenix.LiveImgPreview" data-phx-update="ignore">
            """ as HTML)
    }

    /// The file input of an upload.
    /// - Parameter attributes: more attributes, as they are to stand in the tag.
    public mutating func appendInterpolation(fileInput upload: LiveUpload, attributes: StaticString = "") {
        append(later: .fileInput(upload, attributes))
    }
}
