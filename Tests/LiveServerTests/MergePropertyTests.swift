import LiveServer
import LiveViewWire
import TestSupport
import Testing

private struct Part: LiveComponent {
    let id: Int
    var text: String
    var own = 0

    mutating func update(from given: Part) { text = given.text }
    mutating func handle(event: Event, _ context: Context) { own += 1 }

    var body: HTML { "<div>\(text)\(if: own % 2 == 1, "<b>\(own)</b>")\(for: 0..<own % 4, { "\($0)," })</div>" }
}

/// Everything a template can have, changing at random.
private struct Restless: LiveView {
    var random = LiveRandom(seed: 0)
    var texts: [String] = ["a", "b", "c"]
    var rows: [(id: Int, text: String, inner: [Int])] = []
    var parts: [Int] = [1]
    var mode = 0

    mutating func handle(event: Event, _ context: Context) {
        if let seed = event["seed"].int { random = LiveRandom(seed: UInt64(seed)) }
        for index in texts.indices where Bool.random(using: &random) {
            let words = ["", "x", "<&>\"'", "long enough to be more than a word", "é\n"]
            texts[index] = words[Int.random(in: 0..<words.count, using: &random)]
        }
        mode = Int.random(in: 0..<4, using: &random)
        if Bool.random(using: &random) { rows.shuffle(using: &random) }
        if Int.random(in: 0..<3, using: &random) == 0, !rows.isEmpty { rows.removeFirst() }
        if Int.random(in: 0..<8, using: &random) == 0 { rows = [] }
        for index in rows.indices where Int.random(in: 0..<4, using: &random) == 0 {
            rows[index].text = texts[0]
            rows[index].inner = Array(0..<Int.random(in: 0..<4, using: &random))
        }
        let id = Int.random(in: 0..<20, using: &random)
        if !rows.contains(where: { $0.id == id }) {
            rows.insert((id, texts[1], [id]), at: Int.random(in: 0...rows.count, using: &random))
        }
        parts = (0..<8).filter { _ in Bool.random(using: &random) }
    }

    private var branch: HTML {
        switch mode {
        case 0: "<i>\(texts[0])</i>"
        case 1: "<u>\(texts[1])</u>\(for: texts, { "<s>\($0)</s>" })"
        case 2: "\(for: parts.reversed(), key: { $0 }, { "<em>\(Part(id: $0 + 100, text: texts[0]))</em>" })"
        default: .empty
        }
    }

    var body: HTML {
        """
        <h1>\(texts[0])\(texts[1])</h1>\(branch)
        \(for: rows, key: \.id, { row in
            "<li>\(row.id) \(row.text)\(if: row.id % 2 == 0, "<b>\(row.text)</b>")\(for: row.inner, { "\($0);" })</li>"
        })
        \(for: rows, { row in
            row.id % 3 == 0 ? "<p>\(row.text)</p>" : "<q>\(row.id)\(Part(id: row.id + 200, text: row.text))</q>"
        })
        \(for: parts, { "\(Part(id: $0, text: texts[1]))" })
        """
    }
}

/// Whatever a view does: merging what the server sends gives the HTML that the server would send whole.
@Suite struct MergePropertyTests {
    @Test(arguments: [LiveConfiguration.Format.rows, .keyed])
    func whatIsMergedIsWhatIsRendered(format: LiveConfiguration.Format) throws {
        for seed in 0..<60 {
            let conversation = Conversation(format: format) { $0.live("/", Restless()) }
            try conversation.open("/")
            // Another browser joins for the first time at each step's state: its tree is the truth.
            try conversation.click("first", "{\"seed\":\(seed)}")
            for step in 0..<15 {
                if step % 4 == 3 {
                    let ids = conversation.trees[conversation.rootTopic]?.components.keys.sorted() ?? []
                    for id in ids.prefix(3) { try conversation.click("own", cid: id.rawValue) }
                } else {
                    try conversation.click("change")
                }
                let merged = try conversation.html()
                let fresh = try conversation.freshHTML()
                guard merged == fresh else {
                    Issue.record("seed \(seed), step \(step):\n\(merged)\nis to be\n\(fresh)")
                    return
                }
                try conversation.dropGoneComponents()
            }
        }
    }
}

extension Conversation {
    /// What the view looks like, rendered whole.
    func freshHTML() throws -> String { try application.wholeHTML(of: rootTopic, in: socketSession) }

    /// Does what a client does when components are not in the page any more.
    func dropGoneComponents() throws {
        guard let tree = trees[rootTopic] else { return }
        let placed = try html()
        var gone: [ComponentID] = []
        for id in tree.components.keys.sorted() {
            let content = String(decoding: try tree.html(of: id), as: UTF8.self)
            if !placed.contains(content) { gone.append(id) }
        }
        guard !gone.isEmpty else { return }
        let list = gone.map { "\($0.rawValue)" }.joined(separator: ",")
        try push(rootTopic, "cids_will_destroy", "{\"cids\":[\(list)]}")
        let answer = try push(rootTopic, "cids_destroyed", "{\"cids\":[\(list)]}").first
        guard case .array(let numbers)? = answer?.json["cids"] else { return }
        trees[rootTopic]?.removeComponents(numbers.compactMap { $0.integer.map { ComponentID($0) } })
    }
}
