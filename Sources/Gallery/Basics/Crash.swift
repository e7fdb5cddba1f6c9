import LiveServer

/// What happens when something goes wrong.
struct Crash: GalleryPage {
    static let about = About(
        path: "/crash", name: "Crash",
        shows: "A handler that throws ends this view alone; the browser joins it anew, and the count begins at zero.",
        look: "phx_error in place of a reply, then a join with the same token. A trap closes every socket instead.")

    var count = 0
    var numbers: [Int] = []

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "count": count += 1
        case "trap": count = numbers[count]
        default: throw UnhandledEvent(event.name)
        }
    }

    var demo: HTML {
        """
        <div class="panel">
          <p>Counted to <span class="big" id="count">\(count)</span></p>
          <div class="row">
            <button id="add" phx-click="count">Count</button>
            <button id="crash" class="danger" phx-click="crash">Throw in the handler</button>
            <button id="trap" class="danger" phx-click="trap">Trap: ends the process</button>
          </div>
          <p class="quiet">After a trap, pages come back by themselves if the server runs with <code>--supervise</code>.</p>
        </div>
        """
    }
}
