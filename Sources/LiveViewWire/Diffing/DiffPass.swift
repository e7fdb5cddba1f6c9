/// One walk over a render beside what is remembered of the one before: it writes what differs, and what to remember.
struct DiffPass {
    let format: Differ.Format
    let seed: UInt64
    /// Whether a keyed list in which anything changed is written whole.
    var resendsLists = false
    var json = JSONWriter(capacity: 256)
    /// The `p` that statics go to; nil where they stand in their place.
    var shared: SharedParts?
    /// The memory being made.
    private var new: [UInt64] = []
    /// The memory there is.
    private var old: [UInt64] = []
    /// Whether texts and components are written although they are equal: the client has them from another component.
    private var isForced = false
    /// Whether a stream within the rows at hand has something to say, which no hash shows.
    private var hasStreamed = false

    init(format: Differ.Format, seed: UInt64) {
        self.format = format
        self.seed = seed
    }

    /// Writes the keys of a whole template, or of what changed in it, into the object that is open.
    /// - Returns: what to remember of it.
    mutating func template(
        _ template: Render.Template, old: [UInt64], omitsSingleRoot: Bool = false, isForced: Bool
    ) -> [UInt64] {
        self.old = old
        self.isForced = isForced
        new = []
        new.reserveCapacity(Swift.max(old.count, template.slots.count + 1))
        body(template, old: old.isEmpty ? nil : 0, omitsSingleRoot: omitsSingleRoot)
        return new
    }

    /// Writes `p`, if there is any in it.
    mutating func endSharing() {
        guard let parts = shared?.parts, !parts.isEmpty else {
            shared = nil
            return
        }
        shared = nil
        json.key("p")
        json.beginObject()
        for (index, statics) in parts.enumerated() {
            json.key(index)
            write(statics)
        }
        json.endObject()
    }

    // MARK: - Templates

    /// - Parameter old: where in the old memory the fingerprint of what was in the place is.
    private mutating func body(_ template: Render.Template, old place: Int?, omitsSingleRoot: Bool = false) {
        let fingerprint = template.statics.fingerprint
        let isKnown = place.map { old[$0] == fingerprint } ?? false
        new.append(fingerprint)
        slots(template.slots, old: isKnown ? place.map { $0 + 1 } : nil)
        guard !isKnown else { return }
        writeStatics(template.statics)
        if template.hasSingleRoot, !omitsSingleRoot {
            json.key("r")
            json.integer(1)
        }
    }

    private mutating func slots(_ slots: [Render.Slot], old start: Int?) {
        var place = start
        for (index, slot) in slots.enumerated() {
            self.slot(slot, key: index, old: place)
            if let current = place { place = current + 1 + MemoryWord.followers(old[current]) }
        }
    }

    private mutating func slot(_ slot: Render.Slot, key: Int, old place: Int?) {
        switch slot {
        case .text(let text):
            var hash = ContentHash(seed: seed)
            hash.add(text.utf8)
            if note(MemoryWord.text(hash.value), old: place) {
                json.key(key)
                json.string(text.utf8.span)
            }
        case .component(let id):
            if note(MemoryWord.component(id), old: place) {
                json.key(key)
                json.integer(id.rawValue)
            }
        case .template(let template):
            let mark = json.mark
            json.key(key)
            json.beginObject()
            let before = json.bytes.count
            let known = self.place(of: template.statics.fingerprint, MemoryWord.template, at: place)
            node(MemoryWord.template) { $0.body(template, old: known) }
            // What is known and unchanged is not mentioned.
            if known != nil, json.bytes.count == before { json.rewind(to: mark) } else { json.endObject() }
        case .list(let list):
            self.list(list, key: key, old: place)
        }
    }

    /// Remembers a slot of one word.
    /// - Returns: whether it must be written.
    private mutating func note(_ word: UInt64, old place: Int?) -> Bool {
        new.append(word)
        return isForced || place.map { old[$0] != word } ?? true
    }

    /// Remembers a slot of more words, which `content` appends.
    private mutating func node(_ kind: UInt64, _ content: (inout DiffPass) -> Void) {
        let start = new.count
        new.append(kind)
        content(&self)
        new[start] = kind | UInt64(new.count - start - 1)
    }

    /// Where the fingerprint of a node is, if the client has such a node in the place.
    private func place(of fingerprint: UInt64, _ kind: UInt64, at place: Int?) -> Int? {
        guard let place, MemoryWord.isNode(old[place], kind), old[place + 1] == fingerprint else { return nil }
        return place + 1
    }

    // MARK: - Lists

    private mutating func list(_ list: Render.List, key: Int, old place: Int?) {
        let known = self.place(of: list.fingerprint, MemoryWord.list, at: place)
        if known == nil, list.entries.isEmpty, list.stream == nil {
            // An empty list that the client knows nothing of is no list yet.
            slot(.text(""), key: key, old: place)
            return
        }
        let mark = json.mark
        json.key(key)
        json.beginObject()
        let sharesHere = shared == nil
        if sharesHere { shared = SharedParts() }
        let start = new.count
        new.append(MemoryWord.list)
        new.append(list.fingerprint)
        let isWritten =
            if list.stream != nil {
                stream(list, isKnown: known != nil)
            } else {
                switch format {
                case .rows: rows(list, old: known)
                case .keyed: resendsLists ? wholeOrNothing(list, old: known) : keyed(list, old: known)
                }
            }
        new[start] = MemoryWord.list | UInt64(new.count - start - 1)
        if sharesHere { endSharing() }
        guard isWritten || known == nil else {
            json.rewind(to: mark)
            return
        }
        if known == nil { writeStatics(list.statics) }
        json.endObject()
    }

    /// A stream's entries are sent, and forgotten.
    private mutating func stream(_ list: Render.List, isKnown: Bool) -> Bool {
        guard var operation = list.stream, !isKnown || !operation.isEmpty || !list.entries.isEmpty else { return false }
        hasStreamed = hasStreamed || !operation.isEmpty
        let count = new.count
        switch format {
        case .rows:
            operation.shape = .list
            writeRows(list)
        case .keyed:
            operation.shape = .listWithUpdateOnly
            json.key("k")
            json.beginObject()
            for (index, entry) in list.entries.enumerated() { writeEntry(entry, of: list, at: index) }
            endKeyed(count: list.entries.count, hasMoves: false)
        }
        new.removeSubrange(count...)
        json.key("stream")
        json.stream(operation)
        return true
    }

    /// All entries, if any changed. One hash stands for them all.
    private mutating func rows(_ list: Render.List, old place: Int?) -> Bool {
        let start = new.count
        let hadStreamed = hasStreamed
        hasStreamed = false
        writeRows(list)
        let isForced = isForced || hasStreamed
        hasStreamed = hasStreamed || hadStreamed
        var hash = ContentHash(seed: seed)
        for word in new[start...] { hash.add(word) }
        new.removeSubrange(start...)
        new.append(hash.value)
        // What was a stream has no hash.
        guard !isForced, let place, MemoryWord.followers(old[place - 1]) == 2 else { return true }
        return old[place + 1] != hash.value
    }

    private mutating func writeRows(_ list: Render.List) {
        json.key("d")
        json.beginArray()
        for entry in list.entries {
            // A word that begins each row: rows without slots count too.
            new.append(0)
            json.beginArray()
            for slot in entry.slots.filled(to: list.statics.slotCount) { element(slot) }
            json.endArray()
        }
        json.endArray()
    }

    /// A slot of a row: the same as elsewhere, but that it has no key.
    private mutating func element(_ slot: Render.Slot) {
        switch slot {
        case .text(let text):
            var hash = ContentHash(seed: seed)
            hash.add(text.utf8)
            new.append(MemoryWord.text(hash.value))
            json.string(text.utf8.span)
        case .component(let id):
            new.append(MemoryWord.component(id))
            json.integer(id.rawValue)
        case .template(let template):
            json.beginObject()
            node(MemoryWord.template) { $0.body(template, old: nil) }
            json.endObject()
        case .list(let list):
            guard !list.entries.isEmpty || list.stream != nil else {
                json.string("")
                new.append(0)
                return
            }
            json.beginObject()
            let start = new.count
            new.append(list.fingerprint)
            writeRows(list)
            if var operation = list.stream {
                new.removeSubrange((start + 1)...)
                hasStreamed = hasStreamed || !operation.isEmpty
                operation.shape = .list
                json.key("stream")
                json.stream(operation)
            }
            writeStatics(list.statics)
            json.endObject()
        }
    }

    // MARK: - Statics

    private mutating func writeStatics(_ statics: Statics) {
        json.key("s")
        if let index = shared?.index(of: statics) { json.integer(index) } else { write(statics) }
    }

    private mutating func write(_ statics: Statics) {
        json.beginArray()
        for part in 0..<statics.partCount { json.string(statics[part].span) }
        json.endArray()
    }
}

// MARK: - Keyed lists

extension DiffPass {
    /// What changed in a list; the entries of the old one are found by their keys.
    private mutating func keyed(_ list: Render.List, old place: Int?) -> Bool {
        let before = place.map { OldEntries(old, list: $0) }
        var moves = OldEntries.Finder(before)
        json.key("k")
        json.beginObject()
        let empty = json.bytes.count
        var hasMoves = false
        for (index, entry) in list.entries.enumerated() {
            let key = entry.key ?? UInt64(index)
            guard !isForced, let before, let from = moves.find(key, at: index) else {
                writeEntry(entry, of: list, at: index)
                continue
            }
            hasMoves = hasMoves || from != index
            writeChange(of: entry, of: list, at: index, from: from, before.places[from])
        }
        let count = list.entries.count
        let isWritten = isForced || before.map { $0.keys.count != count } ?? true || json.bytes.count != empty
        endKeyed(count: count, hasMoves: hasMoves)
        return isWritten
    }

    /// Nothing if nothing changed, else all entries.
    private mutating func wholeOrNothing(_ list: Render.List, old place: Int?) -> Bool {
        let (mark, count) = (json.mark, new.count)
        guard keyed(list, old: place), place != nil else { return place == nil }
        json.rewind(to: mark)
        new.removeSubrange(count...)
        let wasForced = isForced
        isForced = true
        defer { isForced = wasForced }
        return keyed(list, old: place)
    }

    private mutating func endKeyed(count: Int, hasMoves: Bool) {
        json.key("kc")
        json.integer(count)
        if hasMoves {
            json.key("km")
            json.boolean(true)
        }
        json.endObject()
    }

    /// An entry that the client does not have.
    private mutating func writeEntry(_ entry: Render.Entry, of list: Render.List, at index: Int) {
        json.key(index)
        json.beginObject()
        remember(entry, of: list, at: index, old: nil)
        json.endObject()
    }

    /// An entry that the client has, at this index or another.
    private mutating func writeChange(
        of entry: Render.Entry, of list: Render.List, at index: Int, from: Int, _ place: Int
    ) {
        let mark = json.mark
        json.key(index)
        if from != index {
            json.beginArray()
            json.integer(from)
        }
        json.beginObject()
        let before = json.bytes.count
        remember(entry, of: list, at: index, old: place)
        guard json.bytes.count == before else {
            json.endObject()
            if from != index { json.endArray() }
            return
        }
        json.rewind(to: mark)
        if from != index {
            json.key(index)
            json.integer(from)
        }
    }

    private mutating func remember(_ entry: Render.Entry, of list: Render.List, at index: Int, old place: Int?) {
        new.append(entry.key ?? UInt64(index))
        let start = new.count
        new.append(0)
        slots(entry.slots.filled(to: list.statics.slotCount), old: place)
        new[start] = UInt64(new.count - start - 1)
    }
}

extension Render.List {
    /// A stream and a list of the same statics are not the same: of the list the client has entries.
    fileprivate var fingerprint: UInt64 { stream == nil ? statics.fingerprint : ~statics.fingerprint }
}

extension [Render.Slot] {
    /// With an empty text in each slot that is not given.
    fileprivate func filled(to count: Int) -> [Render.Slot] {
        guard self.count != count else { return self }
        return prefix(count) + [Render.Slot](repeating: .text(""), count: Swift.max(0, count - self.count))
    }
}
