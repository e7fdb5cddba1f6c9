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
        static let checksum = "crc32c"
    }

    /// Keys of the Metadata record that are properties here, and never among the ``details``.
    package static let ownKeys: Set<String> = [Key.formatVersion, Key.runID, Key.fileNumber, Key.checksum]

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
        return MCAPMetadata(name: RecordingFormat.name, metadata: Self.withChecksum(entries))
    }

    /// Adds the key that shows a changed byte in any other; in an un-chunked file MCAP has no checksum for this record.
    package static func withChecksum(_ entries: [String: String]) -> [String: String] {
        var entries = entries
        entries[Key.checksum] = checksum(of: entries)
        return entries
    }

    /// Whether no byte of the record's keys and values has changed since it was written.
    package static func isIntact(_ metadata: MCAPMetadata) -> Bool {
        var entries = metadata.metadata
        let stated = entries.removeValue(forKey: Key.checksum)
        return stated == checksum(of: entries)
    }

    /// CRC32C over keys and values in the order of the keys' bytes, a zero byte behind each; eight hexadecimal digits.
    private static func checksum(of entries: [String: String]) -> String {
        var bytes: [UInt8] = []
        let sorted = entries.map { (Array($0.key.utf8), Array($0.value.utf8)) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        for (key, value) in sorted { bytes += key + [0] + value + [0] }
        let digits = String(CRC32C(of: bytes.span).value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
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
        let stated = entries.removeValue(forKey: Key.checksum)
        let actual = Self.checksum(of: entries)
        guard stated == actual else {
            throw error("the checksum (CRC32C) \(actual)", stated.map { "'\($0)'" } ?? "none")
        }
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
        let data = RecordingFormat.fileDescriptorSets[self] ?? []
        return MCAPSchema(id: rawValue, name: name, encoding: "protobuf", data: data)
    }
}

extension JournalChannel {
    package var record: MCAPChannel {
        MCAPChannel(id: rawValue, schemaID: schema.rawValue, topic: topic, messageEncoding: "protobuf")
    }
}
