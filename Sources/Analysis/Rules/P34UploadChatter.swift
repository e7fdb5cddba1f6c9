package import Sessions

/// P34: uploads in small chunks, renders for each step of progress, or many uploads at once.
package struct UploadChatter: Rule {
    package static let facts = RuleFacts(
        id: "P34", name: "upload-chatter", title: "Uploads with many round trips", severity: .warning,
        advice: """
            Each chunk waits for its answer, and each step of progress renders what reads the entry. Take larger \
            chunks, show progress in one small place, and limit the entries.
            """,
        before: "allow_upload(socket, :photos, accept: ~w(.jpg), chunk_size: 4_000)",
        after: "allow_upload(socket, :photos, accept: ~w(.jpg), chunk_size: 64_000, max_entries: 10)",
        source: "phoenix_live_view #1464, #2633; guide uploads")

    package struct Thresholds: Hashable, Sendable {
        /// Bytes of a chunk: less than this. Default: 16 kB.
        package var chunkBytes = 16_000
        /// Bytes of a file whose chunks are looked at: more than this. Default: 1 MB.
        package var fileBytes = 1_000_000
        /// Replies to progress that bring a diff, of one file: more than this. Default: 20.
        package var diffs = 20
        /// Files that begin within a second: more than this. Default: 20.
        package var files = 20
        /// Bytes of a chunk as it could be. Default: 64 kB.
        package var goodChunkBytes = 64_000

        package init() {}
    }

    package var thresholds = Thresholds()

    private struct Topic: Hashable {
        var connection: UInt64
        var topic: String
    }

    private struct File {
        var chunks = 0
        var bytes = 0
        var largest = 0
        /// Of its messages, what is no content.
        var overhead = 0
        var first: MessageFacts
    }

    private struct Entry: Hashable {
        var view: ViewID
        var entry: String
    }

    private struct Progress {
        var diffs = 0
        var bytes = 0
        var first: MessageFacts
    }

    private struct Start {
        var times: [UInt64] = []
        var most = 0
        var first: MessageFacts
    }

    private var files: [Topic: File] = [:]
    private var entries: [Entry: Progress] = [:]
    private var starts: [UInt64: Start] = [:]
    private var done: [Finding] = []
    private static let limit = 10_000

    package init() {}

    package static let observes: StepKinds = [.exchange]

    package mutating func observe(_ step: SessionStep, _ context: RuleContext) {
        guard case .exchange(let exchange) = step else { return }
        switch exchange.kind {
        case .uploadChunk(let byteCount): chunk(byteCount, exchange)
        case .uploadProgress(let percent, let entry): progress(percent, entry, exchange)
        case .uploadJoin: join(exchange, context)
        case .join, .event, .patch, .leave, .heartbeat, .uploadBegin, .componentsWillDestroy, .componentsDestroyed,
            .other:
            break
        }
    }

    private mutating func chunk(_ byteCount: Int, _ exchange: Exchange) {
        let topic = Topic(connection: exchange.request.connection, topic: exchange.topic)
        guard files[topic] != nil || files.count < Self.limit else { return }
        var file = files[topic] ?? File(first: exchange.request)
        file.chunks += 1
        file.bytes += byteCount
        file.largest = max(file.largest, byteCount)
        file.overhead += max(0, Int(clamping: exchange.byteCount) - byteCount)
        files[topic] = file
    }

    private mutating func progress(_ percent: Int?, _ entry: String, _ exchange: Exchange) {
        guard exchange.answer == .diff, !exchange.changesNothing || exchange.bytes.total > 0, let view = exchange.view
        else { return }
        let key = Entry(view: view, entry: entry)
        guard entries[key] != nil || entries.count < Self.limit else { return }
        var sum = entries[key] ?? Progress(first: exchange.request)
        sum.diffs += 1
        sum.bytes += Int(clamping: exchange.byteCount)
        entries[key] = sum
    }

    private mutating func join(_ exchange: Exchange, _ context: RuleContext) {
        // The topic begins anew with another file.
        let topic = Topic(connection: exchange.request.connection, topic: exchange.topic)
        if let file = files.removeValue(forKey: topic), let finding = finding(file, topic, context) {
            done.append(finding)
        }
        let connection = exchange.request.connection
        guard starts[connection] != nil || starts.count < Self.limit else { return }
        var start = starts[connection] ?? Start(first: exchange.request)
        let time = exchange.request.time
        start.times.removeAll { time &- min($0, time) > 1_000_000_000 }
        start.times.append(time)
        start.most = max(start.most, start.times.count)
        starts[connection] = start
    }

    package func findings(_ context: RuleContext) -> [Finding] {
        var found = done
        for (topic, file) in files.sorted(by: { $0.value.first.time < $1.value.first.time }) {
            if let finding = finding(file, topic, context) { found.append(finding) }
        }
        for (entry, sum) in entries.sorted(by: { $0.value.first.time < $1.value.first.time })
        where sum.diffs > thresholds.diffs {
            found.append(
                Finding(
                    Self.facts, place: context.place(context.views[entry.view], event: "progress", facts: sum.first),
                    evidence: Finding.Evidence(
                        "\(sum.diffs) renders for the progress of one file", bytes: sum.bytes, count: sum.diffs,
                        messages: [sum.first]),
                    savedBytes: sum.bytes - sum.bytes * thresholds.diffs / sum.diffs, ofBytes: sum.bytes))
        }
        for (_, start) in starts.sorted(by: { $0.key < $1.key }) where start.most > thresholds.files {
            found.append(
                Finding(
                    Self.facts, place: context.place(nil, facts: start.first),
                    evidence: Finding.Evidence(
                        "\(start.most) uploads began within a second", count: start.most, messages: [start.first])))
        }
        return found
    }

    private func finding(_ file: File, _ topic: Topic, _ context: RuleContext) -> Finding? {
        guard file.bytes > thresholds.fileBytes, file.largest < thresholds.chunkBytes else { return nil }
        let enough = max(1, (file.bytes + thresholds.goodChunkBytes - 1) / thresholds.goodChunkBytes)
        var place = context.place(nil, facts: file.first)
        place.topic = topic.topic
        return Finding(
            Self.facts, place: place,
            evidence: Finding.Evidence(
                "\(file.bytes) bytes in \(file.chunks) chunks of at most \(file.largest); \(enough) would do",
                bytes: file.bytes, count: file.chunks, messages: [file.first]),
            savedBytes: file.overhead - file.overhead * enough / max(1, file.chunks),
            ofBytes: file.bytes + file.overhead)
    }
}
