internal import Glibc
package import RecordingFormat

/// One file of a recording, as far as its name and its first bytes tell.
package struct RecordingFile: Hashable, Sendable {
    package var path: String
    /// The run it belongs to.
    package var runID: String
    /// Its number in the run, from 1.
    package var number: UInt32
    /// What it says about itself; nil if that part of the file is damaged, and the name had to do.
    package var preamble: JournalPreamble?
    /// How far into a file its preamble, or without one a record of ours, is looked for.
    static let preambleByteLimit = 1 << 20

    /// Looks at the first bytes of a file.
    package init(path: String) throws(RecordingError) {
        self.path = path
        let file = try InputFile(path: path)
        var bytes: [UInt8] = []
        try file.read(4096, at: 0, appendingTo: &bytes)
        var preamble = try Self.preamble(in: bytes, path: path)
        if preamble == nil {
            try file.read(Self.preambleByteLimit - bytes.count, at: UInt64(bytes.count), appendingTo: &bytes)
            preamble = try Self.preamble(in: bytes, path: path)
        }
        let name = RecordingName(path: path)
        guard preamble != nil || Self.holdsRecord(bytes) else {
            throw RecordingError.notARecording(path: path, reason: Self.reason(bytes))
        }
        self.preamble = preamble
        runID = preamble?.runID ?? name?.runID ?? "unknown"
        number = preamble?.fileNumber ?? name?.number ?? 1
    }

    /// When the run began, in nanoseconds since 1970.
    package var startedWallNanoseconds: UInt64? {
        preamble?.details[JournalPreamble.DetailKey.startedWallNanoseconds].flatMap { UInt64($0) }
    }

    /// Bytes at this moment; 0 if it cannot be opened any more.
    package var byteCount: UInt64 { (try? InputFile(path: path).byteCount()) ?? 0 }

    /// Whether a proxy is writing it at this moment.
    package var isBeingWritten: Bool { (try? InputFile(path: path).isBeingWritten()) ?? false }

    /// Whether it is chunked and compressed, at this moment: a chunk is behind its preamble, or the index of its
    /// connections if it has no record at all. False if the beginning of the file is too damaged to tell.
    package var isSealed: Bool {
        var bytes: [UInt8] = []
        guard let file = try? InputFile(path: path),
            (try? file.read(Self.preambleByteLimit, at: 0, appendingTo: &bytes)) != nil
        else { return false }
        var reader = MCAPRecordReader(recordByteLimit: .max)
        var position = 0
        while true {
            switch reader.next(bytes.span, at: &position) {
            case .magic(isClosing: false), .record(.header, _, _), .record(.metadata, _, _), .record(.schema, _, _),
                .record(.channel, _, _):
                continue
            case .record(let opcode, _, _): return opcode == .chunk || opcode == .attachment
            // A chunk can be longer than what was read of the file.
            case .needsBytes: return position < bytes.count && bytes[position] == MCAPOpcode.chunk.rawValue
            case .damaged, .magic(isClosing: true): return false
            }
        }
    }

    /// - Returns: nil if there is none, or it is damaged or not whole.
    private static func preamble(in bytes: [UInt8], path: String) throws(RecordingError) -> JournalPreamble? {
        var reader = MCAPRecordReader()
        var position = 0
        while true {
            switch reader.next(bytes.span, at: &position) {
            case .needsBytes, .damaged, .magic(isClosing: true): return nil
            case .magic(isClosing: false), .record(.header, _, _): continue
            case .record(let opcode, let offset, let body):
                guard opcode == .metadata,
                    let metadata = try? MCAPMetadata(body: bytes.span.extracting(body), offset: offset)
                else { return nil }
                try refuseNewer(metadata, path: path)
                return try? JournalPreamble(metadata, offset: offset)
            }
        }
    }

    private static func refuseNewer(_ metadata: MCAPMetadata, path: String) throws(RecordingError) {
        let newest = RecordingFormat.currentVersion
        guard metadata.name == RecordingFormat.name, let version = metadata.metadata["format_version"],
            Int(version).map({ $0 > newest }) ?? false, JournalPreamble.isIntact(metadata)
        else { return }
        throw RecordingError.newerVersion(path: path, version: version, newestReadable: newest)
    }

    private static func holdsRecord(_ bytes: [UInt8]) -> Bool {
        var search = RecordSearch(findsChunks: true)
        var position = 0
        return search.next(bytes.span, at: &position, isEnd: true) == .found
    }

    private static func reason(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "it is empty" }
        guard bytes.starts(with: MCAP.magic) else { return "it does not begin as an MCAP file does" }
        return "it is an MCAP file of another program, or one cut off before its first record"
    }
}

/// The parts of `<start time>-<target>-<run>-<number>.mcap` that a reader needs.
struct RecordingName: Hashable, Sendable {
    var runID: String
    var number: UInt32

    /// - Returns: nil if the file is not named so.
    init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard name.hasSuffix(".mcap") else { return nil }
        let parts = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, let last = parts.last, let number = UInt32(last), number >= 1 else { return nil }
        runID = String(parts[parts.count - 2])
        self.number = number
    }
}

/// The folder that a path is in, and all the paths of recordings in a folder.
enum RecordingPaths {
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// - Returns: the paths of the folder's files that are named `*.mcap`, sorted.
    static func recordings(in folder: String) throws(RecordingError) -> [String] {
        guard let directory = opendir(folder) else {
            throw RecordingError.unreadable(path: folder, reason: lastSystemError())
        }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                // Unsafe: readdir(3) gives a C string within a fixed array; it is read up to its end only.
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".mcap"), !name.hasPrefix(".") {
                paths.append(folder.hasSuffix("/") ? folder + name : folder + "/" + name)
            }
        }
        return paths.sorted()
    }
}
