/// What is wrong with a file of budgets, and where.
package struct BudgetFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package var line: Int?
    /// As a path: `views./table.p96`.
    package var key: String
    package var problem: String

    package init(line: Int?, key: String, problem: String) {
        self.line = line
        self.key = key
        self.problem = problem
    }

    package var description: String {
        [line.map { "line \($0)" }, key.isEmpty ? nil : key, problem].compactMap { $0 }.joined(separator: ": ")
    }
}
