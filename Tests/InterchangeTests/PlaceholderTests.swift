import TestSupport
import Testing

@testable import Interchange

@Suite struct PlaceholderTests {
    let placeholders = Placeholders(key: RedactionKey(low: 1, high: 2))

    private func placeholder(_ value: String, _ shape: Placeholders.Shape = .any, key: UInt64 = 1) -> String {
        let placeholders = Placeholders(key: RedactionKey(low: key, high: 2))
        return String(decoding: placeholders.placeholder(for: Array(value.utf8), shape: shape), as: UTF8.self)
    }

    @Test(arguments: [
        "s3cret-pass", "SFMyNTY.g3QAAAABbQ.X8MdmYav_", "Großmutter", "пароль", "密码是秘密", "🔑🗝", "a", "7", "two words!",
        "!!??", "Zm9vYmFy+/==", "x=1&y=<2>", "\u{80}\u{a0}",
    ])
    func lengthAndAlphabetStay(_ value: String) throws {
        let result = placeholder(value)
        #expect(result != value)
        #expect(result.utf8.count == value.utf8.count)
        #expect(result.unicodeScalars.count == value.unicodeScalars.count)
        for (old, new) in zip(value.unicodeScalars, result.unicodeScalars) {
            #expect(("0"..."9").contains(old) == ("0"..."9").contains(new))
            #expect(("a"..."z").contains(old) == ("a"..."z").contains(new))
            #expect(("A"..."Z").contains(old) == ("A"..."Z").contains(new))
            #expect(old.utf8.count == new.utf8.count)
            #expect(old.properties.generalCategory == .control || new.properties.generalCategory != .control)
            if "&=<>\"\\'%+/ ".unicodeScalars.contains(old) { #expect(old == new) }
        }
    }

    @Test func sameValueSamePlaceholder() {
        #expect(placeholder("s3cret-pass") == placeholder("s3cret-pass"))
        #expect(placeholder("s3cret-pass") != placeholder("s3cret-pasS"))
    }

    @Test func anotherKeyAnotherPlaceholder() {
        #expect(Set((1...20).map { placeholder("s3cret-pass", key: $0) }).count == 20)
    }

    @Test func addressesAndCardsKeepTheirLook() {
        let address = placeholder("alice.b-c@mail-1.example.org", .email)
        #expect(PatternSearch.emails(in: Array(address.utf8)) == [0..<28])
        for digit in 0..<10 {
            let card = placeholder("4111 1111 1111 111\(digit)", .card)
            #expect(card.split(separator: " ").map(\.count) == [4, 4, 4, 4])
            #expect(!Luhn.holds(Array(card.utf8)))
        }
    }

    @Test func aPlaceholderIsNoOtherSecret() {
        let value = Array("123456".utf8)
        let first = placeholders.placeholder(for: value)
        #expect(placeholders.placeholder(for: value, isTaken: { $0 == first }) != first)
    }

    @Test func numbersStayNumbers() {
        for number in ["1234", "0.5", "-12e5", "-0.25", "0"] {
            let result = placeholder(number, .number)
            #expect(JSONOutline.read(Array(result.utf8)) != nil && result.utf8.count == number.utf8.count)
            #expect(result.hasPrefix("0") == number.hasPrefix("0"), "\(result)")
        }
    }

    @Test func bytesAreReplacedAll() {
        var random = SeededGenerator(seed: 5)
        for count in [0, 1, 7, 8, 9, 1000] {
            let bytes = random.bytes(count)
            let result = placeholders.bytes(for: bytes.span)
            #expect(result.count == count && (count < 7 || result != bytes))
            let again = placeholders.bytes(for: bytes.span)
            #expect(result == again)
        }
    }

    /// The reference implementation's vectors for key 00…0f and the input 00, 01, 02 … (SipHash-2-4, 64 bits).
    @Test func hashIsSipHash() {
        let hash = KeyedHash(key: RedactionKey(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908))
        let input = (0..<15).map { UInt8($0) }
        let none: [UInt8] = []
        let values = [hash.value(of: input.span), hash.value(of: none.span)]
        #expect(values == [0xa129_ca61_49be_45e5, 0x726f_db47_dd0e_0e31])
    }
}
