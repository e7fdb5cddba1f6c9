import Foundation
import FuzzTargets
import TestSupport
import Testing

/// The fuzzer's targets as tests: what failed once, and a little of what the fuzzer does. See tools/fuzz.
@Suite struct FuzzCasesTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/Fuzz").path

    @Test(arguments: FuzzTarget.allCases) func goodInputPasses(target: FuzzTarget) async {
        for seed in target.seeds { #expect(await target.failure(of: seed) == nil) }
    }

    @Test(arguments: FuzzTarget.allCases) func changedInputPasses(target: FuzzTarget) async {
        var generator = SeededGenerator(seed: 11)
        let seeds = target.seeds.prefix(3)
        for round in 0..<100 {
            for seed in seeds {
                let input = FuzzTarget.mutated(seed, &generator)
                #expect(await target.failure(of: input) == nil, "round \(round)")
            }
        }
    }

    /// Each named after its target: `sealed-crash-...`.
    @Test func casesThatFailedPass() async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder) {
            guard let target = FuzzTarget.allCases.first(where: { name.hasPrefix($0.rawValue + "-") }) else { continue }
            let input = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name))
            #expect(await target.failure(of: Array(input)) == nil, "\(name)")
        }
    }
}
