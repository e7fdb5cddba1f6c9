import LiveServer

/// What it costs to begin views anew, and to ask for leave at each step.
struct JourneyPitfalls: GalleryPage {
    static let about = About(
        path: "/pitfalls/journeys", name: "Journeys that cost",
        shows: "Three pages to turn, a file to send and a view within; on the left all of it takes more round trips.",
        look: "On the left a page turned is a leave and a join with the whole tree, a file two dozen small chunks.")

    var number = 1

    mutating func handle(params: JSON, _ context: Context) {
        number = params["page"].string.flatMap { Int($0) } ?? 1
    }

    var demo: HTML {
        """
        <p>You are on page <b id="number">\(number)</b> of 3.</p>
        <div class="pair">
          <section class="panel bad">
            <h3>As it should not be</h3>
            \(PitfallParts.bytes("bad"))
            <h4>Turn pages by navigation</h4><pre>&lt;a \\(navigate: "?page=2")&gt;</pre>
            <p>\(for: 1...3, { "<a class=\"button\" \(navigate: "\(Self.about.path)?page=\($0)")>\($0)</a> " })</p>
            \(view: Bad(), id: "bad")
          </section>
          <section class="panel good">
            <h3>As it should be</h3>
            \(PitfallParts.bytes("good"))
            <h4>Turn pages by a patch</h4><pre>&lt;a \\(patch: "?page=2")&gt;</pre>
            <p>\(for: 1...3, { "<a class=\"button\" \(patch: "\(Self.about.path)?page=\($0)")>\($0)</a> " })</p>
            \(view: Good(), id: "good")
          </section>
        </div>
        """
    }

    struct Bad: Twin {
        let files = LiveUpload(maximumFileSize: 100_000, chunkSize: 1_000, startsAtOnce: true)
        var attempts = 0
        var channel = Topic<Int>("")

        mutating func mount(_ context: Context) {
            context.allow(files, as: "files")
            channel = Topic("attempts-\(UInt64.random(in: 0...(.max), using: &context.random))")
            context.subscribe(to: channel)
        }

        mutating func handle(event: Event, _ context: Context) throws {
            guard event.name == "validate" else { throw UnhandledEvent(event.name) }
        }

        mutating func handle(info: Int, _ context: Context) { attempts += info }

        var body: HTML {
            """
            <h4>A file in small chunks</h4><pre>LiveUpload(chunkSize: 1_000)</pre>
            \(UploadPart.form("bad-files", files))
            <h4>A view that dies of its start</h4><pre>handle(info:) throws</pre>
            \(view: Restless(channel: channel, isDoomed: attempts < 3), id: "restless")
            <p>Attempts: \(attempts)</p>
            """
        }
    }

    struct Good: Twin {
        let files = LiveUpload(maximumFileSize: 100_000, startsAtOnce: true)

        mutating func mount(_ context: Context) { context.allow(files, as: "files") }

        mutating func handle(event: Event, _ context: Context) throws {
            guard event.name == "validate" else { throw UnhandledEvent(event.name) }
        }

        var body: HTML {
            """
            <h4>A file in large chunks</h4><pre>LiveUpload() // 64 kB</pre>
            \(UploadPart.form("good-files", files))
            <h4>A view that says what is wrong</h4><pre>problem = "There is no …"</pre>
            \(view: Calm(), id: "calm")
            """
        }
    }
}

/// What both sides show of a file.
private enum UploadPart {
    static func form(_ id: String, _ files: LiveUpload) -> HTML {
        """
        <form id="\(id)" phx-change="validate">
          \(fileInput: files)
          \(for: files.entries, key: \.id, { entry in
            "<p>\(entry.name) <progress max=\"100\" value=\"\(entry.progress)\"></progress> \(entry.progress) %</p>"
          })
        </form>
        """
    }
}

/// Dies of what it hears right after its start, some times.
private struct Restless: LiveView {
    struct NoSuchGuest: Error {}

    let channel: Topic<Int>
    let isDoomed: Bool

    mutating func mount(_ context: Context) {
        guard context.isConnected else { return }
        context.publish(1, to: channel)
        if isDoomed { context.send(NoSuchGuest()) }
    }

    mutating func handle(info: NoSuchGuest, _ context: Context) throws { throw info }

    var body: HTML { "<p class=\"tip\">Here at last.</p>" }
}

/// Lives with what it hears.
private struct Calm: LiveView {
    var body: HTML { "<p class=\"tip\">There is no such guest.</p>" }
}
