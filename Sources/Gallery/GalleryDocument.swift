import LiveServer

/// What stands around the pages.
enum GalleryDocument {
    /// The document with the navigation. It is no part of the views: what never changes need not be sent to them.
    static func document(_ page: RootPage) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <title>\(page.title) · LiveTape Gallery</title>
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <link phx-track-static rel="stylesheet" href="/gallery.css">
        <script defer phx-track-static src="/gallery.js"></script>
        \(page.head)
        </head>
        <body>
        <nav aria-label="Pages">
          <a class="brand" \(navigate: "/")><span class="reel" aria-hidden="true"></span>LiveTape Gallery</a>
          \(for: Gallery.groups, { group in
            """
            <section>
              <h2>\(group.name)</h2>
              \(for: group.pages, { "<a \(navigate: $0.about.path)>\($0.about.name)</a>" })
            </section>
            """
          })
        </nav>
        <main>
        \(page.content)
        </main>
        </body>
        </html>

        """
    }

    /// Messages above the page: they change with the view.
    static func frame(_ page: LivePage) -> HTML {
        """
        \(flash: .info, { "<p class=\"flash\" role=\"status\" phx-click=\"lv:clear-flash\">\($0)</p>" })
        \(flash: .error, { "<p class=\"flash error\" role=\"alert\" phx-click=\"lv:clear-flash\">\($0)</p>" })
        \(page.content)
        """
    }
}
