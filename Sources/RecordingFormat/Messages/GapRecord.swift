/// What crossed the wire and could not be recorded.
package struct GapRecord: Hashable, Sendable {
    package var stamp: RecordStamp
    package var cause: String
    /// From when to when, in nanoseconds since 1970.
    package var fromWallNanoseconds: UInt64
    package var toWallNanoseconds: UInt64
    /// How many records were lost, and how many bytes of traffic in them.
    package var records: UInt64
    package var bytes: UInt64

    package init(
        stamp: RecordStamp, cause: String, fromWallNanoseconds: UInt64, toWallNanoseconds: UInt64,
        records: UInt64, bytes: UInt64
    ) {
        self.stamp = stamp
        self.cause = cause
        self.fromWallNanoseconds = fromWallNanoseconds
        self.toWallNanoseconds = toWallNanoseconds
        self.records = records
        self.bytes = bytes
    }
}

extension GapRecord {
    func write(to writer: inout ProtobufWriter) {
        writer.text(6, cause)
        writer.fixed64(7, fromWallNanoseconds)
        writer.fixed64(8, toWallNanoseconds)
        writer.uint(9, records)
        writer.uint(10, bytes)
    }

    static func decode(_ bytes: Span<UInt8>, _ message: ProtobufReader) throws(FormatError) -> GapRecord {
        var reader = message
        var stamp = RecordStamp()
        var record = GapRecord(
            stamp: stamp, cause: "", fromWallNanoseconds: 0, toWallNanoseconds: 0, records: 0, bytes: 0)
        while let field = try reader.next(bytes) {
            if try stamp.take(field, reader) { continue }
            switch field.number {
            case 6: record.cause = try reader.text(field, bytes)
            case 7: record.fromWallNanoseconds = try reader.fixed64(field)
            case 8: record.toWallNanoseconds = try reader.fixed64(field)
            case 9: record.records = try reader.uint(field)
            case 10: record.bytes = try reader.uint(field)
            default: continue
            }
        }
        record.stamp = stamp
        return record
    }
}
