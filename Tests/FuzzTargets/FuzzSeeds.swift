internal import RecordingFormat
internal import RecordingStore
internal import WebSocketWire

/// Small files and records of every kind.
enum FuzzSeeds {
    /// A connection that opens a compressed socket, and one that opens a plain one.
    static let records: [JournalRecord] = {
        var made: [JournalRecord] = []
        var sequences: [UInt64: UInt64] = [:]
        func stamp(_ connection: UInt64) -> RecordStamp {
            let sequence = sequences[connection, default: 0]
            sequences[connection] = sequence + 1
            let time = UInt64(made.count) * 1_000_000
            return RecordStamp(
                connection: connection, sequence: sequence, wallNanoseconds: 1_790_000_000_000_000_000 + time,
                monotonicNanoseconds: time)
        }
        for connection in [1, 2] as [UInt64] {
            let extensions = connection == 1 ? "permessage-deflate" : ""
            made.append(.socket(SocketRecord(stamp: stamp(connection), kind: .connectionOpened, by: .client)))
            let request = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n"
            let head = HTTPRecord(stamp: stamp(connection), direction: .client, kind: .head, exchange: 1, offset: 0)
            made.append(.http(head, bytes: Array(request.utf8)))
            let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
            let second = HTTPRecord(stamp: stamp(connection), direction: .server, kind: .head, exchange: 1, offset: 0)
            made.append(.http(second, bytes: Array(answer.utf8)))
            var opened = SocketRecord(stamp: stamp(connection), kind: .socketOpened, by: .server)
            opened.extensions = extensions
            opened.isRecorded = true
            made.append(.socket(opened))
        }
        var deflater = Deflater()
        for number in 0..<6 as Range<UInt64> {
            var payload = Array("{\"diff\":\"the same words\",\"n\":\(number)}".utf8)
            var deflated: [UInt8] = []
            _ = deflater.append(message: payload.span, to: &deflated)
            if number == 3 { payload = Array(payload.prefix(9)) }
            made.append(frame(stamp(1), .server, number, [0xC1], deflated))
            made.append(frame(stamp(2), .client, number, [number == 3 ? 0x01 : number == 4 ? 0x80 : 0x81], payload))
        }
        let early = FrameRecord(
            stamp: stamp(2), direction: .client, kind: .raw, offset: 9, number: 0, rawReason: .unansweredUpgrade)
        made.append(.frame(early, payload: [0x81, 0x82]))
        made.append(
            .gap(
                GapRecord(
                    stamp: stamp(2), cause: "disk", fromWallNanoseconds: 1, toWallNanoseconds: 2, records: 1, bytes: 1))
        )
        made.append(.socket(SocketRecord(stamp: stamp(1), kind: .socketClosed, by: .client)))
        made.append(.socket(SocketRecord(stamp: stamp(1), kind: .connectionClosed, by: .client)))
        made.append(.note(NoteRecord(stamp: stamp(0), kind: .runEnded)))
        return made
    }()

    private static func frame(
        _ stamp: RecordStamp, _ direction: Direction, _ number: UInt64, _ first: [UInt8], _ payload: [UInt8]
    ) -> JournalRecord {
        let isMasked = direction == .client
        let head = first + [UInt8(payload.count) | (isMasked ? 0x80 : 0)] + (isMasked ? [1, 2, 3, 4] : [])
        let record = FrameRecord(
            stamp: stamp, direction: direction, offset: number * 50, number: number,
            head: WireHead(bytes: head.span) ?? WireHead())
        return .frame(record, payload: isMasked ? payload.enumerated().map { $1 ^ UInt8($0 % 4 + 1) } : payload)
    }

    private static let checkpoints: [JournalRecord] = {
        var decoder = ConversationDecoder()
        var events: [ConversationEvent] = []
        for record in records[..<12] { decoder.receive(record, into: &events) }
        return [1, 2].compactMap { decoder.checkpoint(of: $0) }.map { .checkpoint($0) }
    }()

    /// Without schemas and channels, which a reader does not need.
    private static let beginning =
        MCAP.magic + MCAPHeader(profile: "livetape", library: "").encoded()
        + JournalPreamble(runID: "k3f9x2", fileNumber: 1).metadata.encoded()

    static var journals: [[UInt8]] {
        [journal(of: records), beginning + records.flatMap { $0.encoded() }]
    }

    /// A journal that ends with these.
    static func journal(of records: [JournalRecord]) -> [UInt8] {
        beginning + records.flatMap { $0.encoded() } + MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic
    }

    /// Not compressed, so that what is in the chunks can be changed too.
    static var sealedFiles: [[UInt8]] {
        [sealed([Array(records[..<12]), checkpoints, Array(records[12...])]), sealed([records])]
    }

    private static func sealed(_ chunks: [[JournalRecord]]) -> [UInt8] {
        var bytes = beginning
        var index = ConnectionIndex()
        var connections: [UInt64: ConnectionIndex.Connection] = [:]
        var indexes: [MCAPChunkIndex] = []
        for (number, records) in chunks.enumerated() {
            var content: [UInt8] = []
            var entries: [UInt16: [MCAPMessageIndex.Entry]] = [:]
            for record in records {
                let stamp = record.stamp
                var connection = connections[stamp.connection] ?? .init(number: stamp.connection)
                if case .checkpoint = record {
                    connection.checkpoints.append(
                        .init(
                            chunk: UInt32(number), offset: UInt32(content.count), sequence: stamp.sequence,
                            wallNanoseconds: stamp.wallNanoseconds))
                } else if connection.chunks.last != UInt32(number) {
                    connection.chunks.append(UInt32(number))
                }
                connections[stamp.connection] = connection
                entries[record.channel.rawValue, default: []].append(
                    .init(time: stamp.wallNanoseconds, offset: UInt64(content.count)))
                content += record.encoded()
            }
            let times = records.map(\.stamp.wallNanoseconds)
            let (start, end) = (times.min() ?? 0, times.max() ?? 0)
            let chunk =
                MCAPChunk.encodedHead(
                    messageStartTime: start, messageEndTime: end, uncompressedByteCount: UInt64(content.count),
                    uncompressedCRC: CRC32(of: content.span).value, compression: "",
                    compressedByteCount: UInt64(content.count)) + content
            let messageIndexes = entries.sorted { $0.key < $1.key }.map {
                MCAPMessageIndex(channelID: $0.key, entries: $0.value)
            }
            indexes.append(
                MCAPChunkIndex(
                    messageStartTime: start, messageEndTime: end, chunkStartOffset: UInt64(bytes.count),
                    chunkByteCount: UInt64(chunk.count), messageIndexOffsets: [:],
                    messageIndexByteCount: UInt64(messageIndexes.reduce(0) { $0 + $1.byteCount }), compression: "",
                    compressedByteCount: UInt64(content.count), uncompressedByteCount: UInt64(content.count)))
            bytes += chunk + messageIndexes.flatMap { $0.encoded() }
        }
        index.connections = connections.values.sorted { $0.number < $1.number }
        index.chunksChecksum = ConnectionIndex.checksum(of: indexes)
        let attachment = MCAPAttachment(
            logTime: 0, createTime: 0, name: ConnectionIndex.name, mediaType: ConnectionIndex.mediaType,
            data: index.encoded())
        let place = MCAPAttachmentIndex(
            attachment, offset: UInt64(bytes.count), byteCount: UInt64(attachment.byteCount))
        bytes += attachment.encoded() + MCAPDataEnd().encoded()
        var statistics = MCAPStatistics()
        statistics.chunkCount = UInt32(indexes.count)
        let footer = MCAPFooter(summaryStart: UInt64(bytes.count))
        bytes += statistics.encoded() + indexes.flatMap { $0.encoded() } + place.encoded()
        return FuzzRepair.checksums(in: bytes + footer.encoded() + MCAP.magic)
    }

    /// The bodies of records of every kind.
    static var pieces: [[UInt8]] {
        var pieces: [[UInt8]] = []
        for file in [journals[0], sealedFiles[0]] {
            var reader = MCAPRecordReader()
            var position = 0
            reading: while true {
                switch reader.next(file.span, at: &position) {
                case .needsBytes, .damaged: break reading
                case .magic: continue
                case .record(let opcode, let offset, let body):
                    pieces.append(Array(file[body]))
                    guard opcode == .attachment,
                        let attachment = try? MCAPAttachment(body: file.span.extracting(body), offset: offset)
                    else { continue }
                    pieces.append(attachment.data)
                }
            }
        }
        return pieces
    }

    static var recordLists: [[UInt8]] {
        [records, Array(records[..<12]) + checkpoints + Array(records[12...]), checkpoints + Array(records[12...])].map
        {
            $0.flatMap { record in
                let fields = record.encoded().dropFirst(MCAP.recordHeadByteCount + 27)
                return [UInt8(fields.count & 0xff), UInt8(fields.count >> 8), UInt8(record.channel.rawValue)] + fields
            }
        }
    }
}
