import LiveViewWire
import Synchronization

/// A literal part of a template: where it lies in the program, which is what it is known by.
struct TemplateLiteral: Hashable, Sendable {
    /// Bytes of the program itself: they never move and never go.
    nonisolated(unsafe) private let start: UnsafePointer<UInt8>  // immutable for as long as the process runs
    private let count: Int

    init(_ literal: StaticString) {
        // A string literal without interpolations always has a pointer; only single scalars may lack one.
        if literal.hasPointerRepresentation {
            start = literal.utf8Start
            count = literal.utf8CodeUnitCount
        } else {
            start = ("" as StaticString).utf8Start
            count = 0
        }
    }

    var utf8: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    /// A word for the place and the length.
    var identity: UInt64 { UInt64(UInt(bitPattern: start)) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(count) }
}

/// The templates of the program. Each is read, and its hash taken, when it is rendered for the first time; from then on
/// it is found by the addresses of its literals, without a lock.
final class TemplateTable: Sendable {
    static let shared = TemplateTable(capacity: 1 << 14)

    private final class Entry: Sendable {
        let literals: [TemplateLiteral]
        let statics: Statics

        init(_ literals: [TemplateLiteral]) {
            self.literals = literals
            statics = Statics(literals.map { Markup(utf8: $0.utf8) })
        }
    }

    private let mask: Int
    /// References to entries, or 0. An entry is written once and stays: readers need no lock.
    nonisolated(unsafe) private let places: UnsafeMutablePointer<Atomic<UInt>>  // set in init, atomics within
    /// How many places are taken; held while one is written.
    private let taken = Mutex(0)

    /// - Parameter capacity: a power of two. More templates than three quarters of it still work, but slowly.
    init(capacity: Int) {
        mask = capacity - 1
        places = .allocate(capacity: capacity)
        for index in 0..<capacity { (places + index).initialize(to: Atomic(0)) }
    }

    deinit {
        for index in 0...mask { entry(at: index)?.release() }
        places.deallocate()
    }

    func statics(of literals: [TemplateLiteral]) -> Statics {
        var hash: UInt64 = 0
        for literal in literals { hash = (hash ^ literal.identity) &* 0xff51_afd7_ed55_8ccd ^ hash >> 29 }
        var place = Int(truncatingIfNeeded: hash >> 20) & mask
        while let found = entry(at: place) {
            let statics = found._withUnsafeGuaranteedRef { $0.literals == literals ? $0.statics : nil }
            if let statics { return statics }
            place = (place &+ 1) & mask
        }
        return insert(Entry(literals), from: place)
    }

    private func entry(at place: Int) -> Unmanaged<Entry>? {
        UnsafeRawPointer(bitPattern: places[place].load(ordering: .acquiring)).map(Unmanaged.fromOpaque)
    }

    private func insert(_ new: Entry, from start: Int) -> Statics {
        taken.withLock { taken in
            guard taken < mask / 4 * 3 else { return }
            var place = start
            while entry(at: place) != nil { place = (place &+ 1) & mask }
            // Another thread may have put an equal one there: then it is there twice, and the first is found.
            places[place].store(UInt(bitPattern: Unmanaged.passRetained(new).toOpaque()), ordering: .releasing)
            taken += 1
        }
        return new.statics
    }
}
