import Foundation
import LiveViewWire

/// The folders of Tests/Fixtures that these tests read.
enum Fixtures {
    static let samples = folder("LiveViewSamples")
    static let pages = folder("PhoenixPages")

    private static func folder(_ name: String) -> URL {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.appending(path: "Fixtures").appending(path: name)
    }

    static func names(in folder: URL, withExtension pathExtension: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == pathExtension }.map { $0.lastPathComponent }.sorted()
    }

    static func lines(_ name: String, in folder: URL) throws -> [String] {
        let text = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}

/// A message of a sample that changes a tree.
struct SampleMessage {
    var line: Int
    var view: String
    /// Whether it is a join's `rendered` or a later diff.
    var isWhole: Bool
    var diff: [UInt8]
    /// The components that the client drops by it.
    var removed: [ComponentID] = []

    /// The messages of a file of Tests/Fixtures/LiveViewSamples.
    static func all(in name: String) throws -> [SampleMessage] {
        var messages: [SampleMessage] = []
        for (index, line) in try Fixtures.lines(name, in: Fixtures.samples).enumerated() {
            if line.hasPrefix("<< [") {
                let bytes = Array(line.dropFirst(3).utf8)
                let message = try ChannelMessage(text: bytes.span, from: .server)
                messages += try changes(message, bytes, line: index + 1)
            } else if line.hasPrefix("LOG log: "), let found = line.range(of: ": received diff -  {") {
                let words = line.dropFirst("LOG log: ".count).split(separator: " ", maxSplits: 2)
                messages.append(
                    SampleMessage(
                        line: index + 1, view: String(words[0]), isWhole: words[1] == "mount:",
                        diff: Array(line[line.index(before: found.upperBound)...].utf8)))
            }
        }
        return messages
    }

    /// What a message does to a tree, if anything.
    static func changes(_ message: ChannelMessage, _ bytes: [UInt8], line: Int) throws -> [SampleMessage] {
        func change(_ range: Range<Int>, isWhole: Bool) -> SampleMessage {
            SampleMessage(line: line, view: message.head.topic, isWhole: isWhole, diff: Array(bytes[range]))
        }
        switch message.head.kind {
        case .push(event: "diff"):
            return [change(message.payload, isWhole: false)]
        case .push:
            return []
        case .reply:
            var reader = JSONReader(message.payload)
            var found: [SampleMessage] = []
            try reader.beginObject(bytes.span)
            while let key = try reader.nextKey(bytes.span) {
                let range = try reader.skip(bytes.span)
                switch key.string(bytes.span) {
                case "rendered": found.append(change(range, isWhole: true))
                case "diff": found.append(change(range, isWhole: false))
                case "cids":
                    let ids = try JSONValue(bytes.span, in: range)
                    guard case .array(let numbers) = ids else { break }
                    found.append(
                        SampleMessage(
                            line: line, view: message.head.topic, isWhole: false, diff: Array("{}".utf8),
                            removed: numbers.compactMap(\.integer).map { ComponentID($0) }))
                default: break
                }
            }
            return found
        }
    }
}

func fnv1a(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// Reads a diff from text.
func diff(_ json: String) throws -> RenderedDiff { try RenderedDiff(Array(json.utf8).span) }

extension LiveTree {
    /// A tree that has got these messages.
    init(_ messages: String...) throws {
        self.init()
        for message in messages { try apply(diff(message)) }
    }

    func text() throws -> String { String(decoding: try html(), as: UTF8.self) }
}
