internal import LiveViewWire
package import Sessions

/// P37: annotations for developers, in pages for everybody.
package struct DebugAnnotations: Rule {
    package static let facts = RuleFacts(
        id: "P37", name: "debug-annotations", title: "Debug annotations in production", severity: .warning,
        advice: """
            Comments with modules, files and lines are in the statics: bytes for each visitor, and a look inside for \
            anyone. Set `debug_heex_annotations` and `debug_attributes` in config/dev.exs only.
            """,
        before: "# config/config.exs\nconfig :phoenix_live_view, debug_heex_annotations: true",
        after: "# config/dev.exs\nconfig :phoenix_live_view, debug_heex_annotations: true",
        source: "phoenix_live_view CHANGELOG 1.2 \"Opting out of debug annotations\"")

    package struct Thresholds: Hashable, Sendable {
        /// Whether pages of this computer are reported too: on these, developers want the annotations. Default: no.
        package var includesLocal = false

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var view: ViewID
        var bytes = 0
        var ofBytes = 0
        var count = 0
        var hasProcess = false
        var messages: [MessageFacts] = []
    }

    /// By route.
    private var seen: [String: Seen] = [:]
    /// Bytes of annotations, by template.
    private var known: [TemplateText: Int] = [:]
    private var isLocal: [SessionID: Bool] = [:]
    private static let routeLimit = 10_000

    package init() {}

    package static let observes: StepKinds = [.diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .diff(let diff) = step, diff.isJoin || !diff.account.statics.isEmpty else { return }
        let hasProcess = diff.isJoin && Self.hasProcess(diff)
        var bytes = 0
        var count = 0
        for statics in diff.account.statics {
            let annotations = annotationBytes(statics.text, context)
            bytes += annotations
            if annotations > 0 { count += 1 }
        }
        guard bytes > 0 || hasProcess, thresholds.includesLocal || !isLocal(diff.view.session, context) else { return }
        let route = diff.view.route
        guard seen[route] != nil || seen.count < Self.routeLimit else { return }
        var sum = seen[route] ?? Seen(view: diff.view.id)
        sum.bytes += bytes
        sum.count += count
        sum.ofBytes += diff.account.byteCount
        sum.hasProcess = sum.hasProcess || hasProcess
        sum.messages.keep(diff.facts)
        seen[route] = sum
    }

    private mutating func annotationBytes(_ text: TemplateText, _ context: RuleContext) -> Int {
        if let bytes = known[text] { return bytes }
        let parts = context.paths.parts(of: text)
        var bytes = 0
        for part in 0..<parts.partCount { bytes += Self.annotationBytes(parts[part]) }
        known[text] = bytes
        return bytes
    }

    /// Bytes of `<!-- <App.Page.render> lib/page.ex:12 (app) -->` and ` data-phx-loc="12"`.
    private static func annotationBytes(_ text: ArraySlice<UInt8>) -> Int {
        guard text.count > 14 else { return 0 }
        var bytes = 0
        for index in text.indices where text[index] == UInt8(ascii: "<") || text[index] == UInt8(ascii: " ") {
            let rest = text[index...]
            if rest.starts(with: "<!-- <".utf8) || rest.starts(with: "<!-- @caller".utf8) {
                bytes += length(rest, until: "-->")
            } else if rest.starts(with: " data-phx-loc=\"".utf8) {
                bytes += 15 + length(rest.dropFirst(15), until: "\"")
            }
        }
        return bytes
    }

    private static func length(_ text: ArraySlice<UInt8>, until end: String) -> Int {
        let letters = Array(end.utf8)
        var index = text.startIndex
        while index + letters.count <= text.endIndex {
            if text[index..<(index + letters.count)].elementsEqual(letters) {
                return index + letters.count - text.startIndex
            }
            index += 1
        }
        return text.count
    }

    /// Whether the join's reply names the process, which it does where debugging is on.
    private static func hasProcess(_ diff: DiffStep) -> Bool {
        diff.payload[..<diff.range.lowerBound].contains("\"pid\":")
            || diff.payload[diff.range.upperBound...].contains("\"pid\":")
    }

    private mutating func isLocal(_ session: SessionID, _ context: RuleContext) -> Bool {
        if let known = isLocal[session] { return known }
        let url = context.sessions[session]?.url ?? ""
        var host = Substring(url)
        if let scheme = url.ranges(of: "://").first {
            host = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
            if !host.hasPrefix("[") { host = host.prefix { $0 != ":" } }
        }
        let local =
            ["localhost", "127.0.0.1", "0.0.0.0"].contains(host) || host.hasPrefix("[::1]")
            || host.hasSuffix(".localhost")
        isLocal[session] = local
        return local
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { $0.key < $1.key }.map { route, sum in
            var text = "annotations in \(sum.count) templates that were sent"
            if sum.hasProcess {
                text =
                    sum.count > 0
                    ? text + ", and the process in the join's reply" : "the process is named in the join's reply"
            }
            return Finding(
                Self.facts, place: context.place(context.views[sum.view], facts: sum.messages.first),
                evidence: Finding.Evidence(text, bytes: sum.bytes, count: sum.count, messages: sum.messages),
                savedBytes: sum.bytes, ofBytes: sum.ofBytes)
        }
    }
}
