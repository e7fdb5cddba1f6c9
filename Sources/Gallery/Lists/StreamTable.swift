import LiveServer

/// The same rows as a stream, which grows as one scrolls.
struct StreamTable: GalleryPage {
    static let about = About(
        path: "/table/stream", name: "Table as a stream",
        shows: "The same 300 rows, 40 at a time as you scroll; the server keeps none of them.",
        look: "Each batch comes once. After it the server does not know the rows: an insert or a delete names the id.")

    static let pageSize = 40

    let rows = LiveStream<Person>("person")
    var shown = 0
    var next = 301
    var last: Int?

    mutating func mount(_ context: Context) { more() }

    private mutating func more() {
        let end = min(300, shown + Self.pageSize)
        guard shown < end else { return }
        rows.insert(contentsOf: (shown + 1...end).map { Person($0) })
        shown = end
    }

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "more": more()
        case "insert":
            rows.insert(Person(next), at: 0)
            last = next
            next += 1
        case "update":
            var person = Person(1)
            person.visits = Int.random(in: 0..<1000, using: &context.random)
            rows.insert(person, updateOnly: true)
        case "delete":
            if let last { rows.delete(id: "person-\(last)") }
            last = nil
        case "reset":
            shown = 0
            rows.reset()
            more()
        default: throw UnhandledEvent(event.name)
        }
    }

    var demo: HTML {
        """
        <div class="row">
          <button id="insert" phx-click="insert">Insert at the top</button>
          <button id="delete" phx-click="delete"\(attribute: "disabled", if: last == nil)>Take it out again</button>
          <button id="update" phx-click="update">Change row 1 where it stands</button>
          <button id="reset" phx-click="reset">Begin anew</button>
          <button id="more" phx-click="more"\(attribute: "disabled", if: shown == 300)>More</button>
          <span class="quiet">\(shown) of 300 sent</span>
        </div>
        <div class="scroll"><table>\(People.head)
          <tbody id="people" phx-update="stream"\
        \(attribute: "phx-viewport-bottom", shown < 300 ? "more" : nil)>\
        \(stream: rows, { id, person in "<tr id=\"\(id)\">\(person.cells)</tr>" })</tbody>
        </table></div>
        """
    }
}
