// The records of a chunked file's data section (MCAP specification, "Records").

/// Messages in one compressed piece; as it stands in the file, without its `records` inflated.
package struct MCAPChunk: Hashable, Sendable {
    /// The times of the first and the last message by time, in nanoseconds since 1970.
    package var messageStartTime: UInt64
    package var messageEndTime: UInt64
    /// Bytes of the records when they are not compressed.
    package var uncompressedByteCount: UInt64
    /// CRC32 of the records when they are not compressed; 0: not available.
    package var uncompressedCRC: UInt32
    /// "zstd", "lz4" or empty for none.
    package var compression: String
    /// Where in the record's body the compressed records are.
    package var records: Range<Int>

    /// - Parameters:
    ///   - body: the record's body; of a torn one, as much as there is of it.
    ///   - offset: where in the file the record begins, for the error; likewise below.
    ///   - statedByteCount: how long the body says to be, if that is more than there is.
    package init(body: Span<UInt8>, offset: UInt64, statedByteCount: UInt64? = nil) throws(FormatError) {
        var reader = MCAPFieldReader(.chunk, offset: offset)
        messageStartTime = try reader.integer(body, "message_start_time")
        messageEndTime = try reader.integer(body, "message_end_time")
        uncompressedByteCount = try reader.integer(body, "uncompressed_size")
        uncompressedCRC = try reader.integer(body, "uncompressed_crc")
        compression = try reader.string(body, "compression")
        let count: UInt64 = try reader.integer(body, "records")
        let stated = statedByteCount ?? UInt64(body.count)
        guard count == stated &- UInt64(reader.position) else {
            throw reader.error(
                "records", "\(stated &- UInt64(reader.position)) bytes, to the record's end", "\(count)")
        }
        records = reader.position..<body.count
    }

    /// Whether it is compressed in a way that MCAP names, if at all; "lz4" is one that we cannot inflate.
    package var hasKnownCompression: Bool { ["", "lz4", "zstd"].contains(compression) }

    /// The record's opcode, length and body up to the compressed records, which must follow.
    package static func encodedHead(
        messageStartTime: UInt64, messageEndTime: UInt64, uncompressedByteCount: UInt64, uncompressedCRC: UInt32,
        compression: String, compressedByteCount: UInt64
    ) -> [UInt8] {
        var writer = MCAPFieldWriter(.chunk)
        writer.integer(messageStartTime)
        writer.integer(messageEndTime)
        writer.integer(uncompressedByteCount)
        writer.integer(uncompressedCRC)
        writer.string(compression)
        writer.integer(compressedByteCount)
        return writer.finished(before: compressedByteCount)
    }
}

/// Where the messages of one channel are in the chunk before.
package struct MCAPMessageIndex: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// The message's log_time.
        package var time: UInt64
        /// Where its record begins in the chunk's uncompressed records.
        package var offset: UInt64

        package init(time: UInt64, offset: UInt64) {
            self.time = time
            self.offset = offset
        }
    }

    package var channelID: UInt16
    package var entries: [Entry]

    package init(channelID: UInt16, entries: [Entry]) {
        self.channelID = channelID
        self.entries = entries
    }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.messageIndex, offset: offset)
        channelID = try reader.integer(body, "channel_id")
        let count: UInt32 = try reader.integer(body, "records")
        guard count % 16 == 0, UInt64(count) == UInt64(body.count - reader.position) else {
            throw reader.error("records", "\(body.count - reader.position) bytes in pairs of 16", "\(count)")
        }
        entries = []
        entries.reserveCapacity(Int(count / 16))
        while reader.position < body.count {
            let time: UInt64 = try reader.integer(body, "time")
            entries.append(Entry(time: time, offset: try reader.integer(body, "offset")))
        }
    }

    /// Bytes of the record, opcode and length included.
    package var byteCount: Int { MCAP.recordHeadByteCount + 6 + 16 * entries.count }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.messageIndex)
        writer.integer(channelID)
        writer.integer(UInt32(entries.count * 16))
        for entry in entries {
            writer.integer(entry.time)
            writer.integer(entry.offset)
        }
        return writer.finished()
    }
}

/// A named file within the file.
package struct MCAPAttachment: Hashable, Sendable {
    package var logTime: UInt64
    package var createTime: UInt64
    package var name: String
    package var mediaType: String
    package var data: [UInt8]

    package init(logTime: UInt64, createTime: UInt64, name: String, mediaType: String, data: [UInt8]) {
        self.logTime = logTime
        self.createTime = createTime
        self.name = name
        self.mediaType = mediaType
        self.data = data
    }

    /// Checks the record's checksum too, unless it says that there is none.
    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.attachment, offset: offset)
        logTime = try reader.integer(body, "log_time")
        createTime = try reader.integer(body, "create_time")
        name = try reader.string(body, "name")
        mediaType = try reader.string(body, "media_type")
        data = try reader.longPrefixed(body, "data")
        let covered = reader.position
        let stated: UInt32 = try reader.integer(body, "crc")
        let actual = CRC32(of: body.extracting(0..<covered)).value
        guard stated == 0 || stated == actual else {
            throw reader.error("crc", "\(actual), the CRC32 of what is before it", "\(stated)")
        }
    }

    /// Bytes of the record, opcode and length included.
    package var byteCount: Int { MCAP.recordHeadByteCount + 36 + name.utf8.count + mediaType.utf8.count + data.count }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.attachment)
        writer.integer(logTime)
        writer.integer(createTime)
        writer.string(name)
        writer.string(mediaType)
        writer.integer(UInt64(data.count))
        writer.raw(data)
        let written = writer.bytes
        writer.integer(CRC32(of: written.span.extracting(MCAP.recordHeadByteCount..<written.count)).value)
        return writer.finished()
    }
}
