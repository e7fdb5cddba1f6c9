/// Ways to cut the same bytes into pieces: whole, byte by byte, in two at every place, and at random places.
///
/// A parser must say the same whichever it is fed.
package func splits(of bytes: [UInt8], random: Int = 50, seed: UInt64 = 1) -> [[[UInt8]]] {
    var all = [[bytes], bytes.map { [$0] }]
    if bytes.count <= 600 {
        all += bytes.indices.dropFirst().map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
    }
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<random {
        all.append(randomSplit(of: bytes, using: &generator))
    }
    return all
}

/// Cuts the bytes at up to 20 random places.
package func randomSplit(of bytes: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
    let cuts = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
        Int.random(in: 0...bytes.count, using: &generator)
    }
    let places = [0] + cuts.sorted() + [bytes.count]
    return zip(places, places.dropFirst()).map { Array(bytes[$0..<$1]) }
}
