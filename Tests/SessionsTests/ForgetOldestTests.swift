import Testing

@testable import Sessions

@Suite struct ForgetOldestTests {
    @Test func aTenthGoesTheOldestFirst() {
        var table = Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, "\($0)") })
        #expect(table.forgetOldest(beyond: 100).isEmpty)
        table[100] = "100"
        #expect(Array(table.forgetOldest(beyond: 100)) == Array(0..<10))
        #expect(table.keys.sorted() == Array(10...100))
    }

    @Test func aSmallTableForgetsOneAtATime() {
        var table = [3: "c", 1: "a", 2: "b"]
        #expect(Array(table.forgetOldest(beyond: 2)) == [1])
        #expect(table.count == 2)
    }
}
