import LiveServer

/// What is said in the room.
struct ChatLine: Identifiable, Sendable {
    let id: String
    let name: String
    let text: String
}

/// A chat between all who have the page open.
struct Chat: GalleryPage {
    static let about = About(
        path: "/chat", name: "Chat",
        shows: "What one says, all hear: open this page in two tabs.",
        look: "In the speaker's socket a reply and a diff, in the other's a diff with one line; the lines are a stream."
    )

    static let room = Topic<ChatLine>("gallery-chat")
    private static let names = ["Otter", "Heron", "Badger", "Finch", "Marten", "Lynx", "Wren", "Vole"]

    let lines = LiveStream<ChatLine>("line")
    var name = "You"
    var said = 0
    var isEmpty = true

    mutating func mount(_ context: Context) {
        guard context.isConnected else { return }
        name = Self.names.randomElement(using: &context.random) ?? ""
        name += " \(Int.random(in: 10...99, using: &context.random))"
        context.subscribe(to: Self.room)
    }

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "say" else { throw UnhandledEvent(event.name) }
        let text = String((event["text"].string ?? "").prefix(500))
        guard !text.isEmpty else { return }
        said += 1
        // A view that begins anew counts from one again: the time tells its lines from the old ones.
        let id = "\(context.id)-\(context.now.milliseconds)-\(said)"
        context.publish(ChatLine(id: id, name: name, text: text), to: Self.room)
        context.pushEvent("said")
    }

    mutating func handle(info line: ChatLine, _ context: Context) {
        isEmpty = false
        lines.insert(line, limit: -100)
    }

    var demo: HTML {
        """
        <div class="panel chat">
          <ul id="lines" phx-update="stream">\(stream: lines, { id, line in
            "<li id=\"\(id)\"><b>\(line.name)</b> \(line.text)</li>"
          })</ul>
          \(if: isEmpty, "<p class=\"quiet\">Nobody has said anything yet.</p>")
          <form id="say" class="row" phx-submit="say" data-reset-on="said">
            <label for="text">\(name)</label>
            <input id="text" name="text" autocomplete="off" maxlength="500" placeholder="Say something">
            <button class="primary">Say</button>
          </form>
        </div>
        """
    }
}
