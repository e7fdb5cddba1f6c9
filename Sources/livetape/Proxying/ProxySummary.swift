import RecordingStore
import WebSocketWire

/// What a run amounted to, in a few lines.
struct ProxySummary {
    private let run: RunStatistics
    private let paths: [String]

    init(_ journal: Journal) {
        run = journal.statistics
        paths = journal.paths
    }

    var lines: [String] { traffic + largest + gaps + hints + files }

    private var traffic: [String] {
        var table = Table(.left, .right, .right, .right)
        table.row("", "messages", "frames", "bytes")
        table.row(
            "client → server", grouped(run.client.messages), grouped(run.client.frames),
            formatted(bytes: run.client.frameBytes))
        table.row(
            "server → client", grouped(run.server.messages), grouped(run.server.frames),
            formatted(bytes: run.server.frameBytes))
        let ignored = run.ignoredSockets > 0 ? " (\(grouped(run.ignoredSockets)) not recorded)" : ""
        let head =
            "\(counted(run.sockets, "socket"))\(ignored) on \(counted(run.connections, "connection")), "
            + "\(counted(run.exchanges, "HTTP request"))"
        return [head] + (run.sockets > 0 ? table.lines(indent: 2) : [])
    }

    private var largest: [String] {
        guard !run.largest.isEmpty else { return [] }
        let list = run.largest.map { message in
            let arrow = message.sender == .client ? "→" : "←"
            return "\(formatted(bytes: message.payloadBytes)) (\(arrow) connection \(message.connection))"
        }
        return ["largest on the wire: " + list.joined(separator: ", ")]
    }

    private var gaps: [String] {
        guard run.gaps > 0 else { return [] }
        return [
            "\(counted(run.gaps, "gap")): \(counted(run.lostRecords, "record")), \(formatted(bytes: run.lostBytes)) "
                + "passed unrecorded"
        ]
    }

    private var hints: [String] {
        var hints: [String] = []
        if run.forbiddenUpgrades > 0 {
            hints.append(
                "hint: the server refused \(counted(run.forbiddenUpgrades, "socket")) with 403, as an origin check does. "
                    + "Allow the proxy's address there, or use --rewrite-origin (and --rewrite-host).")
        }
        if run.refusedUpgrades > 0 {
            hints.append(
                "hint: the server refused \(counted(run.refusedUpgrades, "socket")); see 'livetape show --http'")
        }
        if let location = run.redirectPastProxy {
            hints.append(
                "hint: the server redirected to \(location), past the proxy. --rewrite-host usually mends that.")
        }
        if run.failedConnects > 0 {
            hints.append("hint: \(counted(run.failedConnects, "connect")) to the target failed")
        }
        if run.rawConnections > 0 {
            hints.append("\(counted(run.rawConnections, "connection")) did not speak HTTP/1.1 and is recorded raw")
        }
        return hints
    }

    private var files: [String] { paths.map { "recorded in \($0)" } }
}
