import LiveServer

/// The same rows with keys.
struct KeyedTable: GalleryPage {
    static let about = About(
        path: "/table/keyed", name: "Table with keys",
        shows: "The same 300 rows, each known by its key.",
        look: "A row at the top is sent alone, and the others as the places they moved from; a shuffle sends no text.")

    var people = People()

    mutating func handle(event: Event, _ context: Context) throws { try people.handle(event.name, context) }

    var demo: HTML {
        """
        \(People.buttons)
        <div class="scroll"><table>\(People.head)
          <tbody>\(for: people.all, key: \.id, { "<tr id=\"row-\($0.id)\">\($0.cells)</tr>" })</tbody>
        </table></div>
        """
    }
}
