internal import LiveViewWire
internal import RecordingFormat
internal import RecordingStore

/// What the sockets of a recording share: sessions, pages, numbers, the walk, and the steps that come of a record.
struct SessionRegistry {
    let settings: SessionSettings
    let paths: PathTable
    var walk: DiffWalk
    var steps: [SessionStep] = []
    private(set) var sessions: [SessionID: Session] = [:]
    private var sessionByTopic: [String: SessionID] = [:]
    private var joinsByTopic: [String: Int] = [:]
    /// Pages whose views have not all joined, the oldest first.
    private var pages: [DeadPage] = []
    private var pageByteCount = 0
    private var next: Int
    /// Slots of all trees, see ``SessionSettings/treeSlotLimit``.
    var treeSlots = 0

    init(settings: SessionSettings) {
        self.settings = settings
        paths = PathTable(maximumPathCount: settings.pathLimit)
        walk = DiffWalk(paths: paths)
        next = settings.firstNumber
    }

    mutating func nextNumber() -> Int {
        defer { next += settings.numberStride }
        return next
    }

    mutating func note(_ stamp: RecordStamp, _ place: String, _ text: String, byteCount: UInt64 = 0) {
        steps.append(
            .note(
                SessionNote(
                    stamp: stamp, connection: stamp.connection, place: place, text: text, byteCount: byteCount)))
    }

    // MARK: - Sessions

    /// The session that a join belongs to.
    mutating func session(ofTopic topic: String, url: String, connection: UInt64, _ stamp: RecordStamp) -> SessionID {
        // Ids that a server made are of one page; a developer's are of each visitor's.
        let isUnique = topic.hasPrefix("lv:phx-")
        if isUnique, let known = sessionByTopic[topic] {
            sessions[known]?.socketCount += 1
            return known
        }
        var session = Session(
            id: SessionID(number: nextNumber()), connection: connection, url: url, began: stamp,
            hasPage: page(ofTopic: topic) != nil)
        session.socketCount = 1
        sessions[session.id] = session
        sessions.forgetOldest(beyond: settings.viewLimit)
        if isUnique { remember(session.id, topic) }
        steps.append(.sessionBegan(session))
        return session.id
    }

    private mutating func remember(_ session: SessionID, _ topic: String) {
        if sessionByTopic.count >= settings.viewLimit, let any = sessionByTopic.first { sessionByTopic[any.key] = nil }
        sessionByTopic[topic] = session
    }

    /// Counts a join of a topic in its session.
    /// - Returns: which it is, from 1.
    mutating func countJoin(_ topic: String, _ session: SessionID) -> Int {
        let key = "\(session.number) \(topic)"
        if joinsByTopic.count >= settings.viewLimit, let any = joinsByTopic.first { joinsByTopic[any.key] = nil }
        let count = (joinsByTopic[key] ?? 0) + 1
        joinsByTopic[key] = count
        return count
    }

    // MARK: - Pages

    mutating func receive(_ exchange: HTTPExchange) {
        if let page = DeadPage(exchange) {
            keep(page)
            steps.append(.pageLoaded(page))
        }
        steps.append(.http(exchange))
    }

    /// Keeps a page until its view joins.
    mutating func keep(_ page: DeadPage) {
        pages.append(page)
        pageByteCount += page.html.count
        while pages.count > settings.pageLimit || (pageByteCount > settings.pageByteLimit && pages.count > 1) {
            pageByteCount -= pages.removeFirst().html.count
        }
    }

    private func page(ofTopic topic: String) -> Int? {
        let id = topic.dropFirst(3)
        return pages.lastIndex { $0.views.contains { $0.id == id } }
    }

    /// The page that a view's first join belongs to, which is then forgotten, if that was its main view.
    mutating func takePage(ofTopic topic: String) -> DeadPage? {
        guard let index = page(ofTopic: topic) else { return nil }
        let page = pages[index]
        if page.views.first(where: \.isMain).map({ "lv:" + $0.id == topic }) ?? true {
            pageByteCount -= page.html.count
            pages.remove(at: index)
        }
        return page
    }
}
