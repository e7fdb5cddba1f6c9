import TestSupport
import Testing

@testable import Sessions

/// Where in a list a content is that has just come at another place.
@Suite struct EntryPlacesTests {
    @Test(arguments: [0, 1, 7, 8, 9, 300])
    func eachContentIsAtItsPlace(_ count: Int) {
        let contents = Self.contents(count, seed: 1)
        var places = EntryPlaces()
        places.fill(contents)
        #expect(contents.map { places.place(of: $0, in: contents) } == Array(0..<count))
        for stranger in Self.contents(100, seed: 2) { #expect(places.place(of: stranger, in: contents) == nil) }
    }

    @Test func thoseThatAreAlikeAreAtNone() {
        let contents: [UInt64] = [5, 6, 5, 7, 5, 5]
        var places = EntryPlaces()
        places.fill(contents)
        #expect([5, 6, 7].map { places.place(of: $0, in: contents) } == [nil, 1, 3])
    }

    @Test func aListBeforeIsForgotten() {
        var places = EntryPlaces()
        places.fill(Self.contents(1_000, seed: 3))
        places.fill([8, 9])
        #expect([9, 10].map { places.place(of: $0, in: [8, 9]) } == [1, nil])
    }

    /// Contents that somebody made to fall on one spot of the table: the first are found, and it takes no time.
    @Test func whoMakesThemCollideWinsNothing() {
        let contents = (0..<20_000).map { UInt64($0) << 32 }
        var places = EntryPlaces()
        places.fill(contents)
        let found = contents.map { places.place(of: $0, in: contents) }
        #expect(found.prefix(64) == ArraySlice((0..<64).map { $0 }))
        #expect(found.dropFirst(64).allSatisfy { $0 == nil })
    }

    private static func contents(_ count: Int, seed: UInt64) -> [UInt64] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in random.next() }
    }
}
