/// What a message does to one stream: a list whose entries the browser keeps, and neither end of the wire does.
package struct StreamOperation: Hashable, Sendable {
    /// The shape that a version of LiveView gives it on the wire.
    package enum Shape: Hashable, Sendable {
        /// 0.18.12 to 0.18.18: `[{id: at}, [delete]]`. It has no ref.
        case map
        /// 0.19.0 to 0.20.3: `[ref, {id: [at, limit]}, [delete], reset?]`.
        case mapWithLimit
        /// 0.20.4 to 1.0: `[ref, [[id, at, limit]], [delete], reset?]`. The newest insert is first since 1.0.2.
        case list
        /// From 1.1 on: `[ref, [[id, at, limit, update_only]], [delete], reset?]`.
        case listWithUpdateOnly
    }

    package struct Insert: Hashable, Sendable {
        /// The entry's DOM id.
        package var id: String
        /// -1 for the end, 0 for the beginning, else the index. It counts for new elements and at a reset.
        package var at: Int
        /// How many children stay: the first so many, or if negative the last so many; nil for all.
        package var limit: Int?
        /// Whether an element that is not there stays away.
        package var updateOnly: Bool

        package init(_ id: String, at: Int = -1, limit: Int? = nil, updateOnly: Bool = false) {
            self.id = id
            self.at = at
            self.limit = limit
            self.updateOnly = updateOnly
        }
    }

    package var shape: Shape
    /// The stream's name in its view; empty where the version has none.
    package var ref: String
    /// In the order of the wire, which is not the order of the entries.
    package var inserts: [Insert]
    /// The DOM ids of what goes.
    package var deletes: [String]
    /// Whether all children that are not inserted again go.
    package var isReset: Bool

    package init(
        shape: Shape = .listWithUpdateOnly, ref: String, inserts: [Insert] = [], deletes: [String] = [],
        isReset: Bool = false
    ) {
        self.shape = shape
        self.ref = ref
        self.inserts = inserts
        self.deletes = deletes
        self.isReset = isReset
    }

    /// Whether it changes nothing.
    package var isEmpty: Bool { inserts.isEmpty && deletes.isEmpty && !isReset }
}

// MARK: - Reading

extension StreamOperation {
    /// Reads the value of the key `stream`, whichever shape it has.
    package init(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONError) {
        self.init(shape: .map, ref: "")
        try reader.beginArray(bytes)
        var hasRef = false
        if try element(of: "a stream", &reader, bytes) == .string {
            ref = try reader.string(bytes).string(bytes)
            hasRef = true
            _ = try element(of: "inserts", &reader, bytes)
        }
        switch try reader.kind(bytes) {
        case .object:
            shape = hasRef ? .mapWithLimit : .map
            try readMap(&reader, bytes)
        case .array, .string, .number, .boolean, .null:
            shape = .list
            try readList(&reader, bytes)
        }
        _ = try element(of: "deletes", &reader, bytes)
        try reader.beginArray(bytes)
        while try reader.nextElement(bytes) { deletes.append(try reader.string(bytes).string(bytes)) }
        if try reader.nextElement(bytes) {
            isReset = try reader.boolean(bytes)
            try reader.skipRestOfArray(bytes)
        }
    }

    private func element(
        of name: String, _ reader: inout JSONReader, _ bytes: Span<UInt8>
    ) throws(JSONError) -> JSONKind {
        guard try reader.nextElement(bytes) else {
            throw JSONError(offset: reader.position - 1, expected: name, actual: "the end of the array")
        }
        return try reader.kind(bytes)
    }

    private mutating func readMap(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONError) {
        try reader.beginObject(bytes)
        while let key = try reader.nextKey(bytes) {
            var insert = Insert(key.string(bytes))
            if try reader.kind(bytes) == .array {
                try reader.beginArray(bytes)
                _ = try element(of: "a place", &reader, bytes)
                insert.at = try reader.integer(bytes)
                if try reader.nextElement(bytes) {
                    insert.limit = try reader.integerOrNull(bytes)
                    try reader.skipRestOfArray(bytes)
                }
            } else {
                insert.at = try reader.integer(bytes)
            }
            inserts.append(insert)
        }
    }

    private mutating func readList(_ reader: inout JSONReader, _ bytes: Span<UInt8>) throws(JSONError) {
        try reader.beginArray(bytes)
        while try reader.nextElement(bytes) {
            try reader.beginArray(bytes)
            _ = try element(of: "an id", &reader, bytes)
            var insert = Insert(try reader.string(bytes).string(bytes))
            _ = try element(of: "a place", &reader, bytes)
            insert.at = try reader.integer(bytes)
            if try reader.nextElement(bytes) {
                insert.limit = try reader.integerOrNull(bytes)
                if try reader.nextElement(bytes) {
                    shape = .listWithUpdateOnly
                    insert.updateOnly = try reader.booleanOrNull(bytes) ?? false
                    try reader.skipRestOfArray(bytes)
                }
            }
            inserts.append(insert)
        }
    }
}

extension JSONReader {
    fileprivate mutating func integerOrNull(_ bytes: Span<UInt8>) throws(JSONError) -> Int? {
        guard try kind(bytes) != .null else {
            try skip(bytes)
            return nil
        }
        return try integer(bytes)
    }

    fileprivate mutating func booleanOrNull(_ bytes: Span<UInt8>) throws(JSONError) -> Bool? {
        guard try kind(bytes) != .null else {
            try skip(bytes)
            return nil
        }
        return try boolean(bytes)
    }
}

// MARK: - Writing

extension JSONWriter {
    /// Writes a stream's operation in its shape.
    mutating func stream(_ operation: StreamOperation) {
        beginArray()
        switch operation.shape {
        case .map:
            beginObject()
            for insert in operation.inserts {
                key(insert.id)
                integer(insert.at)
            }
            endObject()
        case .mapWithLimit:
            string(operation.ref)
            beginObject()
            for insert in operation.inserts {
                key(insert.id)
                beginArray()
                place(of: insert)
                endArray()
            }
            endObject()
        case .list, .listWithUpdateOnly:
            string(operation.ref)
            beginArray()
            for insert in operation.inserts {
                beginArray()
                string(insert.id)
                place(of: insert)
                if operation.shape == .listWithUpdateOnly { boolean(insert.updateOnly) }
                endArray()
            }
            endArray()
        }
        beginArray()
        for id in operation.deletes { string(id) }
        endArray()
        if operation.isReset { boolean(true) }
        endArray()
    }

    private mutating func place(of insert: StreamOperation.Insert) {
        integer(insert.at)
        if let limit = insert.limit { integer(limit) } else { null() }
    }
}
