internal import LiveViewWire
internal import RecordingFormat
internal import Sessions

/// `--format html`: one file that opens from disk, with charts, a treemap, the findings and the largest diffs.
///
/// It loads nothing and sends nothing. What was recorded is in it as JSON, which its script shows as text only.
package struct HTMLReport {
    private let report: Report

    /// Paths in the treemap at most; the rest of a view is one piece. Default: 300.
    private static let pathLimit = 300

    package init(_ report: Report) { self.report = report }

    package var text: String {
        let title = ReportText.escapedXML("LiveTape: \(report.recording)")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <title>\(title)</title>
            <style>
            \(Self.resource(PackageResources.report_css))
            </style>
            </head>
            <body>
            <main id="report"><noscript>This report draws itself with a script.</noscript></main>
            <script type="application/json" id="data">\(Self.embedded(data.compactText))</script>
            <script>
            \(Self.resource(PackageResources.report_js))
            </script>
            </body>
            </html>

            """
    }

    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    private static func resource(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// JSON that can stand in a script element: nothing in it ends the element, or begins a comment.
    static func embedded(_ json: String) -> String {
        json.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
    }

    private var data: JSONValue {
        guard case .object(var members) = JSONReport(report).value else { return .null }
        let details = report.analysis.details
        members.removeAll { $0.key == "paths" }
        members += [
            .init("paths", paths),
            .init("sizePoints", points(details.sizePoints)), .init("latencyPoints", points(details.latencyPoints)),
            .init("samples", .array(samples(details.samples).map(sample))),
        ]
        return .object(members)
    }

    /// The views' bytes by path, with what no path has as one of its own.
    private var paths: JSONValue {
        let shown = report.paths.prefix(Self.pathLimit)
        return .array(
            shown.map { key, part in
                [
                    "route": .string(key.route), "path": .string(key.path), "bytes": .count(part.bytes),
                    "redundantBytes": .count(part.redundantBytes),
                ]
            })
    }

    private func points(_ series: PointSeries) -> JSONValue {
        let start = report.analysis.totals.firstWallNanoseconds ?? 0
        return [
            "stride": .count(series.stride),
            "points": .array(
                series.points.map { point in
                    let milliseconds = (point.wallNanoseconds &- min(start, point.wallNanoseconds)) / 1_000_000
                    return [
                        .count(milliseconds), .count(point.value), .count(point.redundant), .string(point.route),
                        .string(point.label), .boolean(point.isJoin),
                    ]
                }),
        ]
    }

    private func samples(_ samples: [DiffSample]) -> [DiffSample] {
        samples.sorted { ($0.redundantBytes, $0.byteCount) > ($1.redundantBytes, $1.byteCount) }
    }

    private func sample(_ sample: DiffSample) -> JSONValue {
        let start = report.analysis.totals.firstWallNanoseconds ?? 0
        let wall = sample.facts.stamp.wallNanoseconds
        return [
            "milliseconds": .count((wall &- min(start, wall)) / 1_000_000), "route": .string(sample.route),
            "label": .string(sample.label), "isJoin": .boolean(sample.isJoin), "bytes": .count(sample.byteCount),
            "redundantBytes": .count(sample.redundantBytes), "connection": .count(sample.facts.connection),
            "frame": .count(sample.facts.frames.lowerBound), "omittedBytes": .count(sample.omittedBytes),
            "segments": .array(sample.segments.map { [.string($0.mark.rawValue), .string($0.text)] }),
        ]
    }
}
