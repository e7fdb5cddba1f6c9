package import TestSupport

/// What the fuzzer runs, and what must hold for any input: no trap, no bad access, no endless reading, and what is said
/// below. The same targets run as tests, over the cases that failed once.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A journal, as it is and with its checksums made right: read, decoded, by selections too.
    case journal
    /// A sealed file, likewise; and verified.
    case sealed
    /// A journal or sealed file is sealed or recovered; what comes out has to be whole.
    case recovery
    /// Records of MCAP and of ours, each parser on its own.
    case records
    /// Records with right checksums and any content, checkpoints among them, into a decoder.
    case resumption
    /// A conversation of any messages: followed and analysed, with reports. See ``FuzzTalk``.
    case sessions
    /// A file with its checksums made right, analysed in its order and on lanes.
    case analysis

    /// Whether it works on several tasks.
    package var usesTasks: Bool { self == .analysis }

    /// - Returns: what is wrong; nil if nothing is.
    package func failure(of input: [UInt8]) async -> String? {
        usesTasks ? await FuzzAnalysis.failure(of: FuzzRepair.checksums(in: input)) : failureWithoutTasks(of: input)
    }

    /// The same of a target that uses no tasks: on the caller's stack, which may be larger than a task's.
    package func failureWithoutTasks(of input: [UInt8]) -> String? {
        switch self {
        case .journal, .sealed:
            for bytes in [input, FuzzRepair.checksums(in: input)] {
                if let failure = FuzzReading.failure(of: bytes) { return failure }
            }
            return nil
        case .recovery: return FuzzRecovery.failure(of: FuzzRepair.checksums(in: input))
        case .records: return FuzzParsing.failure(of: input)
        case .resumption: return FuzzParsing.failureOfDecoding(input)
        case .sessions: return FuzzSessions.failure(of: input)
        case .analysis: return nil
        }
    }

    /// Good input to begin with.
    package var seeds: [[UInt8]] {
        switch self {
        case .journal: FuzzSeeds.journals
        case .sealed: FuzzSeeds.sealedFiles
        case .recovery: FuzzSeeds.journals + FuzzSeeds.sealedFiles
        case .records: FuzzSeeds.pieces
        case .resumption: FuzzSeeds.recordLists
        case .sessions: FuzzTalkSeeds.talks
        case .analysis: FuzzTalkSeeds.journals + FuzzSeeds.sealedFiles
        }
    }

    /// The input changed at a few places, for tests without a fuzzer.
    package static func mutated(_ input: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...5, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = .random(in: .min ... .max, using: &generator)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 20))
            case 3: bytes.insert(contentsOf: generator.bytes(9), at: place)
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 90)], at: place)
            default:
                bytes.replaceSubrange(
                    place..<min(bytes.count, place + 8), with: [255, 255, 255, 255, 255, 255, 255, 127])
            }
        }
        return bytes
    }
}
