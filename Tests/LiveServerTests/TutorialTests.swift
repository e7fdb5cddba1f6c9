import LiveServer
import Testing

private let porch = Topic<Int>("porch")

/// As the tutorial "Build a light" has it.
private struct SharedLight: LiveView {
    var brightness = 50

    mutating func mount(_ context: Context) { context.subscribe(to: porch) }

    mutating func handle(event: Event, _ context: Context) {
        context.publish(event.name == "on" ? 100 : 0, to: porch)
    }

    mutating func handle(info brightness: Int, _ context: Context) { self.brightness = brightness }

    var body: HTML { "<meter max=\"100\" value=\"\(brightness)\"></meter>" }
}

@Suite struct TutorialTests {
    @Test func allBrowsersSeeTheSameLight() throws {
        let ann = Conversation { $0.live("/", SharedLight()) }
        let bob = Conversation(at: ann)
        try ann.open("/")
        try bob.open("/")
        #expect(try ann.click("on").map(\.description) == ["ok {}", #"diff {"0":"100"}"#])
        #expect(try bob.merge().map(\.description) == [#"diff {"0":"100"}"#])
        // The application itself publishes too.
        ann.application.publish(20, to: porch)
        #expect(try bob.merge().map(\.description) == [#"diff {"0":"20"}"#])
    }
}
