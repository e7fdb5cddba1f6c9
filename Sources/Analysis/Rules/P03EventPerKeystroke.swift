package import Sessions

/// P3: a form's input that sends an event for each letter.
package struct EventPerKeystroke: Rule {
    package static let facts = RuleFacts(
        id: "P3", name: "event-per-keystroke", title: "An event for each keystroke", severity: .warning,
        advice: """
            Each letter is an event, a render and a reply, most of which nobody looks at. \
            Let the input wait until the typing pauses, with `phx-debounce`.
            """,
        before: "<input name=\"user[name]\" value={@name}>",
        after: "<input name=\"user[name]\" value={@name} phx-debounce=\"300\">",
        source: "guide bindings \"Rate limiting events with Debounce and Throttle\"; phoenix_live_view #4")

    package struct Thresholds: Hashable, Sendable {
        /// Events in a row. Default: 3.
        package var events = 3
        /// Nanoseconds between two of them, at most. Default: 250 ms.
        package var gap: UInt64 = 250_000_000
        /// Letters that the value grows or shrinks by, at most. Default: 2.
        package var letters = 2

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Key: Hashable {
        var view: ViewID
        var event: String
        var target: String
    }

    private struct Seen {
        var session: SessionID?
        // The run that goes on: its events, and bytes of all but the last.
        var runEvents = 0
        var runBytes = 0
        var lastBytes = 0
        var lastTime: UInt64 = 0
        var lastLetters = 0
        // All runs that were long enough.
        var runs = 0
        var events = 0
        var saved = 0
        /// Of all events, in runs or not.
        var bytes = 0
        var messages: [MessageFacts] = []
    }

    private var seen: [Key: Seen] = [:]

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step, let event = exchange.event, event.type == "form",
            let target = event.target, event.isValueText, let view = exchange.view
        else { return }
        let key = Key(view: view, event: event.name, target: target)
        let letters = FormValue.letterCount(of: target, in: event)
        var counts = seen[key] ?? Seen()
        counts.session = exchange.session
        let time = exchange.request.time
        let isNext =
            counts.runEvents > 0 && time >= counts.lastTime && time - counts.lastTime < thresholds.gap
            && (1...thresholds.letters).contains(abs(letters - counts.lastLetters))
        if isNext {
            counts.runBytes += counts.lastBytes
        } else {
            endRun(&counts)
        }
        counts.runEvents += 1
        counts.lastBytes = Int(clamping: exchange.byteCount)
        counts.bytes += counts.lastBytes
        counts.lastTime = time
        counts.lastLetters = letters
        if counts.runEvents >= thresholds.events { counts.messages.keep(exchange.request) }
        seen[key] = counts
    }

    private func endRun(_ counts: inout Seen) {
        if counts.runEvents >= thresholds.events {
            counts.runs += 1
            counts.events += counts.runEvents
            counts.saved += counts.runBytes
        }
        counts.runEvents = 0
        counts.runBytes = 0
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        seen.sorted { ($0.key.view, $0.key.event, $0.key.target) < ($1.key.view, $1.key.event, $1.key.target) }
            .compactMap { key, counts in
                var counts = counts
                endRun(&counts)
                guard counts.runs > 0 else { return nil }
                return Finding(
                    Self.facts,
                    place: context.place(context.views[key.view], event: key.event, facts: counts.messages.first),
                    evidence: Finding.Evidence(
                        """
                        \(counts.events) events while \(key.target) was typed, less than \
                        \(thresholds.gap / 1_000_000) ms apart: with a debounce they are \(counts.runs)
                        """,
                        bytes: counts.saved, count: counts.events, messages: counts.messages),
                    savedBytes: counts.saved, ofBytes: counts.bytes)
            }
    }
}

/// A form's value, as browsers write it: `user%5Bname%5D=Ada&user%5Bmail%5D=`.
enum FormValue {
    /// Letters of a field's value; of a form that is too long to be kept, its length.
    static func letterCount(of field: String, in event: ClientEvent) -> Int {
        let letters = Array(field.utf8)
        var found: Int?
        for pair in event.value.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            if found == nil, decoded(name).elementsEqual(letters) {
                // Bytes that go on with a letter of UTF-8 are none of their own.
                found = decoded(pair[name.endIndex...].dropFirst()).count { $0 & 0xc0 != 0x80 }
            }
        }
        return found ?? event.valueByteCount
    }

    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex, let high = digit(text[index + 1]),
                let low = digit(text[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : text[index])
                index += 1
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
        default: nil
        }
    }
}
