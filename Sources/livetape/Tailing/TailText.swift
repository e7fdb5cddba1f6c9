import Analysis
import RecordingFormat
import RecordingStore
import Sessions

/// Steps of sessions as `liveSocket.enableDebug()` prints them in a browser: `mount`, `update`, `error`, `destroyed`,
/// each with its view, and the diff; redundant parts are faint.
struct TailText {
    private let terminal: Terminal
    /// Bytes of a diff that are shown.
    private let byteLimit: Int
    private var timeline: Timeline

    init(terminal: Terminal, byteLimit: Int, start: UInt64?) {
        self.terminal = terminal
        self.byteLimit = byteLimit
        timeline = Timeline(start: start)
    }

    /// - Returns: nil for what is not shown.
    mutating func line(of step: SessionStep) -> String? {
        switch step {
        case .diff(let diff): return line(of: diff)
        case .exchange(let exchange): return error(of: exchange)
        case .viewEnded(let view, let ending):
            switch ending {
            case .crashed: return head(view.ended, view.connection, view.topic, .error) + "view crashed"
            case .left, .closed: return head(view.ended, view.connection, view.topic, .destroyed) + view.route
            case .rejoined, .socketClosed, .recordingEnded: return nil
            }
        case .note(let note): return terminal.styled(Preview.of("note: \(note)"), .faint)
        case .pageLoaded, .http, .sessionBegan, .socketOpened, .socketClosed, .message, .viewJoined, .push,
            .componentsRemoved, .general:
            return nil
        }
    }

    private enum Kind: String { case mount, update, error, destroyed }

    private mutating func head(_ stamp: RecordStamp?, _ connection: UInt64, _ topic: String, _ kind: Kind) -> String {
        let time = stamp.map { formattedSeconds(nanoseconds: timeline.elapsed($0)) } ?? ""
        let id = topic.hasPrefix("lv:") ? String(topic.dropFirst(3)) : topic
        let style: Style =
            switch kind {
            case .mount: .green
            case .update: .blue
            case .error: .red
            case .destroyed: .yellow
            }
        let view = terminal.styled(Preview.of(id, columns: 40), .cyan)
        return "\(time)  #\(connection)  \(view) \(terminal.styled("\(kind.rawValue):", style)) "
    }

    private mutating func line(of diff: DiffStep) -> String {
        let (account, bytes) = (diff.account, diff.account.bytes)
        var line = head(diff.facts.stamp, diff.view.connection, diff.view.topic, diff.isJoin ? .mount : .update)
        var parts = [formatted(bytes: UInt64(clamping: account.byteCount))]
        if bytes.redundant > 0 { parts.append("\(formatted(bytes: UInt64(clamping: bytes.redundant))) redundant") }
        let statics = bytes.firstStatics + bytes.resentStatics
        if statics > 0 {
            let resent =
                bytes.resentStatics > 0 ? ", \(formatted(bytes: UInt64(clamping: bytes.resentStatics))) again" : ""
            parts.append("statics \(formatted(bytes: UInt64(clamping: statics)))\(resent)")
        }
        parts.append("dynamics \(formatted(bytes: UInt64(clamping: bytes.leaves)))")
        if let event = diff.event { parts.append("“\(Preview.of(event.name, columns: 40))”") }
        if diff.isJoin { parts.append(Preview.of(diff.view.route, columns: 60)) }
        line += parts.joined(separator: ", ") + "  "
        let sample = DiffSample(diff, byteLimit: byteLimit)
        for segment in sample.segments {
            let text = Preview.of(segment.text)
            switch segment.mark {
            case .redundant: line += terminal.styled(text, .faint)
            case .changed: line += terminal.styled(text, .bold)
            case .structure, .new: line += text
            }
        }
        if sample.omittedBytes > 0 {
            line += terminal.styled("… \(formatted(bytes: UInt64(clamping: sample.omittedBytes))) more", .faint)
        }
        return line
    }

    private mutating func error(of exchange: Exchange) -> String? {
        guard case .join = exchange.kind, case .error(let reason)? = exchange.answer else { return nil }
        let head = head(exchange.reply?.stamp, exchange.request.connection, exchange.topic, .error)
        return head + "unable to join: " + Preview.of(reason, columns: 400)
    }
}
