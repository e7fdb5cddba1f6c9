/// Where in a list the contents of given hashes are: a table that is used again for list after list.
struct EntryPlaces {
    /// Open addressing by the hashes' low bits. 0: free; else a place from 1, below zero if others are alike.
    private var table: [Int32] = []

    /// How far from where it belongs a hash is looked for. Chance needs a few steps; who makes up contents to need more
    /// has their entries taken for new ones.
    private static let reach = 64

    mutating func fill(_ hashes: [UInt64]) {
        var size = 16
        while size < hashes.count &* 2 { size <<= 1 }
        table.removeAll(keepingCapacity: true)
        table.append(contentsOf: repeatElement(0, count: size))
        for (place, hash) in hashes.enumerated() {
            guard let index = index(of: hash, in: hashes) else { continue }
            table[index] = table[index] == 0 ? Int32(truncatingIfNeeded: place &+ 1) : -abs(table[index])
        }
    }

    /// - Parameter hashes: what it was filled with.
    /// - Returns: nil if it is nowhere, or at more than one place.
    func place(of hash: UInt64, in hashes: [UInt64]) -> Int? {
        guard let index = index(of: hash, in: hashes), table[index] > 0 else { return nil }
        return Int(table[index]) &- 1
    }

    /// Where the hash is in the table, or would be.
    private func index(of hash: UInt64, in hashes: [UInt64]) -> Int? {
        let mask = table.count &- 1
        var index = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<Self.reach {
            let place = Int(abs(table[index]))
            if place == 0 || hashes[place &- 1] == hash { return index }
            index = (index &+ 1) & mask
        }
        return nil
    }
}
