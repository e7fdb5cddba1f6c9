internal import RecordingFormat

extension RecordingFile {
    /// What is wrong before the first message: these records have no checksum, yet all but one are known in advance.
    package func preambleProblems() throws(RecordingError) -> [String] {
        let file = try InputFile(path: path)
        var bytes: [UInt8] = []
        try file.read(Self.preambleByteLimit, at: 0, appendingTo: &bytes)
        var problems: [String] = []
        if preamble == nil { problems.append("the Metadata record is missing or damaged: the run is told by the name") }
        if let name = RecordingName(path: path), let preamble,
            name.runID != preamble.runID || name.number != preamble.fileNumber
        {
            problems.append(
                "the name says run \(name.runID), file \(name.number); the file run \(preamble.runID), "
                    + "file \(preamble.fileNumber)")
        }
        var reader = MCAPRecordReader()
        var position = 0
        var expected =
            JournalSchema.allCases.map { $0.record.encoded() } + JournalChannel.allCases.map { $0.record.encoded() }
        expected.reverse()
        while true {
            let begin = position
            switch reader.next(bytes.span, at: &position) {
            case .magic(isClosing: false), .record(.header, _, _), .record(.metadata, _, _): continue
            case .record(.schema, let offset, _), .record(.channel, let offset, _):
                guard expected.popLast() != Array(bytes[begin..<position]) else { continue }
                problems.append("byte \(offset): not the schema or channel that this format version has here")
            case .record, .magic(isClosing: true), .needsBytes, .damaged:
                if !expected.isEmpty { problems.append("byte \(begin): schemas or channels are missing") }
                return problems
            }
        }
    }
}
