extension Dictionary where Key: Comparable {
    /// Keeps a table of numbered things bounded: beyond `limit`, a tenth of it goes, the lowest numbers first. To look
    /// for the lowest one alone would take as long, each time.
    /// - Returns: what was forgotten.
    @discardableResult
    package mutating func forgetOldest(beyond limit: Int) -> ArraySlice<Key> {
        guard count > limit else { return [] }
        let oldest = keys.sorted().prefix(Swift.max(1, limit / 10))
        for key in oldest { self[key] = nil }
        return oldest
    }
}
