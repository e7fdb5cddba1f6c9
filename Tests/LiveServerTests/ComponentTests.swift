import LiveServer
import LiveViewWire
import Testing

private struct Counter: LiveComponent {
    let id: Int
    var label: String
    var count = 0

    mutating func update(from given: Counter) { label = given.label }

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "add": count += 1
        case "self": context.update(Counter.self, id: id) { $0.count = 99 }
        case "report": context.tellView(Counters.Message.total(count))
        case "go": context.pushNavigate(to: "/elsewhere")
        default: throw UnhandledEvent(event.name)
        }
    }

    var body: HTML {
        "<button id=\"c\(id)\" phx-click=\"add\" phx-target=\"\(.myself)\">\(label): \(count)</button>"
    }
}

private struct Loose: LiveComponent {
    let id = 0
    mutating func update(from given: Loose) {}
    var body: HTML { "<i>one</i><i>two</i>" }
}

private struct Counters: LiveView {
    enum Message: Sendable { case total(Int) }

    var ids = [1, 2]
    var label = "Apples"
    var total = 0
    var hasLoose = false
    var hasTwice = false

    mutating func handle(event: Event, _ context: Context) {
        switch event.name {
        case "rename": label = "Pears"
        case "drop": ids.removeAll { $0 == event["id"].int }
        case "insert": ids.insert(event["id"].int ?? 0, at: 0)
        case "reach": context.update(Counter.self, id: 2) { $0.count = 70 }
        case "loose": hasLoose = true
        case "twice": hasTwice = true
        default: break
        }
    }

    mutating func handle(info: Message, _ context: Context) {
        switch info {
        case .total(let count): total = count
        }
    }

    var body: HTML {
        """
        <p>\(total)</p>
        \(for: ids, key: { $0 }, { "<li>\(Counter(id: $0, label: label))</li>" })
        \(if: hasLoose, "\(Loose())")\(if: hasTwice, "\(Counter(id: 1, label: "again"))")
        """
    }
}

@Suite struct ComponentTests {
    let conversation = Conversation { $0.live("/counters", Counters()) }

    private func counter(_ id: Int, _ label: String, _ count: Int, cid: Int? = nil) -> String {
        "<li><button id=\"c\(id)\" phx-click=\"add\" phx-target=\"\(cid ?? id)\">\(label): \(count)</button></li>"
    }

    @Test func aComponentHandlesItsEventsAlone() throws {
        try conversation.open("/counters")
        #expect(try conversation.click("add", cid: 2).map(\.description) == [#"ok {"diff":{"c":{"2":{"3":"1"}}}}"#])
        #expect(try conversation.html().contains(counter(1, "Apples", 0) + counter(2, "Apples", 1)))
        // The parent's news come in; the count is the component's own.
        try conversation.click("rename")
        #expect(try conversation.html().contains(counter(1, "Pears", 0) + counter(2, "Pears", 1)))
    }

    @Test func aNewOneTakesTheStaticsOfAnother() throws {
        try conversation.open("/counters")
        let answer = try conversation.click("insert", #"{"id":3}"#).first
        #expect(answer?.payload.contains(#""c":{"3":{"s":-"#) == true)
        #expect(try conversation.html().contains(counter(3, "Apples", 0) + counter(1, "Apples", 0)))
    }

    @Test func componentsOfTheDeadPageAreThereToo() {
        conversation.get("/counters")
        #expect(conversation.page.contains(counter(1, "Apples", 0)))
    }

    @Test func theViewReachesItsComponentsAndTheyReachIt() throws {
        try conversation.open("/counters")
        try conversation.click("reach")
        #expect(try conversation.html().contains(counter(2, "Apples", 70)))
        let messages = try conversation.click("report", cid: 2)
        #expect(messages.map(\.description) == ["ok {}", #"diff {"0":"70"}"#])
    }

    @Test func aComponentDoesNotReachItselfFromOutside() throws {
        try conversation.open("/counters")
        #expect(try conversation.click("self", cid: 1).map(\.description) == ["ok {}"])
        #expect(conversation.log.causes == [.lostMessage])
    }

    @Test func whatThePageHasNoMoreIsDeletedByHandshake() throws {
        try conversation.open("/counters")
        let topic = conversation.rootTopic
        try conversation.click("drop", #"{"id":2}"#)
        #expect(try conversation.push(topic, "cids_will_destroy", #"{"cids":[2]}"#).map(\.description) == ["ok {}"])
        #expect(
            try conversation.push(topic, "cids_destroyed", #"{"cids":[2,9]}"#).map(\.description)
                == [#"ok {"cids":[2]}"#])
        conversation.trees[topic]?.removeComponents([2])
        #expect(try conversation.click("add", cid: 2).map(\.description) == ["ok {}"])
        // It begins anew, with another number.
        try conversation.click("insert", #"{"id":2}"#)
        #expect(try conversation.html().contains(counter(2, "Apples", 0, cid: 3)))
    }

    @Test func oneThatComesBackInBetweenStaysAndIsSentWhole() throws {
        try conversation.open("/counters")
        let topic = conversation.rootTopic
        try conversation.click("add", cid: 2)
        try conversation.click("drop", #"{"id":2}"#)
        try conversation.push(topic, "cids_will_destroy", #"{"cids":[2]}"#)
        conversation.trees[topic]?.removeComponents([2])
        try conversation.click("insert", #"{"id":2}"#)
        #expect(
            try conversation.push(topic, "cids_destroyed", #"{"cids":[2]}"#).map(\.description) == [#"ok {"cids":[]}"#])
        #expect(try conversation.html().contains(counter(2, "Apples", 1)))
    }

    @Test func mistakesOfTheProgramEndTheView() throws {
        for event in ["loose", "twice"] {
            try conversation.open("/counters")
            #expect(try conversation.click(event).map(\.kind) == ["phx_error"])
        }
        #expect(conversation.log.texts.first?.contains("must be one element") == true)
        #expect(conversation.log.texts.last?.contains("have the id 1") == true)
    }

    @Test func aComponentNavigatesThePage() throws {
        try conversation.open("/counters")
        #expect(
            try conversation.click("go", cid: 1).map(\.description) == [
                #"diff {"e":[]}"#, #"ok {"live_redirect":{"kind":"push","to":"/elsewhere"}}"#, "phx_close {}",
            ])
    }
}
