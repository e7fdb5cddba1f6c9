import Analysis
import ArgumentParser
import Foundation

/// Where limits come from, and what they are held against.
struct BudgetOptions: ParsableArguments {
    private static let defaultPath = "livetape.yml"

    @Option(help: ArgumentHelp("Limits; else livetape.yml, if it is there.", valueName: "file"))
    var budgets: String?

    @Option(
        help: ArgumentHelp(
            "What --save-baseline wrote before: limits as '+10 %' are held against it.", valueName: "file"))
    var baseline: String?

    @Option(help: ArgumentHelp("Write what this recording measures: a small JSON for git.", valueName: "file"))
    var saveBaseline: String?

    /// - Returns: nil if nobody set a limit.
    func read() throws -> (budget: Budget, baseline: Measurements?)? {
        let path = budgets ?? (access(Self.defaultPath, F_OK) == 0 ? Self.defaultPath : nil)
        var budget = try path.map { path in
            try named(path) { bytes throws(BudgetFileError) in
                try BudgetFile.read(String(decoding: bytes, as: UTF8.self))
            }
        }
        var baselinePath = baseline
        if baselinePath == nil, let relative = budget?.baselinePath, let path {
            let folder = URL(filePath: path).deletingLastPathComponent()
            baselinePath = URL(filePath: relative, relativeTo: folder).path
            // Whoever is about to write the first one has none.
            if saveBaseline != nil, access(baselinePath ?? "", F_OK) != 0 { baselinePath = nil }
        }
        if budget == nil, baselinePath != nil { budget = .againstBaseline }
        guard let budget else { return nil }
        let measurements = try baselinePath.map { path in
            try named(path) { bytes throws(BudgetFileError) in try Measurements(fileText: bytes) }
        }
        return (budget, measurements)
    }

    func save(_ measurements: Measurements) throws {
        if let saveBaseline { try saved(measurements.fileText, to: saveBaseline) }
    }

    /// Reads a file, and puts its name before what is wrong in it.
    private func named<Value>(_ path: String, _ body: ([UInt8]) throws(BudgetFileError) -> Value) throws -> Value {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure("\(path) could not be read: \(error.localizedDescription)", code: 2)
        }
        do throws(BudgetFileError) {
            return try body([UInt8](data))
        } catch {
            throw Failure("\(path), \(error)", code: 2)
        }
    }
}
