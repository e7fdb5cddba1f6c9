import Glibc
import RecordingFormat
import Testing

@testable import RecordingStore

/// A folder that goes with everything in it when the test is over.
final class JournalFolder {
    let path: String

    init() {
        var template = Array("/tmp/livetape-journal-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in  // Unsafe: mkdtemp(3) writes the name into it.
            buffer.baseAddress.flatMap(mkdtemp).map { String(cString: $0) } ?? "/nowhere"
        }
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    /// The names of the files in the folder, sorted.
    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // Unsafe: the name is a C string in the entry.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func settings(limit: Int64 = .max) -> Journal.Settings {
        var settings = Journal.Settings(
            folder: path, targetName: "localhost:4000",
            details: ["command": "livetape proxy", "target": "http://localhost:4000"], run: "a1b2c3", release: "0.1")
        settings.fileByteLimit = limit
        return settings
    }
}

func fileBytes(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(descriptor, &piece, piece.count)
        guard count > 0 else { return bytes }
        bytes += piece[..<count]
    }
}

func status(of path: String) -> stat {
    var status = stat()
    stat(path, &status)
    return status
}

/// What a journal's bytes say, read as any MCAP reader would.
struct JournalContents {
    private(set) var preamble: JournalPreamble?
    private(set) var opcodes: [MCAPOpcode] = []
    private(set) var records: [JournalRecord] = []
    /// Of the records, those frames that stand in runs.
    var runs: [FrameRun] = []
    /// Whether it ends as a complete MCAP file does.
    private(set) var isComplete = false
    /// What is no whole record, if anything: journals never have any.
    private(set) var trouble: String?

    init(of path: String) { self.init(fileBytes(path)) }

    init(_ bytes: [UInt8]) {
        var reader = MCAPRecordReader()
        var position = 0
        do {
            while true {
                switch reader.next(bytes.span, at: &position) {
                case .needsBytes:
                    isComplete = reader.hasEnded
                    if position != bytes.count { trouble = "\(bytes.count - position) bytes of a torn record" }
                    return
                case .magic: break
                case .damaged(let error): throw error
                case .record(let opcode, let offset, let body):
                    opcodes.append(opcode)
                    try take(opcode, bytes.span.extracting(body), offset: offset)
                }
            }
        } catch {
            trouble = "\(error)"
        }
    }

    private mutating func take(_ opcode: MCAPOpcode, _ body: Span<UInt8>, offset: UInt64) throws(FormatError) {
        switch opcode {
        case .metadata: preamble = try JournalPreamble(MCAPMetadata(body: body, offset: offset), offset: offset)
        case .message:
            switch try StoredRecord(messageBody: body, offset: offset) {
            case .record(let record): records.append(record)
            case .run(let run, let frames):
                runs.append(run)
                records += try OpenRun(run, frames: frames, offset: offset)
            }
        default: break
        }
    }

    var payloads: [[UInt8]] {
        records.compactMap { if case .frame(_, let payload) = $0 { payload } else { nil } }
    }
    var frames: [FrameRecord] {
        records.compactMap { if case .frame(let frame, _) = $0 { frame } else { nil } }
    }
    var gaps: [GapRecord] { records.compactMap { if case .gap(let gap) = $0 { gap } else { nil } } }
    var notes: [NoteRecord] { records.compactMap { if case .note(let note) = $0 { note } else { nil } } }
}

/// A time that tests count by hand.
func time(_ nanoseconds: UInt64) -> RecordingTime {
    RecordingTime(wall: 1_790_000_000_000_000_000 + nanoseconds, monotonic: nanoseconds)
}

extension JournalWriter {
    /// Appends a frame record of a connection; its number is its sequence.
    func frame(_ payload: [UInt8], connection: UInt64 = 1, number: UInt64 = 0, now: RecordingTime = time(0)) {
        let stamp = RecordStamp(
            connection: connection, sequence: number, wallNanoseconds: now.wall, monotonicNanoseconds: now.monotonic)
        let record = FrameRecord(
            stamp: stamp, direction: .server, offset: 0, number: number,
            head: WireHead(low: 0x82, high: 0, byteCount: 2))
        // Unsafe: a payload that is not copied must stay until the commit, so there is one before it goes.
        payload.withUnsafeBytes {
            append(record, payload: $0, now: now)
            if payload.count >= JournalWriter.copiedBelow { commit(now: now) }
        }
    }
}
