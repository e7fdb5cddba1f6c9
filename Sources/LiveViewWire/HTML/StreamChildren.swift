/// The children of an element with `phx-update="stream"`, which the browser alone keeps: messages only say what comes
/// and goes.
package struct StreamChildren: Hashable, Sendable {
    /// The children in the order of the page.
    package private(set) var elements: [HTMLElement] = []
    /// Which stream an element came by: its ref, by the element's id.
    private var refs: [String: String] = [:]

    package init() {}

    /// Takes what a message rendered within the element, and what it did to the streams of the view.
    ///
    /// An element that is there is updated where it stands. A new one goes to its place, and then the limit holds. A
    /// reset drops what is not rendered again, and brings the rest into the new order.
    package mutating func update(rendered: [HTMLElement], operations: [StreamOperation]) {
        var inserts: [String: (insert: StreamOperation.Insert, operation: StreamOperation)] = [:]
        for operation in operations {
            for insert in operation.inserts { inserts[insert.id] = (insert, operation) }
        }
        for operation in operations {
            if operation.isReset {
                let streamed = refs.filter { $0.value == operation.ref }
                remove { id in streamed[id] != nil && inserts[id] == nil }
            }
            let deletes = Set(operation.deletes)
            remove { id in deletes.contains(id) && inserts[id] == nil }
        }
        let renderedIDs = Set(rendered.compactMap(\.id))
        // What belongs to no stream is there as long as it is rendered.
        elements.removeAll { element in
            element.id.map { refs[$0] == nil && !renderedIDs.contains($0) } ?? true
        }
        for element in rendered {
            guard let id = element.id, let (insert, operation) = inserts[id] else {
                place(element, at: -1, moves: false)
                continue
            }
            let isThere = elements.contains { $0.id == id }
            guard isThere || !insert.updateOnly else { continue }
            refs[id] = operation.ref
            place(element, at: insert.at, moves: operation.isReset)
            if !isThere || operation.isReset { limit(to: insert.limit) }
        }
    }

    private mutating func place(_ element: HTMLElement, at index: Int, moves: Bool) {
        if let place = elements.firstIndex(where: { $0.id == element.id && element.id != nil }) {
            guard moves else {
                elements[place] = element
                return
            }
            elements.remove(at: place)
        }
        if index < 0 || index > elements.count {
            elements.append(element)
        } else {
            elements.insert(element, at: index)
        }
    }

    private mutating func limit(to limit: Int?) {
        guard let limit, limit != 0, limit > Int.min else { return }
        if limit < 0 {
            drop(elements.prefix(max(0, elements.count + limit)))
        } else {
            drop(elements.dropFirst(limit))
        }
    }

    private mutating func drop(_ surplus: ArraySlice<HTMLElement>) {
        let ids = Set(surplus.compactMap(\.id))
        remove { ids.contains($0) }
    }

    private mutating func remove(where isGone: (String) -> Bool) {
        let gone = Set(elements.compactMap(\.id).filter(isGone))
        elements.removeAll { $0.id.map(gone.contains) ?? false }
        for id in gone { refs[id] = nil }
    }
}
