import LiveServer

/// What it costs to send again what the browser keeps, and to send what nobody sees.
struct StreamPitfalls: Twins {
    static let about = About(
        path: "/pitfalls/streams", name: "Streams and pushes",
        shows: "A chart, two streams, a log and a report; on the left the browser gets again what it has.",
        look: "On the left streams, events and pushes repeat themselves; on the right each thing comes once.")

    /// A post of more than a kilobyte.
    struct Post: Identifiable, Sendable {
        let id: Int
        var likes = 0

        private static let sentence = "the boat that left the harbour in the morning was seen again at noon, "

        func part(_ number: Int) -> String {
            "Part \(number) of story \(id): " + String(repeating: Self.sentence, count: 4) + "and that was all."
        }
    }

    /// Drawn by the hook.
    static var line: HTML {
        "<svg viewBox=\"0 0 200 100\" role=\"img\" aria-label=\"Values\"><polyline points=\"\"/></svg>"
    }

    static func value(_ number: Int) -> JSON { JSON(number * 7919 % 100) }

    struct Bad: Twin {
        let posts = LiveStream<Post>("bad-post")
        let guests = LiveStream<Person>("bad-guest")
        let log = LiveStream<Person>("bad-log")
        var post = Post(id: 1)
        var lines = 0
        var measured = 20
        var report = Report.none

        enum Report: Sendable {
            case none, half, whole
        }

        mutating func mount(_ context: Context) {
            posts.insert(post)
            guests.insert(contentsOf: (1...12).map { Person($0) })
        }

        mutating func handle(event: Event, _ context: Context) throws {
            switch event.name {
            case "measure":
                measured += 2
                context.pushEvent(
                    "all-values", ["values": JSON((measured - 20..<measured).map { StreamPitfalls.value($0) })])
            case "refresh": guests.reset(to: (1...12).map { Person($0) })
            case "like":
                post.likes += 1
                posts.insert(post)
            case "log":
                log.insert(contentsOf: (lines..<lines + 110).map { Person($0) })
                lines += 110
            case "report":
                report = .none
                for (step, delay) in [(Report.half, 150), (.whole, 300)] {
                    context.start {
                        try await Task.sleep(for: .milliseconds(delay))
                    } then: { (_: Result<Void, any Error>) in
                        step
                    }
                }
            default: throw UnhandledEvent(event.name)
            }
        }

        mutating func handle(info: Report, _ context: Context) { report = info }

        private var reportText: HTML {
            switch report {
            case .none: "<p class=\"quiet\">No report yet.</p>"
            case .half: "<p class=\"tip\"><b>Half a report:</b> the harbour is calm, and the boats are counted.</p>"
            case .whole: "<p class=\"tip\"><b>The whole report:</b> the harbour is calm, and all boats are in.</p>"
            }
        }

        var body: HTML {
            """
            <h4>All points each time</h4><pre>pushEvent("all-values", …), and under phx-update="ignore": \\(measured)</pre>
            <div id="bad-line" phx-hook="Line" phx-update="ignore" data-event="all-values">\(StreamPitfalls.line)
              <p class="quiet">\(measured) points measured, the server says</p></div>
            <button phx-click="measure">Measure</button>
            <h4>A stream filled again</h4><pre>guests.reset(to: all)</pre>
            <ul id="bad-guests" phx-update="stream">\(stream: guests, { id, guest in "<li id=\"\(id)\">\(guest.name)</li>" })</ul>
            <button phx-click="refresh">Refresh</button>
            <h4>A large entry in a stream</h4><pre>posts.insert(post)</pre>
            <ul id="bad-posts" phx-update="stream">\(stream: posts, { id, post in
                """
                <li id="\(id)"><p>\(post.part(1))</p><p>\(post.part(2))</p><p>\(post.part(3))</p>\
                <p>\(post.part(4))</p><b>Likes: \(post.likes)</b></li>
                """
            })</ul>
            <button phx-click="like">Like it</button>
            <h4>A stream without a limit</h4><pre>log.insert(line)</pre>
            <ul id="bad-log" phx-update="stream">\(stream: log, { id, line in "<li id=\"\(id)\">\(line.city)</li>" })</ul>
            <button phx-click="log">Write 110 lines</button>
            <h4>Half a result first</h4><pre>context.start { … }, twice</pre>
            \(reportText)
            <button phx-click="report">Report</button>
            """
        }
    }
}
