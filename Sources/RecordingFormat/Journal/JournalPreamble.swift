/// What each file of a run begins with, before its first message: magic, Header, Metadata, schemas and channels.
package struct JournalPreamble: Hashable, Sendable {
    /// The file's format version; in what this build writes, ``RecordingFormat/currentVersion``.
    package var formatVersion: Int
    package var runID: String
    /// The file's number in its run, from 1.
    package var fileNumber: UInt32
    /// Other facts, by ``DetailKey`` or any other key.
    package var details: [String: String]

    /// Keys of ``details`` that have a meaning.
    package enum DetailKey {
        package static let command = "command"
        package static let target = "target"
        /// When the run began, in nanoseconds since 1970, in decimal digits.
        package static let startedWallNanoseconds = "started_wall_ns"
        package static let hostOS = "host_os"
    }

    private enum Key {
        static let formatVersion = "format_version"
        static let runID = "run_id"
        static let fileNumber = "file_number"
    }

    package init(runID: String, fileNumber: UInt32, details: [String: String] = [:]) {
        formatVersion = RecordingFormat.currentVersion
        self.runID = runID
        self.fileNumber = fileNumber
        self.details = details
    }

    /// All bytes of the file up to its first message.
    /// - Parameter release: the version of the program, for the Header: "livetape/1.2.3".
    package func encoded(release: String) -> [UInt8] {
        var bytes = MCAP.magic
        let library = RecordingFormat.name + "/" + release
        bytes += MCAPHeader(profile: RecordingFormat.name, library: library).encoded()
        bytes += metadata.encoded()
        for schema in JournalSchema.allCases { bytes += schema.record.encoded() }
        for channel in JournalChannel.allCases { bytes += channel.record.encoded() }
        return bytes
    }

    /// The Metadata record that says all this.
    package var metadata: MCAPMetadata {
        var entries = details
        entries[Key.formatVersion] = "\(formatVersion)"
        entries[Key.runID] = runID
        entries[Key.fileNumber] = "\(fileNumber)"
        return MCAPMetadata(name: RecordingFormat.name, metadata: entries)
    }

    /// Reads the Metadata record.
    /// - Parameter offset: where in the file it begins, for the error.
    /// - Throws: if it is not ours, or of a version that this build does not read.
    package init(_ metadata: MCAPMetadata, offset: UInt64) throws(FormatError) {
        func error(_ expected: String, _ actual: String, advice: String? = nil) -> FormatError {
            FormatError(offset: offset, record: "Metadata", expected: expected, actual: actual, advice: advice)
        }
        guard metadata.name == RecordingFormat.name else {
            throw error("the name '\(RecordingFormat.name)'", "'\(metadata.name)'")
        }
        var entries = metadata.metadata
        func number<Number: FixedWidthInteger>(_ key: String) throws(FormatError) -> Number {
            let text = entries.removeValue(forKey: key)
            guard let number = text.flatMap({ Number($0) }), number >= 1 else {
                throw error("a number from 1 as \(key)", text.map { "'\($0)'" } ?? "none")
            }
            return number
        }
        formatVersion = try number(Key.formatVersion)
        let readable = RecordingFormat.oldestReadableVersion...RecordingFormat.currentVersion
        guard readable.contains(formatVersion) else {
            let range =
                readable.count == 1 ? "\(readable.upperBound)" : "\(readable.lowerBound) to \(readable.upperBound)"
            throw error(
                "format version \(range), which this livetape reads", "format version \(formatVersion)",
                advice: "Read it with the livetape that wrote it, or a newer one.")
        }
        fileNumber = try number(Key.fileNumber)
        guard let runID = entries.removeValue(forKey: Key.runID) else { throw error("a run_id", "none") }
        self.runID = runID
        details = entries
    }
}

extension JournalSchema {
    package var record: MCAPSchema {
        MCAPSchema(id: rawValue, name: name, encoding: "protobuf", data: RecordingFormat.fileDescriptorSet)
    }
}

extension JournalChannel {
    package var record: MCAPChannel {
        MCAPChannel(id: rawValue, schemaID: schema.rawValue, topic: topic, messageEncoding: "protobuf")
    }
}
