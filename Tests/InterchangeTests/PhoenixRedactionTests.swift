import Foundation
import Interchange
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// The real captures, whose passwords and tokens are known.
@Suite struct PhoenixRedactionTests {
    static let variants = ["lv-1.2.10.mcap", "lv-1.2.10-deflate.mcap"]

    /// What is secret in the captures, found by other means than ours: by what stands before it.
    private static func secrets(in texts: [String]) -> Set<String> {
        let beginnings = [
            ("_csrf_token=", "&"), ("\"_csrf_token\":\"", "\""), ("name=\"csrf-token\" content=\"", "\""),
            ("\"session\":\"", "\""), ("\"static\":\"", "\""), ("data-phx-session=\"", "\""),
            ("data-phx-static=\"", "\""), ("data-phx-session=\\\"", "\\"), ("\"token\":\"", "\""),
            ("\"flash\":\"", "\""), ("\"0\":\"SFMyNTY", "\""), ("_gallery_key=", "\r"), ("user%5Bpassword%5D=", "&"),
            ("user%5Bemail%5D=", "&"),
        ]
        var found: Set<String> = []
        for text in texts {
            for (beginning, end) in beginnings {
                for part in text.components(separatedBy: beginning).dropFirst() {
                    found.insert(String(part.components(separatedBy: end)[0].prefix { $0 != ";" }))
                }
            }
        }
        return found
    }

    private static func texts(of events: [ConversationEvent]) -> [String] {
        events.flatMap { event -> [[UInt8]] in
            switch event {
            case .message(let message): [message.payload]
            case .exchange(let exchange):
                [
                    exchange.request?.bytes ?? [], exchange.response?.bytes ?? [], exchange.requestBody.bytes,
                    exchange.responseBody.bytes,
                ]
            case .socketOpened(let facts): [Array(facts.target.utf8)]
            case .violation, .socketClosed, .raw, .connection, .gap, .note: []
            }
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: variants)
    func noSecretIsLeft(_ variant: String) throws {
        let folder = TestFolder()
        let input = try folder.fixture(variant)
        let before = Self.texts(of: try events(of: input))
        let (report, output) = try redact(input, in: folder)
        #expect(report.leftovers.count == 0, "\(report.leftovers.places)")
        #expect(report.dropped.total == 0, "\(report.dropped.words)")
        let texts = Self.texts(of: try events(of: output))
        let result = texts.joined(separator: "\n")
        let data = (Data(result.utf8), Data(try folder.bytes("out.mcap")))
        let secrets = Self.secrets(in: before).filter { $0.utf8.count >= 6 }
        #expect(secrets.contains("s3cret-pass") && secrets.contains { $0.hasPrefix("SFMyNTY.g3QAAAAB") })
        #expect(secrets.count > (variant.contains("deflate") ? 30 : 50), "\(secrets.count)")
        for secret in secrets {
            for form in forms(of: secret) {
                #expect(data.0.range(of: Data(form.utf8)) == nil, "\(secret) as \(form)")
                #expect(data.1.range(of: Data(form.utf8)) == nil, "\(secret) as \(form) in the file")
            }
        }
        // The short beginnings of the password stand in their field only.
        for text in texts {
            for part in text.components(separatedBy: "user%5Bpassword%5D=").dropFirst() {
                let value = part.prefix { $0 != "&" && $0 != "\"" }
                #expect(value.isEmpty || !"s3cret-pass".hasPrefix(value), "\(value)")
            }
        }
    }

    @Test(arguments: variants)
    func sizesTimesAndOrderStay(_ variant: String) throws {
        let folder = TestFolder()
        let input = try folder.fixture(variant)
        let (_, output) = try redact(input, in: folder)
        let (before, after) = (try events(of: input), try events(of: output))
        #expect(before.count == after.count)
        for (old, new) in zip(before, after) {
            switch (old, new) {
            case (.message(let old), .message(let new)):
                #expect(old.stamp == new.stamp && old.sender == new.sender && old.opcode == new.opcode)
                #expect(old.size == new.size && old.wireSize == new.wireSize && old.frameCount == new.frameCount)
                #expect(old.isCompressed == new.isCompressed && new.completeness == .whole)
                #expect(old.violations == new.violations)
                #expect(shape(old.payload) == shape(new.payload))
            case (.exchange(let old), .exchange(let new)):
                #expect(old.stamp == new.stamp && old.number == new.number)
                #expect(old.responseBody.wireSize == new.responseBody.wireSize)
                #expect(tags(old.responseBody.bytes) == tags(new.responseBody.bytes))
            case (.socketOpened(let old), .socketOpened(let new)):
                #expect(old.stamp == new.stamp && old.extensions == new.extensions)
                #expect(old.target.utf8.count == new.target.utf8.count)
            default: #expect(old.stamp == new.stamp)
            }
        }
    }

    @Test(arguments: variants)
    func equalTokensStayEqual(_ variant: String) throws {
        let folder = TestFolder()
        let input = try folder.fixture(variant)
        let (_, output) = try redact(input, in: folder)
        let before = Self.texts(of: try events(of: input))
        let after = Self.texts(of: try events(of: output))
        // The token of the socket's URL is the one of the joins on it and, where there is HTML, of its meta tag.
        var pairs: [String: String] = [:]
        var uses = 0
        for (old, new) in zip(before, after) {
            for beginning in ["_csrf_token=", "\"_csrf_token\":\"", "name=\"csrf-token\" content=\""] {
                for (old, new) in zip(
                    old.components(separatedBy: beginning).dropFirst(),
                    new.components(separatedBy: beginning).dropFirst()
                ) {
                    let (old, new) = (String(old.prefix(56)), String(new.prefix(56)))
                    #expect(pairs[old, default: new] == new)
                    pairs[old] = new
                    uses += 1
                }
            }
        }
        #expect(uses > 2 * pairs.count && Set(pairs.values).count == pairs.count)
    }
}
