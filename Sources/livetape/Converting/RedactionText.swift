import Interchange
import RecordingStore

/// What `redact` says at its end.
struct RedactionText {
    let report: Redaction.Report
    let output: String

    /// So many places with a secret are listed.
    private static let listed = 20

    func lines() -> [String] {
        var lines: [String] = []
        var table = Table(.right, .left)
        for (kind, count) in report.counts.sorted(by: { $0.key < $1.key }) {
            table.row(grouped(count), kind == .echo ? "echo: a secret outside its own place" : kind.rawValue)
        }
        if report.counts.isEmpty {
            lines.append("no secrets found")
        } else {
            lines.append("redacted, by kind; \(counted(UInt64(report.secrets), "different secret")):")
            lines += table.lines(indent: 2)
        }
        if report.ordinaryWords > 0 {
            lines.append(
                "\(counted(UInt64(report.ordinaryWords), "secret")) of ordinary words: replaced in their own places only"
            )
        }
        for trouble in report.unreadable { lines.append("could not be read: \(trouble)") }
        if report.dropped.total > 0 { lines.append("dropped: \(report.dropped.words)") }
        return lines + verdict()
    }

    private func verdict() -> [String] {
        guard report.leftovers.count > 0 else {
            return ["\(output): \(counted(report.records, "record")), no secret left"]
        }
        var lines = report.leftovers.places.prefix(Self.listed).map { "left: \($0)" }
        let more = report.leftovers.count - UInt64(lines.count)
        if more > 0 { lines.append("and \(grouped(more)) more") }
        let count = counted(report.leftovers.count, "secret")
        lines.append(
            report.isPublished
                ? "\(output) still holds \(count): do not share it"
                : "\(output) was not written: it would still hold \(count); --keep-on-leftover writes it all the same")
        return lines
    }
}
