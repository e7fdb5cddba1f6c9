/// What the recorder has to say about the recording itself.
package struct NoteRecord: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Hashable, Sendable, ProtobufEnum {
        /// The run is over; no file follows.
        case runEnded = 1
        /// Recording goes on after a gap.
        case resumed = 2
        /// The run goes on in file ``NoteRecord/nextFile``.
        case rotated = 3
        /// Added later, by who mended the recording: see ``JournalRecord/isAddition``.
        case warning = 4
    }

    package var stamp: RecordStamp
    package var kind: Kind
    package var text: String
    /// The number of the run's next file; 0: none.
    package var nextFile: UInt32

    package init(stamp: RecordStamp, kind: Kind, text: String = "", nextFile: UInt32 = 0) {
        self.stamp = stamp
        self.kind = kind
        self.text = text
        self.nextFile = nextFile
    }
}

extension NoteRecord {
    func write(to writer: inout ProtobufWriter) {
        writer.value(6, kind)
        writer.text(7, text)
        writer.uint(8, UInt64(nextFile))
    }

    static func decode(_ bytes: Span<UInt8>, _ message: ProtobufReader) throws(FormatError) -> NoteRecord {
        var reader = message
        var stamp = RecordStamp()
        var kind: Kind?
        var record = NoteRecord(stamp: stamp, kind: .warning)
        while let field = try reader.next(bytes) {
            if try stamp.take(field, reader) { continue }
            switch field.number {
            case 6: kind = try reader.value(field)
            case 7: record.text = try reader.text(field, bytes)
            case 8: record.nextFile = try reader.uint32(field)
            default: continue
            }
        }
        record.stamp = stamp
        record.kind = try reader.required(kind, "a kind")
        return record
    }
}
