package import LiveViewWire
internal import RecordingFormat
internal import Sessions

/// `--format json`: everything that the other reports tell. The article AnalysisJSON in the documentation and the schema
/// beside it describe it; keys are added only, until ``version`` is another.
package struct JSONReport {
    package static let version = 1
    private let report: Report

    package init(_ report: Report) { self.report = report }

    package var text: String { value.indentedText }

    package var value: JSONValue {
        let totals = report.analysis.totals
        return [
            "format": "livetape-analysis",
            "version": .count(Self.version),
            "release": .string(report.release),
            "recording": .string(report.recording),
            "run": .string(report.run),
            "liveViewVersions": .array(report.analysis.details.versions.sorted().map { .string($0) }),
            "summary": summary(totals),
            "views": .array(report.views.map { view($0.route, $0.part) }),
            "events": .array(report.events.map { event($0.key, $0.part) }),
            "paths": .array(report.paths.prefix(200).map { path($0.key, $0.part) }),
            "findings": .array(report.analysis.findings.map(Self.finding)),
            "whatIf": report.analysis.whatIf.map { Self.whatIf($0) } ?? .null,
            "budgets": report.verdict.map { verdict($0) } ?? .null,
            "notes": .array(report.analysis.notes.map { .string("\($0)") }),
            "noteCount": .count(report.analysis.noteCount),
            "skippedBytes": .count(report.analysis.skippedBytes),
        ]
    }

    private static func whatIf(_ whatIf: WhatIf) -> JSONValue {
        func saving(_ saving: WhatIf.Saving) -> JSONValue {
            [
                "count": .count(saving.count), "bytes": .count(saving.bytes), "savedBytes": .count(saving.savedBytes),
                "savedMessages": .count(saving.savedMessages),
            ]
        }
        let compression: JSONValue =
            whatIf.compression.map { compression in
                [
                    "bytes": .count(compression.bytes), "measuredBytes": .count(compression.measuredBytes),
                    "withContext": .count(compression.withContext),
                    "withoutContext": .count(compression.withoutContext),
                ]
            } ?? .null
        return [
            "compression": compression, "keyedLists": saving(whatIf.keyedLists), "streams": saving(whatIf.streams),
            "debounce": saving(whatIf.debounce),
        ]
    }

    private func summary(_ totals: Totals) -> JSONValue {
        [
            "firstWallNanoseconds": totals.firstWallNanoseconds.map { .count($0) } ?? .null,
            "lastedNanoseconds": .count(report.lasted),
            "sessions": .count(totals.sessionCount),
            "sockets": .count(totals.socketCount),
            "views": .count(totals.viewCount),
            "rejoins": .count(totals.rejoinCount),
            "exchanges": .count(totals.exchangeCount),
            "fromClient": count(totals.fromClient),
            "fromServer": count(totals.fromServer),
            "byKind": .object(
                totals.byKind.sorted { "\($0.key)" < "\($1.key)" }
                    .map { JSONValue.Member("\($0.key)", count($0.value)) }),
            "unaskedPushes": count(totals.unaskedPushes),
            "joinBytes": bytes(totals.joinBytes),
            "diffBytes": bytes(totals.diffBytes),
            "redundantShare": .decimal(totals.redundantShare),
            "diffSizes": Self.histogram(totals.diffSizes, withPowers: true),
            "joinSizes": Self.histogram(totals.joinSizes, withPowers: true),
            "latencies": Self.histogram(totals.latencies, withPowers: true),
            "joinLatencies": Self.histogram(totals.joinLatencies, withPowers: true),
            "savedBytes": .count(report.savedBytes),
        ]
    }

    private func count(_ count: MessageCount) -> JSONValue {
        ["messages": .count(count.messages), "bytes": .count(count.bytes), "wireBytes": .count(count.wireBytes)]
    }

    private func bytes(_ bytes: DiffBytes) -> JSONValue {
        [
            "total": .count(bytes.total), "new": .count(bytes.new), "changed": .count(bytes.changed),
            "redundant": .count(bytes.redundant), "firstStatics": .count(bytes.firstStatics),
            "resentStatics": .count(bytes.resentStatics), "places": .count(bytes.places),
            "events": .count(bytes.events), "title": .count(bytes.title), "reply": .count(bytes.reply),
            "streams": .count(bytes.streams), "structure": .count(bytes.structure), "unknown": .count(bytes.unknown),
        ]
    }

    static func histogram(_ histogram: Histogram, withPowers: Bool = false) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("count", .count(histogram.count)), .init("sum", .count(histogram.sum)),
            .init("p50", .count(histogram.percentile(50))), .init("p95", .count(histogram.percentile(95))),
            .init("p99", .count(histogram.percentile(99))), .init("max", .count(histogram.maximum)),
        ]
        if withPowers {
            let powers = histogram.powers.map { ["upTo": .count($0.upTo), "count": .count($0.count)] as JSONValue }
            members.append(.init("powers", .array(powers)))
        }
        return .object(members)
    }

    private func view(_ route: String, _ part: Part) -> JSONValue {
        let measured = report.analysis.details.byView[route] ?? Measured()
        return [
            "route": .string(route), "diffs": .count(part.count), "bytes": .count(part.bytes),
            "redundantBytes": .count(part.redundantBytes), "sizes": Self.histogram(measured.sizes),
            "latencies": Self.histogram(measured.latencies),
        ]
    }

    private func event(_ key: Totals.EventKey, _ part: Part) -> JSONValue {
        [
            "route": .string(key.route), "event": .string(key.event), "count": .count(part.count),
            "bytes": .count(part.bytes), "redundantBytes": .count(part.redundantBytes),
            "sizes": Self.histogram(part.sizes), "latencies": Self.histogram(part.latencies),
        ]
    }

    private func path(_ key: Totals.PathKey, _ part: Part) -> JSONValue {
        [
            "route": .string(key.route), "path": .string(key.path), "leaves": .count(part.count),
            "bytes": .count(part.bytes), "redundantBytes": .count(part.redundantBytes),
        ]
    }

    static func finding(_ finding: Finding) -> JSONValue {
        [
            "rule": .string(finding.rule.id), "name": .string(finding.rule.name),
            "title": .string(finding.rule.title), "severity": .string("\(finding.severity)"),
            "place": place(finding.place), "where": .string(finding.placeText),
            "evidence": [
                "text": .string(finding.evidence.text), "bytes": .count(finding.evidence.bytes),
                "count": .count(finding.evidence.count),
                "ratio": finding.evidence.ratio.map { .decimal($0) } ?? .null,
                "messages": .array(finding.evidence.messages.map(message)),
            ],
            "occurrences": .count(finding.occurrences),
            "savedBytes": .count(finding.savedBytes), "ofBytes": .count(finding.ofBytes),
            "savedShare": .decimal(finding.savedShare), "advice": .string(finding.rule.advice),
            "before": .string(finding.rule.before), "after": .string(finding.rule.after),
            "source": .string(finding.rule.source),
        ]
    }

    private static func place(_ place: Finding.Place) -> JSONValue {
        [
            "session": place.session.map { .count($0.number) } ?? .null,
            "view": place.view.map { .count($0.number) } ?? .null, "route": .string(place.route),
            "topic": .string(place.topic), "event": .optional(place.event),
            "path": place.path.map { path($0) } ?? .null, "connection": .count(place.connection),
            "first": place.first.map { message($0) } ?? .null,
        ]
    }

    private static func path(_ path: PathName) -> JSONValue {
        [
            "text": .string("\(path)"), "slots": .string(path.slots.joined(separator: "/")),
            "element": .string(path.element), "attribute": .optional(path.attribute),
            "domID": .optional(path.domID), "function": .optional(path.function), "file": .optional(path.file),
            "line": path.line.map { .count($0) } ?? .null,
        ]
    }

    private static func message(_ facts: MessageFacts) -> JSONValue {
        [
            "connection": .count(facts.connection), "sender": .string("\(facts.sender)"),
            "wallNanoseconds": .count(facts.stamp.wallNanoseconds), "firstFrame": .count(facts.frames.lowerBound),
            "frameCount": .count(facts.frames.count), "bytes": .count(facts.byteCount),
            "wireBytes": .count(facts.wireByteCount),
        ]
    }

    private func verdict(_ verdict: BudgetVerdict) -> JSONValue {
        [
            "isBroken": .boolean(verdict.isBroken),
            "checks": .array(
                verdict.checks.map { check in
                    [
                        "scope": .string(check.scope), "measure": .string(check.measure.rawValue),
                        "level": .string(check.level.rawValue), "isBroken": .boolean(check.isBroken),
                        "actual": .decimal(check.actual), "limit": .decimal(check.limit),
                        "baseline": check.baseline.map { .decimal($0) } ?? .null, "text": .string(check.text),
                    ]
                }),
            "notes": .array(verdict.notes.map { .string($0) }),
        ]
    }
}
