/// Why a diff cannot be read, merged or rendered: where in the tree, what should have been there, and what was.
package struct TreeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The keys from the top of the message or tree: "c", "3", "k", "0". Empty for the whole.
    package var path: [String]
    /// Where in the bytes given, if it is the bytes that are wrong.
    package var offset: Int?
    package var expected: String
    package var actual: String

    package init(path: [String] = [], offset: Int? = nil, expected: String, actual: String) {
        self.path = path
        self.offset = offset
        self.expected = expected
        self.actual = actual
    }

    init(_ cause: JSONError) {
        self.init(offset: cause.offset, expected: cause.expected, actual: cause.actual)
    }

    package var description: String {
        let place = path.isEmpty ? "the tree" : path.joined(separator: "/")
        return "\(place)\(offset.map { ", byte \($0)" } ?? ""): expected \(expected), found \(actual)"
    }

    /// The same, seen from one level above.
    func under(_ key: String) -> TreeError {
        var error = self
        error.path.insert(key, at: 0)
        return error
    }
}

/// Runs `body`; its errors get the key that it was under.
func under<Result>(
    _ key: @autoclosure () -> String, _ body: () throws(TreeError) -> Result
) throws(TreeError) -> Result {
    do throws(TreeError) {
        return try body()
    } catch {
        throw error.under(key())
    }
}
