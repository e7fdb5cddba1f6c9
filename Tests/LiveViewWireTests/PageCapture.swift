import Foundation
import LiveViewWire
import Testing

/// A capture of Tests/Fixtures/PhoenixPages: the dead pages, the frames, and what the browser showed after each step.
struct PageCapture {
    struct Step {
        var name: String
        var start: Double
        var end: Double
        /// The text that the browser showed; the long ones are cut to 1,500 characters.
        var text: String
        /// The MD5 of the whole text.
        var digest: String
    }

    /// What the page says from a moment on.
    struct State {
        var time: Double
        var text: String
    }

    /// Stands for what hooks write, which no message says.
    static let anything: Character = "\u{FFFC}"

    private(set) var steps: [Step] = []
    private(set) var states: [State] = []

    init(_ name: String) throws {
        var page = PageModel()
        for line in try Fixtures.lines(name, in: Fixtures.pages) where !line.isEmpty {
            let bytes = Array(line.utf8)
            let entry = try JSONValue(bytes.span)
            if let text = entry["page"]?.string {
                let html = Array(text.utf8)
                page.deadPages.append(try [HTMLNode](html: html.span))
            } else if let step = entry["step"]?.string, let text = entry["text"]?.string,
                let digest = entry["md5"]?.string
            {
                let (start, end) = (try entry.time("t0"), try entry.time("wall"))
                steps.append(Step(name: step, start: start, end: end, text: text, digest: digest))
            } else if let event = entry["ev"]?.string, let text = entry["text"]?.string {
                let time = try entry.time("at")
                if states.isEmpty { states.append(State(time: 0, text: page.text)) }
                try page.take(event, Array(text.utf8))
                states.append(State(time: time, text: page.text))
            }
        }
    }

    /// What the page said when the step began, and all that it said until the step's end.
    func states(during step: Step) -> [State] {
        let first = states.lastIndex { $0.time <= step.start } ?? 0
        return states[first...].filter { $0.time <= step.end }
    }

    /// Whether a state's text is what the browser showed. Of a text that is cut the digest tells.
    static func shows(_ text: String, _ step: Step) -> Bool {
        let shown = step.text
        guard shown.count < 1500 else { return md5(Array(text.utf8)) == step.digest }
        let parts = text.split(separator: anything, omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard parts.count > 1 else { return text == shown }
        var rest = Substring(shown)
        for (index, part) in parts.enumerated() {
            if index == 0 {
                guard rest.hasPrefix(part) else { return false }
                rest = rest.dropFirst(part.count)
            } else if index == parts.count - 1 {
                guard rest.hasSuffix(part) else { return false }
            } else {
                guard let found = rest.range(of: part) else { return false }
                rest = rest[found.upperBound...]
            }
        }
        return true
    }

    /// Where a state's text and the browser's part.
    func difference(_ text: String, _ shown: String) -> String {
        let common = zip(text, shown).prefix { $0 == $1 }.count
        return
            "…\(text.dropFirst(max(0, common - 30)).prefix(80))… for …\(shown.dropFirst(max(0, common - 30)).prefix(80))…"
    }
}

/// A page with its live views, as messages change them.
struct PageModel {
    /// The HTML of the page loads, in their order; the first is the page's.
    var deadPages: [[HTMLNode]] = []
    /// What hooks write into.
    static let writtenByHooks: Set<String> = ["chart-info", "toast", "measure-reply"]

    private struct View {
        var tree = LiveTree()
        var nodes: [HTMLNode] = []
        var streams: [String: StreamChildren] = [:]
        /// The children of elements that no patch touches, by id.
        var ignored: [String: [HTMLNode]] = [:]
    }

    private var views: [String: View] = [:]
    private var loads = 0

    mutating func take(_ event: String, _ bytes: [UInt8]) throws {
        switch event {
        case "sent":
            let message = try ChannelMessage(text: bytes.span, from: .client)
            let payload = try JSONValue(bytes.span, in: message.payload)
            // The first join of a page that is loaded anew.
            if message.head.event == ChannelEvent.join, payload["url"] != nil, views[message.head.topic] == nil,
                let next = deadPages.firstIndex(where: { $0.hasElement(id: String(message.head.topic.dropFirst(3))) })
            {
                loads = next
                views = [:]
            }
        case "recv":
            let message = try ChannelMessage(text: bytes.span, from: .server)
            for change in try SampleMessage.changes(message, bytes, line: 0) { try take(change) }
        default:
            break
        }
    }

    private mutating func take(_ change: SampleMessage) throws {
        let id = String(change.view.dropFirst(3))
        var view = change.isWhole ? View() : views[change.view] ?? View()
        let applied = try view.tree.apply(RenderedDiff(change.diff.span))
        view.tree.removeComponents(change.removed)
        #expect(view.tree.missingSlots == [])
        let html = try view.tree.html()
        let rendered = try [HTMLNode](html: html.span)
        view.nodes = rendered.mapElements { element in
            guard element["phx-update"] == "stream", let id = element.id else { return element }
            view.streams[id, default: StreamChildren()].update(
                rendered: element.children.elements, operations: applied.streams)
            var kept = element
            kept.children = view.streams[id, default: StreamChildren()].elements.map { .element($0) }
            return kept
        }
        views["lv:" + id] = view
    }

    /// The text of the body as it is now.
    var text: String {
        guard deadPages.indices.contains(loads) else { return "" }
        return filled(deadPages[loads]).visibleText
    }

    private func filled(_ nodes: [HTMLNode]) -> [HTMLNode] {
        nodes.mapElements { element in
            var element = element
            if element["data-phx-session"] != nil, let id = element.id, let view = views["lv:" + id] {
                element.children = view.nodes
            }
            if let id = element.id, Self.writtenByHooks.contains(id) {
                element.children = [.text(String(PageCapture.anything))]
            }
            return element
        }
    }
}

extension [HTMLNode] {
    func hasElement(id: String) -> Bool {
        elements.contains { $0.id == id || $0.children.hasElement(id: id) }
    }
}

extension JSONValue {
    fileprivate func time(_ key: String) throws -> Double {
        guard case .number(let digits)? = self[key], let time = Double(digits) else {
            throw JSONError(offset: 0, expected: "a time in \(key)", actual: "none")
        }
        return time
    }
}
