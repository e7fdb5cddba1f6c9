internal import NIOCore
internal import WebSocketWire

/// A connection, or a long-poll session, that its loop looks after.
protocol Served: AnyObject {
    /// Where it stands in the loop's list; kept by the list.
    var servedIndex: Int { get set }
    /// Called about once a second: time may be over for something.
    func tick(_ now: UInt32)
    /// The server is going down: ends what can be ended in good order.
    func drain()
    /// The time for that is over.
    func abort()
}

/// What the connections of one event loop share: clock, lists, writes at the end of a turn, the deflater.
final class ServingLoop {
    let eventLoop: any EventLoop
    let index: Int
    let settings: ServerSettings
    let application: any ServedApplication
    let onEvent: @Sendable (ServerEvent) -> Void
    /// Set once all loops are there.
    var polls: LongPolls
    /// Seconds since the server started: the clock of all time limits, which need no finer one.
    private(set) var now: UInt32 = 0
    private(set) var isDraining = false
    private(set) var sockets = ServedList()
    private(set) var connections = ServedList()
    private(set) var pollSessions = ServedList()
    private var sessionsByName: [String: LongPollSession] = [:]
    private var waiting: [WebSocketConnection] = []
    private var isScheduled = false
    private var drained: EventLoopPromise<Void>?
    private var deflaters: [Int: Deflater] = [:]
    private var date = (second: -1, text: "")

    init(
        eventLoop: any EventLoop, index: Int, settings: ServerSettings, application: any ServedApplication,
        _ onEvent: @escaping @Sendable (ServerEvent) -> Void
    ) {
        self.eventLoop = eventLoop
        self.index = index
        self.settings = settings
        self.application = application
        self.onEvent = onEvent
        polls = LongPolls(settings.longPoll, loops: [])
    }

    /// Begins to look at the time once a second.
    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in bound.value.tick() }
    }

    private func tick() {
        now &+= 1
        // Whoever ticks may leave its list.
        let ticking = connections.all + pollSessions.all + sockets.takeSome()
        for served in ticking { served.tick(now) }
    }

    /// The value of a `Date` field.
    var dateText: String {
        let second = HTTPDate.now()
        if date.second != second { date = (second, HTTPDate.text(second)) }
        return date.text
    }

    // MARK: Who is here

    func add(_ socket: WebSocketConnection) { sockets.add(socket) }

    func add(_ connection: HTTPConnection) { connections.add(connection) }

    func remove(_ socket: WebSocketConnection) {
        sockets.remove(socket)
        checkDrained()
    }

    func remove(_ connection: HTTPConnection) {
        connections.remove(connection)
        checkDrained()
    }

    func add(_ session: LongPollSession) {
        pollSessions.add(session)
        sessionsByName[session.name] = session
    }

    func remove(_ session: LongPollSession) {
        pollSessions.remove(session)
        if sessionsByName.removeValue(forKey: session.name) != nil { polls.ended() }
        checkDrained()
    }

    func session(_ name: String) -> LongPollSession? { sessionsByName[name] }

    // MARK: The end of a turn

    /// Has what the socket sends in this turn of the loop written in one go.
    func finishLater(_ socket: WebSocketConnection) {
        waiting.append(socket)
        guard !isScheduled else { return }
        isScheduled = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.endTurn() }
    }

    private func endTurn() {
        isScheduled = false
        var finished: [WebSocketConnection] = []
        swap(&finished, &waiting)
        for socket in finished { socket.finishTurn() }
    }

    /// Deflates a message that refers to no other one.
    /// - Returns: whether there was enough memory.
    func deflate(_ message: [UInt8], windowBits: Int, into output: inout [UInt8]) -> Bool {
        let level = settings.socket.compression?.level ?? 4
        return deflaters[windowBits, default: Deflater(windowBits: windowBits, contextTakeover: false, level: level)]
            .append(message: message.span, to: &output)
    }

    // MARK: Going down

    /// Tells everybody that the server goes down.
    /// - Returns: completed when all have left.
    func drain() -> EventLoopFuture<Void> {
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        if !isDraining {
            isDraining = true
            let leaving = pollSessions.all + connections.all + sockets.all
            drain(leaving[...])
        }
        checkDrained()
        return promise.futureResult
    }

    /// Some at a time: what they say goodbye with is to leave meanwhile.
    private func drain(_ leaving: ArraySlice<any Served>) {
        for served in leaving.prefix(256) { served.drain() }
        let rest = leaving.dropFirst(256)
        guard !rest.isEmpty else { return }
        let bound = NIOLoopBound((self, rest), eventLoop: eventLoop)
        eventLoop.execute { bound.value.0.drain(bound.value.1) }
    }

    /// Ends all that is still here.
    func abort() {
        for served in pollSessions.all + connections.all + sockets.all { served.abort() }
    }

    private func checkDrained() {
        guard isDraining, sockets.isEmpty, connections.isEmpty, pollSessions.isEmpty else { return }
        drained?.succeed()
    }
}

/// A list from which each member leaves without a search.
struct ServedList {
    private(set) var all: [any Served] = []
    /// Where ``takeSome()`` goes on.
    private var next = 0

    var isEmpty: Bool { all.isEmpty }
    var count: Int { all.count }

    mutating func add(_ served: any Served) {
        served.servedIndex = all.count
        all.append(served)
    }

    /// Does nothing for one that is not here.
    mutating func remove(_ served: any Served) {
        let index = served.servedIndex
        guard index >= 0, index < all.count, all[index] === served else { return }
        served.servedIndex = -1
        let last = all.removeLast()
        guard last !== served else { return }
        all[index] = last
        last.servedIndex = index
    }

    /// Some of them, each at least every 8 seconds, so that many do not hold the loop up.
    mutating func takeSome() -> [any Served] {
        guard !all.isEmpty else { return [] }
        return (0..<min(all.count, max(2_048, all.count / 8))).map { _ in
            next = next + 1 < all.count ? next + 1 : 0
            return all[next]
        }
    }
}
