// The records of a chunked file's summary section (MCAP specification, "Records").

/// Where a chunk is, and what is in it.
package struct MCAPChunkIndex: Hashable, Sendable {
    package var messageStartTime: UInt64
    package var messageEndTime: UInt64
    /// Where in the file the Chunk record begins.
    package var chunkStartOffset: UInt64
    /// Bytes of the Chunk record, opcode and length included.
    package var chunkByteCount: UInt64
    /// Where the chunk's Message Index records begin, by channel.
    package var messageIndexOffsets: [UInt16: UInt64]
    /// Bytes of all of the chunk's Message Index records.
    package var messageIndexByteCount: UInt64
    package var compression: String
    /// Bytes of the records in the chunk, and when they are not compressed.
    package var compressedByteCount: UInt64
    package var uncompressedByteCount: UInt64

    package init(
        messageStartTime: UInt64, messageEndTime: UInt64, chunkStartOffset: UInt64, chunkByteCount: UInt64,
        messageIndexOffsets: [UInt16: UInt64], messageIndexByteCount: UInt64, compression: String,
        compressedByteCount: UInt64, uncompressedByteCount: UInt64
    ) {
        self.messageStartTime = messageStartTime
        self.messageEndTime = messageEndTime
        self.chunkStartOffset = chunkStartOffset
        self.chunkByteCount = chunkByteCount
        self.messageIndexOffsets = messageIndexOffsets
        self.messageIndexByteCount = messageIndexByteCount
        self.compression = compression
        self.compressedByteCount = compressedByteCount
        self.uncompressedByteCount = uncompressedByteCount
    }

    /// - Parameter offset: where in the file the record begins, for the error; likewise below.
    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.chunkIndex, offset: offset)
        messageStartTime = try reader.integer(body, "message_start_time")
        messageEndTime = try reader.integer(body, "message_end_time")
        chunkStartOffset = try reader.integer(body, "chunk_start_offset")
        chunkByteCount = try reader.integer(body, "chunk_length")
        messageIndexOffsets = try reader.numbers(body, "message_index_offsets")
        messageIndexByteCount = try reader.integer(body, "message_index_length")
        compression = try reader.string(body, "compression")
        compressedByteCount = try reader.integer(body, "compressed_size")
        uncompressedByteCount = try reader.integer(body, "uncompressed_size")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.chunkIndex)
        writer.integer(messageStartTime)
        writer.integer(messageEndTime)
        writer.integer(chunkStartOffset)
        writer.integer(chunkByteCount)
        writer.numbers(messageIndexOffsets)
        writer.integer(messageIndexByteCount)
        writer.string(compression)
        writer.integer(compressedByteCount)
        writer.integer(uncompressedByteCount)
        return writer.finished()
    }
}

/// Where an attachment is.
package struct MCAPAttachmentIndex: Hashable, Sendable {
    /// Where in the file the Attachment record begins.
    package var offset: UInt64
    /// Bytes of the record, opcode and length included.
    package var byteCount: UInt64
    package var logTime: UInt64
    package var createTime: UInt64
    package var dataByteCount: UInt64
    package var name: String
    package var mediaType: String

    package init(_ attachment: MCAPAttachment, offset: UInt64, byteCount: UInt64) {
        self.offset = offset
        self.byteCount = byteCount
        logTime = attachment.logTime
        createTime = attachment.createTime
        dataByteCount = UInt64(attachment.data.count)
        name = attachment.name
        mediaType = attachment.mediaType
    }

    package init(body: Span<UInt8>, offset recordOffset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.attachmentIndex, offset: recordOffset)
        offset = try reader.integer(body, "offset")
        byteCount = try reader.integer(body, "length")
        logTime = try reader.integer(body, "log_time")
        createTime = try reader.integer(body, "create_time")
        dataByteCount = try reader.integer(body, "data_size")
        name = try reader.string(body, "name")
        mediaType = try reader.string(body, "media_type")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.attachmentIndex)
        writer.integer(offset)
        writer.integer(byteCount)
        writer.integer(logTime)
        writer.integer(createTime)
        writer.integer(dataByteCount)
        writer.string(name)
        writer.string(mediaType)
        return writer.finished()
    }
}

/// Where a Metadata record is.
package struct MCAPMetadataIndex: Hashable, Sendable {
    package var offset: UInt64
    /// Bytes of the record, opcode and length included.
    package var byteCount: UInt64
    package var name: String

    package init(offset: UInt64, byteCount: UInt64, name: String) {
        self.offset = offset
        self.byteCount = byteCount
        self.name = name
    }

    package init(body: Span<UInt8>, offset recordOffset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.metadataIndex, offset: recordOffset)
        offset = try reader.integer(body, "offset")
        byteCount = try reader.integer(body, "length")
        name = try reader.string(body, "name")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.metadataIndex)
        writer.integer(offset)
        writer.integer(byteCount)
        writer.string(name)
        return writer.finished()
    }
}

/// How much of everything is in the file.
package struct MCAPStatistics: Hashable, Sendable {
    package var messageCount: UInt64 = 0
    package var schemaCount: UInt16 = 0
    package var channelCount: UInt32 = 0
    package var attachmentCount: UInt32 = 0
    package var metadataCount: UInt32 = 0
    package var chunkCount: UInt32 = 0
    /// The earliest and the latest log_time; 0 without messages.
    package var messageStartTime: UInt64 = 0
    package var messageEndTime: UInt64 = 0
    package var channelMessageCounts: [UInt16: UInt64] = [:]

    package init() {}

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.statistics, offset: offset)
        messageCount = try reader.integer(body, "message_count")
        schemaCount = try reader.integer(body, "schema_count")
        channelCount = try reader.integer(body, "channel_count")
        attachmentCount = try reader.integer(body, "attachment_count")
        metadataCount = try reader.integer(body, "metadata_count")
        chunkCount = try reader.integer(body, "chunk_count")
        messageStartTime = try reader.integer(body, "message_start_time")
        messageEndTime = try reader.integer(body, "message_end_time")
        channelMessageCounts = try reader.numbers(body, "channel_message_counts")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.statistics)
        writer.integer(messageCount)
        writer.integer(schemaCount)
        writer.integer(channelCount)
        writer.integer(attachmentCount)
        writer.integer(metadataCount)
        writer.integer(chunkCount)
        writer.integer(messageStartTime)
        writer.integer(messageEndTime)
        writer.numbers(channelMessageCounts)
        return writer.finished()
    }
}

/// Where in the summary the records of one kind are.
package struct MCAPSummaryOffset: Hashable, Sendable {
    package var groupOpcode: UInt8
    package var groupStart: UInt64
    package var groupByteCount: UInt64

    package init(groupOpcode: UInt8, groupStart: UInt64, groupByteCount: UInt64) {
        self.groupOpcode = groupOpcode
        self.groupStart = groupStart
        self.groupByteCount = groupByteCount
    }

    package init(body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        var reader = MCAPFieldReader(.summaryOffset, offset: offset)
        groupOpcode = try reader.integer(body, "group_opcode")
        groupStart = try reader.integer(body, "group_start")
        groupByteCount = try reader.integer(body, "group_length")
    }

    package func encoded() -> [UInt8] {
        var writer = MCAPFieldWriter(.summaryOffset)
        writer.integer(groupOpcode)
        writer.integer(groupStart)
        writer.integer(groupByteCount)
        return writer.finished()
    }
}
