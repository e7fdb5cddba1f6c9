/// The entries of a list as they are remembered.
struct OldEntries {
    var keys: [UInt64] = []
    /// Where each entry's slots begin.
    var places: [Int] = []

    /// - Parameter place: where the list's fingerprint is.
    init(_ words: [UInt64], list place: Int) {
        let end = place + MemoryWord.followers(words[place - 1])
        var position = place + 1
        while position < end {
            keys.append(words[position])
            places.append(position + 2)
            position += 2 + Int(words[position + 1])
        }
    }

    /// Finds each entry once: two new ones may not come of the same old one.
    struct Finder {
        private let keys: [UInt64]
        private var isTaken: [Bool]
        private var indices: [UInt64: Int]?

        init(_ entries: OldEntries?) {
            keys = entries?.keys ?? []
            isTaken = [Bool](repeating: false, count: keys.count)
        }

        /// The old index of a key that is now at `index`.
        mutating func find(_ key: UInt64, at index: Int) -> Int? {
            if indices == nil {
                if index < keys.count, keys[index] == key {
                    isTaken[index] = true
                    return index
                }
                // From here on keys stand elsewhere.
                indices = Dictionary(zip(keys, keys.indices), uniquingKeysWith: { first, _ in first })
            }
            guard let found = indices?[key], !isTaken[found] else { return nil }
            isTaken[found] = true
            return found
        }
    }
}
