import RecordingFormat
import RecordingStore

/// `info` for a person.
struct InfoText {
    let run: RecordingRun
    let summary: RunSummary

    func lines() -> [String] {
        var table = Table(.left, .left)
        table.row("run", run.id)
        row("target", run.detail(JournalPreamble.DetailKey.target), &table)
        row("command", run.detail(JournalPreamble.DetailKey.command), &table)
        row("started", summary.firstWall.map { formattedLocal(nanoseconds: $0) }, &table)
        table.row("lasted", formattedDuration(nanoseconds: UInt64(clamping: summary.lastElapsed)))
        table.row("ended", summary.ending.sentence)
        table.row("connections", grouped(summary.connections))
        table.row("sockets", sockets())
        table.row("exchanges", "\(grouped(summary.exchanges)) over HTTP")
        if summary.rawBytes > 0 { table.row("raw", formatted(bytes: summary.rawBytes)) }
        return table.lines() + files() + traffic() + largest() + problems()
    }

    private func row(_ name: String, _ value: String?, _ table: inout Table) {
        if let value, !value.isEmpty { table.row(name, Preview.of(value)) }
    }

    private func sockets() -> String {
        var text = grouped(summary.sockets)
        if !summary.openSockets.isEmpty { text += ", \(summary.openSockets.count) not closed" }
        if summary.unrecordedSockets > 0 { text += ", \(summary.unrecordedSockets) not recorded, as asked" }
        return text
    }

    private func files() -> [String] {
        var table = Table(.right, .right, .left, .left)
        for file in run.files {
            table.row(
                "\(file.number)", formatted(bytes: file.byteCount), file.isSealed ? "sealed" : "journal",
                Preview.of(PlaceNames.applied(to: file.path)))
        }
        return ["", "files"] + table.lines(indent: 2)
    }

    private func traffic() -> [String] {
        var table = Table(.left, .right, .right, .right, .right)
        table.row("", "messages", "control", "wire", "inflated")
        for (name, traffic) in [("client", summary.client), ("server", summary.server)] {
            table.row(
                name, grouped(traffic.messages), grouped(traffic.controlFrames), formatted(bytes: traffic.wire),
                formatted(bytes: traffic.inflated))
        }
        return [""] + table.lines()
    }

    private func largest() -> [String] {
        guard !summary.largest.isEmpty else { return [] }
        var table = Table(.right, .right, .left, .left, .right)
        table.row("inflated", "wire", "from", "socket", "at")
        for message in summary.largest {
            table.row(
                formatted(bytes: message.size), formatted(bytes: message.wire), "\(message.sender)",
                "#\(message.connection)", formattedSeconds(nanoseconds: message.elapsed))
        }
        return ["", "largest messages"] + table.lines(indent: 2)
    }

    private func problems() -> [String] {
        var lines: [String] = []
        let missingFiles = run.missingFileNumbers
        if !missingFiles.isEmpty {
            lines.append("files missing: \(missingFiles.map(String.init).joined(separator: ", "))")
        }
        for gap in summary.gaps {
            lines.append(
                "gap: \(counted(gap.records, "record")), \(formatted(bytes: gap.bytes)) lost (\(Preview.of(gap.cause)))"
            )
        }
        if summary.skippedPlaces > 0 {
            lines.append(
                "\(formatted(bytes: summary.skippedBytes)) unreadable in \(counted(summary.skippedPlaces, "place"))")
        }
        if summary.missingRecords > 0 { lines.append("\(counted(summary.missingRecords, "record")) missing") }
        if summary.undecodable > 0 { lines.append("\(counted(summary.undecodable, "message")) undecodable") }
        if summary.violations > 0 { lines.append("\(counted(summary.violations, "broken rule")) of the protocol") }
        return lines.isEmpty ? [] : ["", "not in order"] + lines.map { "  " + $0 }
    }
}
