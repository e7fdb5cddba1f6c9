// The records of an un-chunked file (MCAP specification, "Records"). Fields that a later MCAP puts at a record's end are
// passed over, as the specification asks, but for Footer and Message, which have none by its word.

/// The first record of a file.
package struct MCAPHeader: Hashable, Sendable {
    package var profile: String
    package var library: String

    package init(profile: String, library: String) {
        self.profile = profile
        self.library = library
    }

    /// - Parameter offset: where in the file the record begins, for the error; likewise below.
    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.header, offset: offset)
        profile = try reader.string(body, "profile")
        library = try reader.string(body, "library")
    }

    /// The whole record with its opcode and length; likewise below.
    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.header)
        writer.string(profile)
        writer.string(library)
        return writer.finished()
    }
}

/// The last record of a file; the magic follows.
package struct MCAPFooter: Hashable, Sendable {
    /// Where the summary section begins; 0 without one, as in a journal.
    package var summaryStart: UInt64
    package var summaryOffsetStart: UInt64
    /// CRC32 of the summary section and of the footer up to here; 0: not available.
    package var summaryCRC: UInt32

    package init(summaryStart: UInt64 = 0, summaryOffsetStart: UInt64 = 0, summaryCRC: UInt32 = 0) {
        self.summaryStart = summaryStart
        self.summaryOffsetStart = summaryOffsetStart
        self.summaryCRC = summaryCRC
    }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.footer, offset: offset)
        summaryStart = try reader.integer(body, "summary_start")
        summaryOffsetStart = try reader.integer(body, "summary_offset_start")
        summaryCRC = try reader.integer(body, "summary_crc")
        guard reader.position == body.count else { throw reader.error("body", "20 bytes", "\(body.count)") }
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.footer)
        writer.integer(summaryStart)
        writer.integer(summaryOffsetStart)
        writer.integer(summaryCRC)
        return writer.finished()
    }
}

/// What the messages of a channel look like.
package struct MCAPSchema: Hashable, Sendable {
    /// Not 0.
    package var id: UInt16
    package var name: String
    package var encoding: String
    package var data: [UInt8]

    package init(id: UInt16, name: String, encoding: String, data: [UInt8]) {
        self.id = id
        self.name = name
        self.encoding = encoding
        self.data = data
    }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.schema, offset: offset)
        id = try reader.integer(body, "id")
        name = try reader.string(body, "name")
        encoding = try reader.string(body, "encoding")
        data = try reader.prefixed(body, "data")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.schema)
        writer.integer(id)
        writer.string(name)
        writer.string(encoding)
        writer.prefixed(data)
        return writer.finished()
    }
}

/// One stream of messages of one schema.
package struct MCAPChannel: Hashable, Sendable {
    package var id: UInt16
    /// 0: no schema.
    package var schemaID: UInt16
    package var topic: String
    package var messageEncoding: String
    package var metadata: [String: String]

    package init(
        id: UInt16, schemaID: UInt16, topic: String, messageEncoding: String, metadata: [String: String] = [:]
    ) {
        self.id = id
        self.schemaID = schemaID
        self.topic = topic
        self.messageEncoding = messageEncoding
        self.metadata = metadata
    }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.channel, offset: offset)
        id = try reader.integer(body, "id")
        schemaID = try reader.integer(body, "schema_id")
        topic = try reader.string(body, "topic")
        messageEncoding = try reader.string(body, "message_encoding")
        metadata = try reader.map(body, "metadata")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.channel)
        writer.integer(id)
        writer.integer(schemaID)
        writer.string(topic)
        writer.string(messageEncoding)
        writer.map(metadata)
        return writer.finished()
    }
}

/// Named facts about the file.
package struct MCAPMetadata: Hashable, Sendable {
    package var name: String
    package var metadata: [String: String]

    package init(name: String, metadata: [String: String]) {
        self.name = name
        self.metadata = metadata
    }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.metadata, offset: offset)
        name = try reader.string(body, "name")
        metadata = try reader.map(body, "metadata")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.metadata)
        writer.string(name)
        writer.map(metadata)
        return writer.finished()
    }
}

/// The last record of the data section.
package struct MCAPDataEnd: Hashable, Sendable {
    /// CRC32 of the file up to this record; 0: not available, as in a journal, whose messages have their own.
    package var dataSectionCRC: UInt32

    package init(dataSectionCRC: UInt32 = 0) { self.dataSectionCRC = dataSectionCRC }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.dataEnd, offset: offset)
        dataSectionCRC = try reader.integer(body, "data_section_crc")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.dataEnd)
        writer.integer(dataSectionCRC)
        return writer.finished()
    }
}
