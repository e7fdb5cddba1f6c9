extension Redactor {
    /// What the surroundings say of a value in JSON.
    private struct JSONContext {
        /// All strings and numbers are secrets of that kind.
        var secret: SecretKind?
        /// Strings that look like tokens are.
        var token: SecretKind?
        /// A `value="…"` in the string is a secret: an attribute beside it says so.
        var hasSecretInput = false
        /// The templates that nodes of a LiveView tree refer to by number: the root's "p".
        var templates: [[UInt8]: [JSONOutline.Node]] = [:]
        var depth = 0
    }

    /// Redacts a JSON text.
    /// - Returns: whether it is one.
    func json(_ text: inout RedactedText, depth: Int) -> Bool {
        guard let first = text.bytes.first(where: { $0 > 0x20 }), first == 0x5b || first == 0x7b,
            let node = JSONOutline.read(text.bytes)
        else { return false }
        walk(node, &text, JSONContext(depth: depth))
        return true
    }

    private func walk(_ node: JSONOutline.Node, _ text: inout RedactedText, _ context: JSONContext) {
        switch node {
        case .word: return
        case .number(let range):
            if let kind = context.secret {
                hit(&text, range, kind, .number)
            } else {
                number(&text, range)
            }
        case .string(let range): string(&text, range, context)
        case .array(let items):
            var context = context
            context.hasSecretInput = hasSecretInput(items, text)
            for item in items { walk(item, &text, context) }
        case .object(let members): object(members, &text, context)
        }
    }

    private func object(
        _ members: [(key: Range<Int>, value: JSONOutline.Node)], _ text: inout RedactedText, _ context: JSONContext
    ) {
        var context = context
        context.hasSecretInput = hasSecretInput(members.map(\.value), text)
        let keys = members.map { EncodedText(Array(text.bytes[$0.key]), .json).decoded }
        readTemplates(keys, members, text, &context)
        let secretSlots = secretSlots(keys, members, text, context)
        // LiveView's answer to allow_upload: the entries are the tokens to join with.
        let isUploadAnswer = keys.contains(Self.config) && keys.contains(Self.entries)
        for (key, member) in zip(keys, members) {
            var inner = context
            if let kind = field(key) {
                inner.secret = kind
            } else if secretSlots.contains(key) {
                inner.secret = inner.secret ?? .field
            } else if names.isToken(key) || (isUploadAnswer && key == Self.entries) {
                inner.token = .liveViewToken
            }
            if member.key.count >= rules.shortestEcho, !isClean(text, member.key) {
                within(&text, member.key, .json) { key in
                    self.patterns(&key, TextTraits(key.bytes.span))
                    self.echoes(&key)
                }
            }
            walk(member.value, &text, inner)
        }
    }

    private static let config = Array("config".utf8)
    private static let entries = Array("entries".utf8)

    /// Whether a look is enough to tell that the part holds no secret.
    private func isClean(_ text: RedactedText, _ range: Range<Int>) -> Bool {
        let part = text.bytes.span.extracting(range)
        guard rules.patterns.isEmpty, TextTraits(part).isPlain else { return false }
        return mode == .collect || known.search(part).isEmpty
    }

    private func string(_ text: inout RedactedText, _ range: Range<Int>, _ context: JSONContext) {
        if context.secret == nil, context.token == nil, isClean(text, range) { return }
        within(&text, range, .json) { inner in
            if let kind = context.secret {
                hit(&inner, inner.all, kind, kind == .email ? .email : .any)
            } else if let kind = context.token, Self.looksLikeToken(inner.bytes) {
                hit(&inner, inner.all, kind)
            } else {
                self.text(&inner, depth: context.depth + 1, hasSecretInput: context.hasSecretInput)
            }
        }
    }

    /// A number by itself can be a card's, or a secret that is known.
    private func number(_ text: inout RedactedText, _ range: Range<Int>) {
        guard range.count >= rules.shortestEcho else { return }
        var inner = RedactedText(Array(text.bytes[range]))
        if PatternSearch.cards(in: inner.bytes).contains(inner.all) {
            hit(&inner, inner.all, .card, .card)
        } else if mode != .collect, known.search(inner.bytes.span).contains(where: { $0.range == inner.all }) {
            if mode == .check {
                leftovers(.echo)
            } else {
                hit(&inner, inner.all, .echo, .number)
            }
        }
        text.bytes.replaceSubrange(range, with: inner.bytes)
        text.isDone.replaceSubrange(range, with: inner.isDone)
    }

    /// 16 characters or more, without blanks.
    static func looksLikeToken(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 16 && !bytes.contains { $0 <= 0x20 || $0 == 0x3c || $0 == 0x22 }
    }

    // MARK: - Rendered trees

    /// LiveView sends an attribute as a string of its own: what kind of input it is stands in another one beside it.
    private func hasSecretInput(_ nodes: [JSONOutline.Node], _ text: RedactedText) -> Bool {
        nodes.contains { node in
            guard case .string(let range) = node, range.count >= 8, text.bytes[range].contains(0x3d) else {
                return false
            }
            return Markup.attributes(in: EncodedText(Array(text.bytes[range]), .json).decoded).contains(
                where: isSecretInput)
        }
    }

    private func readTemplates(
        _ keys: [[UInt8]], _ members: [(key: Range<Int>, value: JSONOutline.Node)], _ text: RedactedText,
        _ context: inout JSONContext
    ) {
        guard let place = keys.firstIndex(of: [0x70]), case .object(let templates) = members[place].value else {
            return
        }
        for template in templates {
            guard case .array(let statics) = template.value else { continue }
            context.templates[Array(text.bytes[template.key])] = statics
        }
    }

    /// The keys of the dynamics that stand in the value of a secret input, by the statics around them.
    private func secretSlots(
        _ keys: [[UInt8]], _ members: [(key: Range<Int>, value: JSONOutline.Node)], _ text: RedactedText,
        _ context: JSONContext
    ) -> Set<[UInt8]> {
        guard let place = keys.firstIndex(of: [0x73]) else { return [] }
        let statics: [JSONOutline.Node] =
            switch members[place].value {
            case .array(let items): items
            case .number(let range): context.templates[Array(text.bytes[range])] ?? []
            case .object, .string, .word: []
            }
        var slots: Set<[UInt8]> = []
        var before: [UInt8] = []
        for (index, item) in statics.enumerated() {
            guard case .string(let range) = item else { return slots }
            before += EncodedText(Array(text.bytes[range]), .json).decoded
            if let open = before.lastIndex(of: 0x3c) { before.removeFirst(open) }
            // The attributes behind the value count too: `<input value="` … `" type="password">`.
            var after: [UInt8] = []
            if index + 1 < statics.count, case .string(let next) = statics[index + 1] {
                after = Array(EncodedText(Array(text.bytes[next]), .json).decoded.prefix { $0 != 0x3e })
            }
            guard Markup.endsInOpenValue(before) else { continue }
            if Markup.attributes(in: before + after).contains(where: isSecretInput) {
                slots.insert(Array("\(index)".utf8))
            }
        }
        return slots
    }
}
