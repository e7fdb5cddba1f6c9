internal import RecordingStore
package import Sessions
internal import WebSocketWire

/// P38: the client's JavaScript is of another version than the server, or the wire is not as the version has it.
package struct VersionsDiffer: Rule {
    package static let facts = RuleFacts(
        id: "P38", name: "versions-differ", title: "Client and server versions differ", severity: .error,
        advice: """
            The client merges diffs as its own version has them: pages can go wrong, or throw. Deploy the assets with \
            the release, and let pages reload when `static_changed?/1` says so.
            """,
        before: "<script src=\"/assets/app.js\">",
        after: "<script phx-track-static src={~p\"/assets/app.js\"}>",
        source: "phoenix_live_view CHANGELOG 0.20.15, #4205")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of a script that are looked through. Default: 4 MB.
        package var scriptBytes = 4_000_000

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var view: ViewID
        var joins = 0
        var problems: Set<String> = []
        var messages: [MessageFacts] = []
    }

    /// What the server states, in its joins.
    private var stated: [String: Seen] = [:]
    /// The versions of the scripts that were served.
    private var served: Set<String> = []
    private static let versionLimit = 100

    package init() {}

    package static let observes: StepKinds = [.http, .viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where diff.isJoin:
            guard let version = diff.view.version.stated, stated[version] != nil || stated.count < Self.versionLimit
            else { return }
            var seen = stated[version] ?? Seen(view: diff.view.id)
            seen.joins += 1
            seen.messages.keep(diff.facts)
            stated[version] = seen
        case .viewEnded(let view, _):
            guard let version = view.version.stated, let problem = Self.problem(view.version) else { return }
            stated[version]?.view = view.id
            stated[version]?.problems.insert(problem)
        case .http(let exchange): script(exchange)
        default: break
        }
    }

    private mutating func script(_ exchange: HTTPExchange) {
        guard let type = exchange.response?.fields["Content-Type"], type.contains("javascript"),
            served.count < Self.versionLimit
        else { return }
        let body = exchange.responseBody.bytes
        if let version = Self.version(in: body.prefix(thresholds.scriptBytes)) { served.insert(version) }
    }

    /// What the script's `version()` returns, if it is LiveView's: `version(){return"1.2.10"}`, in any layout.
    static func version(in script: ArraySlice<UInt8>) -> String? {
        // The prefix `phx-` is the application's to choose: the script puts it before each name itself.
        guard script.contains("track-static"), script.contains("liveSocket") || script.contains("phx_join") else {
            return nil
        }
        var rest = script
        while let place = rest.place(of: "version()") {
            rest = rest[(place + 9)...]
            let words = rest.prefix(40).filter { $0 > 0x20 }
            guard words.starts(with: "{return\"".utf8) else { continue }
            let version = words.dropFirst(8).prefix { $0 != UInt8(ascii: "\"") }
            if version.contains(UInt8(ascii: ".")) { return String(decoding: version, as: UTF8.self) }
        }
        return nil
    }

    /// What the diffs have that the stated version does not.
    private static func problem(_ version: WireVersion) -> String? {
        guard
            let numbers = version.stated?.split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(3).map({
                Int($0) ?? 0
            }),
            numbers.count == 3
        else { return nil }
        let isKeyed = !numbers.lexicographicallyPrecedes([1, 1, 0])
        if version.hasKeyedLists, !isKeyed { return "keyed lists, which came with 1.1" }
        if version.hasRowLists, isKeyed { return "lists as up to 1.0" }
        if version.saysMoves, numbers.lexicographicallyPrecedes([1, 2, 8]) { return "moves as since 1.2.8" }
        return nil
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        stated.sorted { $0.key < $1.key }.flatMap { version, seen in
            let place = context.place(context.views[seen.view], facts: seen.messages.first)
            var texts = seen.problems.sorted().map { "the server says \(version), its diffs have \($0)" }
            if !served.isEmpty, !served.contains(version) {
                texts.append("the server says \(version), its script \(served.sorted().joined(separator: ", "))")
            }
            return texts.map { text in
                Finding(
                    Self.facts, place: place,
                    evidence: Finding.Evidence(text, count: seen.joins, messages: seen.messages))
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// Where the word begins.
    fileprivate func place(of word: String) -> Int? {
        let letters = Array(word.utf8)
        guard let first = letters.first else { return nil }
        var start = startIndex
        while let found = self[start...].firstIndex(of: first), found <= endIndex - letters.count {
            if self[found..<(found + letters.count)].elementsEqual(letters) { return found }
            start = found + 1
        }
        return nil
    }
}
