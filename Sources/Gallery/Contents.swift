import LiveServer

/// The front page.
struct Contents: LiveView {
    var title: String { "Contents" }

    var body: HTML {
        """
        <header class="about">
          <h1>LiveTape Gallery</h1>
          <p>Live views in Swift: each page lives on the server, and sends the browser what changed.</p>
          <p class="look"><b>In the recording:</b> Going from page to page takes a leave and a join, over one socket.</p>
        </header>
        \(for: Gallery.groups, { group in
            """
            <h2>\(group.name)</h2>
            <div class="cards">
              \(for: group.pages, { page in
                """
                <a class="card" \(navigate: page.about.path)><b>\(page.about.name)</b>\(page.about.shows)</a>
                """
              })
            </div>
            """
        })
        """
    }
}
