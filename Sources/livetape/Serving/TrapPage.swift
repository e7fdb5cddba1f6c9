import LiveServer

/// A page that ends the whole process, as a fault in an application would: to see that `--supervise` brings it back.
struct TrapPage: LiveView {
    private var count = Int.max

    var title: String { "Trap" }

    mutating func handle(event: Event, _ context: Context) {
        count += 1  // More than fits.
    }

    var body: HTML {
        """
        <main><h1>Trap</h1>
        <p>The button ends the server. With <code>--supervise</code> it comes back, and so does this page.</p>
        <button id="trap" phx-click="trap">Trap</button></main>
        """
    }
}
