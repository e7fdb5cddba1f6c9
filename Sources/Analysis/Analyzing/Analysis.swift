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

    /// Makes one finding of those that say the same of one place of the application: a hundred visitors of a page see
    /// one pitfall, not a hundred.
    mutating func group() {
        var places: [Finding.Signature: Int] = [:]
        var groups: [[Finding]] = []
        for finding in findings {
            let place = places[Finding.Signature(finding), default: groups.count]
            if place == groups.count {
                places[Finding.Signature(finding)] = place
                groups.append([])
            }
            groups[place].append(finding)
        }
        findings = groups.map(Finding.one)
    }

    package mutating func sort() {
        whatIfs.sort { $0.bytes > $1.bytes }
        findings.sort { left, right in
            if left.savedBytes != right.savedBytes { return left.savedBytes > right.savedBytes }
            if left.severity != right.severity { return left.severity > right.severity }
            if left.rule.id != right.rule.id { return left.rule.id < right.rule.id }
            if left.place.route != right.place.route { return left.place.route < right.place.route }
            return left.isShown(before: right)
        }
    }
}

extension Finding {
    /// The same for the same pitfall at the same place, in any session.
    fileprivate struct Signature: Hashable {
        var rule: String
        var severity: Severity
        var view: String
        var event: String?
        var path: PathName?

        init(_ finding: Finding) {
            rule = finding.rule.id
            severity = finding.severity
            view = finding.place.route.isEmpty ? finding.place.topic : finding.place.route
            event = finding.place.event
            path = finding.place.path
        }
    }

    /// The largest of those that say the same, for all of them.
    fileprivate static func one(of same: [Finding]) -> Finding {
        var one = same[0]
        for other in same.dropFirst() where other.isShown(before: one) { one = other }
        one.savedBytes = same.reduce(0) { $0 + $1.savedBytes }
        one.ofBytes = same.reduce(0) { $0 + $1.ofBytes }
        one.occurrences = same.reduce(0) { $0 + $1.occurrences }
        return one
    }

    /// The one that saves more; of equal ones the one that was there first. Never by chance: reports are compared.
    fileprivate func isShown(before other: Finding) -> Bool {
        if savedBytes != other.savedBytes { return savedBytes > other.savedBytes }
        return (time, place.connection, place.view?.number ?? 0)
            < (other.time, other.place.connection, other.place.view?.number ?? 0)
    }

    private var time: UInt64 { place.first?.time ?? .max }
}
