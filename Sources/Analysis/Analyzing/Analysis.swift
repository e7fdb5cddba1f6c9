package import Sessions

/// What came of a recording.
package struct Analysis: Sendable {
    package var totals = Totals()
    package var details = Details()
    /// The ones that save most first.
    package var findings: [Finding] = []
    /// What sessions would have been with other choices, those with most bytes first; empty if nobody asked for it:
    /// ``Analyzer/Settings/whatIf``.
    package var whatIfs: [WhatIf] = []
    /// The same for all sessions together; nil if nobody asked for it.
    package var whatIf: WhatIf?
    /// What could not be used, the first so many.
    package var notes: [SessionNote] = []
    package var noteCount = 0
    /// Bytes that were not looked into.
    package var skippedBytes: UInt64 = 0

    /// Notes that are kept. The rest is counted.
    static let noteLimit = 1_000

    package init() {}

    mutating func take(_ note: SessionNote) {
        noteCount += 1
        skippedBytes &+= note.byteCount
        if notes.count < Self.noteLimit { notes.append(note) }
    }

    package mutating func merge(_ other: Analysis) {
        totals += other.totals
        details += other.details
        findings += other.findings
        whatIfs += other.whatIfs
        if let other = other.whatIf {
            var sum = whatIf ?? WhatIf(session: nil)
            sum += other
            whatIf = sum
        }
        notes += other.notes.prefix(max(0, Self.noteLimit - notes.count))
        noteCount += other.noteCount
        skippedBytes &+= other.skippedBytes
    }

    package mutating func sort() {
        whatIfs.sort { $0.bytes > $1.bytes }
        findings.sort { left, right in
            if left.savedBytes != right.savedBytes { return left.savedBytes > right.savedBytes }
            if left.severity != right.severity { return left.severity > right.severity }
            if left.rule.id != right.rule.id { return left.rule.id < right.rule.id }
            return left.place.route < right.place.route
        }
    }
}
