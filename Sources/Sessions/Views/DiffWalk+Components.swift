internal import LiveViewWire

extension DiffWalk {
    mutating func components(_ index: Int, _ bytes: Span<UInt8>) throws(TreeError) {
        guard tape.tokens[index].kind == .object else { throw error(index, "components by number", "other JSON") }
        if state.tree == nil { state.tree = HashedTree() }
        guard tape.tokens[index].next > index &+ 1 else { return }
        var context = ComponentContext()
        var member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            guard let number = tape.tokens[member].key.index else {
                throw error(member, "a component's number", "another key")
            }
            let copied = tape.member(JSONTape.Key("s"), of: member).flatMap { tape.integer($0, bytes) }
            if let copied {
                context.needsBefore = context.needsBefore || copied < 0
                context.hasCopies = context.hasCopies || copied > 0
            }
            context.waiting[number] = member
            member = Int(tape.tokens[member].next)
        }
        if context.needsBefore { context.before = state.tree?.components ?? [:] }
        member = index &+ 1
        while member < Int(tape.tokens[index].next) {
            if let number = tape.tokens[member].key.index { try component(number, &context, depth: 0, bytes) }
            member = Int(tape.tokens[member].next)
        }
        component = 0
        isCopy = false
    }

    /// What the components of one message need of one another.
    struct ComponentContext {
        /// As it was before the message, if somebody asks.
        var before: [Int: TemplateNode] = [:]
        var needsBefore = false
        var hasCopies = false
        /// Those that are not merged yet.
        var waiting: [Int: Int] = [:]
    }

    private mutating func component(
        _ number: Int, _ context: inout ComponentContext, depth: Int, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        guard let index = context.waiting[number] else { return }
        guard depth < limits.componentChain else { throw error(index, "a component to copy", "copies in a circle") }
        guard tape.tokens[index].kind == .object else { throw error(index, "a component's tree", "other JSON") }
        let members = try self.members(of: index, bytes)
        guard members.keyed == nil, members.rows == nil else { throw error(index, "a template", "a list") }
        let old = state.tree?.components[number]
        var kind = DiffAccount.SentComponent.Kind.update
        var base: TemplateNode?
        if let statics = members.statics, tape.tokens[statics].kind == .number {
            let donor = tape.integer(statics, bytes) ?? 0
            guard donor != 0, donor > Int.min else { throw error(statics, "a component's number", "0") }
            if donor > 0 { try component(donor, &context, depth: depth + 1, bytes) }
            base = donor < 0 ? context.before[-donor] : state.tree?.components[donor]
            guard base != nil else { throw error(statics, "a component to copy", "none of that number") }
            kind = .copy(of: abs(donor))
        } else if members.statics != nil {
            kind = .whole
        }
        context.waiting[number] = nil
        component = Int32(truncatingIfNeeded: number)
        entry = -1
        if let shared = members.shared { try announce(shared, bytes) }
        let firstLeaf = account.leaves.count
        let node = try node(
            index, members, kind, base: base, old: old, number,
            isBeforeKept: context.needsBefore, bytes)
        state.tree?.components[number] = node
        account.components.append(
            DiffAccount.SentComponent(
                component: number, kind: kind, existed: old != nil, template: node.template,
                byteCount: tape.tokens[index].byteCount, leaves: firstLeaf..<account.leaves.count,
                contentHash: kind == .update ? 0 : TreeSlot.template(node).hash))
    }

    private mutating func node(
        _ index: Int, _ members: Members, _ kind: DiffAccount.SentComponent.Kind, base: TemplateNode?,
        old: TemplateNode?, _ number: Int, isBeforeKept: Bool, _ bytes: Span<UInt8>
    ) throws(TreeError) -> TemplateNode {
        switch kind {
        case .whole:
            guard let statics = members.statics else { throw error(index, "statics", "none") }
            let text = try self.text(statics, shared: nil, bytes)
            return try node(index, members, text, in: .component, over: old, shared: members.shared, bytes)
        case .copy:
            guard let copy = base?.copy() else { throw error(index, "a component to copy", "none") }
            try make(copy.slots.count)
            isCopy = true
            defer { isCopy = false }
            try update(copy, index, members, shared: members.shared, bytes)
            return copy
        case .update:
            guard var node = old else { throw error(index, "component \(number)", "none of that number") }
            if isBeforeKept { node = node.copy() }
            try update(node, index, members, shared: members.shared, bytes)
            return node
        }
    }
}
