import RecordingStore
import Testing

/// Which sockets `--only` and `--ignore` choose.
@Suite struct RecorderSocketFilterTests {
    @Test(arguments: [
        ("/live", "/live", true), ("/live", "/live/websocket", true), ("/live", "/live?vsn=2", true),
        ("/live", "/livestock", false), ("/live", "/a/live", false), ("/live/", "/live/websocket", true),
        ("/live/", "/live", false), ("/", "/anything", true), ("/Live", "/live", false),
        ("*/websocket", "/live/websocket", true), ("*/websocket", "/live/websocket/x", false),
        ("/live*", "/livestock", true), ("/*/live/*", "/a/b/live/c", true), ("/*/live/*", "/live/c", false),
        ("a*a", "a", false), ("*", "", true), ("**", "/x", true), ("/a*b*c", "/a-b-b-c", true),
        ("/a*b*c", "/a-c-b", false), ("/live", "/x?/live", false), ("*live*", "/x?live", false),
    ])
    func aPatternMatches(pattern: String, target: String, matches: Bool) {
        var only = SocketFilter()
        only.only = [pattern]
        #expect(only.records(target: target) == matches)
        var ignore = SocketFilter()
        ignore.ignore = [pattern]
        #expect(ignore.records(target: target) == !matches)
    }

    @Test func withoutPatternsAllAreRecordedAndIgnoringWins() {
        #expect(SocketFilter().records(target: "/any"))
        var filter = SocketFilter()
        filter.only = ["/live", "/admin"]
        filter.ignore = ["/live/reload"]
        #expect(filter.records(target: "/admin"))
        #expect(filter.records(target: "/live/websocket"))
        #expect(!filter.records(target: "/live/reload/websocket"))
        #expect(!filter.records(target: "/other"))
    }
}
