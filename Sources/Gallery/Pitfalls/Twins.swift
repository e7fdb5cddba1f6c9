import LiveServer

/// One side of a page with several pitfalls: a view of its own, so that what it says can be told from the other's.
protocol Twin: LiveView {
    init()
}

/// A page with several related pitfalls in one view, and beside it a view that does the same without them.
protocol Twins: GalleryPage {
    associatedtype Bad: Twin
    associatedtype Good: Twin
}

extension Twins {
    var demo: HTML {
        """
        <div class="pair">
          <section class="panel bad">
            <h3>As it should not be</h3>
            \(PitfallParts.bytes("bad"))
            \(view: Bad(), id: "bad")
          </section>
          <section class="panel good">
            <h3>As it should be</h3>
            \(PitfallParts.bytes("good"))
            \(view: Good(), id: "good")
          </section>
        </div>
        """
    }
}

/// What comparisons have in common.
enum PitfallParts {
    /// The browser counts: the script writes into it what came for the view.
    static func bytes(_ side: String) -> HTML {
        """
        <p class="bytes" id="bytes-\(side)" phx-update="ignore"><span><output data-last>–</output> last diff</span>\
        <span><output data-sum>–</output> all diffs</span><span><output data-join>–</output> join</span></p>
        """
    }
}
