/// Where in a sealed file the records and checkpoints of each connection are: the data of the attachment ``name``.
///
/// Chunks are counted from 0 in the order of the file, all of them, those of checkpoints included.
package struct ConnectionIndex: Hashable, Sendable {
    /// The attachment's name and media type.
    package static let name = "livetape.connections"
    package static let mediaType = "application/x-protobuf; messageType=livetape.ConnectionIndex"

    package struct Checkpoint: Hashable, Sendable {
        /// The chunk it is in. It covers what the chunks before hold.
        package var chunk: UInt32
        /// Where its record begins in the chunk's uncompressed records.
        package var offset: UInt32
        /// The next record's, as the checkpoint has it.
        package var sequence: UInt64
        /// The time of the connection's newest record before it, in nanoseconds since 1970.
        package var wallNanoseconds: UInt64

        package init(chunk: UInt32, offset: UInt32, sequence: UInt64, wallNanoseconds: UInt64) {
            self.chunk = chunk
            self.offset = offset
            self.sequence = sequence
            self.wallNanoseconds = wallNanoseconds
        }
    }

    package struct Connection: Hashable, Sendable {
        package var number: UInt64
        /// The chunks that hold records of it, rising.
        package var chunks: [UInt32] = []
        /// Rising by chunk.
        package var checkpoints: [Checkpoint] = []
        /// Whether its last record of all is in the file: the connection was closed, and no later file has any.
        package var isClosed = false

        package init(number: UInt64) { self.number = number }
    }

    /// Rising by number.
    package var connections: [Connection] = []
    /// Of where the chunks are that it counts: after another program has put the records into other chunks, the index is
    /// worth nothing, though it is still in the file. See ``checksum(of:)``.
    package var chunksChecksum: UInt32 = 0

    package init() {}

    /// CRC32C of the chunks' places: of each the offset and the length of its record, 8 bytes each.
    package static func checksum(of chunks: [MCAPChunkIndex]) -> UInt32 {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunks.count * 16)
        for chunk in chunks {
            bytes.appendLittleEndian(chunk.chunkStartOffset)
            bytes.appendLittleEndian(chunk.chunkByteCount)
        }
        return CRC32C(of: bytes.span).value
    }

    /// - Returns: nil if the file has no record and no checkpoint of it.
    package subscript(number: UInt64) -> Connection? {
        var (low, high) = (0, connections.count)
        while low < high {
            let middle = (low + high) / 2
            if connections[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < connections.count && connections[low].number == number ? connections[low] : nil
    }
}

// MARK: - To bytes and back

extension ConnectionIndex {
    /// A protobuf message: see the format's page.
    package func encoded() -> [UInt8] {
        var writer = ProtobufWriter()
        for connection in connections {
            var inner = ProtobufWriter()
            inner.uint(1, connection.number)
            var chunks = ProtobufWriter()
            var previous: UInt32 = 0
            for chunk in connection.chunks {
                chunks.varint(UInt64(chunk &- previous))
                previous = chunk
            }
            inner.content(2, chunks.bytes)
            for checkpoint in connection.checkpoints {
                var place = ProtobufWriter()
                place.uint(1, UInt64(checkpoint.chunk))
                place.uint(2, UInt64(checkpoint.offset))
                place.uint(3, checkpoint.sequence)
                place.fixed64(4, checkpoint.wallNanoseconds)
                inner.content(3, place.bytes)
            }
            inner.bool(4, connection.isClosed)
            writer.content(1, inner.bytes)
        }
        writer.fixed32(2, chunksChecksum)
        return writer.bytes
    }

    /// - Parameters:
    ///   - data: the attachment's.
    ///   - chunkCount: how many chunks the file has; others are refused.
    ///   - offset: where in the file the attachment begins, for the error.
    package init(data: Span<UInt8>, chunkCount: Int, offset: UInt64) throws(FormatError) {
        var reader = ProtobufReader(0..<data.count, offset: offset, name: Self.name)
        while let field = try reader.next(data) {
            if field.number == 2 { chunksChecksum = try reader.fixed32(field) }
            guard field.number == 1 else { continue }
            var inner = ProtobufReader(try reader.range(field), offset: offset, name: Self.name)
            let connection = try Self.connection(data, &inner, chunkCount: UInt64(chunkCount), offset: offset)
            guard connections.last.map({ $0.number < connection.number }) ?? true else {
                throw reader.error(at: field.position, "connections in rising order", "\(connection.number)")
            }
            connections.append(connection)
        }
    }

    private static func connection(
        _ data: Span<UInt8>, _ reader: inout ProtobufReader, chunkCount: UInt64, offset: UInt64
    ) throws(FormatError) -> Connection {
        var connection = Connection(number: 0)
        while let field = try reader.next(data) {
            switch field.number {
            case 1: connection.number = try reader.uint(field)
            case 2:
                let range = try reader.range(field)
                var chunks = ProtobufReader(range, offset: offset, name: name)
                var chunk: UInt64 = 0
                connection.chunks = []
                while chunks.position < range.upperBound {
                    let step = try chunks.varint(data)
                    guard step < chunkCount, chunk &+ step < chunkCount, step > 0 || connection.chunks.isEmpty else {
                        throw reader.error(at: field.position, "rising numbers of \(chunkCount) chunks", "others")
                    }
                    chunk &+= step
                    connection.chunks.append(UInt32(truncatingIfNeeded: chunk))
                }
            case 3:
                var place = ProtobufReader(try reader.range(field), offset: offset, name: name)
                let checkpoint = try Self.checkpoint(data, &place)
                let last = connection.checkpoints.last
                guard UInt64(checkpoint.chunk) < chunkCount, last.map({ $0.chunk < checkpoint.chunk }) ?? true else {
                    throw reader.error(at: field.position, "checkpoints in rising chunks", "\(checkpoint.chunk)")
                }
                connection.checkpoints.append(checkpoint)
            case 4: connection.isClosed = try reader.bool(field)
            default: continue
            }
        }
        return connection
    }

    private static func checkpoint(
        _ data: Span<UInt8>, _ reader: inout ProtobufReader
    ) throws(FormatError) -> Checkpoint {
        var checkpoint = Checkpoint(chunk: 0, offset: 0, sequence: 0, wallNanoseconds: 0)
        while let field = try reader.next(data) {
            switch field.number {
            case 1: checkpoint.chunk = try reader.uint32(field)
            case 2: checkpoint.offset = try reader.uint32(field)
            case 3: checkpoint.sequence = try reader.uint(field)
            case 4: checkpoint.wallNanoseconds = try reader.fixed64(field)
            default: continue
            }
        }
        return checkpoint
    }
}
