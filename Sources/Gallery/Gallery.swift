package import LiveServer

/// LiveTape's demo application: one small page for each thing that live views do, and for each way to make them slow.
package enum Gallery {
    /// Adds all pages, the document around them, the style sheet and the script with the hooks.
    package static func routes(_ routes: inout Routes) {
        routes.file("/gallery.css", PackageResources.gallery_css)
        routes.file("/gallery.js", PackageResources.gallery_js)
        routes.rootLayout { GalleryDocument.document($0) }
        routes.layout { GalleryDocument.frame($0) }
        routes.live("/", Contents())
        for group in groups {
            for page in group.pages { page.route(&routes) }
        }
        routes.live("/navigation/abroad", Abroad())
        routes.live("/sticky/kitchen", Kitchen())
        routes.sticky("radio", Radio())
    }

    /// The pages, as the navigation shows them.
    static let groups = [
        PageGroup(name: "Basics", pages: [.page { Light() }, .page { Clock() }, .page { Crash() }, .page { Work() }]),
        PageGroup(name: "Lists", pages: [.page { PlainTable() }, .page { KeyedTable() }, .page { StreamTable() }]),
        PageGroup(name: "Forms", pages: [.page { Signup() }, .page { DebouncedSignup() }, .page { Album() }]),
        PageGroup(
            name: "Parts", pages: [.page { Counters() }, .page { House() }, .page { Journey() }, .page { Rooms() }]),
        PageGroup(name: "Talk", pages: [.page { Chat() }, .page { Chart() }]),
        PageGroup(
            name: "Pitfalls",
            pages: [
                .page { TrackingPitfall() }, .page { LeafPitfall() }, .page { KeyPitfall() }, .page { ListPitfall() },
                .page { EventPitfalls() }, .page { TemplatePitfalls() },
                .page { PartPitfalls() }, .page { StreamPitfalls() },
                .page { JourneyPitfalls() }, .page { BaggagePitfalls() },
            ]),
    ]
}
