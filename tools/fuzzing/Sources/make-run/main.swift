// Makes a long run of compressed sockets, sealed, to measure with: no proxy could record it in a minute.
//   make-run FOLDER BYTES [SOCKETS [FILE_BYTES]]     BYTES of journal, in files of FILE_BYTES
//
// Sockets that talk all the time, and one that only sends a heartbeat now and then. What the messages say is a page of
// a live view: words again and again, with numbers between. The last message of each hundredth says `needle N`.
import RecordingFormat
import RecordingStore
import TestSupport
import WebSocketWire

let arguments = CommandLine.arguments
guard arguments.count >= 3, let byteCount = UInt64(arguments[2]) else {
    print("make-run FOLDER BYTES [SOCKETS [FILE_BYTES]]")
    throw ExitFailure.usage
}
let socketCount = arguments.count > 3 ? UInt64(arguments[3]) ?? 8 : 8
let fileByteCount = arguments.count > 4 ? UInt64(arguments[4]) ?? 256 << 20 : 256 << 20

enum ExitFailure: Error { case usage }

/// Sockets numbered from 1; the last is the quiet one.
struct Traffic {
    var generator = SeededGenerator(seed: 1)
    var sequences: [UInt64: UInt64] = [:]
    var frames: [UInt64: UInt64] = [:]
    var deflaters: [UInt64: Deflater] = [:]
    var time: UInt64 = 0
    static let start: UInt64 = 1_790_000_000_000_000_000

    mutating func stamp(_ connection: UInt64) -> RecordStamp {
        defer { sequences[connection, default: 0] += 1 }
        return RecordStamp(
            connection: connection, sequence: sequences[connection, default: 0],
            wallNanoseconds: Self.start + time, monotonicNanoseconds: time)
    }

    mutating func opening(_ connection: UInt64) -> JournalRecord {
        var record = SocketRecord(stamp: stamp(connection), kind: .socketOpened, by: .server)
        record.target = "/live/websocket?vsn=2.0.0"
        record.extensions = "permessage-deflate"
        record.isRecorded = true
        return .socket(record)
    }

    mutating func message(_ connection: UInt64, _ text: String, from sender: Direction) -> JournalRecord {
        time += 100_000
        let key = connection * 2 + (sender == .client ? 1 : 0)
        var payload: [UInt8] = []
        _ = deflaters[key, default: Deflater()].append(message: Array(text.utf8).span, to: &payload)
        var head: [UInt8] = [0xC1]
        let mask: UInt8 = sender == .client ? 0x80 : 0
        if payload.count < 126 {
            head.append(mask | UInt8(payload.count))
        } else {
            head += [mask | 126, UInt8(payload.count >> 8 & 0xff), UInt8(payload.count & 0xff)]
        }
        if sender == .client {
            head += [1, 2, 3, 4]
            payload = payload.enumerated().map { $1 ^ UInt8($0 % 4 + 1) }
        }
        let number = frames[key, default: 0]
        frames[key] = number + 1
        let record = FrameRecord(
            stamp: stamp(connection), direction: sender, offset: 0, number: number,
            head: WireHead(bytes: head.span) ?? WireHead())
        return .frame(record, payload: payload)
    }

    /// About 4 kB of JSON, half of it numbers that do not compress well: making it is quick, then.
    mutating func page(_ number: Int) -> String {
        var text = "[\"4\",\"\(number)\",\"lv:phx-F\",\"diff\",{\"0\":{\"d\":["
        for row in 0..<60 {
            text += "[\"row-\(row)\",\"\(generator.next())\(generator.next())\",\"<td>item</td>\"],"
        }
        return text + (number % 100 == 99 ? "[\"needle \(number / 100)\"]]}}]" : "[]]}}]")
    }
}

var traffic = Traffic()
var sealer = Sealer(release: "make-run")
var written: UInt64 = 0
var number = 0
var file: UInt32 = 0
while written < byteCount {
    file += 1
    let path = "\(arguments[1])/20261123T101500Z-127.0.0.1-4000-bench1-\(file).mcap"
    let details = [JournalPreamble.DetailKey.startedWallNanoseconds: "\(Traffic.start)"]
    let preamble = JournalPreamble(runID: "bench1", fileNumber: file, details: details)
    var journal = JournalOutput(path)
    journal.write(preamble.encoded(release: "make-run"))
    if file == 1 { for connection in 1...(socketCount + 1) { journal.write(traffic.opening(connection).encoded()) } }
    while journal.byteCount < fileByteCount, written + journal.byteCount < byteCount {
        number += 1
        let connection = UInt64(number) % socketCount + 1
        journal.write(traffic.message(connection, "[\"4\",\"\(number)\",\"event\"]", from: .client).encoded())
        journal.write(traffic.message(connection, traffic.page(number), from: .server).encoded())
        if number % 200 == 0 {
            journal.write(
                traffic.message(socketCount + 1, "[null,\"\(number)\",\"phoenix\",\"heartbeat\",{}]", from: .client)
                    .encoded())
        }
    }
    written += journal.byteCount
    if written >= byteCount {
        journal.write(JournalRecord.note(NoteRecord(stamp: traffic.stamp(0), kind: .runEnded)).encoded())
    }
    journal.write(MCAPDataEnd().encoded() + MCAPFooter().encoded() + MCAP.magic)
    journal.close()
    let run = try RecordingRun.find(at: [path])[0]
    let own = run.files.filter { $0.number == file }
    let sealed = try sealer.seal(own[0], of: run)
    print(
        "\(path): \(sealed.originalByteCount) bytes, sealed \(sealed.byteCount), \(sealed.checkpointCount) checkpoints")
}
print("\(number) messages each way, of \(socketCount) sockets and a quiet one")
