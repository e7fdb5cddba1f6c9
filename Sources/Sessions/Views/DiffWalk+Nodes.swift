internal import LiveViewWire

extension DiffWalk {
    // MARK: - Slots

    mutating func slot(
        _ index: Int, _ slot: inout TreeSlot, _ path: PathID, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        let token = tape.tokens[index]
        switch token.kind {
        case .string: leaf(token, &slot, path, bytes)
        case .number: try place(index, &slot, path, bytes)
        case .object:
            let members = try self.members(of: index, bytes)
            let shared = members.shared ?? shared
            if let own = members.shared { try announce(own, bytes) }
            if members.keyed != nil || members.rows != nil || members.stream != nil {
                try list(index, members, &slot, path, shared: shared, bytes)
            } else {
                try template(index, members, &slot, path, shared: shared, bytes)
            }
        case .array, .boolean, .null:
            throw error(index, "a text, a component or a node", "other JSON")
        }
    }

    private mutating func leaf(_ token: JSONTape.Token, _ slot: inout TreeSlot, _ path: PathID, _ bytes: Span<UInt8>) {
        let hash = LeafHash.of(bytes, Int(token.start) &+ 1, Int(token.end) &- 1)
        let kind: LeafClass =
            switch slot {
            case .missing: .new
            case .leaf(let old): isCopy ? .new : old == hash ? .redundant : .changed
            case .component, .template, .list: isCopy ? .new : .changed
            }
        slot = .leaf(hash)
        tally(
            DiffAccount.Leaf(
                path: path, kind: kind, component: component, entry: entry, range: token.start..<token.end, hash: hash))
    }

    private mutating func place(
        _ index: Int, _ slot: inout TreeSlot, _ path: PathID, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        guard let number = tape.integer(index, bytes), let number = Int32(exactly: number) else {
            throw error(index, "a component's number", "another number")
        }
        account.bytes.places += tape.tokens[index].byteCount
        var isRedundant = false
        if case .component(let old) = slot { isRedundant = old == number && !isCopy }
        if !isRedundant { placeNews &+= 1 }
        account.places.append(DiffAccount.SentPlace(path: path, component: number, isRedundant: isRedundant))
        slot = .component(number)
    }

    // MARK: - Templates

    private mutating func template(
        _ index: Int, _ members: Members, _ slot: inout TreeSlot, _ path: PathID, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        // The slot lets go of its node, so that an unshared one is changed in place.
        var old: TemplateNode?
        if case .template(let node) = slot { old = node }
        guard let statics = members.statics else {
            guard old != nil else {
                guard members.slotCount == 0 else {
                    throw error(index, "a change to what is there", "one to a template")
                }
                return
            }
            slot = .missing
            if !isKnownUniquelyReferenced(&old) { old = old?.copy() }
            guard let old else { return }
            try update(old, index, members, shared: shared, bytes)
            slot = .template(old)
            return
        }
        let text = try self.text(statics, shared: shared, bytes)
        let hadNothing = if case .missing = slot { true } else { false }
        slot = .missing
        let isOwn = isKnownUniquelyReferenced(&old)
        let node = try self.node(
            index, members, text, in: .slot(path), over: old, isOwn: isOwn, hadNothing: hadNothing, shared: shared,
            bytes)
        slot = .template(node)
    }

    /// A template that came with its parts.
    /// - Parameters:
    ///   - old: what was in its place, if that was a template; nobody else changes it.
    ///   - isOwn: whether nobody else holds it, so that it need not stay as it was.
    ///   - hadNothing: whether nothing was in its place, no text either.
    mutating func node(
        _ index: Int, _ members: Members, _ text: TemplateText, in place: PathTable.Place, over old: TemplateNode?,
        isOwn: Bool = false, hadNothing: Bool = true, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) -> TemplateNode {
        let template = try paths.template(text, in: place)
        let facts = paths[template]
        var kind = DiffAccount.SentTemplate.Kind.new
        let node: TemplateNode
        if let old, old.template == template, !isCopy {
            kind = .repeated
            // All of it comes again: compared with what is there, unless something is left out.
            node = members.slotCount != facts.slotCount ? fresh(template, facts) : isOwn ? old : old.copy()
        } else {
            if let path = place.path, !hadNothing || old != nil {
                if let old { state.remember(paths[old.template].text, at: path) }
                let isBack = state.former[path]?.contains(text) ?? false
                kind = isBack ? .back : old == nil ? .new : .replaced
                state.remember(text, at: path)
            } else if old != nil {
                kind = .replaced
            }
            node = fresh(template, facts)
        }
        try make(facts.slotCount)
        try fill(node, index, members, kind, shared: shared, bytes)
        if members.slotCount < facts.slotCount {
            for case .missing in node.slots { account.missingSlots += 1 }
        }
        return node
    }

    private func fresh(_ template: TemplateID, _ facts: PathTable.Template) -> TemplateNode {
        TemplateNode(
            template, first: facts.first, slots: [TreeSlot](repeating: .missing, count: facts.slotCount))
    }

    /// Changes to a template that is there, which nobody else holds.
    mutating func update(
        _ node: TemplateNode, _ index: Int, _ members: Members, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        try fill(node, index, members, .update, shared: shared, bytes)
    }

    private mutating func fill(
        _ node: TemplateNode, _ index: Int, _ members: Members, _ kind: DiffAccount.SentTemplate.Kind, shared: Int?,
        _ bytes: Span<UInt8>
    ) throws(TreeError) {
        let (leaves, redundant) = (account.bytes.leaves, account.bytes.redundant)
        let place = placeOfTemplate(node, index, members, kind)
        try slots(of: index, node, shared: shared, bytes)
        account.templates[place].addLeaves(
            account.bytes.leaves &- leaves, redundant: account.bytes.redundant &- redundant)
    }

    /// Where in the account the template is, which it is put into, or added to.
    private mutating func placeOfTemplate(
        _ node: TemplateNode, _ index: Int, _ members: Members, _ kind: DiffAccount.SentTemplate.Kind
    ) -> Int {
        let byteCount = tape.tokens[index].byteCount
        let isCommon = entry >= 0 && (kind == .update || kind == .new)
        if isCommon {
            for known in commonTemplates where known.template == node.template && known.kind == kind {
                account.templates[known.place].add(byteCount: byteCount, sentSlots: members.slotCount)
                return known.place
            }
        }
        let place = account.templates.count
        if isCommon, commonTemplates.count < Self.commonTemplateLimit {
            commonTemplates.append(CommonTemplate(template: node.template, kind: kind, place: place))
        }
        account.templates.append(
            DiffAccount.SentTemplate(
                path: paths[node.template].place.path, template: node.template, component: component, entry: entry,
                kind: kind, sentSlots: members.slotCount, slotCount: node.slots.count, byteCount: byteCount,
                leafBytes: 0, redundantBytes: 0))
        return place
    }

    private mutating func slots(
        of index: Int, _ node: TemplateNode, shared: Int?, _ bytes: Span<UInt8>
    ) throws(TreeError) {
        // Out of the node while they change: one access to it for all. After an error the tree goes anyway.
        var slots = node.slots
        node.slots = []
        var member = index &+ 1
        let end = Int(tape.tokens[index].next)
        while member < end {
            let slot = Int(tape.tokens[member].key.code)
            if slot >= 0 {
                guard slot < slots.count else { throw error(member, "a slot below \(slots.count)", "\(slot)") }
                try self.slot(member, &slots[slot], node.first + slot, shared: shared, bytes)
            }
            member = Int(tape.tokens[member].next)
        }
        node.slots = slots
    }

    // MARK: - Statics

    /// Accounts for the parts that a message shares.
    mutating func announce(_ shared: Int, _ bytes: Span<UInt8>) throws(TreeError) {
        guard tape.tokens[shared].kind == .object else { throw error(shared, "statics by number", "other JSON") }
        var member = shared &+ 1
        while member < Int(tape.tokens[shared].next) {
            guard let index = tape.tokens[member].key.index else { throw error(member, "a number", "another key") }
            let text = try literal(member, bytes)
            sharedParts.append(SharedPart(owner: shared, index: index, text: text))
            member = Int(tape.tokens[member].next)
        }
    }

    /// The parts that an `s` stands for.
    func sharedText(_ index: Int, _ shared: Int?, _ bytes: Span<UInt8>) throws(TreeError) -> TemplateText {
        guard let number = tape.integer(index, bytes) else { throw error(index, "statics", "other JSON") }
        for part in sharedParts where part.index == number && part.owner == shared { return part.text }
        throw error(index, "statics of a \"p\" around it", "\(number)")
    }

    mutating func text(_ index: Int, shared: Int?, _ bytes: Span<UInt8>) throws(TreeError) -> TemplateText {
        tape.tokens[index].kind == .array ? try literal(index, bytes) : try sharedText(index, shared, bytes)
    }

    private mutating func literal(_ index: Int, _ bytes: Span<UInt8>) throws(TreeError) -> TemplateText {
        let token = tape.tokens[index]
        guard token.kind == .array else { throw error(index, "an array of texts", "other JSON") }
        let tape = self.tape
        let text = try paths.text(hash: ContentHash.of(bytes, token.range)) { () throws(TreeError) in
            var parts: [Markup] = []
            var part = index &+ 1
            while part < Int(token.next) {
                guard tape.tokens[part].kind == .string else {
                    throw TreeError(offset: Int(tape.tokens[part].start), expected: "a text", actual: "other JSON")
                }
                parts.append(Markup(utf8: tape.tokens[part].text.utf8(bytes)))
                part = Int(tape.tokens[part].next)
            }
            return Statics(parts)
        }
        let isResent = !state.seen.insert(text).inserted
        if isResent {
            account.bytes.resentStatics += token.byteCount
        } else {
            account.bytes.firstStatics += token.byteCount
        }
        account.statics.append(
            DiffAccount.SentStatics(
                text: text, byteCount: token.byteCount, isResent: isResent, component: component))
        return text
    }
}
