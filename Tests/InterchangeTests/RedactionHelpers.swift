import Foundation
import Interchange
import RecordingFormat
import RecordingStore
import Testing
import WebSocketWire

/// Redacts a recording into `out.mcap` of the folder.
func redact(
    _ input: String, in folder: TestFolder, key: UInt64 = 1, _ change: (inout Redaction.Settings) -> Void = { _ in }
) throws -> (Redaction.Report, output: String) {
    var settings = Redaction.Settings()
    settings.key = RedactionKey(low: key, high: 2)
    settings.runID = "abcdef"
    change(&settings)
    let output = folder.path + "/out.mcap"
    let run = try #require(RecordingRun.find(at: [input]).first)
    var redaction = Redaction(run: run, output: output, settings: settings)
    return (try redaction.redact { _ in }, output)
}

/// A value in the encodings that a recording may have it in.
func forms(of value: String) -> Set<String> {
    let base64 = Data(value.utf8).base64EncodedString()
    return [
        value, value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? value,
        value.replacingOccurrences(of: "\"", with: "\\\""), base64.replacingOccurrences(of: "=", with: ""),
        String(base64.dropLast(4)),
    ]
}

/// A JSON text's structure: keys and kinds of values, with the lengths of its strings.
func shape(_ bytes: [UInt8]) -> String {
    func shape(_ value: Any) -> String {
        switch value {
        case let object as [String: Any]:
            "{" + object.sorted { $0.key < $1.key }.map { "\($0.key):\(shape($0.value))" }.joined(separator: ",") + "}"
        case let array as [Any]: "[" + array.map(shape).joined(separator: ",") + "]"
        case let text as String: "\(text.unicodeScalars.count)"
        case let number as NSNumber: "n\("\(number)".count)"
        default: "-"
        }
    }
    guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
        return "no JSON, \(bytes.count)"
    }
    return shape(value)
}

/// The names of HTML's tags, in order.
func tags(_ bytes: [UInt8]) -> [Substring] {
    let html = String(decoding: bytes, as: UTF8.self)
    return html.components(separatedBy: "<").dropFirst().map { part in part.prefix { $0 != " " && $0 != ">" } }
}

extension ConversationEvent {
    var stamp: RecordStamp {
        switch self {
        case .socketOpened(let facts): facts.stamp
        case .message(let message): message.stamp
        case .violation(let violation): violation.stamp
        case .socketClosed(let closing): closing.stamp
        case .exchange(let exchange): exchange.stamp
        case .raw(let raw): raw.stamp
        case .connection(let record): record.stamp
        case .gap(let gap): gap.stamp
        case .note(let note): note.stamp
        }
    }
}
