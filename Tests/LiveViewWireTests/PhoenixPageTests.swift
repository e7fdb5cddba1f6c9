import Foundation
import LiveViewWire
import Testing

/// Real pages, driven by a browser: at each step, some state that the messages make has the text that the browser
/// showed.
@Suite struct PhoenixPageTests {
    static let pages = Fixtures.names(in: Fixtures.pages, withExtension: "ndjson")

    @Test func thereArePages() {
        #expect(Self.pages.count >= 14)
    }

    @Test(arguments: pages) func someStateOfEachStepHasTheTextOfTheBrowser(page: String) throws {
        let capture = try PageCapture(page)
        #expect(!capture.steps.isEmpty)
        for step in capture.steps {
            let states = capture.states(during: step)
            #expect(
                states.contains { PageCapture.shows($0.text, step) },
                "\(page), \(step.name): \(capture.difference(states.last?.text ?? "", step.text))")
        }
    }

    /// The comparison can fail: the text of one step is not that of the step before.
    @Test func anotherTextIsNotFound() throws {
        let capture = try PageCapture("light.ndjson")
        let on = try #require(capture.steps.first { $0.name == "click #on" })
        var changed = on
        changed.text = on.text.replacing("100%", with: "90%")
        #expect(capture.states(during: on).contains { PageCapture.shows($0.text, on) })
        #expect(!capture.states(during: on).contains { PageCapture.shows($0.text, changed) })
    }
}
