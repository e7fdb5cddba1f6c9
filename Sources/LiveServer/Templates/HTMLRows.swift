import LiveViewWire

/// The rows of a list, brought to one template.
struct HTMLRows {
    /// The statics of all rows. Where rows differ in template, each is a template in the one slot of an empty one.
    let statics: Statics
    private(set) var entries: [Render.Entry]
    /// What is to be filled in, by row and slot.
    let later: [(row: Int, slot: Int, content: LaterContent)]

    var hasLater: Bool { !later.isEmpty }

    init(_ rows: [(key: UInt64?, html: HTML)]) {
        guard let first = rows.first else {
            self.init(statics: Self.empty, entries: [], later: [])
            return
        }
        let statics = first.html.template.statics
        guard rows.allSatisfy({ $0.html.template.statics.fingerprint == statics.fingerprint }) else {
            self.init(mixed: rows)
            return
        }
        var later: [(row: Int, slot: Int, content: LaterContent)] = []
        for (index, row) in rows.enumerated() {
            for (slot, content) in row.html.later { later.append((index, slot, content)) }
        }
        self.init(
            statics: statics, entries: rows.map { Render.Entry(key: $0.key, $0.html.template.slots) }, later: later)
    }

    private init(mixed rows: [(key: UInt64?, html: HTML)]) {
        let wrapped: HTML = "\(HTML.nothing)"
        self.init(
            statics: wrapped.template.statics,
            entries: rows.map { Render.Entry(key: $0.key, [.template($0.html.template)]) },
            later: rows.enumerated().compactMap { index, row in
                row.html.later.isEmpty ? nil : (index, 0, .html(row.html))
            })
    }

    private init(
        statics: Statics, entries: [Render.Entry], later: [(row: Int, slot: Int, content: LaterContent)]
    ) {
        self.statics = statics
        self.entries = entries
        self.later = later
    }

    /// The entries with `fill` put where something was left to be filled in.
    consuming func filled(_ fill: (LaterContent) throws -> Render.Slot) rethrows -> [Render.Entry] {
        for (row, slot, content) in later { entries[row].slots[slot] = try fill(content) }
        return entries
    }

    private static let empty: Statics = ["", ""]
}

extension HTML {
    /// An empty text, in a slot of its own.
    fileprivate static var nothing: String { "" }
}
