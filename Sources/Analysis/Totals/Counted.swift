/// A sum that dictionaries hold by reference: one look-up finds it, and it is changed where it is.
final class Counted<Sum> {
    var sum: Sum

    init(_ sum: Sum) { self.sum = sum }
}

extension Dictionary {
    /// The sum of a key, begun if it is new and there is room for it.
    mutating func counted<Sum>(_ key: Key, limit: Int, _ begin: @autoclosure () -> Sum) -> Counted<Sum>?
    where Value == Counted<Sum> {
        if let known = self[key] { return known }
        guard count < limit else { return nil }
        let new = Counted(begin())
        self[key] = new
        return new
    }
}
