import RecordingFormat
import RecordingStore

/// `info --json`: one object.
struct InfoJSON {
    let run: RecordingRun
    let summary: RunSummary

    func append(to writer: inout JSONWriter) {
        writer.object { object in
            facts(&object)
            object.key("files")
            object.array { list in
                for file in run.files {
                    list.object { entry in
                        entry.key("path")
                        entry.string(PlaceNames.applied(to: file.path))
                        entry.key("number")
                        entry.number(file.number)
                        entry.key("bytes")
                        entry.number(file.byteCount)
                        entry.key("sealed")
                        entry.boolean(file.isSealed)
                    }
                }
            }
            counts(&object)
            object.key("client")
            traffic(summary.client, &object)
            object.key("server")
            traffic(summary.server, &object)
            object.key("largest")
            object.array { list in summary.largest.forEach { largest($0, &list) } }
            troubles(&object)
        }
        writer.endLine()
    }

    private func facts(_ object: inout JSONWriter) {
        object.key("run")
        object.string(run.id)
        object.key("target")
        object.string(run.detail(JournalPreamble.DetailKey.target) ?? "")
        object.key("command")
        object.string(run.detail(JournalPreamble.DetailKey.command) ?? "")
        if let start = summary.firstWall {
            object.key("started")
            object.string(formattedUTC(nanoseconds: start))
        }
        object.key("duration")
        object.literal(formattedSeconds(nanoseconds: summary.lastElapsed))
        object.key("ended")
        object.string(summary.ending.word)
    }

    private func counts(_ object: inout JSONWriter) {
        number("connections", summary.connections, &object)
        number("sockets", summary.sockets, &object)
        number("openSockets", UInt64(summary.openSockets.count), &object)
        number("exchanges", summary.exchanges, &object)
    }

    private func traffic(_ traffic: RunSummary.Traffic, _ writer: inout JSONWriter) {
        writer.object { object in
            number("messages", traffic.messages, &object)
            number("controlFrames", traffic.controlFrames, &object)
            number("wire", traffic.wire, &object)
            number("inflated", traffic.inflated, &object)
        }
    }

    private func largest(_ message: RunSummary.LargeMessage, _ writer: inout JSONWriter) {
        writer.object { object in
            number("connection", message.connection, &object)
            object.key("direction")
            object.string("\(message.sender)")
            number("number", message.number, &object)
            object.key("elapsed")
            object.literal(formattedSeconds(nanoseconds: message.elapsed))
            number("wire", message.wire, &object)
            number("size", message.size, &object)
        }
    }

    private func troubles(_ object: inout JSONWriter) {
        object.key("missingFiles")
        object.array { list in run.missingFileNumbers.forEach { list.number($0) } }
        number("gaps", UInt64(summary.gaps.count), &object)
        number("skippedBytes", summary.skippedBytes, &object)
        number("missingRecords", summary.missingRecords, &object)
        number("undecodableMessages", summary.undecodable, &object)
        number("violations", summary.violations, &object)
    }

    private func number(_ key: StaticString, _ value: UInt64, _ object: inout JSONWriter) {
        object.key(key)
        object.number(value)
    }
}
