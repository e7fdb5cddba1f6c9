import LiveServer

/// What a page says about itself.
struct About: Sendable {
    let path: String
    let name: String
    /// What it shows, in a sentence.
    let shows: String
    /// What is worth a look in a recording of it, in a sentence.
    let look: String
}

/// A page of the gallery: the demo, below a header that says what it is about.
protocol GalleryPage: LiveView {
    static var about: About { get }
    var demo: HTML { get }
}

extension GalleryPage {
    var title: String { Self.about.name }

    var body: HTML {
        """
        <header class="about">
          <h1>\(Self.about.name)</h1>
          <p>\(Self.about.shows)</p>
          <p class="look"><b>In the recording:</b> \(Self.about.look)</p>
        </header>
        \(demo)
        """
    }
}

/// A page in the navigation, and how it is added to the routes.
struct PageEntry: Sendable {
    let about: About
    let route: @Sendable (inout Routes) -> Void

    static func page<Page: GalleryPage>(_ make: @escaping @Sendable () -> Page) -> PageEntry {
        PageEntry(about: Page.about) { $0.live(Page.about.path, make()) }
    }
}

/// Pages of one kind.
struct PageGroup: Sendable {
    let name: String
    let pages: [PageEntry]
}
