/// What every record of ours says first: of which connection it is, its place in it, and when it was.
package struct RecordStamp: Hashable, Sendable {
    /// The TCP connection's number in the run, from 1; 0 is the run itself.
    package var connection: UInt64
    /// Counts all records of the connection in the run, from 0: a number left out is a record lost.
    package var sequence: UInt64
    /// Nanoseconds since 1970.
    package var wallNanoseconds: UInt64
    /// Nanoseconds on a clock that never goes back; only differences within a run mean something.
    package var monotonicNanoseconds: UInt64

    package init(
        connection: UInt64, sequence: UInt64, wallNanoseconds: UInt64, monotonicNanoseconds: UInt64
    ) {
        self.connection = connection
        self.sequence = sequence
        self.wallNanoseconds = wallNanoseconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }

    init() { self.init(connection: 0, sequence: 0, wallNanoseconds: 0, monotonicNanoseconds: 0) }

    /// Takes the field if it is of the stamp.
    /// - Returns: whether it was.
    mutating func take(
        _ field: ProtobufReader.Field, _ reader: ProtobufReader
    ) throws(FormatError) -> Bool {
        switch field.number {
        case 2: connection = try reader.uint(field)
        case 3: sequence = try reader.uint(field)
        case 4: wallNanoseconds = try reader.fixed64(field)
        case 5: monotonicNanoseconds = try reader.fixed64(field)
        default: return false
        }
        return true
    }

    func write(to writer: inout ProtobufWriter) {
        writer.uint(2, connection)
        writer.uint(3, sequence)
        writer.fixed64(4, wallNanoseconds)
        writer.fixed64(5, monotonicNanoseconds)
    }
}
