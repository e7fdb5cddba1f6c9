import LiveViewWire
import TestSupport
import Testing

@testable import LiveServer

@Suite struct TokenTests {
    let signer = TokenSigner(secret: "a secret of at least thirty-two bytes")
    let now = WallTime(nanoseconds: 1_800_000_000_000_000_000)

    @Test func aTokenSaysWhatWasSigned() {
        let token = signer.sign(["i": "phx-1", "n": 7], for: .view, at: now)
        #expect(token.hasPrefix("SFMyNTY."))
        #expect(signer.verify(token, for: .view, at: now, lifetime: .seconds(60)) == ["i": "phx-1", "n": 7])
    }

    @Test func aTokenIsOfOnePurposeAndOneSecret() {
        let token = signer.sign("x", for: .view, at: now)
        for purpose in TokenSigner.Purpose.allCases where purpose != .view {
            #expect(signer.verify(token, for: purpose, at: now, lifetime: .seconds(60)) == nil)
        }
        let other = TokenSigner(secret: "another secret of at least thirty-two bytes")
        #expect(other.verify(token, for: .view, at: now, lifetime: .seconds(60)) == nil)
    }

    @Test func aTokenExpires() {
        let token = signer.sign("x", for: .flash, at: now)
        func isValid(after seconds: Int) -> Bool {
            signer.verify(token, for: .flash, at: now + .seconds(seconds), lifetime: .seconds(60)) != nil
        }
        #expect([0, 60, 61, -100].map(isValid) == [true, true, false, true])
    }

    @Test func eachChangeBreaksIt() {
        let token = Array(signer.sign(["a": "b"], for: .view, at: now).utf8)
        for index in token.indices {
            for other in [UInt8(ascii: "A"), UInt8(ascii: "."), 0, token[index] ^ 1] where other != token[index] {
                var changed = token
                changed[index] = other
                let text = String(decoding: changed, as: UTF8.self)
                #expect(signer.verify(text, for: .view, at: now, lifetime: .seconds(60)) == nil)
            }
            let cut = String(decoding: token[..<index], as: UTF8.self)
            #expect(signer.verify(cut, for: .view, at: now, lifetime: .seconds(60)) == nil)
        }
    }

    @Test func stampsAreOfOneText() {
        let stamp = signer.stamp("abc", for: .csrf)
        #expect(signer.isStamp(stamp, of: "abc", for: .csrf))
        #expect(!signer.isStamp(stamp, of: "abd", for: .csrf))
        #expect(!signer.isStamp(stamp, of: "abc", for: .session))
        #expect(!signer.isStamp("", of: "abc", for: .csrf))
    }

    @Test func base64IsThatOfURLs() {
        let pairs: [(String, String)] = [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ]
        for (text, encoded) in pairs {
            #expect(String(decoding: Base64URL.encode(Array(text.utf8)), as: UTF8.self) == encoded)
            #expect(Base64URL.decode(Array(encoded.utf8)) == Array(text.utf8))
        }
        #expect(Base64URL.encode([0xfb, 0xff]) == Array("-_8".utf8))
        for wrong in ["Z", "Zh", "Zm9", "Z===", "Zg==", "Z+8a", "Zm9vY"] {
            #expect(Base64URL.decode(Array(wrong.utf8)) == nil, "\(wrong)")
        }
        var random = SeededGenerator(seed: 5)
        for count in 0..<200 {
            let bytes = random.bytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test func theCodeIsHMACSHA256() {
        // RFC 4231, test case 2.
        let code = MessageAuthentication(key: Array("Jefe".utf8)).code(for: Array("what do ya want for nothing?".utf8))
        #expect(
            code.map { String($0 / 16, radix: 16) + String($0 % 16, radix: 16) }.joined()
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
