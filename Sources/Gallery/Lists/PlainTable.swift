import LiveServer

/// 300 rows that are known by their places.
struct PlainTable: GalleryPage {
    static let about = About(
        path: "/table", name: "Table without keys",
        shows: "300 rows that the server knows by their place in the list.",
        look: "One visit more costs one number; one row at the top changes all 300 places, and all of them are sent.")

    var people = People()

    mutating func handle(event: Event, _ context: Context) throws { try people.handle(event.name, context) }

    var demo: HTML {
        """
        \(People.buttons)
        <div class="scroll"><table>\(People.head)
          <tbody>\(for: people.all, { "<tr id=\"row-\($0.id)\">\($0.cells)</tr>" })</tbody>
        </table></div>
        """
    }
}
