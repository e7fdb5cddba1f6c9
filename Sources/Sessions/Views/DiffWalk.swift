internal import LiveViewWire

/// Walks a diff, or a join's whole tree, against the tree that the view has: merges it the way the client does
/// (``LiveTree``), and accounts for each of its bytes.
///
/// It is used again for message after message, of any view, and then allocates next to nothing.
struct DiffWalk {
    let paths: PathTable
    let limits: WalkLimits
    /// The message.
    var tape = JSONTape()
    var account = DiffAccount()
    /// The view whose message it is; it is put here for the walk.
    var state = TreeState()
    /// By path: its index in ``DiffAccount/paths``, from 1.
    private var tallies: [Int32] = []
    /// Parts that were looked up in a `p`.
    var sharedParts: [SharedPart] = []
    var component: Int32 = 0
    var entry: Int32 = -1
    /// Whether what is there is another component's: what is equal to it is no news to the server.
    var isCopy = false
    var madeSlots = 0
    /// Templates in entries, which are counted together.
    var commonTemplates: [CommonTemplate] = []
    static let commonTemplateLimit = 16
    /// Of the list that was compared last.
    var entryPlaces = EntryPlaces()
    /// Components' numbers that were not there.
    var placeNews = 0

    struct CommonTemplate {
        var template: TemplateID
        var kind: DiffAccount.SentTemplate.Kind
        /// In ``DiffAccount/templates``.
        var place: Int
    }

    struct SharedPart {
        var owner: Int
        var index: Int
        var text: TemplateText
    }

    init(paths: PathTable, limits: WalkLimits = WalkLimits()) {
        self.paths = paths
        self.limits = limits
    }

    /// Accounts for the value at `index` of ``tape``, and changes the view's tree.
    /// - Parameter isJoin: whether it is a join's `rendered`: the view begins anew.
    mutating func walk(_ index: Int, of view: inout TreeState, isJoin: Bool, _ bytes: Span<UInt8>) {
        reset()
        if isJoin { view = TreeState() }
        swap(&state, &view)
        defer { swap(&state, &view) }
        account.byteCount = tape.tokens[index].byteCount
        do throws(TreeError) {
            try message(index, bytes)
            state.slotCount += madeSlots
        } catch {
            let count = account.byteCount
            reset()
            account.byteCount = count
            account.problem = error
            state.tree = nil
        }
        if account.problem != nil {
            account.bytes.unknown = account.byteCount
        } else {
            account.bytes.structure = account.byteCount - account.bytes.total
        }
    }

    private mutating func reset() {
        for tally in account.paths { tallies[Int(tally.path.number)] = 0 }
        account.removeAll()
        sharedParts.removeAll(keepingCapacity: true)
        commonTemplates.removeAll(keepingCapacity: true)
        component = 0
        entry = -1
        isCopy = false
        madeSlots = 0
        placeNews = 0
    }

    // MARK: - The message

    /// The members of a node that are no slots.
    struct Members {
        var statics: Int?
        var shared: Int?
        var keyed: Int?
        var rows: Int?
        var stream: Int?
        var slotCount = 0
    }

    /// ``JSONTape/Key/code`` of the keys: their letters packed, below zero. Plain numbers, since each member is compared.
    enum Keys {
        static let statics = -Int32(UInt8(ascii: "s"))
        static let shared = -Int32(UInt8(ascii: "p"))
        static let keyed = -Int32(UInt8(ascii: "k"))
        static let rows = -Int32(UInt8(ascii: "d"))
        static let root = -Int32(UInt8(ascii: "r"))
        static let components = -Int32(UInt8(ascii: "c"))
        static let events = -Int32(UInt8(ascii: "e"))
        static let title = -Int32(UInt8(ascii: "t"))
        static let count = -(Int32(UInt8(ascii: "k")) << 8 | Int32(UInt8(ascii: "c")))
        static let moves = -(Int32(UInt8(ascii: "k")) << 8 | Int32(UInt8(ascii: "m")))
    }

    private mutating func message(_ index: Int, _ bytes: Span<UInt8>) throws(TreeError) {
        guard tape.tokens[index].kind == .object else { throw error(index, "an object", "other JSON") }
        var components: Int?
        var members = Members()
        var member = index &+ 1
        let end = Int(tape.tokens[index].next)
        while member < end {
            let token = tape.tokens[member]
            switch token.key.code {
            case Keys.components: components = member
            case Keys.events: try events(member, bytes)
            case Keys.title:
                account.bytes.title = token.byteCount
                if token.kind == .string { account.title = token.range }
            case Keys.root: if token.kind != .number { account.bytes.reply = token.byteCount }
            default: try take(member, into: &members, bytes)
            }
            member = Int(token.next)
        }
        guard members.keyed == nil, members.rows == nil else { throw error(index, "a template", "a list") }
        if let shared = members.shared { try announce(shared, bytes) }
        try root(index, members, bytes)
        if let components { try self.components(components, bytes) }
    }

    private mutating func root(_ index: Int, _ members: Members, _ bytes: Span<UInt8>) throws(TreeError) {
        if let statics = members.statics {
            let text = try self.text(statics, shared: members.shared, bytes)
            let node = try node(
                index, members, text, in: .view, over: state.tree?.root, shared: members.shared, bytes)
            if state.tree == nil { state.tree = HashedTree() }
            state.tree?.root = node
            account.isWhole = true
        } else if members.slotCount > 0 {
            guard let node = state.tree?.root else { throw error(index, "a whole tree first", "a change") }
            try update(node, index, members, shared: members.shared, bytes)
        } else if state.tree == nil, !isEmpty(index) {
            throw error(index, "a whole tree first", "a change")
        }
    }

    /// Whether nothing in the message needs a tree.
    private func isEmpty(_ index: Int) -> Bool {
        tape.member(JSONTape.Key("c"), of: index) == nil
    }

    private mutating func events(_ index: Int, _ bytes: Span<UInt8>) throws(TreeError) {
        let token = tape.tokens[index]
        account.bytes.events = token.byteCount
        guard token.kind == .array else { throw error(index, "an array of events", "other JSON") }
        var event = index &+ 1
        while event < Int(token.next) {
            let next = Int(tape.tokens[event].next)
            let name = event &+ 1
            guard tape.tokens[event].kind == .array, name < next, tape.tokens[name].kind == .string else {
                throw error(event, "an event's name and payload", "other JSON")
            }
            let payload = Int(tape.tokens[name].next)
            guard payload < next else { throw error(event, "a payload", "the array's end") }
            account.events.append(
                DiffAccount.SentEvent(
                    name: tape.tokens[name].text.string(bytes), payload: tape.tokens[payload].range,
                    isEarly: Int(tape.tokens[payload].next) < next))
            event = next
        }
    }

    // MARK: - Members

    /// What a node has besides slots, and how many slots.
    func members(of index: Int, _ bytes: Span<UInt8>) throws(TreeError) -> Members {
        var members = Members()
        var member = index &+ 1
        let end = Int(tape.tokens[index].next)
        while member < end {
            try take(member, into: &members, bytes)
            member = Int(tape.tokens[member].next)
        }
        return members
    }

    private func take(_ member: Int, into members: inout Members, _ bytes: Span<UInt8>) throws(TreeError) {
        let token = tape.tokens[member]
        guard token.key.code < 0 else {
            members.slotCount &+= 1
            return
        }
        switch token.key.code {
        case Keys.statics: members.statics = member
        case Keys.shared: members.shared = member
        case Keys.keyed: members.keyed = member
        case Keys.rows: members.rows = member
        case Keys.root: break
        default:
            guard token.keyByteCount == 6, JSONText(content: token.keyRange, hasEscapes: false).equals("stream", bytes)
            else { throw error(member, "a slot's number or one of s, p, k, d, r, stream", "another key") }
            members.stream = member
        }
    }

    @inline(__always)
    func isObject(_ index: Int) -> Bool {
        if case .object = tape.tokens[index].kind { true } else { false }
    }

    func error(_ index: Int, _ expected: String, _ actual: String) -> TreeError {
        TreeError(offset: Int(tape.tokens[index].start), expected: expected, actual: actual)
    }

    mutating func make(_ slots: Int) throws(TreeError) {
        madeSlots += slots
        guard madeSlots <= limits.slotsOfMessage else {
            throw TreeError(expected: "at most \(limits.slotsOfMessage) slots in a message", actual: "more")
        }
    }

    mutating func tally(_ leaf: DiffAccount.Leaf) {
        let path = Int(leaf.path.number)
        if path >= tallies.count {
            tallies.append(contentsOf: repeatElement(0, count: max(paths.pathCount, path &+ 1) &- tallies.count))
        }
        if tallies[path] == 0 {
            account.paths.append(DiffAccount.PathTally(path: leaf.path, firstLeaf: account.leaves.count))
            tallies[path] = Int32(account.paths.count)
        }
        account.paths[Int(tallies[path]) &- 1].add(leaf)
        account.bytes.add(leaf)
        account.leaves.append(leaf)
    }
}
