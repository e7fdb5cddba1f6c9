import Synchronization

/// Random numbers for views: of chance, or of a seed, so that a run can be repeated. They are not for secrets.
public struct LiveRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The same seed gives the same numbers.
    public init(seed: UInt64) { state = seed }

    /// SplitMix64.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Where ids and secrets come from: the system's generator, which is fit for them, unless there is a seed.
final class RandomSource: Sendable {
    private let isSeeded: Bool
    private let seeded: Mutex<LiveRandom>

    init(seed: UInt64?) {
        isSeeded = seed != nil
        seeded = Mutex(LiveRandom(seed: seed ?? 0))
    }

    func number() -> UInt64 {
        guard isSeeded else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        return seeded.withLock { $0.next() }
    }

    func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            withUnsafeBytes(of: number().littleEndian) { bytes.append(contentsOf: $0.prefix(count - bytes.count)) }
        }
        return bytes
    }
}
