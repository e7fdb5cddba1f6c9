import ConversationSupport
import Sessions
import Testing

@Suite struct ExchangeTests {
    @Test func anEventCausesItsReplyAndWhatFollowsSoon() throws {
        let talk = Conversation()
        let view = talk.join("/light", rendered: #"{"0":"off","1":"0","s":["<p>","</p>","<b>"]}"#)
        talk.wait(seconds: 5)
        view.push(#"{"1":"1"}"#)
        talk.wait(seconds: 1)
        view.event("toggle", reply: #"{"0":"on"}"#, thinking: 7)
        view.push(#"{"1":"2"}"#)
        view.push(#"{"0":"dim"}"#)
        talk.wait(seconds: 5)
        view.push(#"{"0":"off"}"#)
        let exchange = try #require(talk.exchanges.first { $0.event != nil })
        #expect(exchange.event?.name == "toggle")
        #expect(exchange.latency == 7_000_000)
        #expect(exchange.answer == .diff)
        #expect(exchange.route == "/light")
        #expect(exchange.pushes.map(\.bytes.changed) == [5])
        let isUnasked = talk.diffs.map { if case .unasked = $0.cause { true } else { false } }
        #expect(isUnasked == [true, false, true, false, true])
    }

    @Test func aCrashIsAnExchangeWithoutAnAnswer() throws {
        let talk = Conversation()
        let view = talk.join("/crash", rendered: #"{"s":["<p></p>"]}"#)
        view.send("boom")
        view.crash()
        talk.wait(seconds: 1)
        talk.join("/crash", rendered: #"{"s":["<p></p>"]}"#, mounts: 1)
        let exchanges = talk.exchanges
        #expect(exchanges.first { $0.event != nil }?.ending == .crashed)
        #expect(exchanges.compactMap(\.join?.number) == [1, 2])
        #expect(exchanges.compactMap(\.join?.mounts) == [0, 1])
    }

    @Test func theSessionIsThePageAndAllSocketsThatJoinItsView() throws {
        let talk = Conversation()
        talk.deadPage("/light", id: "phx-A", session: "SECRET", "<p>off</p>")
        talk.join("/light", rendered: #"{"0":"off","s":["<p>","</p>"]}"#)
        talk.close()
        talk.join("/light", rendered: #"{"0":"off","s":["<p>","</p>"]}"#, mounts: 1)
        let sessions = Set(talk.exchanges.compactMap(\.session))
        #expect(sessions.count == 1)
        let page = try #require(talk.exchanges.first?.join?.page)
        let view = try #require(page.views.first)
        #expect(view.id == "phx-A" && view.isMain && view.sessionByteCount == 6 && view.staticByteCount == 1)
        #expect(String(decoding: page.html[view.contentStart...].prefix(10), as: UTF8.self) == "<p>off</p>")
    }

    @Test func aFailedJoinSaysWhy() throws {
        let talk = Conversation()
        talk.failJoin("/light", response: #"{"reason":"stale"}"#)
        #expect(talk.exchanges.first?.answer == .error(reason: "stale"))
    }

    @Test func uploadsAreCountedByTheirChunks() throws {
        let steps = try RecordedFrames.phoenix("upload")
        var tracker = SessionTracker()
        var sizes: [Int] = []
        for event in steps {
            tracker.receive(event) {
                if case .uploadChunk(let size)? = $0.exchange?.kind { sizes.append(size) }
            }
        }
        #expect(sizes.reduce(0, +) >= 300_000)
    }
}
