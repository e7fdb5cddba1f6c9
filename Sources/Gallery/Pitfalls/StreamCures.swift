import LiveServer

extension StreamPitfalls {
    /// Each thing once.
    struct Good: Twin {
        let guests = LiveStream<Person>("good-guest")
        let log = LiveStream<Person>("good-log")
        var posts = [Post(id: 1)]
        var refreshed = 0
        var lines = 0
        var measured = 20
        var hasReport = false

        enum Message: Sendable {
            case reported
        }

        mutating func mount(_ context: Context) { guests.insert(contentsOf: (1...12).map { Person($0) }) }

        mutating func handle(event: Event, _ context: Context) throws {
            switch event.name {
            case "measure":
                measured += 2
                context.pushEvent(
                    "new-values", ["values": JSON((measured - 2..<measured).map { StreamPitfalls.value($0) })])
            case "refresh":
                refreshed += 1
                var guest = Person(1)
                guest.name += ", back for the \(refreshed). time"
                guests.insert(guest)
            case "like": posts[0].likes += 1
            case "log":
                log.insert(contentsOf: (lines..<lines + 110).map { Person($0) }, limit: -100)
                lines += 110
            case "report":
                hasReport = false
                context.start {
                    try await Task.sleep(for: .milliseconds(300))
                } then: { (_: Result<Void, any Error>) in
                    Message.reported
                }
            default: throw UnhandledEvent(event.name)
            }
        }

        mutating func handle(info: Message, _ context: Context) { hasReport = true }

        var body: HTML {
            """
            <h4>New points</h4><pre>pushEvent("new-values", …), and what is seen: \\(measured)</pre>
            <div id="good-line" phx-hook="Line" phx-update="ignore" data-event="new-values">\(StreamPitfalls.line)</div>
            <p class="quiet">\(measured) points measured, the server says</p>
            <button phx-click="measure">Measure</button>
            <h4>What changed in a stream</h4><pre>guests.insert(guest)</pre>
            <ul id="good-guests" phx-update="stream">\
            \(stream: guests, { id, guest in "<li id=\"\(id)\">\(guest.name)</li>" })</ul>
            <button phx-click="refresh">Refresh</button>
            <h4>A large entry in a list with keys</h4><pre>posts[0].likes += 1</pre>
            <ul>\(for: posts, key: \.id, { post in
                """
                <li><p>\(post.part(1))</p><p>\(post.part(2))</p><p>\(post.part(3))</p>\
                <p>\(post.part(4))</p><b>Likes: \(post.likes)</b></li>
                """
            })</ul>
            <button phx-click="like">Like it</button>
            <h4>A stream with a limit</h4><pre>log.insert(line, limit: -100)</pre>
            <ul id="good-log" phx-update="stream">\
            \(stream: log, { id, line in "<li id=\"\(id)\">\(line.city)</li>" })</ul>
            <button phx-click="log">Write 110 lines</button>
            <h4>The result at once</h4><pre>context.start { … }</pre>
            \(if: hasReport,
                "<p class=\"tip\"><b>The whole report:</b> the harbour is calm, and all boats are in.</p>",
                else: "<p class=\"quiet\">No report yet.</p>")
            <button phx-click="report">Report</button>
            """
        }
    }
}
