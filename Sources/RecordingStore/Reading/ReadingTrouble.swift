package import RecordingFormat

/// Bytes of a file that no record could be read from, or not all that were in them.
package struct SkippedBytes: Hashable, Sendable, CustomStringConvertible {
    package enum Cause: Hashable, Sendable {
        /// The file ends within a record: its writer was killed, or the rest is lost.
        case torn
        case damaged(FormatError)
    }

    package var path: String
    package var offset: UInt64
    package var byteCount: UInt64
    package var cause: Cause
    /// Records that were read of it all the same: those of a damaged chunk that are whole.
    package var recordsRead: UInt64 = 0

    package var description: String {
        let fact =
            switch cause {
            case .torn: "\(path): the file ends within a record, \(byteCount) bytes from byte \(offset) on"
            case .damaged(let error): "\(path): \(byteCount) bytes skipped from byte \(offset) on: \(error)"
            }
        return recordsRead == 0 ? fact : "\(fact); \(recordsRead) records of it could be read"
    }
}

/// Records of a connection that are not where they should be.
package struct MissingRecords: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// Where in the file the record is that showed it.
    package var offset: UInt64
    /// The stamp of that record.
    package var stamp: RecordStamp
    package var expected: UInt64

    package init(path: String, offset: UInt64, stamp: RecordStamp, expected: UInt64) {
        self.path = path
        self.offset = offset
        self.stamp = stamp
        self.expected = expected
    }

    package var connection: UInt64 { stamp.connection }
    package var found: UInt64 { stamp.sequence }

    /// How many are missing; 0 if the record's number is one that was used before.
    package var count: UInt64 { found > expected ? found - expected : 0 }

    package var description: String {
        let place = "\(path), byte \(offset): connection \(connection)"
        return found > expected
            ? "\(place): \(count) record\(count == 1 ? " is" : "s are") missing before sequence number \(found)"
            : "\(place): sequence number \(found) where \(expected) should be"
    }
}

/// How a run came to its end, as far as its files tell.
package enum RunEnding: Hashable, Sendable {
    /// Its last record says so.
    case closed
    /// A proxy is still writing it.
    case live
    /// It just stops: the proxy was killed, or the last files are not there.
    case cutOff
}
