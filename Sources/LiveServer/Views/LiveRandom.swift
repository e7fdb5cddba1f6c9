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
///
/// With a seed, each name has a stream of numbers of its own: what one client draws does not depend on when others do.
final class RandomSource: Sendable {
    /// Nil without a seed. The streams are kept, since pages load and views join again.
    private let seed: UInt64?
    private let streams = Mutex<[String: LiveRandom]>([:])

    init(seed: UInt64?) { self.seed = seed }

    /// - Parameter name: of the stream; looked at only if there is a seed.
    func number(for name: @autoclosure () -> String) -> UInt64 {
        guard let seed else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        let name = name()
        return streams.withLock { streams in
            streams[name, default: LiveRandom(seed: seed &+ Self.hash(name))].next()
        }
    }

    func bytes(_ count: Int, for name: @autoclosure () -> String) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            withUnsafeBytes(of: number(for: name()).littleEndian) {
                bytes.append(contentsOf: $0.prefix(count - bytes.count))
            }
        }
        return bytes
    }

    /// FNV-1a, which is the same in each process, as Swift's hashes are not.
    private static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
