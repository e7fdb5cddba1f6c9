package import Sessions

/// P11: events for hooks that carry much, or what they carried before, or what is on the page as well.
package struct PushedData: Rule {
    package static let facts = RuleFacts(
        id: "P11", name: "pushed-data", title: "Large or repeated push_event", severity: .warning,
        advice: """
            An event for a hook has no diff: its payload is sent whole each time. \
            Push what is new, let the hook fetch large data by HTTP, or keep the data in one place: event or page.
            """,
        before: "push_event(socket, \"chart\", %{points: socket.assigns.points})",
        after: "push_event(socket, \"chart-add\", %{point: point})",
        source: "guide js-interop \"Client-server communication\"")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of one event's payload. Default: 10 000.
        package var bytes = 10_000
        /// Events of one name, for repeated elements. Default: 3.
        package var events = 3
        /// Elements of an array, to be compared with the last event's. Default: 5.
        package var elements = 5
        /// The share of them that was in the last event. Default: 0.8.
        package var repeated = 0.8
        /// Bytes of a text that is in a payload and in the same diff. Default: 200.
        package var textBytes = 200

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Seen {
        var events = 0
        var bytes = 0
        var large = 0
        var largest = 0
        var repeats = 0
        var repeatedBytes = 0
        var twice = 0
        var twiceBytes = 0
        var messages: [MessageFacts] = []
        /// Hashes of the last event's elements.
        var last: [Int] = []
    }

    /// By view, and the event's name.
    private var views: [ViewID: [String: Seen]] = [:]
    private var done: [Finding] = []

    package init() {}

    package static let observes: StepKinds = [.viewEnded, .diff]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        switch step {
        case .diff(let diff) where !diff.account.events.isEmpty:
            for event in diff.account.events {
                var counts = views[diff.view.id]?.removeValue(forKey: event.name) ?? Seen()
                take(event, diff, &counts)
                views[diff.view.id, default: [:]][event.name] = counts
            }
        case .viewEnded(let view, _):
            if let events = views.removeValue(forKey: view.id) { done += findings(events, view.id, context) }
        default: break
        }
    }

    private func take(_ event: DiffAccount.SentEvent, _ diff: DiffStep, _ counts: inout Seen) {
        let payload = diff.payload[event.payload]
        counts.events += 1
        counts.bytes += payload.count
        counts.largest = max(counts.largest, payload.count)
        var isFound = false
        if payload.count >= thresholds.bytes {
            counts.large += 1
            isFound = true
        }
        let elements = JSONElements.of(payload, atLeast: thresholds.elements)
        let known = JSONElements.known(of: elements, from: counts.last)
        if !elements.isEmpty, Double(known.count) >= thresholds.repeated * Double(elements.count) {
            counts.repeats += 1
            counts.repeatedBytes += known.bytes
            isFound = true
        }
        counts.last = elements.map(\.hash)
        let bytes = bytesOnPage(payload, diff)
        if bytes > 0 {
            counts.twice += 1
            counts.twiceBytes += bytes
            isFound = true
        }
        if isFound { counts.messages.keep(diff.facts) }
    }

    /// Bytes of texts in the payload that are leaves of the diff as well.
    private func bytesOnPage(_ payload: ArraySlice<UInt8>, _ diff: DiffStep) -> Int {
        guard payload.count >= thresholds.textBytes else { return 0 }
        var bytes = 0
        for leaf in diff.account.leaves where leaf.byteCount >= thresholds.textBytes {
            let text = diff.text(of: leaf)
            if leaf.byteCount <= payload.count, JSONElements.find(text, in: payload) { bytes += text.count }
        }
        return bytes
    }

    package func findings(_ context: RuleContext) -> [Finding] { done }

    private func findings(_ events: [String: Seen], _ view: ViewID, _ context: RuleContext) -> [Finding] {
        events.sorted { $0.key < $1.key }.compactMap { name, counts in
            let isRepeated = counts.events >= thresholds.events && counts.repeats >= thresholds.events - 1
            guard isRepeated || counts.large > 0 || counts.twice > 0 else { return nil }
            var parts = ["\(counts.events) events of up to \(counts.largest) bytes"]
            if isRepeated { parts.append("\(counts.repeats) with mostly the elements of the one before") }
            if counts.twice > 0 { parts.append("\(counts.twice) with a text that is in the same diff") }
            let saved = (isRepeated ? counts.repeatedBytes : 0) + counts.twiceBytes
            let isWaste = isRepeated || counts.twice > 0
            return Finding(
                Self.facts, severity: isWaste ? nil : .info,
                place: context.place(context.views[view], event: name, facts: counts.messages.first),
                evidence: Finding.Evidence(
                    parts.joined(separator: ", "), bytes: counts.bytes, count: counts.events,
                    ratio: isWaste ? Double(saved) / Double(max(1, counts.bytes)) : nil, messages: counts.messages),
                savedBytes: saved, ofBytes: counts.bytes)
        }
    }
}

/// Elements of the arrays in a JSON value.
enum JSONElements {
    struct Element {
        var hash: Int
        var byteCount: Int
    }

    /// Elements kept of one payload. Beyond that, the others count for nothing.
    private static let limit = 10_000

    /// The elements of the outermost arrays that have so many.
    static func of(_ json: ArraySlice<UInt8>, atLeast count: Int) -> [Element] {
        var found: [Element] = []
        var array: [Element] = []
        /// How deep the array is that is read; 0: none is.
        var (depth, arrayDepth, start) = (0, 0, json.startIndex)
        var isText = false
        var index = json.startIndex
        while index < json.endIndex {
            let byte = json[index]
            if isText {
                if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { isText = false }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                depth += 1
                if byte == UInt8(ascii: "["), arrayDepth == 0 {
                    (arrayDepth, start) = (depth, index + 1)
                    array.removeAll(keepingCapacity: true)
                }
            } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                if depth == arrayDepth, arrayDepth > 0 {
                    if start < index { array.append(element(json[start..<index])) }
                    if array.count >= count { found += array.prefix(max(0, limit - found.count)) }
                    arrayDepth = 0
                }
                depth -= 1
            } else if byte == UInt8(ascii: ","), depth == arrayDepth, arrayDepth > 0 {
                array.append(element(json[start..<index]))
                start = index + 1
            }
            index += 1
        }
        return found
    }

    private static func element(_ json: ArraySlice<UInt8>) -> Element {
        Element(hash: json.hashValue, byteCount: json.count)
    }

    /// Elements that were in the old ones, at their place or all moved by as much: short values are equal by chance, if
    /// only they count and not where they are.
    static func known(of elements: [Element], from old: [Int]) -> (count: Int, bytes: Int) {
        guard let first = elements.first, let oldFirst = old.first else { return (0, 0) }
        var shifts = [0]
        shifts += old.indices.lazy.filter { old[$0] == first.hash }.prefix(8)
        shifts += elements.indices.lazy.filter { elements[$0].hash == oldFirst }.prefix(8).map { -$0 }
        var best = (count: 0, bytes: 0)
        for shift in shifts {
            var found = (count: 0, bytes: 0)
            for (place, element) in elements.enumerated()
            where old.indices.contains(place + shift) && old[place + shift] == element.hash {
                found.count += 1
                found.bytes += element.byteCount
            }
            if found.count > best.count { best = found }
        }
        return best
    }

    /// Whether a text is somewhere in a JSON value.
    static func find(_ text: ArraySlice<UInt8>, in json: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, json.count >= text.count else { return false }
        var start = json.startIndex
        while let found = json[start...].firstIndex(of: first), found <= json.endIndex - text.count {
            if json[found..<(found + text.count)].elementsEqual(text) { return true }
            start = found + 1
        }
        return false
    }
}
