internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// Each parser on its own, on any bytes.
enum FuzzParsing {
    static func failure(of bytes: [UInt8]) -> String? {
        let body = bytes.span
        func passes(_ parse: () throws(FormatError) -> Void) {
            do throws(FormatError) { try parse() } catch { _ = "\(error)" }
        }
        passes { () throws(FormatError) in _ = try MCAPHeader(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPFooter(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPSchema(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPChannel(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPMessageIndex(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPChunk(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPChunkIndex(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPAttachment(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPAttachmentIndex(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPStatistics(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPMetadataIndex(body: body, offset: 0) }
        passes { () throws(FormatError) in _ = try MCAPSummaryOffset(body: body, offset: 0) }
        passes { () throws(FormatError) in
            let metadata = try MCAPMetadata(body: body, offset: 0)
            _ = try JournalPreamble(metadata, offset: 0)
        }
        passes { () throws(FormatError) in
            let index = try ConnectionIndex(data: body, chunkCount: 1000, offset: 0)
            _ = index[1]
        }
        var search = RecordSearch(recordByteLimit: 1 << 20, findsChunks: true)
        var position = 0
        while case .found = search.next(body, at: &position, isEnd: true) { position += 1 }
        if let index = try? ConnectionIndex(data: body, chunkCount: 1 << 20, offset: 0) {
            let again = index.encoded()
            guard (try? ConnectionIndex(data: again.span, chunkCount: 1 << 20, offset: 0)) == index else {
                return "an index of connections is another when written and read again"
            }
        }
        return nil
    }

    /// The input as records: of each two bytes for its length, one for its channel, and the fields behind the checksum.
    static func failureOfDecoding(_ input: [UInt8]) -> String? {
        var limits = ConversationLimits()
        limits.messages.messageBytes = 1 << 16
        limits.messages.inflatedBytes = 1 << 20
        limits.bodyBytes = 1 << 16
        limits.earlyBytes = 1 << 12
        limits.connections = 10
        limits.openExchanges = 5
        var decoder = ConversationDecoder(limits: limits)
        var events: [ConversationEvent] = []
        var position = 0
        while position + 3 <= input.count {
            let count = Int(input[position]) | Int(input[position + 1]) << 8
            let end = min(position + 3 + count, input.count)
            let channel = UInt16(input[position + 2] % 8)
            let body = FuzzRepair.message(channel: channel, fields: Array(input[(position + 3)..<end]))
            position = end
            for record in records(of: body) {
                decoder.receive(record, into: &events)
                // Where it can be left it can be gone on from.
                if let checkpoint = decoder.checkpoint(of: record.stamp.connection) {
                    var other = ConversationDecoder(limits: limits)
                    other.resume(from: checkpoint)
                    guard other.checkpoint(of: record.stamp.connection) == checkpoint else {
                        return "a decoder that goes on from a checkpoint has another one"
                    }
                }
                events.removeAll()
            }
        }
        decoder.end(into: &events)
        return nil
    }

    private static func records(of body: [UInt8]) -> [JournalRecord] {
        switch try? StoredRecord(messageBody: body.span, offset: 0) {
        case .record(let record): [record]
        case .run(let run, let frames): (try? OpenRun(run, frames: frames, offset: 0)).map { Array($0) } ?? []
        case nil: []
        }
    }
}
