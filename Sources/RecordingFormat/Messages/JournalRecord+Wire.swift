extension JournalRecord {
    /// The record as a journal has it: a payload that stands without its mask gets it again, ``FrameRecord/PayloadForm/wire``.
    ///
    /// A redacted payload stays as it is: its bytes on the wire are gone. So a journal, its sealed file and its text
    /// twin have the same records.
    package var onWire: JournalRecord {
        guard case .frame(var record, var payload) = self, case .unmasked(let key) = record.form else { return self }
        record.form = .wire
        for index in payload.indices {
            payload[index] ^= UInt8(truncatingIfNeeded: key >> (8 * UInt32(truncatingIfNeeded: index & 3)))
        }
        return .frame(record, payload: payload)
    }
}
